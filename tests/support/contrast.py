"""Contrast of colours as WCAG 2.2 counts it, and of what widgets really paint."""

from collections import Counter

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget

TEXT, SIGNAL = 4.5, 3.0
_ENLARGED = 4  # so that strokes cover whole pixels, and the colour of text is really in the picture


def contrast(one: QColor, other: QColor) -> float:
    """Ratio from 1 to 21 (relative luminance, WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_contrast(widget: QWidget) -> float:
    """Of the strongest pixel against the most frequent one."""
    image = enlarged(widget)
    colors = Counter(image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 2))
    background = QColor(colors.most_common(1)[0][0])
    return max(contrast(QColor(color), background) for color in colors)


def edge_contrast(widget: QWidget) -> float:
    """Of a widget's left edge against what is beside it."""
    window = widget.window()
    image = window.grab().toImage()
    at = widget.mapTo(window, QPoint(0, widget.height() // 2))
    beside = image.pixelColor(max(at.x() - 2, 0), at.y())
    return max(contrast(image.pixelColor(at.x() + step, at.y()), beside) for step in range(3))


def ring_contrast(widget: QWidget) -> float:
    """Of the pixels that the focus changes, against what they were."""
    before = widget.grab().toImage()
    widget.setFocus()
    after = widget.grab().toImage()
    changed = Counter(
        round(contrast(before.pixelColor(x, y), after.pixelColor(x, y)), 1)
        for x in range(after.width())
        for y in range(after.height())
        if before.pixel(x, y) != after.pixel(x, y)
    )
    enough = sum(count for ratio, count in changed.items() if ratio >= SIGNAL)
    least = after.width() + after.height()  # half of a line around it
    return SIGNAL if enough >= least else max(changed, default=1.0) if enough else 1.0


def enlarged(widget: QWidget) -> QImage:
    """A widget as a screen with four times the pixels would show it."""
    picture = QPixmap(widget.size() * _ENLARGED)
    picture.setDevicePixelRatio(_ENLARGED)
    picture.fill(widget.palette().window().color())
    widget.render(picture)
    return picture.toImage()


def _luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
