"""The question before a window closes in the middle of something."""

from PySide6.QtWidgets import QDialog, QWidget

from atecc_bench.ui.state.work_under_way import WorkUnderWay
from atecc_bench.ui.widgets.basics import ButtonKind, push_button
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.dialog_frame import frame_dialog

_WORDS = (
    "Nothing is cut off in the middle: it stops at the next safe point, and then the window closes. What was done by "
    "then stays on the chip or the board, and in the record."
)


class StopDialog(QDialog):
    """Dialog to stop what is under way.

    The window closes then. Accepted only by its button.
    """

    def __init__(self, work: WorkUnderWay, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Close the window")
        self.stop = DeliberateButton("Stop and close", ButtonKind.DANGER)
        self.stop.clicked.connect(self.accept)
        go_on = push_button("Go on", ButtonKind.PRIMARY)
        go_on.clicked.connect(self.reject)
        frame_dialog(self, f"{work.label} is under way", _WORDS, [], [go_on, self.stop])
        go_on.setFocus()
