"""The silicon check over a board that another process or thread serves: it runs to the end."""

from collections.abc import Callable

import pytest

from atecc_bench.link.board.connection import connect
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.silicon.check_chip import check_chip, prepare_sacrifice
from atecc_bench.workflows.silicon.findings import Depth
from atecc_bench.workflows.silicon.report_document import SiliconReport
from tests.support.boards.served_rom import on_network

# pyserial 3.5 starts its reader thread in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


def used_up(port: str) -> SiliconReport:
    with connect(port) as board:
        chip = ConnectedChip(board, board.open_chip())
        prepare_sacrifice(chip)
        return check_chip(chip, Depth.SACRIFICE, lambda _: None)


def looked_at(port: str) -> SiliconReport:
    with connect(port) as board:
        return check_chip(ConnectedChip(board, board.open_chip()), Depth.LOOK, lambda _: None)


@pytest.mark.slow
def test_on_a_pseudo_terminal(served_board: Callable[[str], str]) -> None:
    report = used_up(served_board("virtual://fresh"))
    assert (report.error, report.contradicted) == (None, ())


def test_a_look_on_a_pseudo_terminal(served_board: Callable[[str], str]) -> None:
    report = looked_at(served_board("virtual://provisioned"))
    assert (report.error, report.contradicted) == (None, ())


def test_a_look_on_the_network() -> None:
    with on_network(open_board(parse_virtual_url("virtual://atecc508a"))) as url:
        report = looked_at(url)
    assert (report.error, report.contradicted) == (None, ())
    assert report.virtual


@pytest.mark.slow
def test_a_board_that_takes_the_time_of_silicon(served_board: Callable[[str], str]) -> None:
    report = looked_at(served_board("virtual://provisioned?speed=real"))
    assert (report.error, report.contradicted) == (None, ())
    verdicts = {one.id: one.verdict.value for one in report.assumptions}
    assert verdicts["execution-times"] == "confirmed"
    assert {check.id: check.verdict.value for check in report.checks}["watchdog"] == "confirmed"
