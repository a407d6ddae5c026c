"""Whatever happened to a support bundle, it is read, or refused by our own error; what is read can be worked with."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.bundle_file import BundledBoard, bundle_bytes, read_bundle
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.config.identify import identify
from atecc_bench.diagnose.config.lint import lint
from atecc_bench.diagnose.refusals.explain import explain
from atecc_bench.errors import InputError
from atecc_bench.records.run_records import Records
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.workflows.comparison.compare_bundle import EXPECTED, compare_with_bundle
from atecc_bench.workflows.support_bundle import gather

READ = parse_command("read slot=8", FORMS)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec="utf-16", categories=None), max_size=8)
    | st.sampled_from(["", "00", "0" * 256, "ff" * 64, "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def worked_with(data: bytes) -> InputError | None:
    """The error of a bundle that cannot be used, None after everything that works from a bundle has worked."""
    try:
        bundle = read_bundle(data)
    except InputError as error:
        assert error.id in ("not-a-bundle", "bundle-version")  # noqa: PT017 - both outcomes are right
        assert error.message.encode()  # noqa: PT017 - as above
        return error
    lint(bundle.config_zone)
    identify(bundle.config_zone, bundle.otp, bundle.revision)
    explain(bundle.evidence(), READ)
    assert f"{bundle.created:%Y-%m-%d}"
    try:
        compared = compare_with_bundle(bundle)
        causes(compared.comparison, compared.context)
    except InputError as error:
        return error
    return None


@cache
def real_bundle() -> bytes:
    element = open_board(parse_virtual_url("virtual://mismatch?seed=9")).element
    assert element is not None
    board = BundledBoard(name="bridge", version="1", chip="ECC608", virtual=True)
    session = ChipSession(DirectTransport(element))
    return bundle_bytes(gather(session, board, (), Records(Path("/nowhere")), "it differs"))


@cache
def real_entries() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(real_bundle())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def flipped(data: bytes, flips: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(data)
    for position, value in flips:
        damaged[position % len(damaged)] ^= value
    return bytes(damaged)


FLIPS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(1, 255)), min_size=1, max_size=4)


def test_the_bundle_that_is_damaged_here_works():
    assert worked_with(real_bundle()) is None
    assert EXPECTED in read_bundle(real_bundle()).certificates


@given(FLIPS, st.integers(0, 1 << 20) | st.none())
def test_flipped_and_cut_archives(flips: list[tuple[int, int]], cut: int | None):
    data = flipped(real_bundle(), flips)
    worked_with(data if cut is None else data[: cut % len(data)])


@given(st.sampled_from(("bundle.json", "certificates/expected-device.der")), FLIPS, st.integers(0, 1 << 20) | st.none())
def test_flipped_and_cut_parts_of_an_archive(name: str, flips: list[tuple[int, int]], cut: int | None):
    data = flipped(real_entries()[name], flips)
    worked_with(zipped({**real_entries(), name: data if cut is None else data[: cut % len(data)]}))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from places(value[key], (*path, key))


@given(st.data())
def test_edited_documents(data: st.DataObject):
    document = {"": json.loads(real_entries()["bundle.json"])}
    path = data.draw(st.sampled_from(list(places(document))[1:]))
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    value = data.draw(JSON)
    match data.draw(st.sampled_from(("replace", "remove", "add"))):
        case "replace":
            holder[path[-1]] = value
        case "remove":
            del holder[path[-1]]
        case _:
            if isinstance(holder, dict):
                holder[data.draw(st.sampled_from(("16", "-1", "07", "x", "\ud800")))] = value
    worked_with(zipped({**real_entries(), "bundle.json": json.dumps(document.get("")).encode()}))


def test_an_expected_certificate_that_is_none_is_named():
    error = worked_with(zipped({**real_entries(), f"certificates/{EXPECTED}.der": b"\x30\x03\x02\x01\x05"}))
    assert error is not None
    assert error.id == "not-a-bundle"
    assert f"certificates/{EXPECTED}.der" in error.message
