"""Place, size, page and port from one start to the next."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter

from atecc_bench.twin.ports.url_scheme import is_virtual_url
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.preferences import Preferences


class Remembering(QObject):
    """Puts the window back as it was left."""

    def __init__(self, window: MainWindow, preferences: Preferences, app_state: AppState) -> None:
        super().__init__(window)
        self._window, self._preferences, self._app_state = window, preferences, app_state
        self._shown: set[str] = set()
        self._page = ""
        window.page_shown.connect(self._restore_splitters)

    def restore(self) -> None:
        """Go back to place, size and page of last time.

        Qt sees to it that the window is on a screen that is there, and not larger.
        """
        page = self._preferences.page
        geometry = self._preferences.geometry
        if not geometry.isEmpty():
            self._window.restoreGeometry(geometry)
        if page in self._window.page_names and not self._app_state.frozen:
            self._window.show_page(page)

    def keep(self) -> None:
        """Remember how everything is left."""
        self._preferences.geometry = self._window.saveGeometry()
        if not self._app_state.frozen:
            self._preferences.page = self._page
        if self._app_state.port:
            self._preferences.port = self._app_state.port
        for page in self._shown:
            for name, splitter in self._splitters(page):
                self._preferences.keep_splitter(name, splitter.saveState())

    def _restore_splitters(self, page: str) -> None:
        self._page = page
        if page not in self._shown:
            self._shown.add(page)
            for name, splitter in self._splitters(page):
                state = self._preferences.splitter(name)
                if not state.isEmpty():
                    splitter.restoreState(state)

    def _splitters(self, page: str) -> list[tuple[str, QSplitter]]:
        found = self._window.page(page).findChildren(QSplitter)
        return [(f"{page}-{number}", splitter) for number, splitter in enumerate(found)]


def remembered_port(preferences: Preferences, app_state: AppState) -> str:
    """Port of last time, unless there is a better one.

    A board that is plugged in goes before a virtual one.
    """
    port = preferences.port
    plugged_in = {one.device for one in app_state.hardware}
    if is_virtual_url(port):
        return "" if any(one.bridge for one in app_state.hardware) else port
    return port if "://" in port or port in plugged_in else ""
