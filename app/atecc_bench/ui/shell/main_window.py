"""The main window: header, rail, pages and status line.

Pages are made when they are first shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from atecc_bench.errors import DefectError
from atecc_bench.logs import log_tail, without_secrets
from atecc_bench.ui.shell.header import Header
from atecc_bench.ui.shell.menu_bar import Deeds, Menus
from atecc_bench.ui.shell.page_stack import PageStack
from atecc_bench.ui.shell.rail import Rail
from atecc_bench.ui.shell.status_line import StatusLine
from atecc_bench.ui.shell.work_bar import WorkBar
from atecc_bench.ui.state.device_summary import DeviceSummary
from atecc_bench.ui.state.work_under_way import WorkUnderWay
from atecc_bench.ui.style.icons import Icon

# The first paint needs neither the panel nor what it shows.
if TYPE_CHECKING:
    from atecc_bench.ui.widgets.error_panel import ErrorPanel

LEAST_SIZE = (800, 480)  # a screen of 1280 × 720 at 150 % has a little more; pages scroll in it
SHOWN_LOG = 4096  # bytes of the end of the log, as details of a defect


@dataclass(frozen=True)
class Page:
    """One page of the window.

    Its word and icon in the rail, and what makes its widget.
    """

    name: str
    icon: Icon
    factory: Callable[[], QWidget]


class MainWindow(QMainWindow):
    """The main window.

    Shows one of its pages, and what is known about the device around them. Alt+1 to Alt+9 go to the pages in their
    order.
    """

    page_shown = Signal(str)
    """The name of the page that is now on show."""

    first_painted = Signal()
    """The window has been seen for the first time: what may delay it can begin."""

    stop_wanted = Signal()
    """Somebody wants the work under way to stop at the next safe point."""

    brought = Signal(object)
    """Files that were dropped on the window, or a text."""

    closing = Signal()
    """The window is about to close: whoever owns a device lets go of it now."""

    def __init__(self, pages: Sequence[Page]) -> None:
        super().__init__()
        self.setWindowTitle("ATECC Bench")
        self.resize(1280, 800)
        self.setMinimumSize(*LEAST_SIZE)
        self._painted = False
        self._work: WorkUnderWay | None = None
        self._closes_then = False  # once the work has stopped
        self._pages = tuple(pages)
        self._widgets: dict[str, QWidget] = {}
        self.header = Header()
        self._rail = Rail()
        self._shortcuts: list[QShortcut] = []
        self._stack = PageStack()
        self._work_bar = WorkBar()
        self._work_bar.show_wanted.connect(self.show_page)
        self._work_bar.cancel_wanted.connect(self.stop_wanted)
        self._status = StatusLine()
        self._defect: ErrorPanel | None = None  # made when there is one to tell of
        for number, page in enumerate(self._pages, start=1):
            key = f"Alt+{number}"
            self._rail.add_entry(page.name, page.icon, key)
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda name=page.name: self.show_page(name))
            self._shortcuts.append(shortcut)
        self.setAcceptDrops(True)
        self._menus: Menus | None = None
        self._rail.chosen.connect(self._show)
        self._lay_out()

    def show_page(self, name: str) -> None:
        """Go to a page.

        Raises:
            KeyError: The name is unknown.
        """
        numbers = {page.name: number for number, page in enumerate(self._pages)}
        self._rail.choose(numbers[name])

    def set_pages_open(self, are_open: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Allow or forbid other pages than the one on show."""
        self._rail.setVisible(are_open)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(are_open)
        self.setAcceptDrops(are_open)
        if self._menus is not None:
            self._menus.set_open(are_open)

    def set_menus(self, deeds: Deeds) -> None:
        """Have a menu bar whose entries do these deeds."""
        self._menus = Menus(self.menuBar(), [page.name for page in self._pages], deeds)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.brought.emit(paths or event.mimeData().text())

    def set_training(self, training: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Say in title and header that a line is for training."""
        self.setWindowTitle("ATECC Bench · TRAINING" if training else "ATECC Bench")
        self.header.set_training(training)

    def page(self, name: str) -> QWidget:
        """The widget of a page, made now if it was never shown.

        Raises:
            KeyError: The name is unknown.
        """
        if name not in self._widgets:
            page = {page.name: page for page in self._pages}[name]
            widget = page.factory()
            self._widgets[name] = widget
            self._stack.add(widget)
        return self._widgets[name]

    def set_device(self, device: DeviceSummary) -> None:
        """Show what is known about the device.

        It appears in the header and in the status line.
        """
        self.header.set_device(device)
        self._status.set_device(device)

    def set_operation(self, operation: str, seconds: float | None = None) -> None:
        """Show the last operation and how long it took.

        Both appear in the status line.
        """
        self._status.set_operation(operation, seconds)

    def set_work(self, work: WorkUnderWay | None) -> None:
        """Show what is under way that nothing may disturb."""
        self._work = work
        self.header.set_ports_open(work is None)
        self._show_work()
        if work is None and self._closes_then:
            self.close()

    def _show_work(self) -> None:
        shown = self._stack.page()
        name = next((name for name, widget in self._widgets.items() if widget is shown), "")
        self._work_bar.set_work(self._work, name)

    @property
    def page_names(self) -> tuple[str, ...]:
        """Names of the pages, in their order."""
        return tuple(page.name for page in self._pages)

    @property
    def shown_page(self) -> QWidget | None:
        """The widget of the page on show."""
        return self._stack.page()

    def show_defect(self, error: DefectError, details: str = "") -> None:
        """Tell of a defect above the page on show.

        It stays until somebody has read it; the window goes on.
        """
        if self._defect is None:
            self._defect = _defect_panel()
            self._inner.insertWidget(0, self._defect)
        self._defect.set_error(
            "Something went wrong in this program.", error.message, error.hint, details or log_tail(SHOWN_LOG)
        )
        self._defect.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work is not None:
            event.ignore()
            self._ask_to_stop(self._work)
            return
        self.closing.emit()
        super().closeEvent(event)

    def _ask_to_stop(self, work: WorkUnderWay) -> None:
        from atecc_bench.ui.shell.stop_dialog import StopDialog

        dialog = StopDialog(work, self)
        dialog.accepted.connect(self._stop_and_close)
        dialog.open()

    def _stop_and_close(self) -> None:
        self._closes_then = True
        if self._work is None:  # it ended while somebody was asked
            self.close()
        else:
            self.stop_wanted.emit()

    def _show(self, number: int) -> None:
        name = self._pages[number].name
        self._stack.show_page(self.page(name))
        self._show_work()
        self.page_shown.emit(name)

    def _lay_out(self) -> None:
        content = QWidget()
        self._inner = QVBoxLayout(content)
        self._inner.setContentsMargins(20, 18, 20, 18)
        self._inner.addWidget(self._work_bar)
        self._inner.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addWidget(content, 1)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addLayout(middle, 1)
        outer.addWidget(self._status)
        self.setCentralWidget(whole)


def _defect_panel() -> "ErrorPanel":
    from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
    from atecc_bench.ui.widgets.error_panel import ErrorPanel

    panel = ErrorPanel()
    save = DeliberateButton("Save report…")
    save.setToolTip("What happened and the end of the log, without what may be a secret; nothing is sent anywhere")
    save.clicked.connect(lambda: _save_report(panel))
    panel.add_button(save)
    dismiss = DeliberateButton("Dismiss")
    dismiss.clicked.connect(panel.hide)
    panel.add_button(dismiss)
    return panel


def _save_report(panel: "ErrorPanel") -> None:
    from PySide6.QtWidgets import QFileDialog, QMessageBox

    from atecc_bench.ui.shell.about_dialog import system_information

    name = f"atecc-bench-defect-{datetime.now(UTC):%Y%m%d-%H%M}.txt"
    chosen, _ = QFileDialog.getSaveFileName(panel, "Save report", name, "Text (*.txt)")
    if not chosen:
        return
    try:
        report = f"{panel.whole_text()}\n\n{system_information()}\n\n{log_tail()}"
        Path(chosen).write_text(without_secrets(report), encoding="utf-8")
    except OSError as error:
        QMessageBox.warning(panel, "The report was not saved", f"{chosen} cannot be written: {error.strerror}.")
