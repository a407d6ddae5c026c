"""Console: every exchange with the bridge, as it happened."""

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from atecc_bench.chip.commands import Opcode
from atecc_bench.chip.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.status import Status
from atecc_bench.link.trace import Exchange
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.typography import mono_font
from atecc_bench.ui.widgets.basics import Card, PageHeader, push_button
from atecc_bench.ui.widgets.empty_state import EmptyState
from atecc_bench.ui.widgets.row_model import Cell, CellStyle, Column, Lines, Row
from atecc_bench.ui.widgets.row_table import RowTable

REFRESH_MS = 100
_TALK = "e:t("


class ConsolePage(QWidget):
    """The trace as a list; the lines of the selected exchange below it."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._shown: tuple[Exchange, ...] = ()
        heading = PageHeader("Console", "exchanges with the bridge, newest last")
        copy = push_button("Copy all")
        copy.clicked.connect(self._copy)
        heading.add_button(copy)
        self._table = RowTable(
            (
                Column("Time", 110),
                Column("Request", 300),
                Column("Answer", None),
                Column("Took", 96),
            ),
            name="Exchanges",
            lines=Lines.SINGLE,
        )
        self._table.row_selected.connect(self._show_lines)
        self._lines = QPlainTextEdit()
        self._lines.setReadOnly(True)
        self._lines.setFont(mono_font())
        self._lines.setAccessibleName("Lines of the selected exchange")
        self._lines.setPlaceholderText("Select an exchange to see its lines.")
        table_card, lines_card = Card(), Card("Lines", "as they crossed the wire")
        table_card.body.addWidget(self._table)
        lines_card.body.addWidget(self._lines)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.addWidget(table_card)
        split.addWidget(lines_card)
        split.setSizes([460, 150])
        choose = push_button("Choose a board")
        choose.clicked.connect(lambda: bench.page_wanted.emit("Board"))
        self._empty = EmptyState(
            Icon.CONSOLE, "Nothing was said yet", "Connect a board: each request and its reply appear here.", (choose,)
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(self._stack, 1)
        # A run makes dozens of exchanges a second: they are shown in batches.
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(REFRESH_MS)
        self._due.timeout.connect(self._refresh)
        bench.worker.exchanged.connect(self._start_timer)

    def _start_timer(self, exchange: Exchange) -> None:
        del exchange
        if self.isVisible() and not self._due.isActive():
            self._due.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        before, self._shown = self._shown, self._bench.exchanges
        self._stack.setCurrentIndex(1 if self._shown else 0)
        if before and self._shown[0] is before[0]:
            self._table.append_rows([_row(exchange) for exchange in self._shown[len(before) :]])
        else:  # the oldest have been dropped
            self._table.set_rows([_row(exchange) for exchange in self._shown])
        self._table.scrollToBottom()

    def _show_lines(self, row: int) -> None:
        exchange = self._shown[row]
        self._lines.setPlainText(f"> {exchange.request}\n< {exchange.reply or '(no reply)'}")

    def _copy(self) -> None:
        lines = [f"{_clock(e)} > {e.request}\n{_clock(e)} < {e.reply or '(no reply)'}" for e in self._shown]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _clock(exchange: Exchange) -> str:
    milliseconds = int(exchange.started * 1000) % 1000
    return f"{time.strftime('%H:%M:%S', time.localtime(exchange.started))}.{milliseconds:03d}"


def _row(exchange: Exchange) -> Row:
    return Row(
        (
            Cell(_clock(exchange), CellStyle.MONO),
            Cell(request_text(exchange.request)),
            Cell(answer_text(exchange.reply), CellStyle.MONO),
            Cell(f"{exchange.seconds * 1000:.1f} ms", CellStyle.MONO),
        )
    )


def request_text(request: str) -> str:
    """A request in words: the command in a packet by its name and parameters, other requests as they are."""
    if not request.startswith(_TALK):
        return request
    try:
        packet = CommandPacket.parse(bytes.fromhex(request[len(_TALK) : -1]))
        name = Opcode(packet.opcode).command_name
    except (ValueError, PacketError):
        return request
    data = f", {len(packet.data)} bytes" if packet.data else ""
    return f"{name} {packet.param1:02X} {packet.param2:04X}{data}"


def answer_text(reply: str) -> str:
    """A reply in words: the chip's status by its meaning, other bytes as hex."""
    if not reply:
        return "no reply"
    try:
        response = ResponsePacket.parse(bytes.fromhex(reply[3:-1]))
    except (ValueError, PacketError):
        return reply
    if response.status_code is None:
        return response.payload.hex(" ").upper()
    try:
        return Status(response.status_code).meaning
    except ValueError:
        return f"status {response.status_code:02X}"
