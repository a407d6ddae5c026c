"""Common frame of every page about the device.

Nothing yet, an error, or its content.
"""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.pages.device_states import DeviceStates
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.basics import PageHeader


class DevicePage(QWidget):
    """A heading and, below it, content, empty state or error."""

    def __init__(self, app_state: AppState, title: str, icon: Icon, empty_sentence: str) -> None:
        super().__init__()
        self.app_state = app_state
        self.heading = PageHeader(title)
        self.content = QWidget()
        self._stack = DeviceStates(app_state, icon, self.content, ("No chip at hand", empty_sentence))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addWidget(self._stack, 1)
        app_state.device_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is known now."""
        self._stack.refresh()
        if self.app_state.facts is not None:
            self.show_facts(self.app_state.facts)

    def show_facts(self, facts: DeviceFacts) -> None:
        """Fill the content.

        Called when a device was connected or looked at again.
        """

    def show_content(self) -> None:
        """Go from an error back to the content."""
        self._stack.show_content()

    def show_error(self, what: str, error: BenchError) -> None:
        """Show an error instead of the content."""
        self._stack.show_error(what, error)
