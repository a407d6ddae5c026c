"""Opening the window."""

import sys
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QWidget

from atecc_bench.ledger.user_records import user_records
from atecc_bench.resources import resource_path
from atecc_bench.ui.bringing import Bringing
from atecc_bench.ui.shell.main_window import MainWindow, Page
from atecc_bench.ui.shell.menu_bar import Deeds
from atecc_bench.ui.shell.remembering import Remembering, remembered_port
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.defect_watch import DefectWatch
from atecc_bench.ui.state.fault_log import FaultLog
from atecc_bench.ui.state.garbage_collection import GarbageCollector
from atecc_bench.ui.state.preferences import Preferences
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.style.theme import Scheme, apply_theme
from atecc_bench.user_folders import log_folder

if TYPE_CHECKING:
    from atecc_bench.ui.pages.inspect.page import InspectPage


def application() -> QApplication:
    """The one QApplication, with our name and theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("ATECC Bench")
    app.setDesktopFileName("atecc-bench")
    apply_theme(app, Scheme.SYSTEM)
    QAccessible.installFactory(_spoken)
    if app.findChild(GarbageCollector) is None:
        GarbageCollector(app)
    return app


def build_window(app_state: AppState) -> MainWindow:
    """The window with all pages around one application state."""
    window = MainWindow(
        (
            Page("Home", Icon.HOME, lambda: _home(app_state)),
            Page("Board", Icon.BOARD, lambda: _board(app_state)),
            Page("Inspect", Icon.INSPECT, lambda: _inspect(app_state)),
            Page("Certificates", Icon.CERTIFICATES, lambda: _certificates(app_state)),
            Page("Provision", Icon.PROVISION, lambda: _provision(app_state)),
            Page("Compare", Icon.COMPARE, lambda: _compare(app_state)),
            Page("Console", Icon.CONSOLE, lambda: _console(app_state)),
        )
    )

    def show_ports() -> None:
        window.header.set_ports(app_state.port_choices(), app_state.port)

    def show_device() -> None:
        show_ports()
        window.set_device(app_state.summary)

    preferences = Preferences(app_state.data_folder)
    remembering = Remembering(window, preferences, app_state)

    def let_go() -> None:
        remembering.keep()
        window.hide()
        app_state.shut_down()

    def show_page(name: str) -> None:
        if not app_state.frozen or name == "Provision":
            window.show_page(name)

    def show_line() -> None:
        if app_state.frozen:
            window.show_page("Provision")
        window.set_pages_open(not app_state.frozen)
        window.set_training(app_state.training)
        show_ports()

    app_state.line_changed.connect(show_line)
    window.header.port_chosen.connect(app_state.connect_to)
    app_state.ports_changed.connect(show_ports)
    app_state.device_changed.connect(show_device)
    app_state.summary_changed.connect(lambda: window.set_device(app_state.summary))
    app_state.page_wanted.connect(show_page)
    for worker in app_state.workers:
        if worker is app_state.searching:
            continue  # nobody asked for it
        worker.started.connect(window.set_operation)
        worker.finished.connect(window.set_operation)
    app_state.work_changed.connect(lambda: window.set_work(app_state.work))
    window.stop_wanted.connect(app_state.worker.cancel)
    window.closing.connect(let_go)
    QShortcut(QKeySequence(Qt.Key.Key_Escape), window).activated.connect(app_state.cancel)
    bringing = Bringing(window, app_state)

    def show_settings() -> None:
        from atecc_bench.ui.shell.settings_dialog import SettingsDialog

        dialog = SettingsDialog(preferences, app_state.data_folder, window)
        dialog.changed.connect(lambda: dress(preferences))
        dialog.open()

    def show_about() -> None:
        from atecc_bench.ui.shell.about_dialog import AboutDialog

        AboutDialog(window).open()

    def report() -> None:
        window.show_page("Inspect")
        cast("InspectPage", window.page("Inspect")).report()

    window.set_menus(
        Deeds(
            open=bringing.choose,
            paste=bringing.paste,
            settings=show_settings,
            quit=window.close,
            show_page=window.show_page,
            report=report,
            about=show_about,
        )
    )
    window.show_page("Home")
    remembering.restore()
    return window


def dress(preferences: Preferences) -> None:
    """Show the theme and the text size that somebody prefers."""
    theme = apply_theme(application(), Scheme(preferences.theme))
    theme.set_text_percent(preferences.text_percent)


def open_window(port: str | None) -> int:
    """Open the window and run until it is closed.

    Without a port it finds one by itself.
    """
    app = application()

    app_state = AppState(user_records())
    preferences = Preferences(app_state.data_folder)
    dress(preferences)
    window = build_window(app_state)

    def begin() -> None:
        app.setWindowIcon(QIcon(str(resource_path("desktop/atecc-bench.png"))))
        app_state.load_line()
        app_state.refresh_ports()
        app_state.connect_to(port or remembered_port(preferences, app_state) or app_state.first_port())
        if fault := faults.of_last_time():
            window.show_defect(fault, faults.told)

    watch = DefectWatch(app)
    watch.met.connect(window.show_defect)
    watch.begin()
    faults = FaultLog(log_folder())
    faults.begin()
    window.first_painted.connect(begin)
    window.show()
    try:
        return app.exec()
    finally:
        faults.end()
        watch.end()


def _spoken(_name: str, thing: QObject) -> QAccessibleWidget | None:
    from atecc_bench.ui.widgets.screen_readers import spoken  # asked for only where a screen reader listens

    return spoken(thing)


# Pages are imported when they are first shown: most need rooms that the first paint does not.


def _home(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.home.page import HomePage

    return HomePage(app_state)


def _board(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.board.page import BoardPage

    return BoardPage(app_state)


def _inspect(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.inspect.page import InspectPage

    return InspectPage(app_state)


def _certificates(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.certificates.page import CertificatesPage

    return CertificatesPage(app_state)


def _provision(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.provision.page import ProvisionPage

    return ProvisionPage(app_state)


def _compare(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.compare.page import ComparePage

    return ComparePage(app_state)


def _console(app_state: AppState) -> QWidget:
    from atecc_bench.ui.pages.console.page import ConsolePage

    return ConsolePage(app_state)
