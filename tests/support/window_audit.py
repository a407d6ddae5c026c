"""Asks the widgets of a window what a person could not see, reach or name."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QTabBar,
    QTextEdit,
    QWidget,
)

_SLACK = 1  # pixels by which hints and rounding may differ
_OWN_NAME = (QLabel,)


def shown(root: QWidget) -> Iterator[QWidget]:
    """All visible widgets that are laid out below another."""
    for widget in root.findChildren(QWidget):
        if widget.isVisibleTo(root) and widget.isVisible() and not widget.isWindow():
            yield widget


def called(widget: QWidget) -> str:
    """How a finding names a widget."""
    text = getattr(widget, "text", lambda: "")()
    parents = []
    above = widget.parentWidget()
    while above is not None and len(parents) < 4:
        if not type(above).__name__.startswith("Q"):
            parents.append(type(above).__name__)
        above = above.parentWidget()
    return f"{type(widget).__name__} “{widget.accessibleName() or str(text)[:60]}” in {' < '.join(parents)}"


def clipped(root: QWidget) -> list[str]:
    """Texts of which a part is not painted."""
    return [f"{called(widget)}: {why}" for widget in shown(root) if (why := _cut(widget))]


def outside(root: QWidget) -> list[str]:
    """Widgets that are not, or not wholly, in the window, and that nothing scrolls to."""
    found: list[str] = []
    for widget in shown(root):
        if not _carries_something(widget):
            continue
        area = _scrolled_by(widget, root)
        if area is None:
            place = QRect(widget.mapTo(root, QPoint()), widget.size())
            if not root.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
                found.append(f"{called(widget)} at {place.getRect()}")
        elif area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            left = widget.mapTo(area.viewport(), QPoint()).x()
            if left < -_SLACK or left + widget.width() > area.viewport().width() + _SLACK:
                found.append(f"{called(widget)} wider than what scrolls it")
    return found


def unnamed(root: QWidget) -> list[str]:
    """Controls for which a screen reader has no name but their value."""
    return [called(widget) for widget in shown(root) if _is_control(widget) and not _name_of(widget)]


def _is_control(widget: QWidget) -> bool:
    if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or not widget.isEnabled():
        return False
    if isinstance(widget, QLabel) and not widget.text():  # nothing to read
        return False
    if isinstance(widget, QScrollArea):  # takes the keyboard to scroll; what it holds has names
        return False
    parent = widget.parentWidget()
    return not isinstance(parent, QComboBox | QAbstractSpinBox)  # the editor inside


def _name_of(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text()
    if isinstance(widget, QTabBar):
        return "tabs"  # each tab has its own
    if isinstance(widget, QLabel):
        return widget.text()
    return ""


def _carries_something(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QLabel, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
    if isinstance(widget, QLabel) and not widget.text():
        return False
    return isinstance(widget, kinds) or widget.focusPolicy() is not Qt.FocusPolicy.NoFocus


def _scrolled_by(widget: QWidget, root: QWidget) -> QAbstractScrollArea | None:
    above = widget.parentWidget()
    while above is not None and above is not root:
        if isinstance(above, QAbstractScrollArea):
            return above
        above = above.parentWidget()
    return None


def _cut(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _cut_label(widget)
    if isinstance(widget, QPushButton) and widget.text():
        needed = widget.sizeHint()
        if needed.width() > widget.width() + _SLACK or needed.height() > widget.height() + _SLACK:
            return f"needs {needed.toTuple()}, has {widget.size().toTuple()}"
    elif isinstance(widget, QAbstractButton) and widget.text():
        needed = widget.fontMetrics().horizontalAdvance(widget.text())
        if needed > widget.width() + _SLACK:
            return f"needs {needed} pixels, has {widget.width()}"
    elif isinstance(widget, QComboBox):
        text = widget.currentText() or widget.placeholderText()
        room = widget.width() - 41  # of the look of our lists
        if widget.fontMetrics().horizontalAdvance(text) > room + _SLACK and text not in widget.toolTip():
            return f"“{text}” needs {widget.fontMetrics().horizontalAdvance(text)} pixels, has {room}"
    elif isinstance(widget, QLineEdit) and not widget.text() and widget.placeholderText():
        margins = widget.style().pixelMetric(QStyle.PixelMetric.PM_DefaultFrameWidth) + 16
        if widget.fontMetrics().horizontalAdvance(widget.placeholderText()) > widget.width() - margins + 8:
            return f"what it asks for, “{widget.placeholderText()}”"
    return ""


def _cut_label(label: QLabel) -> str:
    text, tooltip = label.text(), label.toolTip()
    if not text or (tooltip and text in _plain(tooltip)):
        return ""
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        return f"needs {needed} lines of pixels, has {label.height()}" if needed > label.height() + _SLACK else ""
    if type(label).__name__ == "Subtitle":
        return ""  # cut with dots, and whole as a tool tip
    needed = label.minimumSizeHint() if type(label) is not QLabel else label.sizeHint()
    if needed.width() > label.width() + _SLACK or needed.height() > label.height() + _SLACK:
        return f"needs {needed.toTuple()}, has {label.size().toTuple()}"
    return ""


def _plain(tooltip: str) -> str:
    from html import unescape

    return unescape(tooltip)
