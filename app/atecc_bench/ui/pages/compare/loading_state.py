"""Progress of the Compare page while it reads something large.

How far it is, and a way out.
"""

from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.empty_state import EmptyState

_STEPS = 100


class ReadingState(QWidget):
    """A sentence, a bar, and the button that cancels."""

    def __init__(self, cancel: QPushButton) -> None:
        super().__init__()
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(240)
        self._bar.setAccessibleName("Progress")
        sentence = "Looking for dumps, comparisons and certificates in what was given."
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(EmptyState(Icon.COMPARE, "Reading…", sentence, (self._bar, cancel)))

    def set_share(self, share: float) -> None:
        """Show which share (0 to 1) was read."""
        self._bar.setValue(round(share * _STEPS))
