"""Step 7: PASS or FAIL, with the one sentence."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from atecc_bench.provision.plan import Step, StepId
from atecc_bench.provision.report import Report
from atecc_bench.provision.run import StepStatus, Verdict
from atecc_bench.ui.palette import current_palette
from atecc_bench.ui.typography import text_font
from atecc_bench.ui.widgets.basics import TextRole, paragraph, push_button
from atecc_bench.ui.widgets.scroller import Scroller

_HEIGHT = 112


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
        painter.setPen(palette.on_virtual if color == palette.virtual else palette.surface)
        painter.setFont(text_font(4.0, text_font().Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._word)


class ResultStep(QWidget):
    """How it ended, where the files are, and what to do now."""

    def __init__(self) -> None:
        super().__init__()
        self._verdict = _Verdict()
        self._sentence = paragraph("", TextRole.HEADING)
        self._hint = paragraph("", TextRole.MUTED)
        self._locked = paragraph("", TextRole.STRONG)
        self._record = paragraph("", TextRole.MUTED)
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
        column.addWidget(Scroller(self._sentence, self._hint, self._locked, self._record, self._files), 1)
        column.addLayout(buttons)

    def verdict_text(self) -> str:
        """The word that fills the width."""
        return self._verdict.accessibleName()

    def set_report(self, report: Report) -> None:
        """Show how the provisioning of a device ended."""
        outcome = report.outcome
        self._verdict.set_verdict(outcome.verdict, virtual=report.virtual)
        if outcome.error is not None:
            step = failed_step(report)
            where = f"The run stopped at “{step.title}”. " if step else ""
            self._sentence.setText(f"{where}{outcome.error.message}")
            self._hint.setText(outcome.error.hint)
        elif report.plan.already_provisioned:
            self._sentence.setText(f"Chip {outcome.serial_number} was already provisioned. Nothing was written.")
            self._hint.setText("Its certificates were rebuilt and verified, and it signed a fresh challenge.")
        else:
            self._sentence.setText(f"Chip {outcome.serial_number} is provisioned.")
            chip = "This was a chip in software. " if report.virtual else ""
            self._hint.setText(
                f"{chip}Certificates rebuilt from the chip and compared, chain verified, possession of the key proved. "
                f"{outcome.timing.sentence}"
            )
        _tell(self._locked, _locked_by_now(report) if outcome.verdict is Verdict.FAIL else "")
        error = report.record_error
        _tell(self._record, f"{error.message} {error.hint}" if error else "")
        self._where = next((str(path.parent) for path in report.artifacts.values()), "")
        names = "\n".join(f"    {path.name}" for path in report.artifacts.values())
        _tell(self._files, f"{self._where}\n{names}" if names else "")
        self._folder.setVisible(bool(self._where))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._where))


def failed_step(report: Report) -> Step | None:
    """The step at which a run stopped."""
    failed = [result.id for result in report.outcome.steps if result.status is StepStatus.FAILED]
    return next((step for step in report.plan.steps if step.id in failed), None)


def _locked_by_now(report: Report) -> str:
    """What a run that failed has left behind for ever, and where the next one begins."""
    statuses = {result.id: result.status for result in report.outcome.steps}
    before = report.plan.survey.config
    zones = (
        ("configuration zone", before.config_locked, statuses.get(StepId.LOCK_CONFIG)),
        ("data zone", before.data_locked, statuses.get(StepId.LOCK_DATA)),
    )
    locked = [
        f"the {name} ({'before' if already else 'by'} this run)"
        for name, already, status in zones
        if already or status is StepStatus.DONE
    ]
    unsure = [name for name, _, status in zones if status is StepStatus.FAILED]
    sentences = [f"Locked for ever: {' and '.join(locked)}." if locked else "Nothing has been locked."]
    sentences += [f"Whether the lock of the {name} took hold will be seen when the chip is read." for name in unsure]
    return " ".join([*sentences, "The next run looks at the chip and goes on from there."])


def _tell(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
