"""Name, role and value of our widgets, for screen readers.

Qt calls a widget that paints itself a “client”, which tells nobody that something is to be read there, and on Linux it
names a closed list by what is chosen in it.
"""

import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from atecc_bench.ui.widgets.combo_box import ComboBox
from atecc_bench.ui.widgets.hex.diff_pane import DiffPane
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.hex.minimap import Minimap


class AccessibleBytes(QAccessibleWidget):
    """Bytes for a screen reader.

    It says what they are, and what is selected.
    """

    def __init__(self, view: QWidget, role: QAccessible.Role) -> None:
        super().__init__(view, role)
        self._view = view

    def text(self, t: QAccessible.Text) -> str:
        if t is QAccessible.Text.Value:
            return self._view.accessibleDescription()
        return super().text(t)


class AccessibleList(QAccessibleWidget):
    """A closed list for a screen reader: its name, its value."""

    def __init__(self, box: ComboBox) -> None:
        super().__init__(box, QAccessible.Role.ComboBox)
        self._box = box

    def text(self, t: QAccessible.Text) -> str:
        if t is QAccessible.Text.Value:
            return self._box.currentText()
        return super().text(t)

    def actionNames(self) -> list[str]:
        return [_SHOW_MENU, *super().actionNames()]

    def doAction(self, actionName: str) -> None:  # noqa: N803 - Qt's name
        if actionName == _SHOW_MENU:
            self._box.showPopup()
        else:
            super().doAction(actionName)


_SHOW_MENU = "ShowMenu"  # as Qt calls it


def spoken(thing: QObject) -> QAccessibleWidget | None:
    """Interface of one of our widgets; None for those that Qt knows."""
    if isinstance(thing, HexView | DiffPane):
        return AccessibleBytes(thing, QAccessible.Role.Document)
    if isinstance(thing, Minimap):
        return AccessibleBytes(thing, QAccessible.Role.Graphic)
    if isinstance(thing, ComboBox) and sys.platform == "linux":
        return AccessibleList(thing)
    return None
