"""Certificates page: chains on the chip and in files.

Field by field, and where they differ.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from atecc_bench.diagnose.paste.pki_objects import certificates_in
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.ui.pages.brought import Brought
from atecc_bench.ui.pages.certificates.certificate_bytes import certificate_hex_fields, field_text
from atecc_bench.ui.pages.certificates.chain_tree import ChainTree
from atecc_bench.ui.pages.certificates.chains import Chains
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess, DeviceFacts
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import Card, push_button
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.workflows.brought_files import read_brought
from atecc_bench.workflows.comparison.certificate_inventory import FiledCertificate, known_of_files
from atecc_bench.workflows.comparison.certificates_on_chip import certificates_on_chip, chain_on_chip
from atecc_bench.workflows.comparison.compare_chip import Expected
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates, known_of_chip
from atecc_bench.workflows.comparison.slot_findings import SlotFinding

EMPTY = "Connect a chip to see the certificates it carries, or drop certificate files here."
BLANK = (
    "Its data zone is not locked yet, so no slot can be read, and none holds a certificate. Provisioning writes them."
)
UNKNOWN = "Nothing is known here by which the certificates on this chip could be read."
UNKNOWN_HINT = (
    "Below is what stands in its slots. Provision chips from this computer, or open the device, signer and root "
    "certificate of this structure: then they are rebuilt."
)
_PASTED = "pasted text"
FILES = "Certificates (*.pem *.crt *.cer *.der);;All files (*)"


class CertificatesPage(DevicePage):
    """The Certificates page.

    The chains at the top, fields at the left, bytes at the right.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__(app_state, "Certificates", Icon.CERTIFICATES, EMPTY)
        self._chains = Chains()
        self._der = b""
        open_files = push_button("Open files…")
        open_files.setToolTip("Certificates to hold against those of the chip; they can also be dropped here.")
        open_files.clicked.connect(self._choose_files)
        self._copy = push_button("Copy as PEM")
        self._copy.clicked.connect(self._copy_pem)
        self.heading.add_button(open_files)
        self.heading.add_button(self._copy)
        self._banner = Banner()
        self._compare = push_button("Compare")
        self._compare.clicked.connect(self._compare_mismatch)
        self._banner.add_button(self._compare)
        self._tree = ChainTree()
        self._tree.certificate_selected.connect(self._show_certificate)
        self._tree.comparison_wanted.connect(self._compare_certificate)
        chain_card = Card()
        chain_card.body.addWidget(self._tree)
        chain_card.setMinimumHeight(152)
        self._fields = RowTable(
            (Column("Bytes", 90), Column("Field", 210), Column("Value", None)), name="Fields of the certificate"
        )
        self._fields.row_selected.connect(self._select_bytes)
        fields_card = Card("Fields")
        fields_card.body.addWidget(self._fields)
        self._hex = HexView(bytes_per_row=16)
        self._hex.selection_changed.connect(self._select_field)
        self._hex_card = Card("Bytes", "DER")
        self._hex_card.body.addWidget(self._hex)
        below = QWidget()
        body = QHBoxLayout(below)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(12)
        body.addWidget(fields_card, 1)
        body.addWidget(self._hex_card, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.addWidget(chain_card)
        split.addWidget(below)
        split.setSizes([262, 330])
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addWidget(split, 1)
        self.refresh()

    def show_facts(self, facts: DeviceFacts) -> None:
        """Read the chain as soon as there is a chip."""
        records, opened = self.app_state.records, self._chains.opened
        self._compare.hide()
        self._banner.set_message(BannerKind.INFO, "Reading the certificates from the chip…", "")

        def operation(device: DeviceAccess) -> Chains:
            of_chip = records.for_chip(facts.chip.serial_number, virtual=facts.virtual)
            found = certificates_on_chip(device.session, of_chip, (*_whole_chain(opened), *known_of_chip(of_chip)))
            holds = found.best is not None or found.filed is not None
            return Chains(found, chain_on_chip(device.session, of_chip, found) if holds else None, opened)

        if not facts.config.data_locked:
            self.show_blank(BLANK)
            return
        self.app_state.run("Read certificates", operation, self._show_chains, self._could_not_read)

    def open_files(self, files: list[str]) -> None:
        """Hold the certificates in these files against those of the chip."""
        try:
            found = [(Path(name).name, _certificates(Path(name).name, read_brought(Path(name)))) for name in files]
        except BenchError as error:
            self.show_error("The file cannot be opened.", error)
            return
        self._take(found)

    def take(self, brought: Brought) -> None:
        """Hold certificates that somebody brought against those of the chip."""
        if brought.paths:
            self.open_files([str(path) for path in brought.paths])
        else:
            self._take([(_PASTED, _certificates(_PASTED, brought.text.encode()))])

    def _take(self, found: Sequence[tuple[str, tuple[bytes, ...]]]) -> None:
        new = tuple((name, der) for name, certificates in found for der in certificates)
        opened = (*(one for one in self._chains.opened if one not in new), *new)
        self._chains = replace(self._chains, opened=opened)
        self.show_content()
        if self.app_state.facts is not None and self._chains.chip is None:
            self.show_facts(self.app_state.facts)  # the files may be what was missing to read the chip
        else:
            self._show_chains(replace(self._chains, opened=opened))

    def refresh(self) -> None:
        """Show what is known now.

        Files that were opened stay when the chip goes.
        """
        if self.app_state.facts is None:
            self._chains = Chains(opened=self._chains.opened)
        super().refresh()
        if self.app_state.facts is None and self.app_state.error is None and self._chains.opened:
            self.show_content()
            self._show_chains(self._chains)

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Certificates to hold against the chip's", "", FILES)
        if files:
            self.open_files(files)

    def _could_not_read(self, error: BenchError) -> None:
        self.show_error("The certificates cannot be shown.", error)

    def _show_chains(self, chains: Chains) -> None:
        self._chains = chains
        self._tell(chains)
        groups = chains.groups()
        self._tree.set_groups(groups)
        found = chains.found
        if found is not None and found.slots and not groups:
            self._show_slots(found.slots)

    def _show_slots(self, slots: Sequence[SlotFinding]) -> None:
        """Where no layout is known: what stands in each slot."""
        self._der = b""
        self._hex_card.subtitle.setText("")
        self._hex.set_bytes(b"", ())
        self._fields.set_rows(
            [Row((Cell(f"{one.slot}", CellStyle.MONO), Cell("Slot"), Cell(one.words))) for one in slots]
        )

    def _tell(self, chains: Chains) -> None:
        mismatch, broken = chains.mismatch(), chains.broken()
        self._compare.setVisible(mismatch is not None)
        if mismatch is not None:
            title = f"What the chip holds is not what {mismatch.source} has."
            text = broken.message if broken else "Compare shows which bytes differ, and why."
            self._banner.set_message(BannerKind.WARNING, title, text)
        elif broken is not None:
            self._banner.set_message(BannerKind.WARNING, broken.message, broken.hint)
        elif chains.found is not None and chains.found.filed is not None and chains.chip is None:
            agrees = chains.found.filed.key_agrees
            words = "The chip has its key." if agrees else "The chip has another key."
            kind = BannerKind.GOOD if agrees else BannerKind.WARNING
            self._banner.set_message(kind, f"The certificate of this chip is kept as a file. {words}", "")
        elif chains.found is not None and chains.chain is None:
            self._banner.set_message(BannerKind.INFO, UNKNOWN, UNKNOWN_HINT)
        elif chains.chip is None:
            text = "Connect a chip to see whether it holds them."
            self._banner.set_message(BannerKind.INFO, f"{len(chains.opened)} certificates from files.", text)
        else:
            text = "The root issued the signer, the signer issued the device certificate, and all are valid today."
            self._banner.set_message(BannerKind.GOOD, "The chain holds.", text)

    def _show_certificate(self, der: bytes) -> None:
        self._der = der
        self._hex_card.subtitle.setText(f"DER, {len(der)} bytes")
        self._hex.set_bytes(der, certificate_hex_fields(der))
        self._fields.set_rows(
            [
                Row(
                    (
                        Cell(f"{f.start}–{f.end - 1}", CellStyle.MONO),
                        Cell(f.name),
                        Cell(field_text(der, f), CellStyle.MONO),
                    )
                )
                for f in certificate_fields(der)
            ]
        )

    def _select_bytes(self, row: int) -> None:
        if not self._der:
            return  # the rows are slots
        field = certificate_fields(self._der)[row]
        self._hex.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._hex.select_range(field.start, field.end)
        self._hex.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _select_field(self, start: int, end: int) -> None:
        del end
        for row, field in enumerate(certificate_fields(self._der)):
            if field.start <= start < field.end:
                self._fields.blockSignals(True)  # noqa: FBT003 - Qt's own signature
                self._fields.select_row(row)
                self._fields.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _compare_mismatch(self) -> None:
        mismatch = self._chains.mismatch()
        if mismatch is not None:
            self._compare_certificate(mismatch)

    def _compare_certificate(self, filed: FiledCertificate) -> None:
        if filed.counterpart is not None:
            self.app_state.compare(
                Expected(filed.der, filed.source), Expected(filed.counterpart, "rebuilt from the chip")
            )

    def _copy_pem(self) -> None:
        if self._der:
            certificate = x509.load_der_x509_certificate(self._der)
            QGuiApplication.clipboard().setText(certificate.public_bytes(Encoding.PEM).decode("ascii"))


def _whole_chain(opened: Sequence[tuple[str, bytes]]) -> tuple[KnownCertificates, ...]:
    """Device, signer and root among opened files, where they are all there."""
    try:
        return (known_of_files([x509.load_der_x509_certificate(der) for _, der in opened]),)
    except InputError:
        return ()


def _certificates(name: str, data: bytes) -> tuple[bytes, ...]:
    try:
        return tuple(one.public_bytes(Encoding.DER) for one in certificates_in(data))
    except InputError as error:
        raise InputError(error.id, f"{name}: {error.message}", error.hint) from error
