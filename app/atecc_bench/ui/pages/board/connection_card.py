"""Card of a connection to a server.

TLS with the key in the chip, each step in words.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout

from atecc_bench.errors import BenchError
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph, push_button
from atecc_bench.workflows.brought_files import read_brought

# TLS and its parts are imported on the device's thread when somebody connects: the first paint does not need them.
if TYPE_CHECKING:
    from atecc_bench.connect.connection_steps import ConnectionTried, ConnectStep
    from atecc_bench.connect.destination import Destination

_READY = "Connects with the key and the certificates of this chip, as the device will. Nothing on the chip changes."
_CERTIFICATES = "Certificates (*.pem *.crt *.cer *.der);;All files (*)"


@dataclass(frozen=True)
class _Wish:
    """What was typed."""

    server: str
    ca_file: str
    mqtt: bool
    client_id: str
    topic: str
    alpn: str
    sni: str

    def destination(self) -> "Destination":
        """The server as it was typed.

        Raises:
            InputError: `server-not-usable`.
        """
        from atecc_bench.connect.destination import MQTT_PORT, Destination, MqttWish, parse_host_and_port

        host, port = parse_host_and_port(self.server, MQTT_PORT)
        wish = MqttWish(client_id=self.client_id or None, topic=self.topic or None) if self.mqtt else None
        return Destination(host, port, self.sni or None, tuple(self.alpn.replace(",", " ").split()), mqtt=wish)


class ConnectionCard(Card):
    """A server, what is wanted of it, and how it went."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Connection", "TLS with the key in the chip")
        self._app_state = app_state
        self._running = False
        self._port = ""
        self.words = paragraph(_READY, TextRole.MUTED)
        self.steps = paragraph("", TextRole.BODY)
        self.steps.setAccessibleName("Steps of the connection")
        self.server = _line("Server", "broker.example:8883")
        self.ca_file = _line("CA file of the server", "this computer's CAs")
        self.mqtt = QCheckBox("MQTT CONNECT over it")
        self.mqtt.setChecked(True)
        self.client_id = _line("Client id", "the certificate's common name")
        self.topic = _line("Topic to publish to", "none")
        self.alpn = _line("ALPN", "none; AWS IoT on 443: x-amzn-mqtt-ca")
        self.sni = _line("Name to ask for (SNI)", "the server's")
        self.connect_button = push_button("Connect")
        self.connect_button.clicked.connect(self.connect_now)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(app_state.worker.cancel)
        choose = push_button("Choose…")
        choose.clicked.connect(self._choose_ca)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.ca_file, 1)
        file_row.addWidget(choose)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Server", self.server)
        form.addRow("CA file", file_row)
        form.addRow("", self.mqtt)
        form.addRow("Client id", self.client_id)
        form.addRow("Topic", self.topic)
        form.addRow("ALPN", self.alpn)
        form.addRow("SNI", self.sni)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.connect_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch()
        column = QVBoxLayout()
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.words)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self.steps)
        self.body.addLayout(column)
        self.server.textChanged.connect(self.refresh)
        self.mqtt.toggled.connect(self.refresh)
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Offer what makes sense for the present chip.

        Another board knows nothing of the last one's connection.
        """
        if self._app_state.port != self._port:
            self._port = self._app_state.port
            self._show((), _READY)
        there = self._app_state.facts is not None and not self._running
        self.connect_button.setEnabled(there and bool(self.server.text().strip()))
        self.cancel_button.setVisible(self._running)
        for line in (self.client_id, self.topic):
            line.setEnabled(self.mqtt.isChecked())

    def connect_now(self) -> None:
        """Connect to the server that was typed."""
        lines = (self.server, self.ca_file, self.client_id, self.topic, self.alpn, self.sni)
        server, ca_file, client_id, topic, alpn, sni = (line.text().strip() for line in lines)
        wish = _Wish(server, ca_file, self.mqtt.isChecked(), client_id, topic, alpn, sni)
        records = self._app_state.records

        def operation(device: DeviceAccess) -> "ConnectionTried":
            from atecc_bench.workflows.devices.connection import chain_on_chip, connect_device, trust_from

            def check_cancelled() -> None:
                if device.cancelled():
                    raise CancelledError

            destination, now = wish.destination(), datetime.now(UTC)
            trust = trust_from(read_brought(Path(wish.ca_file)) if wish.ca_file else None, wish.ca_file)
            found = chain_on_chip(device, records, now)
            return connect_device(device, found, destination, trust, now, device.report, check_cancelled)

        self._running = True
        self._show((), f"Connecting to {server}…")
        self.refresh()
        self._app_state.run("Connect to server", operation, self._done, self._failed, self._progress)

    def _progress(self, step: "ConnectStep") -> None:
        before = self.steps.text()
        self.steps.setText("\n".join(filter(None, (before, f"✓ {step.title}: {step.sentence}"))))
        self.steps.show()

    def _done(self, tried: "ConnectionTried") -> None:
        self._running = False
        if tried.error is None:
            self._show(tried.steps, "Connected with the key in the chip.")
        else:
            self._show(tried.steps, f"{tried.error.message} {tried.error.hint}".strip(), tried.failed_title)
        self.refresh()

    def _failed(self, error: BenchError) -> None:
        self._running = False
        self._show((), f"{error.message} {error.hint}".strip())
        self.refresh()

    def _show(self, steps: "tuple[ConnectStep, ...]", words: str, stopped_at: str = "") -> None:
        told = [f"✓ {step.title}: {step.sentence}" for step in steps]
        told += [f"✗ {stopped_at}"] if stopped_at else []
        self.steps.setText("\n".join(told))
        self.steps.setVisible(bool(told))
        self.words.setText(words)

    def _choose_ca(self) -> None:
        name = QFileDialog.getOpenFileName(self, "CA certificates of the server", "", _CERTIFICATES)[0]
        if name:
            self.ca_file.setText(name)


def _line(name: str, placeholder: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    return line
