"""Inspect: the configuration zone as bytes, as a tree and as sixteen slots, all in step."""

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from atecc_bench.chip.config_fields import ConfigField, FieldGroup, config_fields
from atecc_bench.chip.config_zone import ConfigZone, differing_bytes
from atecc_bench.chip.slot_policy import Access, Holds, SlotPolicy, slot_policy
from atecc_bench.chip.zones import SLOT_COUNT
from atecc_bench.diagnose.stays_open import what_stays_open
from atecc_bench.pki.layout import SLOT_USES
from atecc_bench.provision.profile import Profile, available_profiles, load_profile
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_worker import DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.typography import mono_font
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph, push_button, rule
from atecc_bench.ui.widgets.hex_fields import HexField, HexRole
from atecc_bench.ui.widgets.hex_grid import OffsetBase
from atecc_bench.ui.widgets.hex_view import HexView
from atecc_bench.ui.widgets.slot_table import SlotRow, SlotTable

EMPTY = "Connect a chip to see its configuration zone. Looking changes no byte of it."
_ROLES = {
    FieldGroup.SERIAL_NUMBER: HexRole.SERIAL,
    FieldGroup.REVISION: HexRole.REVISION,
    FieldGroup.INTERFACE: HexRole.ADDRESS,
    FieldGroup.SLOT_CONFIG: HexRole.SLOT_CONFIG,
    FieldGroup.COUNTER: HexRole.COUNTER,
    FieldGroup.USE: HexRole.PLAIN,
    FieldGroup.LOCK: HexRole.LOCK,
    FieldGroup.OPTIONS: HexRole.CHIP_OPTIONS,
    FieldGroup.KEY_CONFIG: HexRole.KEY_CONFIG,
}
_HOLDS = {Holds.ECC_PRIVATE: "ECC private", Holds.ECC_PUBLIC: "ECC public"}
_SHORT = {Access.CLEAR: "clear", Access.ENCRYPTED: "enc", Access.NEVER: "", Access.INVALIDATED: "inval"}


class InspectPage(DevicePage):
    """Bytes at the left; slots or decoded fields at the right; what is selected below."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Inspect", Icon.INSPECT, EMPTY)
        self._fields: tuple[ConfigField, ...] = ()
        self._items: list[QTreeWidgetItem] = []
        self._config: ConfigZone | None = None
        again = push_button("Read again")
        again.clicked.connect(bench.look_again)
        self.heading.add_button(again)
        self._banner = Banner(BannerKind.WARNING)
        self._hex = HexView(bytes_per_row=8, offsets=OffsetBase.DECIMAL)
        self._hex.setAccessibleName("Configuration zone, 128 bytes")
        self._hex.selection_changed.connect(self._bytes_selected)
        bytes_card = Card("Bytes", "128 of 128")
        bytes_card.body.addWidget(self._hex)
        bytes_card.setFixedWidth(328)
        self._slots = SlotTable()
        self._slots.row_selected.connect(self._slot_selected)
        self._tree = self._make_tree()
        tabs = QTabWidget()
        tabs.addTab(self._slots, "Slots")
        tabs.addTab(self._tree, "Decoded")
        tabs.setDocumentMode(True)
        self._title = paragraph("", TextRole.STRONG)
        self._detail = paragraph("", TextRole.BODY)
        detail = QVBoxLayout()
        detail.setContentsMargins(16, 12, 16, 12)
        detail.setSpacing(4)
        detail.addWidget(self._title)
        detail.addWidget(self._detail)
        self._detail_box = QWidget()
        self._detail_box.setLayout(detail)
        self._detail_box.setMinimumHeight(104)
        right = Card()
        right.body.addWidget(tabs, 1)
        right.body.addWidget(rule())
        right.body.addWidget(self._detail_box)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(bytes_card)
        body.addWidget(right, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addLayout(body, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show what the bench knows now."""
        self.heading.subtitle.setText("")
        super().refresh()

    def show_facts(self, facts: DeviceFacts) -> None:
        """Show the configuration that was read."""
        config = facts.config
        self._config = config
        self._fields = config_fields(config)
        profile = _matching_profile(config)
        self.heading.subtitle.setText(
            f"configuration zone · matches {profile.layout.value}" if profile else "configuration zone"
        )
        self._hex.set_bytes(
            config.to_bytes(), [HexField(f.start, f.end, f.name, _ROLES[f.group], f.value) for f in self._fields]
        )
        uses = SLOT_USES if profile else {}
        open_sentences = what_stays_open(config)
        self._slots.set_slots([_slot_row(slot_policy(config, n), uses.get(n, "")) for n in range(SLOT_COUNT)])
        self._fill_tree()
        self._show_banner(config, open_sentences)
        self._slots.select_row(0)

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(3)
        tree.setHeaderLabels(["Field", "Bytes", "Value"])
        tree.setColumnWidth(0, 240)
        tree.setColumnWidth(1, 90)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(False)
        tree.setAccessibleName("Decoded configuration zone")
        tree.currentItemChanged.connect(self._item_selected)
        return tree

    def _fill_tree(self) -> None:
        self._tree.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._tree.clear()
        self._items = []
        groups = {group: QTreeWidgetItem([group.value]) for group in FieldGroup}
        for field in self._fields:
            where = str(field.start) if field.end - field.start == 1 else f"{field.start}–{field.end - 1}"
            item = QTreeWidgetItem([field.name, where, field.value])
            item.setFont(1, mono_font())
            item.setFont(2, mono_font())
            item.setToolTip(2, field.meaning)
            groups[field.group].addChild(item)
            self._items.append(item)
        self._tree.addTopLevelItems(list(groups.values()))
        for group in (FieldGroup.SERIAL_NUMBER, FieldGroup.INTERFACE, FieldGroup.LOCK, FieldGroup.OPTIONS):
            groups[group].setExpanded(True)
        self._tree.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _show_banner(self, config: ConfigZone, open_sentences: tuple[str, ...]) -> None:
        if not config.config_locked:
            self._banner.set_message(
                BannerKind.INFO,
                "The configuration is open: this chip is not configured yet.",
                "Nothing but the configuration can be written, and what each slot can do is not decided.",
            )
        elif open_sentences:
            warning = open_sentences[-1]
            self._banner.set_message(BannerKind.WARNING, "What the locks leave open", warning)
        else:
            self._banner.set_message(BannerKind.GOOD, "Nothing in this chip can be changed in clear any more.", "")

    def _slot_selected(self, slot: int) -> None:
        config = self._config
        if config is None:
            return
        self._select_bytes(20 + 2 * slot, 22 + 2 * slot)
        words = f"{config.slot_configs[slot].to_word():04X} · KeyConfig {config.key_configs[slot].to_word():04X}"
        self._title.setText(f"Slot {slot}   SlotConfig {words}")
        self._detail.setText(" ".join(slot_policy(config, slot).sentences))

    def _bytes_selected(self, start: int, end: int) -> None:
        del end
        for field, item in zip(self._fields, self._items, strict=True):
            if field.start <= start < field.end:
                self._tree.blockSignals(True)  # noqa: FBT003 - Qt's own signature
                self._tree.setCurrentItem(item)
                self._tree.blockSignals(False)  # noqa: FBT003 - Qt's own signature
                self._show_field(field)
                if field.slot is not None:
                    self._slots.blockSignals(True)  # noqa: FBT003 - Qt's own signature
                    self._slots.select_row(field.slot)
                    self._slots.blockSignals(False)  # noqa: FBT003 - Qt's own signature
                return

    def _item_selected(self, item: QTreeWidgetItem | None) -> None:
        if item in self._items:
            field = self._fields[self._items.index(item)]
            self._select_bytes(field.start, field.end)
            self._show_field(field)

    def _select_bytes(self, start: int, end: int) -> None:
        self._hex.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._hex.select_range(start, end)
        self._hex.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _show_field(self, field: ConfigField) -> None:
        where = f"byte {field.start}" if field.end - field.start == 1 else f"bytes {field.start}–{field.end - 1}"
        self._title.setText(f"{field.name}   {where}   {field.value}")
        self._detail.setText(field.meaning)


def _matching_profile(config: ConfigZone) -> Profile | None:
    raw = config.to_bytes()
    for name in available_profiles():
        profile = load_profile(name)
        if config.part in profile.parts and not differing_bytes(raw, profile.configuration_for(raw)):
            return profile
    return None


def _slot_row(policy: SlotPolicy, used_for: str) -> SlotRow:
    key = policy.write_key if policy.write_key is not None else policy.read_key
    write = "gen" if policy.can_generate else _SHORT[policy.write]
    return SlotRow(
        slot=policy.slot,
        holds=_HOLDS.get(policy.holds) or f"{policy.holds.value} {policy.size} B",
        sign=policy.signs_external,
        internal=policy.signs_internal,
        ecdh=policy.ecdh,
        read=_SHORT[policy.read],
        write=write,
        key="–" if key is None else str(key),
        used_for=used_for,
        warning="",
    )
