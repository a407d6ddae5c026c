"""Compare page: what should be there beside what is there.

It says why they differ; the sides come from a chip, files, or a pasted log.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QSplitter, QVBoxLayout, QWidget

from atecc_bench.diagnose.bundle.bundle_file import Bundle
from atecc_bench.diagnose.causes.cause import Cause, CauseId
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.paste.recognise import Progress
from atecc_bench.errors import BenchError, InputError
from atecc_bench.ui.pages.brought import Brought
from atecc_bench.ui.pages.compare.causes_message import causes_message
from atecc_bench.ui.pages.compare.comparison_view_model import Shown
from atecc_bench.ui.pages.compare.load_comparison import of_bundle, of_certificates, of_chip, of_files, of_text
from atecc_bench.ui.pages.compare.loading_state import ReadingState
from atecc_bench.ui.pages.compare.mend_dialog import (
    ConfirmMendingDialog,
    MendDialog,
    preparing,
    undoing,
    writing,
)
from atecc_bench.ui.pages.compare.ranges_table import MOST_ROWS, RangesTable
from atecc_bench.ui.pages.compare.report_html import report_html
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess, DeviceFacts
from atecc_bench.ui.state.subject import Subject
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import ButtonKind, Card, TextRole, paragraph, push_button
from atecc_bench.ui.widgets.hex.diff_rows import DiffRange
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex.hex_fields import HexField
from atecc_bench.ui.widgets.print_report import report_button
from atecc_bench.workflows.ca_access import default_ca
from atecc_bench.workflows.comparison.compare_chip import Expected, compare_with_chip
from atecc_bench.workflows.comparison.mend_certificate import Mending, Recorded, can_be_mended

FILES = "Certificates, dumps, logs and bundles (*.pem *.crt *.cer *.der *.txt *.log *.hex *.bin *.zip);;All files (*)"
PATIENCE_MS = 500
EMPTY = (
    "Connect a chip to compare what it holds with what it should hold, open two certificate files, or paste or drop "
    "a log, a dump or a support bundle."
)
BLANK = (
    "Its data zone is not locked yet: no slot can be read, and there is nothing to compare. Provisioning changes that."
)
_BY_A_NEW_CERTIFICATE = frozenset(CauseId) - {CauseId.TRUNCATED_INPUT}


class ComparePage(DevicePage):
    """The Compare page.

    Banner with the cause, both sides in hex, and the list of ranges.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__(app_state, "Compare", Icon.COMPARE, EMPTY)
        self.setAcceptDrops(True)
        self._expected: Expected | None = None
        self._from_files = False
        self._at_length = False  # whether the causes are shown with all their evidence
        self.shown: Shown | None = None
        self._diff = HexDiff()
        self._banner = Banner()
        self.why_button = push_button("Why?")
        self.why_button.clicked.connect(self._toggle_evidence)
        self.mend_button = push_button("Mend this…", ButtonKind.PRIMARY)
        self.mend_button.setToolTip(
            "Issue a certificate for the chip's key, save the old bytes, write, read back and prove"
        )
        self.mend_button.clicked.connect(self._ask_to_mend)
        self._undoable: Recorded | None = None  # what was written last, of the chip at hand
        self.undo_button = push_button("Undo")
        self.undo_button.setToolTip("Put back what the slots held before this chip was mended")
        self.undo_button.clicked.connect(self._undo)
        for button in (self.why_button, self.mend_button, self.undo_button):
            self._banner.add_button(button)
            button.hide()
        self._add_heading()
        self._recognised = paragraph("", TextRole.MUTED)
        self._recognised.hide()
        self._table = RangesTable()
        self._table.row_selected.connect(self._diff.select_range)
        self._diff.range_selected.connect(self._select_row)
        ranges = Card()
        ranges.body.addWidget(self._table)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.addWidget(self._diff)
        split.addWidget(ranges)
        split.setSizes([430, 150])
        split.setStretchFactor(0, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addWidget(self._recognised)
        column.addWidget(split, 1)
        app_state.comparison_wanted.connect(self.compare_certificates)
        app_state.subject_changed.connect(self._look_anew)
        cancel = push_button("Cancel")
        cancel.clicked.connect(self._stop_reading)
        self._reading = ReadingState(cancel)
        self._stack.addWidget(self._reading)
        self._before: QWidget = self.content
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_reading)
        if app_state.subject is not None and app_state.subject.bundle is not None:
            self._look_anew()
        else:
            self.refresh()

    def _add_heading(self) -> None:
        open_files, paste, chip = push_button("Open…"), push_button("Paste"), push_button("Read the chip")
        open_files.setToolTip(
            "One certificate: what should be on the chip. Two: expected, then stored. Or a log, or a support bundle."
        )
        open_files.clicked.connect(self._choose_files)
        paste.setToolTip("A log or a dump from the clipboard (Ctrl+V)")
        paste.clicked.connect(self.paste)
        chip.clicked.connect(self._go_to_chip)
        self._report_button = report_button(self, self._printable, "comparison.pdf")
        previous, following = push_button("Previous"), push_button("Next")
        previous.clicked.connect(self._diff.go_previous)
        previous.setToolTip("Previous difference (Shift+F8)")
        following.clicked.connect(self._diff.go_next)
        following.setToolTip("Next difference (F8)")
        self._steppers = (previous, following)
        for button in (open_files, paste, chip, self._report_button, previous, following):
            self.heading.add_button(button)
        self._report_button.setEnabled(False)

    def show_facts(self, facts: DeviceFacts) -> None:
        """Compare the chip as soon as there is one."""
        if self._from_files:
            return
        if facts.config.data_locked:
            self.read_chip()
        else:
            self.show_blank(BLANK)

    def refresh(self) -> None:
        """Show what was opened or pasted, else what is known now."""
        if self._from_files:
            if self.shown is not None and not self._patience.isActive():
                self.show_content()
        else:
            super().refresh()

    # --- where comparisons come from

    def compare_certificates(self, expected: Expected, stored: Expected) -> None:
        """Show two certificates side by side, wherever they come from."""
        self._work(
            "Compare certificates",
            lambda progress: of_certificates(expected, stored, ComparisonContext()),
            self._show_read,
        )

    def read_chip(self) -> None:
        """Rebuild the certificate from the chip and compare it."""
        self._from_files = False
        expected, records = self._expected, self.app_state.records
        self._forget()
        self._banner.set_message(BannerKind.INFO, "Reading the certificate from the chip…", "")

        def operation(device: DeviceAccess) -> Shown:
            return of_chip(compare_with_chip(device.session, device.records_in(records), expected))

        self.app_state.run("Read device certificate", operation, self._show_chip, self._could_not_compare)

    def open_files(self, files: list[str]) -> None:
        """Open one file or two.

        One as what should be on the chip, a log or a bundle; two as expected and stored.
        """

        def done(read: Shown | Expected | Subject) -> None:
            if isinstance(read, Shown):
                self._show_read(read)
                if len(files) > 1:
                    self._expected = Expected(read.comparison.expected, read.expected)
            elif isinstance(read, Subject):
                self._expected = None  # what was expected of another chip
                self.app_state.look_at(read)
            else:
                self._expect(read)

        if files:
            self._work("Read files", lambda progress: of_files(files, progress), done)

    def paste(self) -> None:
        """Compare what is in the clipboard."""
        self.show_text(QGuiApplication.clipboard().text(), "clipboard")

    def show_text(self, text: str, source: str) -> None:
        """Compare what a log or a dump holds.

        Both sides, or what is stored beside the certificate opened before.
        """
        expected = self._expected
        self._work("Read text", lambda progress: of_text(text, source, expected, progress), self._show_read)

    def take(self, brought: Brought) -> None:
        """Say what is wrong in what somebody brought."""
        if brought.paths:
            self.open_files([str(path) for path in brought.paths])
        else:
            self.show_text(brought.text, "pasted text")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        if data.hasUrls():
            self.open_files([url.toLocalFile() for url in data.urls()])
        else:
            self.show_text(data.text(), "dropped text")

    def _expect(self, expected: Expected) -> None:
        """Compare a certificate that was opened with what is looked at.

        That is a bundle or the chip.
        """
        self._expected = expected
        subject = self.app_state.subject
        if subject is not None and subject.bundle is not None:
            self._compare_bundle(subject.bundle, subject.source)
        elif self.app_state.facts is not None:
            self.show_content()
            self.read_chip()
        else:
            self._not_read(
                InputError(
                    "nothing-to-compare",
                    f"{expected.source} is one certificate, and there is no chip to compare it with.",
                    "Connect the chip, open a support bundle or a second file with it, or paste the log.",
                )
            )

    def _look_anew(self) -> None:
        """A bundle was opened, here or elsewhere, or closed."""
        subject = self.app_state.subject
        if subject is None:
            self._from_files = False
            self._forget()
            self.refresh()
        elif subject.bundle is not None:
            self._compare_bundle(subject.bundle, subject.source)

    def _compare_bundle(self, bundle: Bundle, source: str) -> None:
        self._from_files = True  # no chip is shown instead of it, also when it holds no certificate
        self._forget()
        self._banner.set_message(BannerKind.INFO, "Rebuilding the certificate from the bundle…", "")
        expected = self._expected
        self._work("Compare the bundle", lambda progress: of_bundle(bundle, source, expected), self._show_read)

    def _go_to_chip(self) -> None:
        self._stop_reading()
        if self.app_state.subject is not None:
            self.app_state.look_at(None)
        else:
            self._from_files = False
            self.refresh()

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(
            self, "What to compare: expected, then stored; or a log; or a support bundle", "", FILES
        )
        self.open_files(files)

    def _could_not_compare(self, error: BenchError) -> None:
        if not self._from_files:
            self.show_error("The certificate on the chip could not be compared.", error)

    def _show_chip(self, shown: Shown) -> None:
        if not self._from_files:  # nothing else was opened while the chip was read
            self._show(shown)

    # --- reading in the background

    def _work(self, label: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Do heavy work in the background.

        When it takes long, it shows how far it is, and can be cancelled.
        """
        if not self._patience.isActive() and self._stack.currentWidget() is not self._reading:
            self._before = self._stack.currentWidget() or self.content
        self._reading.set_share(0)
        self._patience.start()

        def ended(value: Any) -> None:
            self._stop_reading()
            done(value)

        def failed(error: BenchError) -> None:
            self._stop_reading()
            self._not_read(error)

        self.app_state.background.start(label, work, ended, failed, self._reading.set_share)

    def _stop_reading(self) -> None:
        """Cancel, if it has not ended, and show what was there before."""
        self.app_state.background.cancel()
        self._patience.stop()
        if self._stack.currentWidget() is self._reading:
            self._stack.setCurrentWidget(self._before)

    def _show_reading(self) -> None:
        self._stack.setCurrentWidget(self._reading)

    def _not_read(self, error: BenchError) -> None:
        self.show_error("There is nothing to compare in this.", error)

    def _show_read(self, shown: Shown) -> None:
        self._from_files = True
        self._show(shown)

    # --- what is on show

    def _show(self, shown: Shown) -> None:
        self.shown, comparison = shown, shown.comparison
        self.show_content()
        self._diff.set_subtitles(
            f"{shown.expected} · {len(comparison.expected)} bytes", f"{shown.stored} · {len(comparison.stored)} bytes"
        )
        ranges = [
            DiffRange(r.start, r.end + 1, r.field or "outside fields", (r.stored_start, r.stored_end + 1))
            for r in comparison.ranges
        ]
        fields = [HexField(f.start, f.end, f.name) for f in comparison.expected_fields]
        unknown = [(span.start, span.end) for span in comparison.unknown]
        self._diff.set_comparison(comparison.expected, comparison.stored, ranges, fields, unknown)
        self._table.set_shown(shown)
        for button in self._steppers:
            button.setEnabled(bool(ranges))
        self._report_button.setEnabled(True)
        self._recognised.setVisible(bool(shown.recognised))
        self._recognised.setText("Recognised: " + "; ".join(shown.recognised))
        self.why_button.setVisible(bool(shown.causes))
        self._at_length = False
        self.why_button.setText("Why?")
        self.mend_button.setVisible(self._can_mend(shown))
        self.undo_button.setVisible(shown.of_chip and self._can_undo())
        self._tell(shown)
        if ranges:
            self._diff.select_range(0)
        else:
            self._diff.fold_or_unfold()  # all is equal: there is nothing to find, so show what it is

    def _forget(self) -> None:
        self.shown = None
        self._report_button.setEnabled(False)
        for widget in (self._recognised, self.why_button, self.mend_button, self.undo_button):
            widget.hide()

    def _select_row(self, index: int) -> None:
        if index < MOST_ROWS:
            self._table.select_row(index)

    def _tell(self, shown: Shown) -> None:
        if shown.causes:
            self._tell_causes(shown.causes, at_length=False)
        elif shown.comparison.equal:
            text = f"{len(shown.comparison.stored)} bytes equal."
            self._banner.set_message(BannerKind.GOOD, shown.headline, text)
        else:
            text = f"{len(shown.comparison.ranges)} ranges differ."
            self._banner.set_message(BannerKind.WARNING, shown.headline, text)

    def _toggle_evidence(self) -> None:
        if self.shown is None:
            return
        self._at_length = not self._at_length
        self.why_button.setText("Less" if self._at_length else "Why?")
        self._tell_causes(self.shown.causes, at_length=self._at_length)

    def _tell_causes(self, found: tuple[Cause, ...], *, at_length: bool) -> None:
        """Show the first cause.

        When asked for, all its evidence and the causes behind it are shown too.
        """
        self._banner.set_message(*causes_message(found, at_length=at_length))

    # --- mending and paper

    def _can_mend(self, shown: Shown) -> bool:
        facts = self.app_state.facts
        worth = bool(shown.causes) and shown.causes[0].id in _BY_A_NEW_CERTIFICATE
        return worth and shown.of_chip and facts is not None and can_be_mended(facts.config)

    def _can_undo(self) -> bool:
        facts, done = self.app_state.facts, self._undoable
        return facts is not None and done is not None and done.serial_number == facts.chip.serial_number

    def _ask_to_mend(self) -> None:
        facts = self.app_state.facts
        if facts is None:
            return
        dialog = MendDialog(facts.chip.serial_number, default_ca(self.app_state.records), self)
        if dialog.exec() == MendDialog.DialogCode.Accepted:
            operation = preparing(dialog.ca(), self.app_state.records)
            self.app_state.run("Issue certificate", operation, self._show_mending, self._could_not_mend)

    def _show_mending(self, mending: Mending) -> None:
        facts = self.app_state.facts
        if facts is None:
            return
        dialog = ConfirmMendingDialog(facts.chip.serial_number, mending, self)
        if dialog.exec() == ConfirmMendingDialog.DialogCode.Accepted:
            self._forget()
            self._banner.set_message(BannerKind.INFO, "Mending: saving, writing, reading back, proving…", "")
            operation = writing(mending, self.app_state.records)
            self.app_state.run("Mend certificate", operation, self._mended, self._could_not_mend)

    def _mended(self, recorded: Recorded) -> None:
        self._expected = None  # what was expected before is not what is on the chip now
        self._undoable = recorded if "saved_json" in recorded.artifacts else None
        self.app_state.look_again()

    def _undo(self) -> None:
        recorded, self._undoable = self._undoable, None
        if recorded is not None:
            self._forget()
            self._banner.set_message(BannerKind.INFO, "Undoing: writing what the slots held before…", "")
            operation = undoing(recorded, self.app_state.records)
            self.app_state.run("Undo", operation, lambda _: self.app_state.look_again(), self._could_not_mend)

    def _could_not_mend(self, error: BenchError) -> None:
        self.show_error("The chip could not be mended.", error)

    def _printable(self) -> tuple[str, str] | None:
        return None if self.shown is None else (self.shown.headline, report_html(self.shown))
