"""Card of the wiring.

Which pin goes where, the wiring test, and looking for the pins.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.link.board.boards import MODULES, Board, boards_with, usb_says
from atecc_bench.link.board.connection import NoBridgeError
from atecc_bench.link.board.pins import PIN_PAIRS, SWAPPED, PinPair, PinProbe, find_pins, pins_to_try
from atecc_bench.link.board.wiring import WiringResult, wiring_test
from atecc_bench.link.flash.targets import target_of
from atecc_bench.link.transports.boot_log import target_in
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.style.icons import Icon, IconWidget
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph, push_button, rule, text_label
from atecc_bench.ui.widgets.combo_box import ComboBox

if TYPE_CHECKING:
    from atecc_bench.link.transports.connection import Connection
    from atecc_bench.ui.state.device_worker import PortAccess

_PULL_UP = "with 4.7 kΩ to 3V3"
_ANY_BOARD = "Any board"
_NOT_KNOWN = "Which ESP32 is on this board is not known yet. Choose the board, or click “Read chip”."
_MODULES = "Modules with the chip: " + ", ".join(
    f"{module.name} ({module.connector}, 0x{module.chip_at >> 1:02X})" for module in MODULES
)


class WiringCard(Card):
    """The wires, two buttons, and below them what was found."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Wiring", "an ESP32 and an ATECC608")
        self._app_state = app_state
        self._sda, self._scl = text_label("", TextRole.MONO), text_label("", TextRole.MONO)
        wires = QFormLayout()
        wires.setHorizontalSpacing(16)
        wires.setVerticalSpacing(6)
        wires.addRow(text_label("3V3", TextRole.MONO), paragraph("VCC, with 100 nF to GND beside it"))
        wires.addRow(text_label("GND", TextRole.MONO), paragraph("GND"))
        wires.addRow(self._sda, paragraph(f"SDA, {_PULL_UP}"))
        wires.addRow(self._scl, paragraph(f"SCL, {_PULL_UP}"))
        self.choice = ComboBox()
        self.choice.setAccessibleName("Your board")
        self.choice.currentIndexChanged.connect(self._show_pins)
        self.boards = paragraph("", TextRole.MUTED)
        self.test_button = push_button("Test wiring")
        self.test_button.clicked.connect(self.test_wiring)
        self.find_button = push_button("Find my pins")
        self.find_button.setToolTip("Wakes and probes the pairs of pins that are safe on this board.")
        self.find_button.clicked.connect(self.look_for_pins)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(app_state.worker.cancel)
        self.cancel_button.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.test_button, self.find_button, self.cancel_button):
            buttons.addWidget(button)
        buttons.addStretch()
        self.results = QWidget()
        self._results = QVBoxLayout(self.results)
        self._results.setContentsMargins(0, 0, 0, 0)
        self._results.setSpacing(4)
        column = QVBoxLayout()
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.choice)
        column.addLayout(wires)
        column.addWidget(self.boards)
        column.addWidget(paragraph(_MODULES + ".", TextRole.MUTED))
        column.addLayout(buttons)
        column.addWidget(self.results)
        self.body.addLayout(column)
        self._port = ""
        self._offered: tuple[Board, ...] = ()
        self._pins: PinPair | None = None
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the pins of the present board.

        Another board knows nothing of the last one's results.
        """
        if self._app_state.port != self._port:
            self._port, self._pins = self._app_state.port, None
            self._clear()
        self._offer_boards()
        self._show_pins()
        for button in (self.test_button, self.find_button):
            button.setEnabled(bool(self._app_state.port) and self.cancel_button.isHidden())

    def test_wiring(self) -> None:
        """Wake, scan, read."""

        def operation(board: "Connection", access: "PortAccess") -> tuple[WiringResult, ...]:
            del access
            return wiring_test(board)

        self._begin()
        self._app_state.worker.use_bridge("Test wiring", self._app_state.port, operation, self._tested, self._failed)

    def look_for_pins(self) -> None:
        """Try the pairs of pins one after the other."""

        def operation(board: "Connection", access: "PortAccess") -> PinPair | None:
            return find_pins(board, target_of(board.info.chip), access.report, access.cancelled)

        self._begin()
        self._app_state.worker.use_bridge(
            "Find my pins", self._app_state.port, operation, self._found, self._failed, self._probed
        )

    def _offer_boards(self) -> None:
        """Offer the boards with the chip that is there.

        The one that was chosen stays, if it may.
        """
        offered = boards_with(self._target())
        if offered == self._offered:
            return
        chosen, self._offered = self._chosen(), offered
        self.choice.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.choice.clear()
        self.choice.addItems([_ANY_BOARD, *(board.name for board in offered)])
        self.choice.setCurrentIndex(offered.index(chosen) + 1 if chosen in offered else 0)
        self.choice.blockSignals(False)  # noqa: FBT003

    def _show_pins(self) -> None:
        """Show pins.

        Those that were found, of the chosen board, or that the bridge of this chip starts with.
        """
        board, target = self._chosen(), self._target()
        usual = PIN_PAIRS.get(target, PIN_PAIRS["esp32"])[0]
        pins = self._pins or (usual if board is None else PinPair(board.sda, board.scl))
        self._sda.setText(f"GPIO {pins.sda}")
        self._scl.setText(f"GPIO {pins.scl}")
        if board is not None:
            says = usb_says(board)
        elif not target:
            says = _NOT_KNOWN
        else:
            says = f"I2C is on these pins on: {pins.board}." if pins.board not in ("", SWAPPED) else ""
        self.boards.setText(says)
        self.boards.setVisible(bool(says))

    def _chosen(self) -> Board | None:
        index = self.choice.currentIndex()
        return self._offered[index - 1] if 0 < index <= len(self._offered) else None

    def _target(self) -> str:
        """The target, empty if not known.

        By its bridge, by its ROM when it was asked, or by what its ROM says by itself.
        """
        state = self._app_state
        if state.bridge is not None:
            return target_of(state.bridge.chip)
        if state.port in state.board_chips:
            return state.board_chips[state.port].target
        return target_in(state.error.received) if isinstance(state.error, NoBridgeError) else ""

    def _begin(self) -> None:
        self._clear()
        self.cancel_button.show()
        self.refresh()

    def _end(self) -> None:
        self.cancel_button.hide()
        self.refresh()

    def _tested(self, results: Sequence[WiringResult]) -> None:
        for result in results:
            self._add(
                Icon.CHECK if result.passed else Icon.ERROR, f"{result.step.value}: {result.finding}", result.advice
            )
        self._end()

    def _probed(self, probe: PinProbe) -> None:
        if probe.addresses:
            return
        self._clear()
        number = len(pins_to_try(self._target()))
        self._results.addWidget(paragraph(f"Nothing on {probe.pins}. There are {number} pairs to try.", TextRole.MUTED))

    def _found(self, pins: PinPair | None) -> None:
        self._clear()
        if pins is None:
            self._add(
                Icon.ERROR,
                "Nothing answers on any pair of pins that is safe on this board.",
                "Check 3.3 V at VCC, GND and the pull-up resistors; the pins are most likely not the mistake.",
            )
            self._end()
            return
        self._pins = pins
        self._add(
            Icon.CHECK,
            f"Found: {pins}.",
            "The bridge uses these pins until it is reset. For good, set them when you build it (BRIDGE_SDA_PIN).",
        )
        self._end()
        self._app_state.chip_moved()

    def _failed(self, error: BenchError) -> None:
        self._clear()
        self._add(Icon.ERROR, error.message, error.hint)
        self._end()

    def _add(self, icon: Icon, finding: str, advice: str) -> None:
        if self._results.count():
            self._results.addWidget(rule())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconWidget(icon, 18))
        row.addWidget(paragraph(finding), 1)
        holder = QWidget()
        holder.setLayout(row)
        row.setContentsMargins(0, 2, 0, 0)
        self._results.addWidget(holder)
        if advice:
            self._results.addWidget(paragraph(advice, TextRole.MUTED))

    def _clear(self) -> None:
        while (item := self._results.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
