"""The tour: pictures of the real window over virtual boards.

It drives the window and saves a picture of each stop, light and dark.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QTabWidget

from atecc_bench.errors import DeviceError, InputError
from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.records.journal import Event
from atecc_bench.records.run_records import Records
from atecc_bench.twin.board.sample_images import write_practice_image
from atecc_bench.ui.app import application, build_window
from atecc_bench.ui.pages.board.page import BoardPage
from atecc_bench.ui.pages.compare.mend_dialog import MendDialog
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.pages.console.page import ConsolePage
from atecc_bench.ui.pages.inspect.page import InspectPage
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.pages.provision.tasks.line_dialogs import LineDialog
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.style.theme import Scheme, apply_theme
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial

STOP_S = 10.0
ORGANIZATION = "Fjord Sensors AS"


class Tour:
    """One window, taken from stop to stop."""

    def __init__(self, out: Path, work: Path) -> None:
        self._out = out
        self._app: QApplication = application()
        self._passphrase = secrets.token_urlsafe(12)
        self._ca = work / "ca"
        authority, root_key = create_authority(organization=ORGANIZATION, now=datetime.now(UTC))
        save_authority(self._ca, authority, root_key, self._passphrase.encode())
        self._firmware = work / "firmware"
        write_practice_image(self._firmware, size=192 * 1024)
        self._app_state = AppState(Records(work / "records"))
        self._window: MainWindow = build_window(self._app_state)
        self._window.show()
        self.pictures: list[Path] = []
        self._schemes = [Scheme.LIGHT, Scheme.DARK]
        self.result = ""

    def run(self) -> None:
        """Go round."""
        try:
            self._connect("virtual://provisioned")
            self._stop("home", "Home")
            self._stop("board", "Board")
            self._stop("inspect", "Inspect")
            self._inspect()
            self._stop("certificates", "Certificates")
            self._console()
            self._connect("virtual://mismatch")
            self._stop("compare", "Compare")
            self._compare()
            self._connect("virtual://provisioned")
            self._stop("compare-equal", "Compare")
            self._connect("virtual://blank-board")
            self._stop("inspect-error", "Inspect")
            self._board()
            self._provision()
        finally:
            self._window.close()

    def _inspect(self) -> None:
        page = self._window.page("Inspect")
        assert isinstance(page, InspectPage)  # noqa: S101 - the factory of this page makes no other
        for tab in ("Decoded", "Contents", "Findings", "Identity", "Slots"):
            page.show_tab(tab)
            self._wait(lambda: not self._app_state.busy, tab)
            if tab != "Slots":
                self._picture(f"inspect-{tab.lower()}")

    def _console(self) -> None:
        self._stop("console", "Console")
        page = self._window.page("Console")
        assert isinstance(page, ConsolePage)  # noqa: S101 - the factory of this page makes no other
        page.form.choose("Read")
        page.form.set_value("slot", "4")
        page.send()
        self._wait(lambda: page.explanation() is not None, "the explanation")
        self._picture("console-refused")
        page.form.choose("GenKey")
        page.form.set_value("slot", "0")
        page.form.set_value("key", "private")
        self._picture("console-confirm")

    def _compare(self) -> None:
        page = self._window.page("Compare")
        assert isinstance(page, ComparePage)  # noqa: S101 - the factory of this page makes no other
        shown = page.shown
        assert shown is not None  # noqa: S101 - the stop before waited for it
        page.why_button.click()
        self._picture("compare-why")
        QTimer.singleShot(0, self._compare_dialog)
        page.mend_button.click()
        pairs = list(zip(shown.comparison.expected, shown.comparison.stored, strict=True))
        rows = [
            f"{at:04X}: " + " ".join(f"{e:02X}|{s:02X}" for e, s in pairs[at : at + 16]) for at in range(0, 417, 16)
        ]
        page.show_text("\n".join(rows[1:-2]), "serial monitor")
        self._wait(lambda: not self._app_state.busy, "the pasted log")
        self._picture("compare-log")
        page.read_chip()  # what was pasted stays until somebody wants the chip again
        self._wait(lambda: not self._app_state.busy, "the chip after the log")

    def _compare_dialog(self) -> None:
        self._dialog("compare-mend", MendDialog)

    def _dialog(self, name: str, kind: type[QDialog]) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, kind)  # noqa: S101 - the button opens no other
        for scheme in self._schemes:
            apply_theme(self._app, scheme)
            self._settle(0.15)
            self.pictures.append(self._out / f"{name}-{scheme.value}.png")
            dialog.grab().save(str(self.pictures[-1]))
        self._schemes.reverse()
        dialog.reject()

    def _board(self) -> None:
        self._window.show_page("Board")
        page = self._window.page("Board")
        assert isinstance(page, BoardPage)  # noqa: S101 - the factory of this page makes no other
        self._picture("board-blank")
        page.firmware.flash()
        self._wait(lambda: not self._app_state.busy, "the search for an image")
        self._picture("board-no-image")
        page.firmware.run_in_ram()
        self._wait(lambda: self._app_state.facts is not None, "the bridge in RAM")
        self._picture("board-in-ram")
        page.firmware.image.setText(str(self._firmware))
        self._connect(f"virtual://other-firmware?firmware={self._firmware}&speed=real")
        self._picture("board-other-firmware")
        page.firmware.flash()
        self._settle(2.2)
        self._picture("board-flash")
        self._wait(lambda: self._app_state.facts is not None, "the bridge after the flash")
        page.wiring.test_wiring()
        self._wait(lambda: not self._app_state.busy, "the wiring test")
        self._picture("board-flashed")
        self._connect("virtual://no-chip")
        page.wiring.test_wiring()
        self._wait(lambda: not self._app_state.busy, "the wiring test")
        self._picture("board-no-chip")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self._connect(f"socket://127.0.0.1:{silent.getsockname()[1]}")
            page.firmware.identify()
            self._wait(lambda: not self._app_state.busy, "a board that cannot be reset")
            self._picture("board-by-hand")

    def _provision(self) -> None:
        self._connect("virtual://fresh?speed=real")
        self._window.show_page("Provision")
        page = self._window.page("Provision")
        assert isinstance(page, ProvisionPage)  # noqa: S101 - the factory of this page makes no other
        self._picture("provision-profile")
        page.go_on()
        self._picture("provision-device")
        page.go_on()
        fields = {line.accessibleName(): line for line in page.inputs.findChildren(QLineEdit)}
        fields["Folder of the certificate authority"].setText(str(self._ca))
        fields["Passphrase of the certificate authority"].setText(self._passphrase)
        self._wait(lambda: not self._app_state.busy, "the CA")
        self._picture("provision-names")
        page.inputs.key_choice.choose(fill=True)
        for name in ("Escrow passphrase", "The same again"):
            fields[name].setText(self._passphrase)
        self._picture("provision-names-fill")
        page.go_on()
        self._wait(lambda: page.next_button.isEnabled(), "the rehearsal")
        self._picture("provision-rehearsal")
        QTimer.singleShot(0, self._freeze_dialog)
        page.freeze_button.click()
        tabs = page.rehearsal.findChild(QTabWidget)
        assert tabs is not None  # noqa: S101 - it is part of the step
        for number in range(1, tabs.count()):
            tabs.setCurrentIndex(number)
            self._picture(f"provision-{tabs.tabText(number).lower().replace(' ', '-')}")
        page.go_on()
        facts = self._app_state.facts
        assert facts is not None  # noqa: S101 - the rehearsal had a device
        field = page.confirm.findChild(ConfirmSerial)
        assert field is not None  # noqa: S101 - it is part of the step
        digits = field.focusProxy()
        assert digits is not None  # noqa: S101 - the field passes the focus on
        QTest.keyClicks(digits, facts.chip.serial_number[-6:-1])
        self._picture("provision-confirm")
        QTest.keyClicks(digits, facts.chip.serial_number[-1])
        page.go_on()
        self._settle(0.6)
        self._grab("provision-run", self._schemes[0])  # the run does not wait for a change of colours
        self._wait(lambda: page.step is WizardStep.RESULT, "the end of the provisioning")
        self._wait(lambda: not self._app_state.busy, "the last look at the chip")
        self.result = f"{page.result.verdict_text()}: {facts.chip.serial_number}"
        self._picture("provision-result")
        self._stop("compare-provisioned", "Compare")
        self._window.show_page("Provision")
        page.go_on()
        self._wait(lambda: self._app_state.facts is not None and not self._app_state.busy, "the next device")
        self._picture("provision-next-device")
        self._cut_off()

    def _freeze_dialog(self) -> None:
        self._dialog("provision-freeze", LineDialog)

    def _cut_off(self) -> None:
        """Home after a run that never ended."""
        facts = self._app_state.facts
        assert facts is not None  # noqa: S101 - the stop before waited for it
        record = self._app_state.records.for_chip(facts.chip.serial_number, virtual=True).begin(datetime.now(UTC))
        journal = record.journal()
        journal.note(Event.BEGIN, serial_number=facts.chip.serial_number, profile="trustcustom-tls")
        journal.note(Event.STEP, id="lock-config", status="running")
        self._stop("home-cut-off", "Home")

    def _connect(self, port: str) -> None:
        self._app_state.connect_to(port)
        self._wait(lambda: not self._app_state.busy, port)

    def _stop(self, name: str, page: str) -> None:
        self._window.show_page(page)
        self._wait(lambda: not self._app_state.busy, page)
        self._picture(name)

    def _picture(self, name: str) -> None:
        for scheme in self._schemes:
            apply_theme(self._app, scheme)
            self._settle(0.15)
            self._grab(name, scheme)
        self._schemes.reverse()  # the next begins as this one ended: a change takes longest

    def _grab(self, name: str, scheme: Scheme) -> None:
        """The window as it is, which has to be in this scheme."""
        path = self._out / f"{name}-{scheme.value}.png"
        self._window.grab().save(str(path))
        self.pictures.append(path)

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + STOP_S
        while not done():
            if time.monotonic() > deadline:
                raise DeviceError("tour-stuck", f"The tour waited {STOP_S:.0f} s for {what}.", "Run it again.")
            self._settle(0.02)
        self._settle(0.15)

    def _settle(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()


def run_tour(out: Path, work: Path) -> Tour:
    """Take the tour.

    Pictures go to `out`, the CA and the records it needs to `work`.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and os.name == "posix":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{out} cannot be made: {error.strerror}."
        raise InputError("not-writable", message, "Choose another folder.") from error
    tour = Tour(out, work)
    tour.run()
    return tour
