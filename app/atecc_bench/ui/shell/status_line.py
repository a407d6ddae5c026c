"""The status line at the bottom.

What was done last and how long it took, and how the board is connected.
"""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from atecc_bench.ui.state.device_summary import DeviceSummary, LinkState
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.widgets.basics import TextRole, text_label


class StatusLine(QWidget):
    """Left: the last operation. Right: rate, bridge and board."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(28)
        self._operation = text_label("Ready", TextRole.MUTED)
        self._operation.setAccessibleName("Last operation")
        self._operation.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._board = text_label("", TextRole.MUTED)
        self._board.setAccessibleName("Connection")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 1, 16, 0)
        row.addWidget(self._operation, 1)
        row.addWidget(self._board)

    def set_operation(self, operation: str, seconds: float | None = None) -> None:
        """Show an operation and, if known, how long it took.

        It was done, or is being done.
        """
        self._operation.setText(operation if seconds is None else f"{operation} · {duration_text(seconds)}")

    def set_device(self, device: DeviceSummary) -> None:
        """Say how the board is connected; nothing while it is not."""
        facts = (
            f"{device.baud} baud" if device.baud else "",
            f"bridge {device.bridge}" if device.bridge else "",
            device.board,
        )
        connected = device.link is LinkState.CONNECTED
        self._board.setText(" · ".join(fact for fact in facts if fact) if connected else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), palette.surface)
        painter.fillRect(0, 0, self.width(), 1, palette.line)


def duration_text(seconds: float) -> str:
    """A duration for people.

    Whole milliseconds below one second, then seconds with one decimal.
    """
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"
