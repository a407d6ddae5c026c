"""What every page about the device does alike: nothing yet, an error, or its content."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_summary import LinkState
from atecc_bench.ui.device_worker import DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.widgets.basics import ButtonKind, PageHeader, push_button
from atecc_bench.ui.widgets.empty_state import EmptyState
from atecc_bench.ui.widgets.error_panel import ErrorPanel


class DevicePage(QWidget):
    """A heading and, below it, the content, an empty state or an error."""

    def __init__(self, bench: Bench, title: str, icon: Icon, empty_sentence: str) -> None:
        super().__init__()
        self.bench = bench
        self.heading = PageHeader(title)
        self.content = QWidget()
        choose = push_button("Choose a board", ButtonKind.PRIMARY)
        choose.clicked.connect(lambda: bench.page_wanted.emit("Board"))
        self._empty = EmptyState(icon, "No chip at hand", empty_sentence, (choose,))
        cancel = push_button("Cancel")
        cancel.setToolTip("Esc")
        cancel.clicked.connect(bench.cancel_connecting)
        self._waiting = EmptyState(icon, "Connecting…", "Looking for the bridge and the chip behind it.", (cancel,))
        board = push_button("Go to the board")
        board.clicked.connect(lambda: bench.page_wanted.emit("Board"))
        self._at_work = EmptyState(icon, "The board is at work", "The page Board shows what is done to it.", (board,))
        self._error = ErrorPanel()
        again = push_button("Try again", ButtonKind.PRIMARY)
        again.clicked.connect(self._try_again)
        self._error.add_button(again)
        self._stack = QStackedWidget()
        for widget in (self.content, self._empty, self._waiting, self._at_work, self._error):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addWidget(self._stack, 1)
        bench.device_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what the bench knows now."""
        if self.bench.facts is not None:
            self._stack.setCurrentWidget(self.content)
            self.show_facts(self.bench.facts)
        elif self.bench.error is not None:
            self.show_error(self.bench.what_failed, self.bench.error)
        else:
            states = {LinkState.CONNECTING: self._waiting, LinkState.AT_WORK: self._at_work}
            self._stack.setCurrentWidget(states.get(self.bench.summary.link, self._empty))

    def show_facts(self, facts: DeviceFacts) -> None:
        """Fill the content; called when a device was connected or looked at again."""

    def show_content(self) -> None:
        """Go from an error back to the content."""
        self._stack.setCurrentWidget(self.content)

    def show_error(self, what: str, error: BenchError) -> None:
        """Show an error instead of the content."""
        exchanges = "\n".join(self.bench.last_exchanges())
        details = f"{error.id}: {error.message}\nPort: {self.bench.port}\n{exchanges}".strip()
        self._error.set_error(what, error.message, error.hint, details)
        self._stack.setCurrentWidget(self._error)

    def _try_again(self) -> None:
        self.bench.connect_to(self.bench.port)
