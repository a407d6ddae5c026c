"""Trees of the certificate chains on the chip and in files.

Who issued whom, how long each is valid, and what differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from atecc_bench.ui.pages.certificates.validity_bar import VALIDITY_ROLE, ValidityDelegate, validities
from atecc_bench.ui.style.typography import mono_font, text_font
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, plain_tooltip, push_button, text_label
from atecc_bench.workflows.comparison.certificate_inventory import Agreement, FiledCertificate, parents

_NAME, _SUBJECT, _DATES, _BAR, _STATE = range(5)
_DER_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_MISMATCHES: Final = (Agreement.DIFFERS, Agreement.KEY_DIFFERS)
_LATEST_YEAR: Final = 9999


_ABOUT_BUTTON = 10  # pixels that the button in a row needs besides its word


@dataclass(frozen=True)
class ChainRow:
    """One certificate in a tree.

    What it is called, its bytes (DER), and how it stands to the other side.
    """

    name: str
    der: bytes
    state: str
    filed: FiledCertificate | None = None


@dataclass(frozen=True)
class ChainGroup:
    """Certificates of one place, such as the chip or a file."""

    title: str
    rows: tuple[ChainRow, ...]


class ChainTree(QTreeWidget):
    """Groups of certificates, one below the other.

    In each, certificates hang below those that issued them.
    """

    certificate_selected = Signal(bytes)
    """DER of the certificate that is now selected."""

    comparison_wanted = Signal(object)
    """Somebody wants to see this `FiledCertificate` beside the chip's."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(5)
        self.setHeaderLabels(["Certificate", "Subject", "Valid", "Validity, and today", "Chip and file"])
        self.setAccessibleName("Certificate chains")
        self.setUniformRowHeights(True)
        self.setItemDelegateForColumn(_BAR, ValidityDelegate(self))
        header = self.header()
        header.setStretchLastSection(False)
        for column, width in ((_NAME, 168), (_DATES, 188), (_BAR, 168), (_STATE, 268)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(_SUBJECT, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self._item_changed)

    def set_groups(self, groups: Sequence[ChainGroup]) -> None:
        """Show these groups and select the device's certificate.

        It is the last of the first group.
        """
        self.clear()
        bars = validities([_period(row.der) for group in groups for row in group.rows], datetime.now(UTC))
        first: QTreeWidgetItem | None = None
        for group in groups:
            top = QTreeWidgetItem([group.title])
            top.setFont(_NAME, text_font(1.0, QFont.Weight.DemiBold))
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            top.setSizeHint(_NAME, self._row_size())
            self.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            items = [self._item(row) for row in group.rows]
            for item in items:
                bar = bars.pop(0)
                item.setData(_BAR, VALIDITY_ROLE, bar)
                item.setToolTip(_BAR, plain_tooltip(bar.sentence))
                item.setData(_BAR, Qt.ItemDataRole.AccessibleTextRole, bar.sentence)
            for item, parent in zip(items, parents([row.der for row in group.rows]), strict=True):
                (top if parent is None else items[parent]).addChild(item)
            for item, row in zip(items, group.rows, strict=True):
                self._offer_comparison(item, row)
            if first is None and items:
                first = items[-1]
        self.expandAll()
        if first is not None:
            self.setCurrentItem(first)

    def _item(self, row: ChainRow) -> QTreeWidgetItem:
        certificate = x509.load_der_x509_certificate(row.der)
        start, end = _period(row.der)
        until = "no end" if end.year == _LATEST_YEAR else f"{end:%Y-%m-%d}"
        item = QTreeWidgetItem([row.name, certificate.subject.rfc4514_string(), f"{start:%Y-%m-%d} – {until}", ""])
        item.setSizeHint(_NAME, self._row_size())
        item.setData(_NAME, _DER_ROLE, row.der)
        item.setFont(_DATES, mono_font())
        item.setToolTip(_SUBJECT, plain_tooltip(f"Issued by {certificate.issuer.rfc4514_string()}"))
        if not _differs(row):
            item.setText(_STATE, row.state)
        return item

    def _row_size(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + _ABOUT_BUTTON)

    def _offer_comparison(self, item: QTreeWidgetItem, row: ChainRow) -> None:
        filed = row.filed
        if filed is None or not _differs(row):
            return
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        if filed.counterpart is None:
            line.addWidget(text_label(f"≠ {row.state}", TextRole.STORED))
        else:
            button = push_button(f"≠ {row.state} · Compare", ButtonKind.LINK)
            button.clicked.connect(self._asker(filed))
            line.addWidget(button)
        line.addStretch(1)
        self.setItemWidget(item, _STATE, box)

    def _asker(self, filed: FiledCertificate) -> Callable[[], None]:
        return lambda: self.comparison_wanted.emit(filed)

    def _item_changed(self, item: QTreeWidgetItem | None) -> None:
        der = None if item is None else item.data(_NAME, _DER_ROLE)
        if isinstance(der, bytes):
            self.certificate_selected.emit(der)


def _differs(row: ChainRow) -> bool:
    return row.filed is not None and row.filed.agreement in _MISMATCHES


def _period(der: bytes) -> tuple[datetime, datetime]:
    certificate = x509.load_der_x509_certificate(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
