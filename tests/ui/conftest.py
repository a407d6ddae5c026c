import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # no window steals the focus, no clipboard of a person is touched

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.ui.app import application, build_window
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.style.theme import Scheme, Theme, apply_theme
from tests.support.ledgers import records_in

PASSPHRASE = "correct horse battery"  # noqa: S105 - of a CA that lives for one test
WAIT_MS = 15_000


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    application()  # as the window has it
    theme = apply_theme(qapp, Scheme.LIGHT)
    yield theme
    forget_windows()
    theme.set_scheme(Scheme.LIGHT)


def forget_windows() -> None:
    """A new style sheet reaches every widget that lives; those of tests that are over would be most of them."""
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_passphrase_lies_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE", raising=False)


@pytest.fixture
def app_state(tmp_path: Path) -> Iterator[AppState]:
    app_state = AppState(records_in(tmp_path / "data"))
    yield app_state
    app_state.shut_down()


@pytest.fixture
def window(app_state: AppState, qtbot: QtBot) -> MainWindow:
    window = build_window(app_state)
    # A test may end in the middle of something; nobody is there to be asked.
    qtbot.addWidget(window, before_close_func=lambda _: app_state.end_work())
    window.show()
    return window


@pytest.fixture
def connected(app_state: AppState, qtbot: QtBot) -> Callable[[str], None]:
    def connect(port: str) -> None:
        app_state.connect_to(port)
        qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)

    return connect


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
    save_authority(tmp_path / "data" / "ca", authority, root_key, PASSPHRASE.encode())
    return tmp_path / "data" / "ca"


@pytest.fixture
def passphrase() -> str:
    """Of the CA that `ca` makes."""
    return PASSPHRASE


@pytest.fixture
def rested(app_state: AppState, qtbot: QtBot) -> Callable[[], None]:
    """Waits until no thread has anything to do."""
    return lambda: qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)


@pytest.fixture
def show(window: MainWindow, rested: Callable[[], None]) -> Callable[[str], QWidget]:
    """Goes to a page and waits until it has read what it wants."""

    def go(name: str) -> QWidget:
        window.show_page(name)
        rested()
        return window.page(name)

    return go
