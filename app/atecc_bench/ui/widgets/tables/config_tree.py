"""The configuration zone as a tree.

Groups, fields, and the named bits of each field.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from atecc_bench.chip.config.config_bits import BitField, bit_fields
from atecc_bench.chip.config.config_fields import ConfigField, FieldGroup
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.ui.style.typography import mono_font

_OPEN = (FieldGroup.SERIAL_NUMBER, FieldGroup.INTERFACE, FieldGroup.LOCK, FieldGroup.OPTIONS)


class ConfigTree(QTreeWidget):
    """Fields of a configuration with their bytes and values.

    What is selected is told, and can be selected from outside.
    """

    field_selected = Signal(object, object)
    """The `ConfigField`, and the `BitField` within it, None for the whole field."""

    def __init__(self) -> None:
        super().__init__()
        self._fields: tuple[ConfigField, ...] = ()
        self._items: list[QTreeWidgetItem] = []
        self._bits: list[tuple[QTreeWidgetItem, ConfigField, BitField]] = []
        self.setColumnCount(3)
        self.setHeaderLabels(["Field", "Bytes", "Value"])
        self.setColumnWidth(0, 240)
        self.setColumnWidth(1, 120)
        self.setUniformRowHeights(True)
        self.setAccessibleName("Decoded configuration zone")
        self.currentItemChanged.connect(self._tell)

    def set_config(self, config: ConfigZone, fields: tuple[ConfigField, ...]) -> None:
        """Show these fields of a configuration."""
        raw = config.to_bytes()
        self._fields = fields
        bits = bit_fields(config.part)
        self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.clear()
        self._items, self._bits = [], []
        groups = {group: QTreeWidgetItem([group.value]) for group in FieldGroup}
        for field in self._fields:
            where = str(field.start) if field.end - field.start == 1 else f"{field.start}–{field.end - 1}"
            item = _item(field.name, where, field.value, field.meaning)
            inner = [b for b in bits if field.start <= b.start and b.last < field.end]
            for bit in inner if len(inner) > 1 else ():
                child = _item(bit.name.split(".")[-1], bit.place, bit.text(bit.value(raw)), "")
                item.addChild(child)
                self._bits.append((child, field, bit))
            groups[field.group].addChild(item)
            self._items.append(item)
        self.addTopLevelItems(list(groups.values()))
        for group in _OPEN:
            groups[group].setExpanded(True)
        self.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def select_at(self, byte: int) -> ConfigField | None:
        """Select the field that holds a byte, silently; the field."""
        for field, item in zip(self._fields, self._items, strict=True):
            if field.start <= byte < field.end:
                self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
                self.setCurrentItem(item)
                self.scrollToItem(item)
                self.blockSignals(False)  # noqa: FBT003 - Qt's own signature
                return field
        return None

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        for child, field, bit in self._bits:
            if child is item:
                self.field_selected.emit(field, bit)
                return
        if item in self._items:
            self.field_selected.emit(self._fields[self._items.index(item)], None)


def _item(name: str, where: str, value: str, meaning: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([name, where, value])
    item.setFont(1, mono_font())
    item.setFont(2, mono_font())
    item.setToolTip(2, meaning)
    return item
