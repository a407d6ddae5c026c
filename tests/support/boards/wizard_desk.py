"""A window in which one device after the other is provisioned, and what is left of each in memory."""

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QLineEdit

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.ui.app import application, build_window
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.state.app_state import AppState
from tests.support.ledgers import records_in

PASSPHRASE = "correct horse"  # noqa: S105 - of a CA that lives for one test
_PATIENCE_S = 60.0
_KEPT_ON_PURPOSE = {"Exchange"}  # the trace of the console, which has an end of its own


class WizardDesk:
    """Call `close` at the end."""

    def __init__(self, folder: Path, port: str = "virtual://fresh") -> None:
        application()
        authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
        save_authority(folder / "ca", authority, root_key, PASSPHRASE.encode())
        self._app_state = AppState(records_in(folder))
        self._window = build_window(self._app_state)
        self._window.show()
        self._app_state.connect_to(port)
        self._window.show_page("Provision")
        page = self._window.page("Provision")
        assert isinstance(page, ProvisionPage)
        self._page = page
        self._wait(lambda: not self._app_state.busy)

    def provision_next(self) -> None:
        """From the profile to PASS, and on to the next device, which is a new chip."""
        page, app_state = self._page, self._app_state
        while page.step < WizardStep.NAMES:
            page.go_on()
        passphrase = page.inputs.first_field()
        assert isinstance(passphrase, QLineEdit)
        passphrase.setText(PASSPHRASE)
        page.go_on()
        self._wait(lambda: not app_state.busy)
        page.go_on()
        field = page.confirm.field().focusProxy()
        assert isinstance(field, QLineEdit)
        assert app_state.facts is not None
        field.setText(app_state.facts.chip.serial_number[-6:])
        page.go_on()
        self._wait(lambda: page.step is WizardStep.RESULT and not app_state.busy)
        assert page.result.verdict_text() == "PASS · VIRTUAL"
        page.go_on()
        self._wait(lambda: not app_state.busy)

    def qt_objects(self) -> int:
        """How many objects the window owns. Qt for Python keeps what it makes for some of them when it is asked."""
        return len(self._window.findChildren(QObject))

    def our_objects(self) -> Counter[str]:
        """How many Python objects of our own and of Qt's types there are, by type."""
        gc.collect()
        kinds = (type(one) for one in gc.get_objects())
        names = (k.__name__ for k in kinds if str(k.__module__).partition(".")[0] in ("atecc_bench", "PySide6"))
        return Counter(name for name in names if name not in _KEPT_ON_PURPOSE)

    def close(self) -> None:
        """Close the window and end its threads."""
        self._window.close()

    def _wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not done():
            assert time.monotonic() < deadline
            loop = QEventLoop()
            QTimer.singleShot(2, loop.quit)
            loop.exec()


def resident_kb() -> int:
    """What this process holds in memory now (Linux)."""
    assert sys.platform == "linux"
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
