"""A column of bars that show when each certificate is valid.

All on one scale, with a line for today.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from atecc_bench.ui.style.palette import Palette, current_palette

VALIDITY_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1

_LATEST_YEAR_SHOWN: Final = 2100  # what ends later has no end that anybody would plan for
_HEIGHT: Final = 8
_MARGIN: Final = 8


@dataclass(frozen=True)
class Validity:
    """Period of a certificate, and the scale all bars share.

    All in UTC.
    """

    start: datetime
    end: datetime
    scale_start: datetime
    scale_end: datetime
    now: datetime

    @property
    def endless(self) -> bool:
        """Whether it ends beyond the scale."""
        return self.end > self.scale_end

    @property
    def sentence(self) -> str:
        """The bar in words."""
        if self.now < self.start:
            return f"not valid before {self.start:%Y-%m-%d}"
        if self.now > self.end:
            return f"expired on {self.end:%Y-%m-%d}"
        if self.end.year > _LATEST_YEAR_SHOWN:
            return "valid, without an end"
        days = (self.end - self.now).days
        return f"valid for {days} more days" if days < 730 else f"valid for {days // 365} more years"

    def color(self, palette: Palette) -> QColor:
        """Its colour; expired and future ones are outlines as well."""
        if self.now > self.end:
            return palette.irreversible
        return palette.stored if self.now < self.start else palette.good


def validities(periods: list[tuple[datetime, datetime]], now: datetime) -> list[Validity]:
    """Put periods on one scale.

    It begins and ends with the widest that ends at all.
    """
    ends = [end for _, end in periods if end.year <= _LATEST_YEAR_SHOWN]
    first = min([start for start, _ in periods] + [now])
    last = max([*ends, now.replace(year=now.year + 1, day=min(now.day, 28))])
    return [Validity(start, end, first, last, now) for start, end in periods]


class ValidityDelegate(QStyledItemDelegate):
    """Paints the bar of the `Validity` that an item holds."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        validity = index.data(VALIDITY_ROLE)
        if not isinstance(validity, Validity):
            return
        rect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        track = QRectF(rect).adjusted(_MARGIN, 0, -_MARGIN, 0)
        track.setTop(track.center().y() - _HEIGHT / 2)
        track.setHeight(_HEIGHT)
        palette = current_palette()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.line)
        painter.drawRoundedRect(track, 4, 4)
        left, right = _x(track, validity, validity.start), _x(track, validity, min(validity.end, validity.scale_end))
        bar = QRectF(left, track.top(), max(right - left, 3), _HEIGHT)
        color = validity.color(palette)
        valid = validity.start <= validity.now <= validity.end
        painter.setBrush(color if valid else Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.PenStyle.NoPen if valid else QPen(color, 1.5))
        painter.drawRoundedRect(bar, 4, 4)
        if validity.endless and valid:
            tip = QPointF(track.right() + 4, track.center().y())
            up, down = QPointF(tip.x() - 6, tip.y() - 6), QPointF(tip.x() - 6, tip.y() + 6)
            painter.drawPolygon(QPolygonF([tip, up, down]))
        now = _x(track, validity, validity.now)
        painter.setPen(QPen(palette.text, 1.5))
        painter.drawLine(QPointF(now, track.top() - 4), QPointF(now, track.bottom() + 4))
        painter.restore()


def _x(track: QRectF, validity: Validity, moment: datetime) -> float:
    whole = (validity.scale_end - validity.scale_start).total_seconds() or 1.0
    part = (moment.astimezone(UTC) - validity.scale_start).total_seconds() / whole
    return track.left() + track.width() * min(max(part, 0.0), 1.0)
