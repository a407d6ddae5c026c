"""Step 7: PASS or FAIL, with the one sentence."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.provision.report import Report
from atecc_bench.provision.run import Verdict
from atecc_bench.ui.palette import current_palette
from atecc_bench.ui.typography import text_font
from atecc_bench.ui.widgets.basics import TextRole, paragraph, push_button

_HEIGHT = 132


class _Verdict(QWidget):
    """A word over the whole width; a PASS on a virtual chip is not green."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)
        self._word = ""
        self._passed = self._virtual = False

    def set_verdict(self, verdict: Verdict, *, virtual: bool) -> None:
        self._word = f"{verdict.value} · VIRTUAL" if virtual else verdict.value
        self._passed, self._virtual = verdict is Verdict.PASS, virtual
        self.setAccessibleName(self._word)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        color = palette.irreversible
        if self._passed:
            color = palette.virtual if self._virtual else palette.good
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(self.rect(), 8, 8)
        painter.setPen(palette.surface)
        painter.setFont(text_font(4.0, text_font().Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._word)


class ResultStep(QWidget):
    """How it ended, where the files are, and what to do now."""

    def __init__(self) -> None:
        super().__init__()
        self._verdict = _Verdict()
        self._sentence = paragraph("", TextRole.HEADING)
        self._hint = paragraph("", TextRole.MUTED)
        self._files = paragraph("", TextRole.MONO)
        self._folder = push_button("Open folder")
        self._folder.clicked.connect(self._open_folder)
        self._where = ""
        buttons = QHBoxLayout()
        buttons.addWidget(self._folder)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._verdict)
        column.addWidget(self._sentence)
        column.addWidget(self._hint)
        column.addWidget(self._files)
        column.addLayout(buttons)
        column.addStretch()

    def verdict_text(self) -> str:
        """The word that fills the width."""
        return self._verdict.accessibleName()

    def set_report(self, report: Report) -> None:
        """Show how the provisioning of a device ended."""
        outcome = report.outcome
        self._verdict.set_verdict(outcome.verdict, virtual=report.virtual)
        timing = outcome.timing
        seconds = f"{timing.total_s:.1f} s, of which {timing.chip_s:.1f} s were the chip's own."
        if outcome.error is not None:
            self._sentence.setText(outcome.error.message)
            self._hint.setText(outcome.error.hint)
        elif report.plan.already_provisioned:
            self._sentence.setText(f"Chip {outcome.serial_number} was already provisioned. Nothing was written.")
            self._hint.setText("Its certificates were rebuilt and verified, and it signed a fresh challenge.")
        else:
            self._sentence.setText(f"Chip {outcome.serial_number} is provisioned.")
            chip = "This was a chip in software. " if report.virtual else ""
            self._hint.setText(
                f"{chip}Certificates rebuilt from the chip and compared, chain verified, possession of the key proved. "
                f"{seconds}"
            )
        self._files.setText("\n".join(str(path) for path in report.artifacts.values()))
        folders = {str(path.parent) for path in report.artifacts.values()}
        self._where = folders.pop() if folders else ""
        self._folder.setVisible(bool(self._where))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._where))
