"""Board: which ports there are, what answers on them, and how to wire a chip."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.twin.presets import SCHEME, Preset
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.widgets.basics import ButtonKind, Card, PageHeader, TextRole, paragraph, push_button, text_label
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.row_model import Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.row_table import RowTable

HOT_PLUG_MS = 1500

_WIRING = (
    ("3V3", "VCC of the chip, with 100 nF to GND beside it"),
    ("GND", "GND"),
    ("GPIO 21", "SDA, with 4.7 kΩ to 3V3"),
    ("GPIO 22", "SCL, with 4.7 kΩ to 3V3"),
)


class BoardPage(QWidget):
    """Ports at the left, the board that answers at the right."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._ports: list[str] = []
        self._table = RowTable(
            (
                Column("", 32),
                Column("Port", 184),
                Column("Bridge", 116),
                Column("USB serial", 92),
                Column("What it is", None),
            ),
            name="Ports",
        )
        self._table.doubleClicked.connect(lambda index: bench.connect_to(self._ports[index.row()]))
        self._url = QLineEdit()
        self._url.setPlaceholderText("/dev/ttyUSB0, COM3, rfc2217://host:port, socket://host:port, virtual://fresh")
        self._url.setAccessibleName("Port or URL")
        self._url.returnPressed.connect(self._connect)
        self._table.row_selected.connect(lambda row: self._url.setText(self._ports[row]))
        connect = push_button("Connect", ButtonKind.PRIMARY)
        connect.clicked.connect(self._connect)
        typed = QHBoxLayout()
        typed.setContentsMargins(12, 8, 12, 12)
        typed.setSpacing(8)
        typed.addWidget(self._url, 1)
        typed.addWidget(connect)
        ports = Card("Ports", "hardware first; virtual boards need nothing plugged in")
        ports.body.addWidget(self._table, 1)
        ports.body.addLayout(typed)

        self._facts = QFormLayout()
        self._facts.setContentsMargins(16, 12, 16, 12)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(8)
        self._board = Card("Board", "what answers")
        self._board.body.addLayout(self._facts)
        self._error = ErrorPanel()
        again = push_button("Try again", ButtonKind.PRIMARY)
        again.clicked.connect(lambda: bench.connect_to(bench.port))
        self._error.add_button(again)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._board)
        right.addWidget(self._error)
        right.addWidget(_wiring())
        right.addStretch()
        side = QWidget()
        side.setFixedWidth(396)
        right.setContentsMargins(0, 0, 0, 0)
        side.setLayout(right)

        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(ports, 1)
        body.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(PageHeader("Board"))
        column.addLayout(body, 1)

        self._timer = QTimer(self)
        self._timer.setInterval(HOT_PLUG_MS)
        self._timer.timeout.connect(bench.refresh_ports)
        bench.ports_changed.connect(self._show_ports)
        bench.device_changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._bench.refresh_ports()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _connect(self) -> None:
        url = self._url.text().strip()
        if url:
            self._bench.connect_to(url)

    def _refresh(self) -> None:
        self._show_ports()
        bench = self._bench
        self._board.setVisible(bench.error is None)
        self._error.setVisible(bench.error is not None)
        if bench.error is not None:
            exchanges = "\n".join(bench.last_exchanges())
            details = f"{bench.error.id}: {bench.error.message}\nPort: {bench.port}\n{exchanges}".strip()
            self._error.set_error("The board could not be reached.", bench.error.message, bench.error.hint, details)
            return
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in self._board_facts():
            self._facts.addRow(text_label(name, TextRole.MUTED), paragraph(value))

    def _board_facts(self) -> list[tuple[str, str]]:
        facts = self._bench.facts
        if facts is None:
            return [("Port", self._bench.port or "none chosen"), ("Link", self._bench.summary.link.value)]
        return [
            ("Port", facts.port),
            ("Firmware", f"{facts.board_name} {facts.board_version}"),
            ("Board", f"{facts.board_chip}{', in software (VIRTUAL)' if facts.virtual else ''}"),
            ("Rate", f"{facts.baud} baud"),
            ("Chip", f"{facts.chip.part.value} at I2C address 0x{facts.chip.i2c_address >> 1:02X}"),
        ]

    def _show_ports(self) -> None:
        bench = self._bench
        rows: list[Row] = []
        self._ports = []
        for port in bench.hardware:
            self._add(rows, port.device, port.bridge or "", port.usb_serial_number or "", port.description)
        for preset in Preset:
            self._add(rows, f"{SCHEME}://{preset}", "VIRTUAL", "", preset.summary)
        if bench.port and bench.port not in self._ports:
            self._add(rows, bench.port, "", "", "typed by hand")
        self._table.set_rows(rows)

    def _add(self, rows: list[Row], port: str, bridge: str, serial_number: str, description: str) -> None:
        connected = port == self._bench.port and self._bench.facts is not None
        self._ports.append(port)
        rows.append(
            Row(
                (
                    Cell(mark=Mark.CHECK if connected else None),
                    Cell(port, CellStyle.MONO),
                    Cell(bridge),
                    Cell(serial_number, CellStyle.MONO),
                    Cell(description, CellStyle.MUTED),
                )
            )
        )


def _wiring() -> Card:
    card = Card("Wiring", "an ESP32 and an ATECC608")
    form = QFormLayout()
    form.setContentsMargins(16, 12, 16, 12)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    for pin, where in _WIRING:
        form.addRow(text_label(pin, TextRole.MONO), paragraph(where))
    card.body.addLayout(form)
    return card
