"""Certificates: the chain that a chip carries, field by field."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.certificate_fields import certificate_fields
from atecc_bench.pki.on_chip import location_reader, rebuild_certificates
from atecc_bench.pki.verify import check_chain
from atecc_bench.provision.known import known_certificates
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_worker import Device, DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.pages.certificate_bytes import certificate_hex_fields, field_text
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import Card, push_button
from atecc_bench.ui.widgets.hex_view import HexView
from atecc_bench.ui.widgets.row_model import Cell, CellStyle, Column, Row
from atecc_bench.ui.widgets.row_table import RowTable

EMPTY = "Connect a chip to see the certificates it carries."


@dataclass(frozen=True)
class _Chain:
    """Certificates (DER) with what they are, and why they do not make a chain, if they do not."""

    certificates: tuple[tuple[str, bytes], ...]
    broken: BenchError | None


class CertificatesPage(DevicePage):
    """The chain at the top, fields at the left, bytes at the right."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Certificates", Icon.CERTIFICATES, EMPTY)
        self._chain = _Chain((), None)
        self._copy = push_button("Copy as PEM")
        self._copy.clicked.connect(self._copy_pem)
        compare = push_button("Compare…")
        compare.clicked.connect(lambda: bench.page_wanted.emit("Compare"))
        self.heading.add_button(compare)
        self.heading.add_button(self._copy)
        self._banner = Banner()
        self._list = RowTable(
            (Column("Certificate", 104), Column("Subject", None), Column("Issuer", None), Column("Valid", 196)),
            name="Chain",
        )
        self._list.row_selected.connect(self._show_certificate)
        chain_card = Card()
        chain_card.body.addWidget(self._list)
        chain_card.setFixedHeight(136)
        self._fields = RowTable(
            (Column("Bytes", 90), Column("Field", 210), Column("Value", None)), name="Fields of the certificate"
        )
        self._fields.row_selected.connect(self._select_bytes)
        fields_card = Card("Fields")
        fields_card.body.addWidget(self._fields)
        self._hex = HexView(bytes_per_row=16)
        self._hex.selection_changed.connect(self._select_field)
        hex_card = Card("Bytes", "as rebuilt from the chip")
        hex_card.body.addWidget(self._hex)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(fields_card, 1)
        body.addWidget(hex_card, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addWidget(chain_card)
        column.addLayout(body, 1)
        self.refresh()

    def show_facts(self, facts: DeviceFacts) -> None:
        """Read the chain as soon as there is a chip."""
        records = self.bench.records
        self._banner.set_message(BannerKind.INFO, "Reading the certificates from the chip…", "")

        def operation(device: Device) -> _Chain:
            known = known_certificates(records, facts.chip.serial_number, virtual=facts.virtual)
            if known is None:
                raise InputError(
                    "no-template",
                    "The chip holds 72 bytes of each certificate, and the rest, the template, is not known here.",
                    "Provision the chip from this computer, or read it with `atecc-bench cert read --like DIR`.",
                )
            rebuilt = rebuild_certificates(location_reader(device.session), known.device, known.signer)
            return _checked(rebuilt.device, rebuilt.signer, known.root)

        self.bench.run("Read certificates", operation, self._show_chain, self._could_not_read)

    def _could_not_read(self, error: BenchError) -> None:
        self.show_error("The certificates cannot be shown.", error)

    def _show_chain(self, chain: _Chain) -> None:
        self._chain = chain
        if chain.broken is None:
            text = "The root issued the signer, the signer issued the device certificate, and all are valid today."
            self._banner.set_message(BannerKind.GOOD, "The chain holds.", text)
        else:
            self._banner.set_message(BannerKind.WARNING, chain.broken.message, chain.broken.hint)
        self._list.set_rows([_row(name, der) for name, der in chain.certificates])
        self._list.select_row(0)

    def _show_certificate(self, row: int) -> None:
        _, der = self._chain.certificates[row]
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
        field = certificate_fields(self._current())[row]
        self._hex.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._hex.select_range(field.start, field.end)
        self._hex.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _select_field(self, start: int, end: int) -> None:
        del end
        for row, field in enumerate(certificate_fields(self._current())):
            if field.start <= start < field.end:
                self._fields.blockSignals(True)  # noqa: FBT003 - Qt's own signature
                self._fields.select_row(row)
                self._fields.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _current(self) -> bytes:
        return self._chain.certificates[self._list.selected_row() or 0][1]

    def _copy_pem(self) -> None:
        certificate = x509.load_der_x509_certificate(self._current())
        QGuiApplication.clipboard().setText(certificate.public_bytes(Encoding.PEM).decode("ascii"))


def _checked(device: bytes, signer: bytes, root: bytes) -> _Chain:
    leaf, issuer, anchor = (x509.load_der_x509_certificate(der) for der in (device, signer, root))
    broken: BenchError | None = None
    try:
        check_chain(leaf, issuer, anchor, datetime.now(UTC))
    except BenchError as error:
        broken = error
    return _Chain((("Device", device), ("Signer", signer), ("Root (file)", root)), broken)


def _row(name: str, der: bytes) -> Row:
    certificate = x509.load_der_x509_certificate(der)
    valid = f"{certificate.not_valid_before_utc:%Y-%m-%d} – {certificate.not_valid_after_utc:%Y-%m-%d}"
    return Row(
        (
            Cell(name, CellStyle.STRONG),
            Cell(certificate.subject.rfc4514_string()),
            Cell(certificate.issuer.rfc4514_string(), CellStyle.MUTED),
            Cell(valid, CellStyle.MONO),
        )
    )
