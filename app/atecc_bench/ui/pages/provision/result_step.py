"""Step 7: PASS or FAIL, with the one sentence."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMessageBox, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError, InputError
from atecc_bench.provision.model.results import StepStatus
from atecc_bench.provision.model.step import Step, StepId
from atecc_bench.provision.report.device_history import device_history
from atecc_bench.provision.report.report_html import report_html, report_title
from atecc_bench.provision.report.run_document import Ending, RunDocument
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.run_records import Records
from atecc_bench.ui.pages.provision.verdict_panel import VerdictPanel
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.print_report import save_pdf

_KINDS = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html"}


class ResultStep(QWidget):
    """The end of a run over the whole page.

    Below it is where the files are, and a page to hand on.
    """

    def __init__(self, records: Records) -> None:
        super().__init__()
        self._records = records
        self._run: RunDocument | None = None
        self._verdict = VerdictPanel()
        self._locked = paragraph("", TextRole.STRONG)
        self._record = paragraph("", TextRole.MUTED)
        self._files = text_label("", TextRole.MONO)
        self._files.setWordWrap(True)
        self._folder = DeliberateButton("Open folder")
        self._folder.clicked.connect(self._open_folder)
        self._save = DeliberateButton("Save report…")
        self._save.clicked.connect(self._choose)
        self._where = self._chip = self._told = ""
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

    @property
    def chip(self) -> str:
        """Serial number of the chip whose run ended; empty before the first."""
        return self._chip

    def last_told(self) -> str:
        """How the run ended, in one line."""
        return f"Before: {self._told}"

    def set_report(self, report: Report, *, training: bool = False) -> None:
        """Show how the provisioning of a device ended."""
        from atecc_bench.workflows.devices.registering import registration_told  # not for the first paint

        run = report.document()
        self._run = run
        hint = run.error.hint if run.error and run.ending is not Ending.PASS else _what_a_pass_is_worth(run)
        self._show(run.ending, run.sentence, hint, run.serial_number, _mark(virtual=run.virtual, training=training))
        _tell(self._locked, _locked_by_now(report) if run.ending is Ending.FAIL else "")
        error = report.record_error
        passed = report.outcome.error is None
        waits = registration_told(self._records, report.plan, virtual=report.virtual) if passed else ""
        _tell(self._record, f"{error.message} {error.hint}" if error else waits)
        self._where = next((str(path.parent) for path in report.artifacts.values()), "")
        names = ", ".join(path.name for path in report.artifacts.values())
        _tell(self._files, f"{self._where}\n{names}" if names else "")
        self._folder.setVisible(bool(self._where))
        self._save.show()

    def set_refusal(self, error: BenchError, facts: DeviceFacts | None, *, training: bool = False) -> None:
        """Show that nothing was begun with a chip, and why."""
        self._run = None
        mark = _mark(virtual=facts is not None and facts.virtual, training=training)
        self._show(Ending.FAIL, error.message, error.hint, facts.chip.serial_number if facts else "", mark)
        self._where = ""
        for label in (self._locked, self._record, self._files):
            label.hide()
        self._folder.hide()
        self._save.hide()

    def _show(self, ending: Ending, sentence: str, hint: str, serial_number: str, mark: str) -> None:
        self._chip = serial_number
        chip = f"chip {grouped_serial(serial_number)}" if serial_number else ""
        self._told = f"{ending.value} · {chip or 'no chip'}: {sentence}"
        self._verdict.set_ending(ending, sentence, hint, chip=chip, mark=mark)

    def save_report(self, path: Path) -> None:
        """Write the page as HTML or PDF, by the name's ending.

        Raises OSError and `InputError`.
        """
        if self._run is None:
            return
        run = self._run
        runs = device_history(self._records.for_chip(run.serial_number, virtual=run.virtual), newest=run)
        if path.suffix.lower() == ".pdf":
            save_pdf(report_title(runs), report_html(runs), path)
        else:
            path.write_text(report_html(runs), encoding="utf-8")

    def _choose(self) -> None:
        if self._run is None:
            return
        name = f"{self._run.serial_number}-{datetime.now(UTC):%Y%m%d}"
        chosen, kind = QFileDialog.getSaveFileName(self, "Save report", f"{name}.pdf", ";;".join(_KINDS))
        if not chosen:
            return
        try:
            path = Path(chosen)
            self.save_report(
                path if path.suffix.lower() in _KINDS.values() else Path(f"{chosen}{_KINDS.get(kind, '.pdf')}")
            )
        except OSError as error:
            self._not_saved(f"{chosen} cannot be written: {error.strerror}. Choose another place.")
        except InputError as error:  # the record of an earlier run is damaged
            self._not_saved(f"{error.message} {error.hint}")

    def _not_saved(self, text: str) -> None:
        QMessageBox.warning(self, "The report was not saved", escape(text))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._where))


def _mark(*, virtual: bool, training: bool) -> str:
    return " · ".join(("VIRTUAL",) * virtual + ("TRAINING",) * training)


def failed_step(report: Report) -> Step | None:
    """The step at which a run stopped."""
    failed = [result.id for result in report.outcome.steps if result.status is StepStatus.FAILED]
    return next((step for step in report.plan.steps if step.id in failed), None)


def _what_a_pass_is_worth(run: RunDocument) -> str:
    chip = "This was a chip in software. " if run.virtual else ""
    trusted = " The report says what it trusts besides." if run.rests_on else ""
    return f"{chip}{run.proved}{trusted}\n{run.timing.sentence if run.timing else ''}"


def _locked_by_now(report: Report) -> str:
    """What a failed run has left behind for ever.

    It also says where the next one begins.
    """
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
