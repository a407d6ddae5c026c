"""Compare: what should be there beside what is there, and why they differ; from a chip, files, or a pasted log."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QSplitter, QVBoxLayout

from atecc_bench.diagnose.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.causes import causes
from atecc_bench.diagnose.compare import compare
from atecc_bench.diagnose.facts import Known
from atecc_bench.diagnose.from_paste import certificate_bytes, comparison_in
from atecc_bench.diagnose.origins import Origin, origins_of
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.layout import device_definition
from atecc_bench.provision.comparison import ChipComparison, Expected, compare_with_chip
from atecc_bench.provision.mend import Recorded, can_be_mended
from atecc_bench.resources import resource_path
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.comparing.mend_dialog import MendDialog, mending
from atecc_bench.ui.comparing.paper import print_report, save_pdf
from atecc_bench.ui.comparing.shown import Shown, span_text
from atecc_bench.ui.device_worker import Device, DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.provisioning.job import default_ca
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import ButtonKind, Card, TextRole, paragraph, push_button
from atecc_bench.ui.widgets.diff_rows import DiffRange
from atecc_bench.ui.widgets.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex_fields import HexField
from atecc_bench.ui.widgets.row_model import Cell, CellStyle, Column, Row
from atecc_bench.ui.widgets.row_table import RowTable

FILES = "Certificates, dumps and logs (*.pem *.crt *.cer *.der *.txt *.log *.hex *.bin);;All files (*)"
EMPTY = (
    "Connect a chip to compare what it holds with what it should hold, open two certificate files, or paste or drop "
    "a log or a dump."
)
LARGEST_FILE = 4 << 20  # bytes
MOST_ROWS = 1000
_BY_A_NEW_CERTIFICATE = frozenset(CauseId) - {CauseId.TRUNCATED_INPUT}


class ComparePage(DevicePage):
    """Banner with the cause, both sides in hex, and the list of ranges."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Compare", Icon.COMPARE, EMPTY)
        self.setAcceptDrops(True)
        self._expected: Expected | None = None
        self._from_files = False
        self.shown: Shown | None = None
        self._diff = HexDiff()
        self._banner = Banner()
        self._why = push_button("Why?")
        self._why.clicked.connect(self._toggle_evidence)
        self._mend = push_button("Mend this…", ButtonKind.PRIMARY)
        self._mend.setToolTip("Issue a certificate for the chip's key, save the old bytes, write, read back and prove")
        self._mend.clicked.connect(self._ask_to_mend)
        for button in (self._why, self._mend):
            self._banner.add_button(button)
            button.hide()
        self._add_heading()
        self._recognised = paragraph("", TextRole.MUTED)
        self._recognised.hide()
        self._table = RowTable(
            (
                Column("Bytes", 78),
                Column("Length", 76),
                Column("Field", 158),
                Column("Comes from", None),
                Column("Expected", 166),
                Column("Stored", 166),
            ),
            name="Differing ranges",
        )
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
        bench.comparison_wanted.connect(self.compare_certificates)
        self.refresh()

    def _add_heading(self) -> None:
        open_files, paste, chip = push_button("Open…"), push_button("Paste"), push_button("Read the chip")
        open_files.setToolTip("One certificate: what should be on the chip. Two: expected, then stored. Or a log.")
        open_files.clicked.connect(self._choose_files)
        paste.setToolTip("A log or a dump from the clipboard (Ctrl+V)")
        paste.clicked.connect(self.paste)
        chip.clicked.connect(self.read_chip)
        self._paper = push_button("Print")
        menu = QMenu(self._paper)
        menu.addAction("Print…", self._print)
        menu.addAction("Save as PDF…", self._choose_pdf)
        self._paper.setMenu(menu)
        previous, following = push_button("Previous"), push_button("Next")
        previous.clicked.connect(self._diff.go_previous)
        previous.setToolTip("Previous difference (Shift+F8)")
        following.clicked.connect(self._diff.go_next)
        following.setToolTip("Next difference (F8)")
        self._steppers = (previous, following)
        for button in (open_files, paste, chip, self._paper, previous, following):
            self.heading.add_button(button)
        self._paper.setEnabled(False)
        action = QAction("Paste", self)
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Paste))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self.paste)
        self.addAction(action)

    def show_facts(self, facts: DeviceFacts) -> None:
        """Compare the chip as soon as there is one."""
        if not self._from_files:
            self.read_chip()

    # --- where comparisons come from

    def compare_certificates(self, expected: Expected, stored: Expected) -> None:
        """Show two certificates side by side, wherever they come from."""
        self._compare(expected, stored, Known())

    def read_chip(self) -> None:
        """Rebuild the certificate from the chip and compare it."""
        self._from_files = False
        expected, records = self._expected, self.bench.records
        self._forget()
        self._banner.set_message(BannerKind.INFO, "Reading the certificate from the chip…", "")

        def operation(device: Device) -> ChipComparison:
            return compare_with_chip(device.session, records, expected, virtual=device.board.info.virtual)

        self.bench.run("Read device certificate", operation, self._show_chip, self._could_not_compare)

    def open_files(self, files: list[str]) -> None:
        """Take one file as what should be on the chip or as a log, or two as expected and stored."""
        try:
            contents = [(Path(name).name, _read(name)) for name in files[:2]]
            if len(contents) == 2:
                self._compare_files(*contents)
            elif contents:
                self._open_one(*contents[0])
        except BenchError as error:
            self.show_error("The file cannot be compared.", error)

    def paste(self) -> None:
        """Compare what is in the clipboard."""
        self.show_text(QGuiApplication.clipboard().text(), "clipboard")

    def show_text(self, text: str, source: str) -> None:
        """Compare what a log or a dump holds: both sides, or what is stored beside the certificate opened before."""
        expected = self._expected
        try:
            try:
                pasted = comparison_in(text)
            except InputError as error:
                if error.id != "one-certificate" or expected is None:
                    raise
                pasted = comparison_in(text, expected.certificate, expected.source)
        except InputError as error:
            self.show_error("There is nothing to compare in this text.", error)
            return
        self._from_files = True
        comparison = pasted.comparison
        sentences = tuple(found.sentence for found in pasted.recognised)
        found = causes(comparison, pasted.known)
        sides = (f"{source}, {pasted.expected_from}", f"{source}, {pasted.stored_from}")
        self._show(Shown(comparison, found, *sides, _layout_origins(comparison.expected), sentences))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        if data.hasUrls():
            self.open_files([url.toLocalFile() for url in data.urls()])
        else:
            self.show_text(data.text(), "dropped text")

    def _open_one(self, name: str, data: bytes) -> None:
        try:
            text = data.decode("utf-8-sig")
            comparison_in(text)
        except UnicodeDecodeError:
            pass  # DER
        except InputError as error:
            if error.id != "one-certificate":
                raise
        else:
            self.show_text(text, name)
            return
        self._expected = Expected(certificate_bytes(data, name)[0], name)
        if self.bench.facts is None:
            raise InputError(
                "nothing-to-compare",
                f"{name} is one certificate, and there is no chip to compare it with.",
                "Connect the chip, open a second file with it, or paste the log.",
            )
        self.show_content()
        self.read_chip()

    def _compare_files(self, expected: tuple[str, bytes], stored: tuple[str, bytes]) -> None:
        (name, data), (other_name, other_data) = expected, stored
        one, keys = certificate_bytes(data, name)
        other, other_keys = certificate_bytes(other_data, other_name)
        self._expected = Expected(one, name)
        self._compare(self._expected, Expected(other, other_name), Known(authority_keys=(*keys, *other_keys)))

    def _compare(self, expected: Expected, stored: Expected, known: Known) -> None:
        self._from_files = True
        comparison = compare(expected.certificate, stored.certificate)
        found, origins = causes(comparison, known), _layout_origins(expected.certificate)
        self._show(Shown(comparison, found, expected.source, stored.source, origins))

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "What to compare: expected, then stored; or a log", "", FILES)
        if files:
            self.open_files(files)

    def _could_not_compare(self, error: BenchError) -> None:
        if self._from_files:
            return
        self.show_error("The certificate on the chip could not be compared.", error)

    def _show_chip(self, result: ChipComparison) -> None:
        if self._from_files:
            return  # something else was opened while the chip was read
        definition = result.definition
        stored = f"slot {definition.comp_cert_dev_loc.slot} + live key of slot {definition.private_key_slot}"
        found = causes(result.comparison, result.known)
        expected = f"device.pem · {result.source}"
        self._show(Shown(result.comparison, found, expected, stored, origins_of(definition), of_chip=True))

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
        self._table.set_rows([_row(shown, index) for index in range(min(len(ranges), MOST_ROWS))])
        for button in self._steppers:
            button.setEnabled(bool(ranges))
        self._paper.setEnabled(True)
        self._recognised.setVisible(bool(shown.recognised))
        self._recognised.setText("Recognised: " + "; ".join(shown.recognised))
        self._why.setVisible(bool(shown.causes))
        self._why.setText("Why?")
        self._mend.setVisible(self._can_mend(shown))
        self._tell(shown)
        if ranges:
            self._diff.select_range(0)
        else:
            self._diff.fold_or_unfold()  # all is equal: there is nothing to find, so show what it is

    def _forget(self) -> None:
        self.shown = None
        self._paper.setEnabled(False)
        for widget in (self._recognised, self._why, self._mend):
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
        asked = self._why.text() == "Why?"
        self._why.setText("Less" if asked else "Why?")
        self._tell_causes(self.shown.causes, at_length=asked)

    def _tell_causes(self, found: tuple[Cause, ...], *, at_length: bool) -> None:
        """The first cause, with all its evidence and the causes behind it when it is asked for."""
        cause, *others = found
        kind = BadgeKind.GOOD if cause.confidence is Confidence.CERTAIN else BadgeKind.WARNING
        badge = Badge(cause.confidence.value.capitalize(), kind)
        lines = [*(cause.evidence if at_length else cause.evidence[:1]), f"What to do: {cause.fix}"]
        if at_length:
            lines += [f"{number}. {other.summary} ({other.confidence.value})" for number, other in enumerate(others, 2)]
        elif others:
            lines.append(f"{len(others)} more behind it: see “Why?”.")
        self._banner.set_message(BannerKind.WARNING, cause.summary, "\n".join(lines), badge)

    # --- mending and paper

    def _can_mend(self, shown: Shown) -> bool:
        facts = self.bench.facts
        worth = bool(shown.causes) and shown.causes[0].id in _BY_A_NEW_CERTIFICATE
        return worth and shown.of_chip and facts is not None and can_be_mended(facts.config)

    def _ask_to_mend(self) -> None:
        facts = self.bench.facts
        if facts is None:
            return
        dialog = MendDialog(facts.chip.serial_number, default_ca(self.bench.records), self)
        if dialog.exec() == MendDialog.DialogCode.Accepted:
            self._forget()
            self._banner.set_message(BannerKind.INFO, "Mending: saving, issuing, writing, reading back, proving…", "")
            operation = mending(dialog.names(), self.bench.records)
            self.bench.run("Mend certificate", operation, self._mended, self._could_not_mend)

    def _mended(self, recorded: Recorded) -> None:
        self._expected = None  # what was expected before is not what is on the chip now
        self.read_chip()

    def _could_not_mend(self, error: BenchError) -> None:
        self.show_error("The chip could not be mended.", error)

    def _print(self) -> None:
        if self.shown is not None:
            print_report(self.shown, self)

    def _choose_pdf(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save as PDF", "comparison.pdf", "PDF (*.pdf)")
        if name and self.shown is not None:
            save_pdf(self.shown, Path(name))


def _layout_origins(expected: bytes) -> Mapping[str, Origin]:
    """Origins in the usual layout, for a comparison that came without a template.

    Where the certificate is damaged, those of any certificate of that layout.
    """
    try:
        return origins_of(device_definition(expected))
    except BenchError:
        sample = resource_path("scenarios", "provisioned", "device.pem").read_bytes()
        return origins_of(device_definition(certificate_bytes(sample, "sample")[0]))


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError("no-such-file", f"{name} cannot be read: {error.strerror}.", "Choose another.") from error
    if len(data) > LARGEST_FILE:
        raise InputError(
            "file-too-large",
            f"{name} is larger than {LARGEST_FILE >> 20} MiB.",
            "Cut the part with the bytes out of it.",
        )
    return data


def _row(shown: Shown, index: int) -> Row:
    r, comparison = shown.comparison.ranges[index], shown.comparison
    return Row(
        (
            Cell(span_text(r), CellStyle.MONO),
            Cell(str(r.length or r.stored_length)),
            Cell(r.field or "outside fields"),
            Cell(shown.origin(r), CellStyle.MUTED),
            Cell(shown.short_hex(comparison.expected, r.start, r.end + 1), CellStyle.EXPECTED),
            Cell(shown.short_hex(comparison.stored, r.stored_start, r.stored_end + 1), CellStyle.STORED),
        )
    )
