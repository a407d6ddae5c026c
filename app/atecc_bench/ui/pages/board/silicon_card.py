"""Card of the silicon check.

Hold the chip against its twin, use a blank one up for it, look at somebody else's report.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import BenchError, InputError
from atecc_bench.ui.pages.board.report_dialog import ReportDialog
from atecc_bench.ui.pages.board.sacrifice_dialog import SacrificeDialog
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.ui.widgets.basics import ButtonKind, Card, TextRole, paragraph, push_button
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.workflows.silicon.findings import Depth

# The twin and its checks are imported on the device's thread when a check begins: the first paint does not need them.
if TYPE_CHECKING:
    from atecc_bench.workflows.silicon.report_document import SiliconReport
    from atecc_bench.workflows.silicon.silicon_check import CheckProgress

_READY = "Asks this chip and its twin the same questions and compares the answers. Nothing on the chip changes."
_FILTER = "Report (*.json);;Page (*.html);;Text (*.txt)"
_LONGEST_MARKING = 40
_FIRST_NAME = "silicon-check.json"


@dataclass(frozen=True)
class ShownReport:
    """A report with its summary and its page."""

    report: "SiliconReport"
    summary: str
    html: str


class SiliconCard(Card):
    """Two kinds of check, their progress, and the report."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Silicon check", "this chip and its twin")
        self._app_state = app_state
        self._port = ""
        self._running = False
        self.shown: ShownReport | None = None
        self.words = paragraph(_READY, TextRole.MUTED)
        self.findings = paragraph("", TextRole.BODY)
        self.findings.setAccessibleName("What the silicon check found")
        self.marking = QLineEdit()
        self.marking.setPlaceholderText("what is printed on the chip, for the report")
        self.marking.setAccessibleName("Marking on the chip")
        self.marking.setMaxLength(_LONGEST_MARKING)
        self.check_button = push_button("Check this chip")
        self.check_button.clicked.connect(self.look)
        self.sacrifice_button = DeliberateButton("Use a blank chip up…", ButtonKind.DANGER)
        self.sacrifice_button.setToolTip("Takes a blank chip through its whole life. It is locked for ever.")
        self.sacrifice_button.clicked.connect(self.prepare)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(app_state.worker.cancel)
        self.page_button = push_button("Show report")
        self.page_button.clicked.connect(self.show_page)
        self.save_button = push_button("Save…")
        self.save_button.clicked.connect(self._ask_save)
        self.open_button = push_button("Open…")
        self.open_button.clicked.connect(self._ask_open)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the silicon check")
        column = QVBoxLayout()
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.words)
        column.addWidget(self.marking)
        for buttons in (
            (self.check_button, self.sacrifice_button, self.cancel_button),
            (self.page_button, self.save_button, self.open_button),
        ):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch()
            column.addLayout(row)
        column.addWidget(self._bar)
        column.addWidget(self.findings)
        self.body.addLayout(column)
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Offer what makes sense for the present chip.

        Another board knows nothing of the last one's report.
        """
        if self._app_state.port != self._port:
            self._port = self._app_state.port
            self.show_report(None)
        facts = self._app_state.facts
        there = facts is not None and not self._running
        self.check_button.setEnabled(there)
        blank = facts is not None and not (facts.config.config_locked or facts.config.data_locked)
        self.sacrifice_button.setEnabled(there and blank)
        self.cancel_button.setVisible(self._running)
        self._bar.setVisible(self._running)
        for button in (self.page_button, self.save_button):
            button.setEnabled(self.shown is not None and not self._running)
        self.open_button.setEnabled(not self._running)

    def look(self) -> None:
        """Ask all that changes nothing."""
        self._begin(Depth.LOOK)

    def prepare(self) -> None:
        """Rehearse a sacrifice, then ask whether it is meant."""

        def operation(device: DeviceAccess) -> str:
            from atecc_bench.workflows.silicon.check_chip import prepare_sacrifice

            return prepare_sacrifice(device)

        self._running = True
        self.refresh()
        self._app_state.run("Rehearse the silicon check", operation, self._ask, self._failed)

    def sacrifice(self) -> None:
        """Ask everything; the chip is used up."""
        self._begin(Depth.SACRIFICE)

    def show_report(self, shown: ShownReport | None) -> None:
        """Show a report, of this chip or of somebody else's."""
        self.shown = shown
        self.findings.setText(shown.summary if shown else "")
        self.findings.setVisible(shown is not None)
        self.words.setText(_READY)

    def show_page(self) -> None:
        """Show the whole report as a page."""
        if self.shown is not None:
            ReportDialog(self.shown.html, self).open()

    def save(self, path: Path) -> None:
        """Write the report in the form that the name asks for."""
        from atecc_bench.workflows.silicon.report_files import check_ending, report_bytes

        if self.shown is None:
            return
        try:
            check_ending(path)
            path.write_bytes(report_bytes(self.shown.report, path.suffix))
        except OSError as error:
            self._tell(InputError("not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another."))
            return
        except InputError as error:
            self._tell(error)
            return
        self.words.setText(f"Saved: {path}")

    def open(self, path: Path) -> None:
        """Show the report in a file."""

        def read() -> ShownReport:
            from atecc_bench.workflows.silicon.report_document import read_report
            from atecc_bench.workflows.silicon.report_page import page_html, summary_text

            try:
                report = read_report(read_bounded(path), str(path))
            except OSError as error:
                raise InputError(
                    "no-such-file", f"{path} cannot be read: {error.strerror}.", "Choose another file."
                ) from error
            return ShownReport(report, summary_text(report), page_html(report))

        self._running = True
        self.refresh()
        self._app_state.worker.run_without_board("Open report", read, self._done, self._failed)

    def _begin(self, depth: Depth) -> None:
        marking = self.marking.text()

        def operation(device: DeviceAccess) -> ShownReport:
            from atecc_bench.workflows.silicon.check_chip import check_chip
            from atecc_bench.workflows.silicon.report_page import page_html, summary_text

            report = check_chip(device, depth, device.report, marking)
            return ShownReport(report, summary_text(report), page_html(report))

        def done(shown: ShownReport) -> None:
            self._done(shown)
            if depth is Depth.SACRIFICE:
                self._app_state.look_again()

        self._running = True
        self.show_report(None)
        self.refresh()
        label = "Silicon check" if depth is Depth.LOOK else "Silicon check, to the end"
        self._app_state.begin_work(label, "Board")
        self._app_state.run(label, operation, done, self._failed, self._progress)

    def _ask(self, serial_number: str) -> None:
        self._running = False
        self.refresh()
        dialog = SacrificeDialog(serial_number, self)
        dialog.accepted.connect(self.sacrifice)
        dialog.open()

    def _progress(self, progress: "CheckProgress") -> None:
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self.words.setText(progress.title)
        self._app_state.note_work(f"{progress.title} ({progress.done} of {progress.total})")

    def _done(self, shown: ShownReport) -> None:
        self._running = False
        self._app_state.end_work()
        self.show_report(shown)
        self.refresh()

    def _failed(self, error: BenchError) -> None:
        self._running = False
        self._app_state.end_work()
        self._tell(error)
        self.refresh()

    def _tell(self, error: BenchError) -> None:
        self.words.setText(f"{error.message} {error.hint}".strip())

    def _ask_save(self) -> None:
        name = QFileDialog.getSaveFileName(self, "Save the report", _FIRST_NAME, _FILTER)[0]
        if name:
            self.save(Path(name))

    def _ask_open(self) -> None:
        name = QFileDialog.getOpenFileName(self, "Open a report", "", "Report (*.json)")[0]
        if name:
            self.open(Path(name))
