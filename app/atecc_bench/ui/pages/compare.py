"""Compare: the expected device certificate beside the one rebuilt from the chip, and why they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QVBoxLayout

from atecc_bench.diagnose.cause import Cause, Confidence
from atecc_bench.diagnose.causes import causes
from atecc_bench.diagnose.compare import Comparison, compare
from atecc_bench.diagnose.facts import Known
from atecc_bench.diagnose.origins import origin_of
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.keys import load_certificate
from atecc_bench.pki.layout import DEVICE_KEY_SLOT
from atecc_bench.provision.comparison import ChipComparison, Expected, compare_with_chip
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_worker import Device, DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.pages.certificate_bytes import certificate_hex_fields
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import Card, push_button
from atecc_bench.ui.widgets.diff_rows import DiffRange
from atecc_bench.ui.widgets.hex_diff import HexDiff
from atecc_bench.ui.widgets.row_model import Cell, CellStyle, Column, Row
from atecc_bench.ui.widgets.row_table import RowTable

SHOWN_BYTES = 6
FILES = "Certificates (*.pem *.crt *.cer *.der);;All files (*)"
EMPTY = "Connect a chip to compare what it holds with what it should hold, or open two certificate files."


@dataclass(frozen=True)
class _Shown:
    comparison: Comparison
    key_slot: int | None
    expected: str
    stored: str


class ComparePage(DevicePage):
    """Banner with the cause, both sides in hex, and the list of ranges."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Compare", Icon.COMPARE, EMPTY)
        self.setAcceptDrops(True)
        self._expected: Expected | None = None
        self._from_files = False
        open_files = push_button("Open files…")
        open_files.setToolTip("One certificate: what should be on the chip. Two: expected, then stored.")
        open_files.clicked.connect(self._choose_files)
        self._chip = push_button("Read the chip")
        self._chip.clicked.connect(self.read_chip)
        previous, following = push_button("Previous"), push_button("Next")
        self._diff = HexDiff()
        previous.clicked.connect(self._diff.go_previous)
        previous.setToolTip("Previous difference (Shift+F8)")
        following.clicked.connect(self._diff.go_next)
        following.setToolTip("Next difference (F8)")
        self._steppers = (previous, following)
        for button in (open_files, self._chip, previous, following):
            self.heading.add_button(button)
        self._banner = Banner()
        self._why = push_button("Why?")
        self._why.clicked.connect(self._toggle_evidence)
        self._banner.add_button(self._why)
        self._cause: Cause | None = None
        self._table = RowTable(
            (
                Column("Bytes", 78),
                Column("Length", 64),
                Column("Field", 158),
                Column("Comes from", None),
                Column("Expected", 166),
                Column("Stored", 166),
            ),
            name="Differing ranges",
        )
        self._table.row_selected.connect(self._diff.select_range)
        self._diff.range_selected.connect(self._table.select_row)
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
        column.addWidget(split, 1)
        bench.comparison_wanted.connect(self.compare_certificates)
        self.refresh()

    def show_facts(self, facts: DeviceFacts) -> None:
        """Compare the chip as soon as there is one."""
        if not self._from_files:
            self.read_chip()

    def read_chip(self) -> None:
        """Rebuild the certificate from the chip and compare it."""
        self._from_files = False
        expected, records = self._expected, self.bench.records
        self._banner.set_message(BannerKind.INFO, "Reading the certificate from the chip…", "")

        def operation(device: Device) -> ChipComparison:
            return compare_with_chip(device.session, records, expected, virtual=device.board.info.virtual)

        self.bench.run("Read device certificate", operation, self._show_chip, self._could_not_compare)

    def open_files(self, files: list[str]) -> None:
        """Take one file as what should be on the chip, or two as expected and stored."""
        try:
            certificates = [self._load(name) for name in files[:2]]
        except BenchError as error:
            self.show_error("The file cannot be compared.", error)
            return
        self._expected = certificates[0]
        if len(certificates) == 1 and self.bench.facts is not None:
            self.show_content()
            self.read_chip()
        elif len(certificates) == 2:
            self.compare_certificates(*certificates)

    def compare_certificates(self, expected: Expected, stored: Expected) -> None:
        """Show two certificates side by side, wherever they come from."""
        self._from_files = True
        self.show_content()
        self._show(_Shown(compare(expected.certificate, stored.certificate), None, expected.source, stored.source))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.open_files([url.toLocalFile() for url in event.mimeData().urls()])

    def _load(self, name: str) -> Expected:
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            raise InputError("no-such-file", f"{name} cannot be read: {error.strerror}.", "Choose another.") from error
        return Expected(load_certificate(data).public_bytes(Encoding.DER), Path(name).name)

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Certificates to compare: expected, then stored", "", FILES)
        if files:
            self.open_files(files)

    def _could_not_compare(self, error: BenchError) -> None:
        if self._from_files:
            return
        self.show_error("The certificate on the chip could not be compared.", error)

    def _show_chip(self, result: ChipComparison) -> None:
        if self._from_files:
            return  # two certificates were opened while the chip was read
        stored = f"slot 10 + live key of slot {DEVICE_KEY_SLOT}"
        self._show(_Shown(result.comparison, DEVICE_KEY_SLOT, f"device.pem · {result.source}", stored))

    def _show(self, shown: _Shown) -> None:
        comparison = shown.comparison
        self._diff.set_subtitles(
            f"{shown.expected} · {len(comparison.expected)} bytes", f"{shown.stored} · {len(comparison.stored)} bytes"
        )
        ranges = [DiffRange(r.start, r.end + 1, r.field or "outside fields") for r in comparison.ranges]
        fields = certificate_hex_fields(comparison.expected)
        self._diff.set_comparison(comparison.expected, comparison.stored, ranges, fields)
        self._table.set_rows([_row(comparison, index) for index in range(len(comparison.ranges))])
        for button in self._steppers:
            button.setEnabled(bool(ranges))
        found = causes(comparison, Known(key_slot=shown.key_slot))
        self._cause = found[0] if found else None
        self._why.setVisible(self._cause is not None)
        self._why.setText("Why?")
        self._tell(comparison)
        if ranges:
            self._diff.select_range(0)
        else:
            self._diff.fold_or_unfold()  # all is equal: there is nothing to find, so show what it is

    def _tell(self, comparison: Comparison) -> None:
        cause = self._cause
        if comparison.equal:
            length = len(comparison.stored)
            self._banner.set_message(
                BannerKind.GOOD, "The chip holds exactly this certificate.", f"{length} bytes equal."
            )
        elif cause is None:
            text = f"{len(comparison.ranges)} ranges differ, and no known cause explains all of them."
            self._banner.set_message(BannerKind.WARNING, "The certificates differ.", text)
        else:
            self._tell_cause(cause, cause.evidence[:1])

    def _toggle_evidence(self) -> None:
        cause = self._cause
        if cause is None:
            return
        asked = self._why.text() == "Why?"
        self._why.setText("Less" if asked else "Why?")
        self._tell_cause(cause, cause.evidence if asked else cause.evidence[:1])

    def _tell_cause(self, cause: Cause, evidence: Sequence[str]) -> None:
        kind = BadgeKind.GOOD if cause.confidence is Confidence.CERTAIN else BadgeKind.WARNING
        badge = Badge(cause.confidence.value.capitalize(), kind)
        text = "\n".join((*evidence, f"What to do: {cause.fix}"))
        self._banner.set_message(BannerKind.WARNING, cause.summary, text, badge)


def _row(comparison: Comparison, index: int) -> Row:
    r = comparison.ranges[index]
    return Row(
        (
            Cell(f"{r.start}–{r.end}", CellStyle.MONO),
            Cell(str(r.length)),
            Cell(r.field or "outside fields"),
            Cell(origin_of(r.field) if r.field else "structure", CellStyle.MUTED),
            Cell(_short(comparison.expected[r.start : r.end + 1]), CellStyle.EXPECTED),
            Cell(_short(comparison.stored[r.stored_start : r.stored_end + 1]), CellStyle.STORED),
        )
    )


def _short(data: bytes) -> str:
    return data[:SHOWN_BYTES].hex(" ").upper() + (" …" if len(data) > SHOWN_BYTES else "")
