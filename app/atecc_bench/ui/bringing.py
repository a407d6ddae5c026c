"""What somebody brings, shown on the page that it is for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from atecc_bench.errors import BenchError
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState

if TYPE_CHECKING:
    from atecc_bench.ui.pages.brought import Brought

KINDS = (
    "All that it can read (*.zip *.pem *.der *.crt *.cer *.csr *.txt *.log *.hex *.bin *.json *.yaml *.xml *.csv)"
    ";;All files (*)"
)


class Bringing(QObject):
    """Opens files and pasted texts by what they are."""

    def __init__(self, window: MainWindow, app_state: AppState) -> None:
        super().__init__(window)
        self._window, self._app_state = window, app_state
        window.brought.connect(self.take)
        app_state.brought.connect(self.take)

    def choose(self) -> None:
        """Ask for files, and open them."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", "", KINDS)
        if names:
            self.take([Path(name) for name in names])

    def paste(self) -> None:
        """Open what is on the clipboard, files or text.

        A page that has a meaning of its own for it gets it.
        """
        own = getattr(self._window.shown_page, "paste", None)
        if own is not None:
            own()
            return
        data = QGuiApplication.clipboard().mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths or data.text().strip():
            self.take(paths or data.text())

    def take(self, thing: Sequence[Path] | str) -> None:
        """Find out what it is, and show it on its page."""
        from atecc_bench.ui.pages.brought import recognise_files, recognise_text

        if self._app_state.frozen:
            return

        def recognise(_: object) -> "Brought":
            return recognise_text(thing) if isinstance(thing, str) else recognise_files(thing)

        self._app_state.opening.start("Look at what was brought", recognise, self._show, self._not_read, lambda _: None)

    def _show(self, brought: "Brought") -> None:
        page = brought.kind.value
        self._window.show_page(page)
        widget = self._window.page(page)
        widget.take(brought)  # type: ignore[attr-defined]  # the pages that kinds name have it

    def _not_read(self, error: BenchError) -> None:
        QMessageBox.warning(self._window, "It cannot be opened", f"{error.message}\n{error.hint}")
