"""What a user keeps is for that user alone."""

import os
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from atecc_bench.private_files import close_to_others, make_private_folder, open_private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_file_has_its_mode_from_its_first_moment(tmp_path: Path) -> None:
    with open_private(tmp_path / "a", "xb"):
        assert mode(tmp_path / "a") == 0o600


@pytest.mark.usefixtures("umask")
def test_all_folders_that_were_missing(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert {mode(tmp_path / one) for one in ("a", "a/b", "a/b/c")} == {0o700}


def test_a_folder_that_is_there_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path)


def test_a_folder_of_before_is_closed_and_nothing_else_of_it_changes(tmp_path: Path) -> None:
    tmp_path.chmod(0o2755)
    close_to_others(tmp_path)
    assert mode(tmp_path) == 0o2700
    close_to_others(tmp_path / "missing")


def test_many_at_once_make_the_folders_above_theirs(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: make_private_folder(tmp_path / "a" / "b" / str(number)), range(64)))
    assert len(list((tmp_path / "a" / "b").iterdir())) == 64
