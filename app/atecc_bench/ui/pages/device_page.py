"""Common frame of every page about the device.

Nothing yet, an error, or its content.
"""

from PySide6.QtGui import QShowEvent
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
        self._shown: tuple[DeviceFacts, int] | None = None  # what the content was made of
        self.heading = PageHeader(title)
        self.content = QWidget()
        self._stack = DeviceStates(app_state, icon, self.content, ("No chip at hand", empty_sentence))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addWidget(self._stack, 1)
        app_state.device_changed.connect(self._device_changed)

    def refresh(self) -> None:
        """Show what is known now.

        A page that nobody looks at asks the chip for nothing; it does once it is looked at.
        """
        self._stack.refresh()
        facts = self.app_state.facts
        self._shown = None
        if facts is not None and self.isVisible():
            self._shown = (facts, self.app_state.looks)
            self.show_facts(facts)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._device_changed()

    def _device_changed(self) -> None:
        facts = self.app_state.facts
        if facts is None or self._shown != (facts, self.app_state.looks):
            self.refresh()

    def show_facts(self, facts: DeviceFacts) -> None:
        """Fill the content.

        Called when a device was connected or looked at again.
        """

    def show_content(self) -> None:
        """Go from an error back to the content."""
        self._stack.show_content()

    def show_blank(self, sentence: str) -> None:
        """Say that the chip holds nothing to show here.

        `sentence` says why, and what to do.
        """
        self._stack.show_blank(sentence)

    def show_error(self, what: str, error: BenchError) -> None:
        """Show an error instead of the content."""
        self._stack.show_error(what, error)
