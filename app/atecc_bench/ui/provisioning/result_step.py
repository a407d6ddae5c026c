"""Step 7: PASS or FAIL, with the one sentence."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QMessageBox, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.provision.outcome import StepStatus, Verdict
from atecc_bench.provision.paper import ReportDocument, report_html
from atecc_bench.provision.report import Report
from atecc_bench.provision.step import Step, StepId
from atecc_bench.ui.paper import save_pdf
from atecc_bench.ui.provisioning.verdict_panel import VerdictPanel
from atecc_bench.ui.widgets.basics import TextRole, paragraph, push_button, text_label


class ResultStep(QWidget):
    """How it ended over the whole page; below it where the files are, and a page to hand on."""

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None
        self._verdict = VerdictPanel()
        self._locked = paragraph("", TextRole.STRONG)
        self._record = paragraph("", TextRole.MUTED)
        self._files = text_label("", TextRole.MONO)
        self._files.setWordWrap(True)
        self._folder = push_button("Open folder")
        self._folder.clicked.connect(self._open_folder)
        self._save = push_button("Save report")
        menu = QMenu(self._save)
        menu.addAction("As HTML…", self._save_html)
        menu.addAction("As PDF…", self._save_pdf)
        self._save.setMenu(menu)
        self._where = ""
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._folder)
        buttons.addWidget(self._save)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._verdict, 1)
        for label in (self._locked, self._record, self._files):
            column.addWidget(label)
        column.addLayout(buttons)

    def verdict_text(self) -> str:
        """The word that fills the page."""
        return self._verdict.accessibleName()

    def set_report(self, report: Report) -> None:
        """Show how the provisioning of a device ended."""
        self._report = report
        outcome = report.outcome
        self._verdict.set_verdict(outcome.verdict, *_sentences(report), virtual=report.virtual)
        _tell(self._locked, _locked_by_now(report) if outcome.verdict is Verdict.FAIL else "")
        error = report.record_error
        _tell(self._record, f"{error.message} {error.hint}" if error else "")
        self._where = next((str(path.parent) for path in report.artifacts.values()), "")
        names = ", ".join(path.name for path in report.artifacts.values())
        _tell(self._files, f"{self._where}\n{names}" if names else "")
        self._folder.setVisible(bool(self._where))
        self._save.show()

    def set_refusal(self, error: BenchError, *, virtual: bool) -> None:
        """Show that nothing was begun, and why."""
        self._report = None
        self._verdict.set_verdict(Verdict.FAIL, error.message, error.hint, virtual=virtual)
        self._where = ""
        for label in (self._locked, self._record, self._files):
            label.hide()
        self._folder.hide()
        self._save.hide()

    def save_report(self, path: Path) -> None:
        """Write the page as HTML, or as a PDF by the ending of the name. Raises OSError."""
        if self._report is None:
            return
        document = ReportDocument.model_validate(self._report.document())
        html = report_html(document)
        if path.suffix.lower() == ".pdf":
            save_pdf(f"{document.serial_number} {document.headline}", html, path)
        else:
            path.write_text(html, encoding="utf-8")

    def _save_html(self) -> None:
        self._choose("HTML (*.html)", ".html")

    def _save_pdf(self) -> None:
        self._choose("PDF (*.pdf)", ".pdf")

    def _choose(self, kinds: str, ending: str) -> None:
        if self._report is None:
            return
        name = f"{self._report.outcome.serial_number}-{datetime.now(UTC):%Y%m%d}{ending}"
        chosen = QFileDialog.getSaveFileName(self, "Save report", name, kinds)[0]
        if not chosen:
            return
        try:
            self.save_report(Path(chosen).with_suffix(ending))
        except OSError as error:
            text = f"{chosen} cannot be written: {error.strerror}. Choose another place."
            QMessageBox.warning(self, "The report was not saved", text)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._where))


def failed_step(report: Report) -> Step | None:
    """The step at which a run stopped."""
    failed = [result.id for result in report.outcome.steps if result.status is StepStatus.FAILED]
    return next((step for step in report.plan.steps if step.id in failed), None)


def _sentences(report: Report) -> tuple[str, str]:
    """The one sentence, and what to do or to know."""
    outcome = report.outcome
    if outcome.error is not None:
        step = failed_step(report)
        where = f"The run stopped at “{step.title}”. " if step else ""
        return f"{where}{outcome.error.message}", outcome.error.hint
    if report.plan.already_provisioned:
        return (
            f"Chip {outcome.serial_number} was already provisioned. Nothing was written.",
            "Its certificates were rebuilt and verified, and it signed a fresh challenge.",
        )
    chip = "This was a chip in software. " if report.virtual else ""
    return (
        f"Chip {outcome.serial_number} is provisioned.",
        f"{chip}Certificates rebuilt from the chip and compared, chain verified, possession of the key proved. "
        f"{outcome.timing.sentence}",
    )


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
