"""The report of a silicon check: written, read back, sent around, and silent about what is nobody's business."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.errors import ExitCode, InputError, RefusedError
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.errors import LinkError
from atecc_bench.resources import resource_path
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.rules.assumptions import ASSUMPTIONS
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import load_state, save_state
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.silicon.check_chip import check_chip, prepare_sacrifice
from atecc_bench.workflows.silicon.findings import Depth, Verdict
from atecc_bench.workflows.silicon.report_document import SiliconReport, make_report, read_report
from atecc_bench.workflows.silicon.report_files import report_bytes
from atecc_bench.workflows.silicon.report_page import page_html, page_text, summary_text
from tests.support.boards.altered_board import findings_of
from tests.support.boards.device_guard import DeviceGuard
from tests.support.boards.twin_desk import at_board
from tests.support.boards.twin_under_test import UNLOCKED, vendor_config
from tests.support.cases.altered_documented_rules import DOCUMENTED
from tests.support.cases.altered_rules import ALTERED
from tests.tools.make_schemas import SILICON_SCHEMA, silicon_schema

RUN = 16  # bytes of a secret that would give it away


def report_of(url: str, depth: Depth = Depth.LOOK, date_code: str = "") -> SiliconReport:
    register_virtual_scheme()
    with connect(url) as board:
        return check_chip(ConnectedChip(board, board.open_chip()), depth, lambda _: None, date_code)


@pytest.fixture(scope="module")
def sacrificed() -> SiliconReport:
    return report_of("virtual://fresh?seed=5", Depth.SACRIFICE, "2231 SSHDA")


def contradicting(assumption: str) -> SiliconReport:
    altered = next(one for one in ALTERED if one.assumption == assumption)
    return make_report(findings_of(altered), at_board(None, virtual=True).board.info)  # type: ignore[arg-type]


def test_the_published_schema_is_that_of_the_program() -> None:
    assert resource_path("schemas", SILICON_SCHEMA).read_text(encoding="utf-8") == silicon_schema()


def test_what_was_written_is_read_back_the_same(sacrificed: SiliconReport) -> None:
    written = report_bytes(sacrificed, ".json")
    assert written.isascii()
    assert read_report(written, "file") == sacrificed


def test_it_says_which_chip_and_bridge_and_that_they_are_software(sacrificed: SiliconReport) -> None:
    assert (sacrificed.part, sacrificed.revision, sacrificed.variant) == ("ATECC608A", "00006002", "TrustCUSTOM")
    assert sacrificed.bridge.startswith("ATECC Bench bridge")
    assert sacrificed.virtual
    text = page_text(sacrificed)
    for word in ("VIRTUAL", "2231 SSHDA", "0123xxxxxxxxxxxxee", "ATECC608A"):
        assert word in text
        assert word in page_html(sacrificed)


def test_every_assumption_has_its_verdict(sacrificed: SiliconReport) -> None:
    assert [one.id for one in sacrificed.assumptions] == [one.id for one in ASSUMPTIONS]
    for one in sacrificed.assumptions:
        assert (one.verdict is Verdict.NOT_ASKED) is bool(one.why)
        assert one.id in page_text(sacrificed)
        assert one.id in page_html(sacrificed)
    assert sum(one.verdict is Verdict.CONFIRMED for one in sacrificed.assumptions) > len(ASSUMPTIONS) / 2
    assert sacrificed.exit_code is ExitCode.DONE


def test_a_contradiction_is_told_with_both_answers() -> None:
    report = contradicting("no-private-key-status")
    assert report.exit_code is ExitCode.NO
    verdicts = {one.id: one.verdict for one in report.assumptions}
    assert verdicts["no-private-key-status"] is Verdict.CONTRADICTED
    assert "chip 05, twin 0F" in page_text(report)
    assert "no-private-key-status" in page_html(report).split("Assumptions of the twin")[0]


def test_its_packets_can_be_played_again(sacrificed: SiliconReport) -> None:
    played = [one for check in sacrificed.checks for one in check.observations if one.command]
    assert len(played) > 300
    for one in played:
        CommandPacket.parse(bytes.fromhex(one.command or ""))
        if one.answer:
            ResponsePacket.parse(bytes.fromhex(one.answer))
    assert sum(one.answer is not None for one in played) > 0.8 * len(played)


@pytest.mark.parametrize(
    ("preset", "depth"),
    [
        ("provisioned", Depth.LOOK),
        ("trustflex", Depth.LOOK),
        ("fresh", Depth.SACRIFICE),
        ("atecc508a", Depth.SACRIFICE),
    ],
)
def test_it_holds_no_secret_and_no_serial_number(preset: str, depth: Depth, tmp_path: Path) -> None:
    state = tmp_path / "chip.json"
    written = report_bytes(report_of(f"virtual://{preset}?state={state}", depth), ".json").decode("ascii")
    memory = load_state(state)[0]
    serial = memory.config.serial_number
    assert serial[4:8].hex() not in written
    assert serial[2:8].hex() not in written
    if depth is Depth.LOOK:
        for slot in range(SLOT_COUNT):
            contents = memory.contents(Zone.DATA, slot)
            runs = (contents[at : at + RUN] for at in range(0, len(contents) - RUN, 4))
            assert [run for run in runs if len(set(run)) > 4 and run.hex() in written] == []


def test_what_ended_it_early_is_in_it() -> None:
    register_virtual_scheme()
    with connect("virtual://fresh?fault=chip-silent:40") as board:
        report = check_chip(ConnectedChip(board, board.open_chip()), Depth.LOOK, lambda _: None)
    assert report.error is not None
    assert report.exit_code is ExitCode.DEVICE
    assert "Ended early" in page_text(report)
    assert "Ended early" in page_html(report)
    assert report.checks


@pytest.mark.parametrize(("packets", "again"), [(100, True), (500, False)], ids=["while looking", "in its life"])
def test_a_cancelled_sacrifice_says_whether_the_chip_can_be_started_again(packets: int, again: bool) -> None:
    register_virtual_scheme()
    guard = DeviceGuard()
    with connect("virtual://fresh", guard.trace, lambda: len(guard.packets) > packets) as board:
        report = check_chip(ConnectedChip(board, board.open_chip()), Depth.SACRIFICE, lambda _: None)
    assert report.error is not None
    assert report.error.id == "cancelled"
    assert ("Start again when you are ready" in report.error.hint) is again
    assert ("cannot be started again" in report.error.hint) is not again


def test_a_link_that_fails_in_a_sacrifice_says_what_became_of_the_chip() -> None:
    register_virtual_scheme()
    with connect("virtual://fresh?fault=chip-silent:400") as board:
        report = check_chip(ConnectedChip(board, board.open_chip()), Depth.SACRIFICE, lambda _: None)
    assert report.error is not None
    assert report.error.hint.endswith("take another blank one.")
    assert not report.error.hint.startswith("This chip")


def test_a_chip_that_cannot_be_read_has_no_report() -> None:
    register_virtual_scheme()
    with connect("virtual://fresh?fault=chip-silent:2") as board, pytest.raises(LinkError):
        check_chip(ConnectedChip(board, board.open_chip()), Depth.LOOK, lambda _: None)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"format": "atecc-bench-bundle"}', b"\xff\xfe", b"[" * 100_000, b"x" * (5 << 20)],
    ids=["empty", "cut", "list", "nothing", "bundle", "bytes", "deep", "large"],
)
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_report(content, "somebody.json")
    assert refused.value.id == "not-a-silicon-report"
    assert "somebody.json" in refused.value.message


@given(at=st.integers(0, 10_000), by=st.binary(max_size=8))
def test_a_damaged_report_is_shown_or_refused(at: int, by: bytes) -> None:
    whole = report_bytes(_SHORT, ".json")
    at %= len(whole)
    try:
        report = read_report(whole[:at] + by + whole[at + len(by) :], "file")
    except InputError:
        return
    assert page_text(report)
    assert page_html(report)


def test_another_version_is_refused(sacrificed: SiliconReport) -> None:
    document = {**sacrificed.to_json(), "version": 2}
    with pytest.raises(InputError):
        read_report(json.dumps(document).encode(), "file")


def test_markup_in_a_report_is_text(sacrificed: SiliconReport) -> None:
    document = {**sacrificed.to_json(), "bridge": "<script>alert(1)</script>"}
    assert "<script" not in page_html(read_report(json.dumps(document).encode(), "file"))


@pytest.mark.parametrize("field", ["bridge", "part", "variant", "program", "date_code"])
@pytest.mark.parametrize("said", ["\x1b[31mred", "an ATECC608A\nVerdict: fine", "\u202eback", "\x9b2J", "\x07"])
def test_what_would_steer_a_terminal_is_shown_by_number(field: str, said: str) -> None:
    document = {**_SHORT.to_json(), field: said}
    report = read_report(json.dumps(document).encode(), "file")
    steering = next(c for c in said if not c.isprintable())
    for shown in (page_text(report), page_html(report), summary_text(report)):
        assert [c for c in shown if not c.isprintable() and c != "\n"] == []
    assert f"\\u{ord(steering):04x}" in page_text(report)
    assert len(page_text(report).splitlines()) == len(page_text(_SHORT).splitlines()) + (field == "date_code")


def edited(report: SiliconReport, edit: Callable[[Any], None]) -> bytes:
    document = json.loads(report_bytes(report, ".json"))
    edit(document)
    return json.dumps(document).encode()


UNSOUND: dict[str, Callable[[Any], None]] = {
    "a time that is no number": lambda d: d["times"][0].update(fastest_ms=float("nan")),
    "a time before its command": lambda d: d["times"][0].update(slowest_ms=-1.0),
    "a negative count": lambda d: d["times"][0].update(count=-3),
    "a day that never was": lambda d: d.update(at="9999-99-99"),
    "a verdict against its observations": lambda d: d["checks"][-1]["observations"][0].update(agrees=False),
    "an assumption against its checks": lambda d: d["assumptions"][0].update(verdict="contradicted"),
    "an assumption twice": lambda d: d["assumptions"].append(d["assumptions"][0]),
}


@pytest.mark.parametrize("edit", UNSOUND.values(), ids=UNSOUND)
def test_a_report_that_cannot_be_true_is_refused(sacrificed: SiliconReport, edit: Callable[[Any], None]) -> None:
    with pytest.raises(InputError) as refused:
        read_report(edited(sacrificed, edit), "somebody.json")
    assert refused.value.id == "not-a-silicon-report"


def test_what_is_documented_and_contradicted_is_in_the_headline() -> None:
    altered = next(one for one in DOCUMENTED if one.check == "derive-key-mac")
    report = make_report(findings_of(altered), at_board(None, virtual=True).board.info)  # type: ignore[arg-type]
    assert report.exit_code is ExitCode.NO
    assert " 0 contradicted" in report.headline
    assert report.headline.endswith("documented rules contradicted: 1")


def test_an_assumption_of_another_version_is_marked(sacrificed: SiliconReport) -> None:
    other = {**sacrificed.to_json()["assumptions"][0], "id": "of-old", "verdict": "not-asked"}  # type: ignore[index]
    report = read_report(edited(sacrificed, lambda d: d["assumptions"].append(other)), "file")
    line = next(line for line in page_text(report).splitlines() if "of-old" in line)
    assert "of-old (this version does not have it)" in line
    assert page_text(report).count("this version does not have") == 1


def test_a_mark_of_unicode_before_it_does_no_harm(sacrificed: SiliconReport) -> None:
    assert read_report(b"\xef\xbb\xbf" + report_bytes(sacrificed, ".json"), "file") == sacrificed


def chip_of_revision(revision: str, path: Path) -> str:
    config = vendor_config(revision=bytes.fromhex(revision), lock_config=UNLOCKED, lock_value=UNLOCKED)
    fresh = Eeprom.factory(seeded_entropy(7))
    contents = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    save_state(path, Eeprom(config.to_bytes(), fresh.contents(Zone.OTP), contents, fresh.seed), seeded_entropy(8))
    return f"virtual://fresh?state={path}"


def test_it_names_an_atecc608c_as_info_does(tmp_path: Path) -> None:
    report = report_of(chip_of_revision("00006004", tmp_path / "chip.json"))
    assert report.part == "ATECC608C"
    assert report.contradicted == ()


@pytest.mark.parametrize("revision", ["00000000", "ffffffff", "00005500"])
@pytest.mark.parametrize("depth", Depth)
def test_a_chip_of_no_known_part_is_refused(revision: str, depth: Depth, tmp_path: Path) -> None:
    path = tmp_path / "chip.json"
    url = chip_of_revision(revision, path)
    before = path.read_bytes()
    with pytest.raises(RefusedError) as refused:
        report_of(url, depth)
    assert refused.value.id == "unknown-part"
    assert path.read_bytes() == before


def test_a_chip_of_no_known_part_is_not_prepared_for_a_sacrifice(tmp_path: Path) -> None:
    register_virtual_scheme()
    with connect(chip_of_revision("ffffffff", tmp_path / "chip.json")) as board, pytest.raises(RefusedError):
        prepare_sacrifice(ConnectedChip(board, board.open_chip()))


_SHORT = SiliconReport(
    virtual=True, depth=Depth.LOOK, at="2026-06-01", program="0.1.0", bridge="bridge", part="ATECC608A",
    variant="TrustCUSTOM", revision="00006002", serial_number="0123" + "xx" * 6 + "ee", config_locked=False,
    data_locked=False, configuration="00" * 128, assumptions=(), checks=(),
)  # fmt: skip
