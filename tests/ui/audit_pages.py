"""Opens every page and every step of the wizard in four sizes, and prints what is cut, outside or has no name.

A program of its own: the scale of the screen is settled when Qt starts.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit, QTabWidget

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.records.run_records import Records
from atecc_bench.ui.app import application, build_window
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.style.theme import Scheme, apply_theme
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from tests.support.window_audit import clipped, outside, unnamed

SIZES = ((1024, 640), (1280, 800), (1440, 900), (1920, 1080))
PAGES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")
PASSPHRASE = "correct horse battery"  # noqa: S105 - of a CA that lives for one run
WAIT_S = 30.0


class Audit:
    def __init__(self, work: Path, scheme: Scheme) -> None:
        self.app: QApplication = application()
        apply_theme(self.app, scheme)
        authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
        save_authority(work / "ca", authority, root_key, PASSPHRASE.encode())
        self.app_state = AppState(Records(work / "records"))
        self.window = build_window(self.app_state)
        self.window.show()
        self.found: dict[str, list[str]] = {}

    def wait(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + WAIT_S
        while not done():
            assert time.monotonic() < until
            self.app.processEvents()
            time.sleep(0.005)
        self.settle()

    def settle(self) -> None:
        for _ in range(6):
            self.app.processEvents()

    def rest(self) -> None:
        self.wait(lambda: not self.app_state.busy)

    def connect(self, port: str) -> None:
        self.app_state.connect_to(port)
        self.rest()

    def look(self, place: str) -> None:
        for width, height in SIZES:
            self.window.resize(width, height)
            self.settle()
            for kind, finding in (("cut", clipped), ("outside", outside), ("unnamed", unnamed)):
                for one in finding(self.window):
                    where = self.found.setdefault(f"{kind}: {one}", [])
                    where.append(f"{place} {width}x{height}")

    def pages(self, port: str) -> None:
        self.connect(port)
        for page in PAGES:
            self.window.show_page(page)
            self.rest()
            self.look(f"{page} ({port})")
            for tabs in self.window.page(page).findChildren(QTabWidget):
                for number in range(tabs.count()) if tabs.isVisible() else ():
                    tabs.setCurrentIndex(number)
                    self.rest()
                    self.look(f"{page}/{tabs.tabText(number)} ({port})")

    def wizard(self) -> None:
        self.connect("virtual://fresh")
        self.window.show_page("Provision")
        page = self.window.page("Provision")
        assert isinstance(page, ProvisionPage)
        while page.step < WizardStep.NAMES:
            self.look(f"Provision {page.step.name}")
            page.go_on()
        fields = {line.accessibleName(): line for line in page.inputs.findChildren(QLineEdit)}
        fields["Passphrase of the certificate authority"].setText(PASSPHRASE)
        fields["Folder of the certificate authority"].setText(str(self.app_state.data_folder / "ca"))
        self.rest()
        self.look("Provision NAMES")
        page.go_on()
        self.wait(page.next_button.isEnabled)
        self.look("Provision REHEARSAL")
        page.go_on()
        self.look("Provision CONFIRM")
        facts, digits = self.app_state.facts, page.confirm.findChild(ConfirmSerial)
        assert facts is not None
        assert digits is not None
        field = digits.focusProxy()
        assert isinstance(field, QLineEdit)
        field.setText(facts.chip.serial_number[-6:])
        page.go_on()
        self.look("Provision RUN")
        self.wait(lambda: page.step is WizardStep.RESULT and not self.app_state.busy)
        self.look("Provision RESULT")


def main(work: Path, scheme: Scheme) -> None:
    audit = Audit(work, scheme)
    try:
        for port in ("virtual://provisioned", "virtual://mismatch", "virtual://blank-board", "virtual://fresh"):
            audit.pages(port)
        audit.wizard()
    finally:
        audit.app_state.end_work() if audit.app_state.work else None
        audit.window.close()
    sys.stdout.write(json.dumps(audit.found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Scheme(sys.argv[2]))
