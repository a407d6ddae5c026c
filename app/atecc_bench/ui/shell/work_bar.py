"""Line about work that nothing may disturb.

Every page has it but the one of the work.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from atecc_bench.ui.state.work_under_way import WorkUnderWay
from atecc_bench.ui.widgets.basics import Card, TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton


class WorkBar(Card):
    """What is under way and how far it is.

    With a way to it and one to stop it.
    """

    show_wanted = Signal(str)
    """Somebody wants to see the page of this name."""

    cancel_wanted = Signal()
    """Somebody wants the work to stop at the next safe point."""

    def __init__(self) -> None:
        super().__init__()
        self._page = ""
        self._words = text_label("", TextRole.STRONG)
        self._words.setAccessibleName("Work under way")
        show = DeliberateButton("Show")
        show.clicked.connect(lambda: self.show_wanted.emit(self._page))
        self.cancel_button = DeliberateButton("Cancel")
        self.cancel_button.setToolTip("Stops at the next safe point")
        self.cancel_button.clicked.connect(self.cancel_wanted)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(show)
        row.addWidget(self.cancel_button)
        self.body.addLayout(row)
        self.hide()

    def set_work(self, work: WorkUnderWay | None, shown_page: str) -> None:
        """Show what is under way, unless the page on show does."""
        if work is not None:
            self._page = work.page
            self._words.setText(f"{work.label}: {work.progress}" if work.progress else f"{work.label}…")
        self.setVisible(work is not None and work.page != shown_page)

    def words(self) -> str:
        """What it says."""
        return self._words.text()
