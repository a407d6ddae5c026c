"""Common states of everything about the device.

Nothing yet, connecting, at work, an error, or its content.
"""

from PySide6.QtWidgets import QStackedWidget, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_summary import LinkState
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.basics import ButtonKind
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.empty_state import EmptyState
from atecc_bench.ui.widgets.error_panel import ErrorPanel


class DeviceStates(QStackedWidget):
    """Shows content while a device is connected.

    Else what stands in the way of it and what to do. `empty` are title and sentence for when there is no chip at hand.
    """

    def __init__(
        self,
        app_state: AppState,
        icon: Icon,
        content: QWidget,
        empty: tuple[str, str],
    ) -> None:
        super().__init__()
        self._app_state = app_state
        self._content = content
        self._choose = DeliberateButton("Choose a board", ButtonKind.PRIMARY)
        self._choose.clicked.connect(lambda: app_state.page_wanted.emit("Board"))
        self._empty = EmptyState(icon, *empty, (self._choose,))
        cancel = DeliberateButton("Cancel")
        cancel.setToolTip("Esc")
        cancel.clicked.connect(app_state.cancel_connecting)
        self._waiting = EmptyState(icon, "Connecting…", "Looking for the bridge and the chip behind it.", (cancel,))
        board = DeliberateButton("Go to the board")
        board.clicked.connect(lambda: app_state.page_wanted.emit("Board"))
        self._at_work = EmptyState(icon, "The board is at work", "The page Board shows what is done to it.", (board,))
        self._error = ErrorPanel()
        again = DeliberateButton("Try again", ButtonKind.PRIMARY)
        again.clicked.connect(lambda: app_state.connect_to(app_state.port))
        self._error.add_button(again)
        provision = DeliberateButton("Provision this chip", ButtonKind.PRIMARY)
        provision.clicked.connect(lambda: app_state.page_wanted.emit("Provision"))
        self._blank = EmptyState(icon, "This chip holds nothing yet", "", (provision,))
        for widget in (content, self._empty, self._waiting, self._at_work, self._blank, self._error):
            self.addWidget(widget)

    def refresh(self) -> None:
        """Show what is known now."""
        self._choose.setVisible(not self._app_state.frozen)  # a frozen line has no other page
        if self._app_state.facts is not None:
            self.setCurrentWidget(self._content)
        elif self._app_state.awaits_next:
            self.setCurrentWidget(self._empty)
        elif self._app_state.error is not None:
            self.show_error(self._app_state.what_failed, self._app_state.error)
        else:
            states = {LinkState.CONNECTING: self._waiting, LinkState.AT_WORK: self._at_work}
            self.setCurrentWidget(states.get(self._app_state.summary.link, self._empty))

    def show_content(self) -> None:
        """Go from an error back to the content."""
        self.setCurrentWidget(self._content)

    def show_blank(self, sentence: str) -> None:
        """Say that the chip holds nothing to show here.

        `sentence` says why, and what to do.
        """
        self._blank.set_sentence(sentence)
        self.setCurrentWidget(self._blank)

    def show_error(self, what: str, error: BenchError) -> None:
        """Show an error instead of the content."""
        exchanges = "\n".join(self._app_state.last_exchanges())
        details = f"{error.id}: {error.message}\nPort: {self._app_state.port}\n{exchanges}".strip()
        self._error.set_error(what, error.message, error.hint, details)
        self.setCurrentWidget(self._error)
