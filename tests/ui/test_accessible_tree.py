"""What a screen reader finds on each page: every control has a name, a role, and a value that is not its name."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLineEdit, QScrollArea, QTabWidget, QWidget

from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.widgets.hex.hex_view import HexView

PAGES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")
ROLE, TEXT = QAccessible.Role, QAccessible.Text
# That a reader has to say the name of; what only holds others needs none.
SPOKEN = (
    ROLE.PushButton, ROLE.Button, ROLE.CheckBox, ROLE.RadioButton, ROLE.ComboBox, ROLE.EditableText, ROLE.SpinBox,
    ROLE.Table, ROLE.Tree, ROLE.Document, ROLE.Graphic, ROLE.PageTab, ROLE.ProgressBar, ROLE.ButtonMenu,
)  # fmt: skip


def walk(interface: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """The tree as it is on the screen; cells of tables are named by what stands in them."""
    state = interface.state()
    if getattr(state, "invisible", 0):
        return
    yield interface
    if interface.role() in (ROLE.Table, ROLE.Tree, ROLE.List) or depth > 40:
        return
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is not None and child.isValid():
            yield from walk(child, depth + 1)


def spoken_of(window: QWidget) -> list[tuple[QAccessible.Role, str, str, QWidget | None]]:
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    found: list[tuple[QAccessible.Role, str, str, QWidget | None]] = []
    for one in walk(root):
        thing = one.object()
        widget = thing if isinstance(thing, QWidget) else None
        if widget is not None and (not widget.isVisible() or isinstance(widget.parentWidget(), QLineEdit)):
            continue
        found.append((one.role(), one.text(TEXT.Name), one.text(TEXT.Value), widget))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_and_a_role(
    page: str, window: MainWindow, show: Callable[[str], QWidget], connected: Callable[[str], None]
) -> None:
    connected("virtual://mismatch")
    show(page)
    found = spoken_of(window)
    assert len([one for one in found if one[0] in SPOKEN]) > 8
    nameless = [(role, type(widget).__name__) for role, name, _, widget in found if role in SPOKEN and not name]
    assert nameless == []
    by_value = [name for role, name, value, _ in found if role is ROLE.ComboBox and name == value]
    assert by_value == []
    # Areas and tabs only hold what has a name and a role of its own.
    clients = [
        type(widget).__name__
        for role, _, _, widget in found
        if role is ROLE.Client
        and widget is not None
        and widget.focusPolicy().value
        and not isinstance(widget, QScrollArea | QTabWidget)
    ]
    assert clients == []


@pytest.mark.slow
def test_bytes_are_a_document_whose_value_says_what_is_selected(
    show: Callable[[str], QWidget], connected: Callable[[str], None]
) -> None:
    connected("virtual://provisioned")
    view = next(one for one in show("Inspect").findChildren(HexView) if one.isVisible())
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None
    assert interface.role() is ROLE.Document
    assert interface.text(TEXT.Name)
    assert interface.text(TEXT.Value).startswith("Bytes 20 to 21 of 128")
