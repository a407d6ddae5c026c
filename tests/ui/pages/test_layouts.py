"""Certificates and Compare after a PASS of every profile: what the chip holds, by the layout that it has."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from typer.testing import CliRunner

from atecc_bench.cli.app import build_app
from atecc_bench.ui.pages.certificates.chain_tree import ChainTree
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.empty_state import EmptyState
from tests.support.cases.stored_layouts import EACH_LAYOUT

Show = Callable[[str], QWidget]
Connected = Callable[[str], None]


def no_pdf(title: str, html: str) -> bytes:
    raise AssertionError(title, html)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A verb of the command line, with the records of the window."""
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", "correct horse battery")

    def run(*words: str) -> None:
        done = CliRunner().invoke(build_app(no_pdf), list(words))
        assert done.exit_code == 0, done.output

    return run


@EACH_LAYOUT
def test_a_chip_that_passed_is_shown_and_compared_by_its_own_layout(
    command: Callable[..., None],
    show: Show,
    connected: Connected,
    tmp_path: Path,
    profile: str,
    preset: str,
    layout: str,
):
    port = f"virtual://{preset}?state={tmp_path / 'chip.json'}"
    ca = str(tmp_path / "ca")
    command("ca", "init", ca, "--organization", "Nordlys AS", "--printable-names")
    command("provision", "--port", port, "--profile", profile, "--ca", ca, "--yes")
    connected(port)
    certificates = show("Certificates")
    banner, tree = certificates.findChild(Banner), certificates.findChild(ChainTree)
    assert banner is not None
    assert tree is not None
    assert banner.accessibleName() == "The chain holds."
    top = tree.topLevelItem(0)
    assert top is not None
    assert top.text(0) == f"On the chip, as {layout}"
    compare = show("Compare")
    assert isinstance(compare, ComparePage)
    assert compare.shown is not None
    assert compare.shown.comparison.equal


@pytest.mark.parametrize("page", ["Certificates", "Compare"])
def test_a_blank_chip_is_an_empty_page_that_says_what_to_do(show: Show, connected: Connected, page: str):
    connected("virtual://fresh")
    shown = show(page)
    (empty,) = (one for one in shown.findChildren(EmptyState) if one.isVisible())
    assert empty.accessibleName() == "This chip holds nothing yet"
    assert "data zone is not locked" in empty.accessibleDescription()


def test_a_page_that_nobody_looks_at_asks_the_chip_for_nothing(
    window: MainWindow, app_state: AppState, show: Show, connected: Connected, rested: Callable[[], None]
):
    connected("virtual://provisioned")
    show("Certificates")
    show("Compare")
    show("Console")
    before = len(app_state.exchanges)
    app_state.look_again()
    rested()
    looked = len(app_state.exchanges) - before
    assert looked <= 6  # what it is and its configuration; not the slots that the pages show
    show("Certificates")
    assert len(app_state.exchanges) - before > looked + 10  # asked for once it is looked at
