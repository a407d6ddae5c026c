"""Opening the window."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from atecc_bench.ui.shell.main_window import MainWindow, Page
from atecc_bench.ui.state.app_state import Bench
from atecc_bench.ui.state.garbage_collection import GarbageCollector
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.style.theme import Scheme, apply_theme


def application() -> QApplication:
    """The one QApplication, with our name and theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("ATECC Bench")
    app.setDesktopFileName("atecc-bench")
    apply_theme(app, Scheme.SYSTEM)
    if app.findChild(GarbageCollector) is None:
        GarbageCollector(app)
    return app


def build_window(bench: Bench) -> MainWindow:
    """The window with all pages around one bench."""
    window = MainWindow(
        (
            Page("Home", Icon.HOME, lambda: _home(bench)),
            Page("Board", Icon.BOARD, lambda: _board(bench)),
            Page("Inspect", Icon.INSPECT, lambda: _inspect(bench)),
            Page("Certificates", Icon.CERTIFICATES, lambda: _certificates(bench)),
            Page("Provision", Icon.PROVISION, lambda: _provision(bench)),
            Page("Compare", Icon.COMPARE, lambda: _compare(bench)),
            Page("Console", Icon.CONSOLE, lambda: _console(bench)),
        )
    )

    def show_ports() -> None:
        window.header.set_ports(bench.port_choices(), bench.port)

    def show_device() -> None:
        show_ports()
        window.set_device(bench.summary)

    def let_go() -> None:
        window.hide()
        bench.shut_down()

    def show_page(name: str) -> None:
        if not bench.frozen or name == "Provision":
            window.show_page(name)

    def show_line() -> None:
        if bench.frozen:
            window.show_page("Provision")
        window.set_pages_open(not bench.frozen)
        show_ports()

    bench.line_changed.connect(show_line)
    window.header.port_chosen.connect(bench.connect_to)
    bench.ports_changed.connect(show_ports)
    bench.device_changed.connect(show_device)
    bench.page_wanted.connect(show_page)
    for worker in bench.workers:
        worker.started.connect(window.set_operation)
        worker.finished.connect(window.set_operation)
    window.closing.connect(let_go)
    QShortcut(QKeySequence(Qt.Key.Key_Escape), window).activated.connect(bench.cancel_connecting)
    window.show_page("Home")
    return window


def open_window(port: str | None) -> int:
    """Open the window and run until it is closed; without a port it finds one by itself."""
    app = application()
    from atecc_bench.records.run_records import Records

    bench = Bench(Records.of_user())
    window = build_window(bench)

    def begin() -> None:
        bench.load_line()
        bench.refresh_ports()
        bench.connect_to(port or bench.first_port())

    window.first_painted.connect(begin)
    window.show()
    return app.exec()


# Pages are imported when they are first shown: most need rooms that the first paint does not.


def _home(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.home.page import HomePage

    return HomePage(bench)


def _board(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.board.page import BoardPage

    return BoardPage(bench)


def _inspect(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.inspect.page import InspectPage

    return InspectPage(bench)


def _certificates(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.certificates.page import CertificatesPage

    return CertificatesPage(bench)


def _provision(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.provision.page import ProvisionPage

    return ProvisionPage(bench)


def _compare(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.compare.page import ComparePage

    return ComparePage(bench)


def _console(bench: Bench) -> QWidget:
    from atecc_bench.ui.pages.console.page import ConsolePage

    return ConsolePage(bench)
