"""Every profile that comes along, from Home to PASS through the window, on a chip it is for."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.profiles.files import available_profiles, load_profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.basics import without_mnemonic

WAIT_MS = 15_000
CHIPS = {
    "trustcustom-tls": "fresh",
    "trustcustom-tls-508a": "atecc508a",
    "arduino-eccx08-tls": "fresh",
    "espressif-trustcustom": "fresh",
    "trustflex-own-chain": "trustflex",
    "trust-and-go": "trustgo",
    "aws-iot": "fresh",
}
assert CHIPS.keys() == {*available_profiles()}


class Newcomer:
    """Clicks on what can be seen, and types into what has the focus."""

    def __init__(self, window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
        self._window, self._app_state, self._qtbot = window, app_state, qtbot

    @property
    def page(self) -> ProvisionPage:
        page = self._window.page("Provision")
        assert isinstance(page, ProvisionPage)
        return page

    def click(self, text: str) -> None:
        def found() -> list[QAbstractButton]:
            buttons = self._window.findChildren(QAbstractButton)
            return [one for one in buttons if one.text().startswith(text) and one.isVisible() and one.isEnabled()]

        self._qtbot.waitUntil(lambda: not self._app_state.busy and bool(found()), timeout=WAIT_MS)
        self._qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        lines = [one for one in self.page.findChildren(QLineEdit) if one.accessibleName() == name and one.isVisible()]
        self._qtbot.keyClicks(lines[0], text)

    def provision(self, profile: str, passphrase: str, typed: dict[str, str]) -> None:
        """From the profile to the result."""
        title = without_mnemonic(f"{load_profile(profile).title}   (")
        next(b for b in self.page.profile.findChildren(QRadioButton) if b.text().startswith(title)).click()
        self.click("Next")
        self.go_on(profile, passphrase, typed)

    def go_on(self, profile: str, passphrase: str, typed: dict[str, str]) -> None:
        """From the device to the result."""
        self.click("Next")
        if load_profile(profile).needs_authority:
            self.type("Passphrase of the certificate authority", passphrase)
        for name, text in typed.items():
            self.type(name, text)
        self.click("Rehearse")
        self._qtbot.waitUntil(lambda: not self._app_state.busy, timeout=WAIT_MS)
        assert self.page.step is WizardStep.REHEARSAL
        self.page.next_button.click()
        if self.page.step is WizardStep.CONFIRM:
            assert self._app_state.facts is not None
            self.type("Last six digits of the serial number", self._app_state.facts.chip.serial_number[-6:])
            self.page.lock_button.click()
        self._qtbot.waitUntil(lambda: self.page.step is WizardStep.RESULT and not self._app_state.busy, timeout=WAIT_MS)


@pytest.fixture
def printable_ca(tmp_path: Path, passphrase: str) -> Path:
    """As TrustFLEX and Trust&GO want its names."""
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC), printable=True)
    save_authority(tmp_path / "data" / "ca", authority, root_key, passphrase.encode())
    return tmp_path / "data" / "ca"


def certified_outside(request: Path, folder: Path) -> Path:
    """A root of openssl's signs the request; the answer holds both certificates."""

    def openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True)

    key, root, device, both = (folder / name for name in ("key.pem", "root.pem", "device.pem", "both.pem"))
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=Somebody else", "-days", "30", "-out", root)
    openssl("x509", "-req", "-in", request, "-CA", root, "-CAkey", key, "-days", "20", "-out", device)
    both.write_bytes(device.read_bytes() + root.read_bytes())
    return both


@pytest.mark.slow
@pytest.mark.parametrize("profile", CHIPS)
def test_from_home_to_pass(
    profile: str,
    window: MainWindow,
    app_state: AppState,
    printable_ca: Path,
    passphrase: str,
    connected: Callable[[str], None],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    if profile == "aws-iot" and shutil.which("openssl") is None:
        pytest.skip("needs the openssl command")
    connected(f"virtual://{CHIPS[profile]}?speed=max&state={tmp_path / 'chip.json'}")
    newcomer = Newcomer(window, app_state, qtbot)
    newcomer.click("Provision a device")
    page, typed = newcomer.page, {"Thing name": "pump-0042"} if profile == "aws-iot" else {}
    newcomer.provision(profile, passphrase, typed)
    if profile == "aws-iot":
        assert page.result.verdict_text() == "WAITING · VIRTUAL"
        (request,) = app_state.records.folder.glob("virtual/*/*/request.csr")
        newcomer.click("Next device")
        certificate = str(certified_outside(request, tmp_path))
        newcomer.go_on(profile, passphrase, {"Certificate from outside": certificate})  # the name is still there
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    promised = load_profile(profile)
    said = "\n".join(one.accessibleDescription() for one in page.result.findChildren(QWidget))
    assert {proof for proof in Proof if proof.sentence in said} == set(promised.proofs_with(promised.nominal_config()))
