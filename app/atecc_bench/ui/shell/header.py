"""The header: port, connection and chip.

Which port, whether it is connected, and which chip is behind it.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from atecc_bench.ui.state.device_summary import NO_DEVICE, DeviceSummary, LinkState, PortChoice
from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.basics import TextRole, plain_tooltip, text_label
from atecc_bench.ui.widgets.combo_box import ComboBox

HEADER_HEIGHT: Final = 52
_NAME_WIDTH: Final = 148
_PORTS_LEAST: Final = 140
_PORTS_MOST: Final = 230

_LINK_KINDS: Final[Mapping[LinkState, BadgeKind]] = MappingProxyType(
    {
        LinkState.DISCONNECTED: BadgeKind.NEUTRAL,
        LinkState.CONNECTING: BadgeKind.WARNING,
        LinkState.AT_WORK: BadgeKind.WARNING,
        LinkState.CONNECTED: BadgeKind.GOOD,
        LinkState.FAILED: BadgeKind.IRREVERSIBLE,
    }
)


class Header(QWidget):
    """Product name, port, link state, serial number and badges."""

    port_chosen = Signal(str)
    """The `port` of the entry that a person chose."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEADER_HEIGHT)
        self._name = text_label("ATECC Bench", TextRole.STRONG)
        self._name.setMinimumWidth(_NAME_WIDTH)
        self._ports = ComboBox()
        self._ports.setAccessibleName("Port")
        self._ports.setPlaceholderText("Choose a port")
        self._ports.setToolTip("Where the board is plugged in, or a virtual board")
        self._ports.setMinimumWidth(_PORTS_LEAST)
        self._ports.setMaximumWidth(_PORTS_MOST)
        self._ports.activated.connect(self._report_port)
        self._link = Badge(dot=True)
        self._serial = text_label("", TextRole.MONO)
        self._serial.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._part, self._variant, self._config, self._data = Badge(), Badge(), Badge(), Badge()
        self._virtual = Badge("VIRTUAL", BadgeKind.VIRTUAL)
        self._training = Badge("TRAINING", BadgeKind.VIRTUAL)
        self._training.setToolTip("On this line only chips in software count")
        self._is_training = False
        self._virtual.setToolTip("A chip in software: nothing here happens to silicon")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        row.addWidget(self._name)
        row.addWidget(self._ports, 100)
        row.addWidget(self._link)
        row.addStretch(1)
        self._facts = (self._serial, self._part, self._variant, self._config, self._data, self._virtual, self._training)
        for widget in self._facts:
            row.addWidget(widget)
        self._shown: set[QWidget] = set()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_device(NO_DEVICE)

    def set_ports(self, choices: Sequence[PortChoice], current: str = "") -> None:
        """Offer these ports and show `current`.

        An unknown or empty one as none; reports nothing.
        """
        self._ports.clear()
        for choice in choices:
            self._ports.addItem(choice.label, choice.port)
        self._ports.setCurrentIndex(self._ports.findData(current) if current else -1)

    def set_ports_open(self, are_open: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Allow or forbid another port.

        Work that is under way keeps the one it has.
        """
        self._ports.setEnabled(are_open)

    def set_device(self, device: DeviceSummary) -> None:
        """Show what is known about the device."""
        self._device = device
        self._ports.setToolTip(plain_tooltip(device.port_label))
        self._link.set_state(device.link.value, _LINK_KINDS[device.link])
        self._serial.setText(grouped_serial(device.serial))
        self._serial.setAccessibleName(f"Serial number {device.serial}")
        self._part.set_state(device.part, BadgeKind.NEUTRAL)
        self._variant.set_state(device.variant, BadgeKind.NEUTRAL)
        for badge, zone, locked in (
            (self._config, "Config", device.config_locked),
            (self._data, "Data", device.data_locked),
        ):
            kind = BadgeKind.IRREVERSIBLE if locked else BadgeKind.GOOD
            badge.set_state(f"{zone} {'locked' if locked else 'open'}", kind)
        known = {
            self._serial: bool(device.serial),
            self._part: bool(device.part),
            self._variant: bool(device.variant),
            self._config: device.config_locked is not None,
            self._data: device.data_locked is not None,
            self._virtual: device.virtual,
            self._training: self._is_training,
        }
        self._shown = {widget for widget, is_known in known.items() if is_known}
        self._fit()

    def set_training(self, training: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Say that only chips in software count."""
        self._is_training = training
        self.set_device(self._device)

    def _fit(self) -> None:
        """Leave out what a narrow window has no room for.

        The least important first.
        """
        shown = {self._name, self._link, *self._shown}
        for dispensable in (self._name, self._variant, self._part):
            needed = 2 * 16 + _PORTS_LEAST + sum(_least_width(widget) + 12 for widget in shown)
            if needed > self.width():
                shown.discard(dispensable)
        for widget in (self._name, *self._facts):
            widget.setVisible(widget in shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _report_port(self, index: int) -> None:
        self.port_chosen.emit(self._ports.itemData(index))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), palette.surface)
        painter.fillRect(0, self.height() - 1, self.width(), 1, palette.line)


def _least_width(widget: QWidget) -> int:
    return max(widget.sizeHint().width(), widget.minimumWidth())
