"""Card of the ports.

Hardware first, then virtual boards, and what keeps a board from appearing.
"""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy

from atecc_bench.link.transports.serial_ports import NO_PORT_HINT, port_hint
from atecc_bench.twin.ports.preset_names import Preset
from atecc_bench.twin.ports.url_scheme import SCHEME
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_summary import LinkState
from atecc_bench.ui.widgets.basics import ButtonKind, Card, TextRole, paragraph, push_button
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable


class PortsCard(Card):
    """A table of ports, and a field for any other port.

    The table follows what is plugged in.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Ports", "hardware first; virtual boards need nothing plugged in")
        self._app_state = app_state
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
        # Rows scroll in the table: it asks for no height, and takes what the cards below leave
        self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._table.doubleClicked.connect(lambda index: app_state.connect_to(self._ports[index.row()]))
        self._table.row_selected.connect(self._select)
        self._url = QLineEdit()
        self._url.setPlaceholderText("COM3, /dev/ttyUSB0, or a URL")
        self._url.setToolTip("/dev/ttyUSB0, COM3, rfc2217://host:port, socket://host:port, virtual://fresh")
        self._url.setAccessibleName("Port or URL")
        self._url.returnPressed.connect(self._connect)
        connect = push_button("Connect", ButtonKind.PRIMARY)
        connect.clicked.connect(self._connect)
        typed = QHBoxLayout()
        typed.setContentsMargins(12, 8, 12, 8)
        typed.setSpacing(8)
        typed.addWidget(self._url, 1)
        typed.addWidget(connect)
        self._cancel = push_button("Cancel")
        self._cancel.setToolTip("Esc")
        self._cancel.clicked.connect(app_state.cancel_connecting)
        typed.addWidget(self._cancel)
        self._hint = paragraph("", TextRole.MUTED)
        self._hint.setContentsMargins(12, 0, 12, 10)
        self.body.addWidget(self._table, 1)
        self.body.addLayout(typed)
        self.body.addWidget(self._hint)
        app_state.ports_changed.connect(self.refresh)
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the ports there are now."""
        app_state = self._app_state
        self._cancel.setVisible(app_state.summary.link is LinkState.CONNECTING)
        rows: list[Row] = []
        self._ports = []
        for port in app_state.hardware:
            self._add(rows, port.device, port.bridge or "", port.usb_serial_number or "", port.description)
        for preset in Preset:
            self._add(rows, f"{SCHEME}://{preset}", "VIRTUAL", "", preset.summary)
        if app_state.port and app_state.port not in self._ports:
            self._add(rows, app_state.port, "", "", "typed by hand")
        self._table.set_rows(rows)
        self._show_hint(app_state.port)

    def _select(self, row: int) -> None:
        self._url.setText(self._ports[row])
        self._show_hint(self._ports[row])

    def _connect(self) -> None:
        url = self._url.text().strip()
        if url:
            self._app_state.connect_to(url)

    def _show_hint(self, chosen: str) -> None:
        hints = [port_hint(port) for port in self._app_state.hardware if port.device == chosen]
        if not any(port.bridge for port in self._app_state.hardware):
            hints.append(NO_PORT_HINT)
        text = " ".join(filter(None, hints))
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def _add(self, rows: list[Row], port: str, bridge: str, serial_number: str, description: str) -> None:
        connected = port == self._app_state.port and self._app_state.facts is not None
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
