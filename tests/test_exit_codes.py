"""The page of errors and exit codes has every error of the source, and no other."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import atecc_bench
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.errors import BenchError, DefectError, DeviceError, ExitCode, InputError, RefusedError
from tests.support.paths import ROOT
from tests.tools.error_table import error_table, raised_errors, rewrapped_errors

PAGE = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))


def test_the_page_is_what_the_source_says():
    assert PAGE.endswith("\n" + error_table())


def test_every_id_has_one_exit_code_but_for_the_answer_of_a_chip():
    errors = raised_errors()
    assert len(errors) > 200  # a reader that finds nothing would agree with anything
    assert {id_ for id_, error in errors.items() if len(error.codes) != 1} == {"chip-status"}
    assert LISTED.keys() == errors.keys()


def test_no_error_changes_its_exit_code_on_its_way_up():
    assert rewrapped_errors() == []


def exceptions(kind: type[BenchError]) -> Iterator[type[BenchError]]:
    yield kind
    for other in kind.__subclasses__():
        yield from exceptions(other)


def test_every_exception_has_the_exit_code_of_its_kind():
    for module in pkgutil.walk_packages(atecc_bench.__path__, "atecc_bench."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = {InputError: ExitCode.USAGE, RefusedError: ExitCode.NO, DeviceError: ExitCode.DEVICE}
    kinds[DefectError] = ExitCode.DEVICE
    seen = [one for one in exceptions(BenchError) if one.__module__.startswith("atecc_bench.")]
    assert len(seen) > 25
    for exception in seen:
        code = next((code for kind, code in kinds.items() if issubclass(exception, kind)), ExitCode.USAGE)
        if exception is not ChipStatusError:
            assert exception.exit_code == code, exception


@pytest.mark.parametrize("code", list(ExitCode))
def test_the_page_says_what_each_exit_code_means(code: ExitCode):
    assert f"| {code.value} | " in PAGE.partition("| id |")[0]
