"""Looking changes nothing: every page was visited, and the chip's memory is what it was, to the byte."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.ui.pages.board.page import BoardPage
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep

PAGES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")
PRESETS = ("fresh", "configured", "provisioned", "mismatch", "trustflex", "trustgo", "atecc508a")


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_a_walk_over_every_page_up_to_the_rehearsal_changes_no_byte(
    preset: str,
    tmp_path: Path,
    ca: Path,
    passphrase: str,
    show: Callable[[str], QWidget],
    connected: Callable[[str], None],
    rested: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", passphrase)
    state = tmp_path / "chip.json"
    url = f"virtual://{preset}?state={state}"
    open_board(parse_virtual_url(url))
    before = state.read_bytes()
    connected(url)
    pages = {name: show(name) for name in PAGES}
    board, wizard = pages["Board"], pages["Provision"]
    assert isinstance(board, BoardPage)
    assert isinstance(wizard, ProvisionPage)
    show("Board")
    board.wiring.test_wiring()
    rested()
    show("Provision")
    while wizard.step < WizardStep.NAMES:
        wizard.go_on()
    wizard.go_on()
    rested()
    assert wizard.step in (WizardStep.REHEARSAL, WizardStep.NAMES)  # a chip that does not fit the profile is refused
    assert state.read_bytes() == before
