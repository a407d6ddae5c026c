"""Console page: exchanges, commands, and reasons of refusals.

Every exchange as a packet list, commands from a form, and why one was refused.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.diagnose.bundle.redaction import data_is_secret
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import Explanation, explain
from atecc_bench.diagnose.refusals.seen_exchanges import SeenExchange
from atecc_bench.errors import BenchError
from atecc_bench.link.transports.trace import Exchange
from atecc_bench.ui.pages.brought import Brought
from atecc_bench.ui.pages.code_field import CodeField
from atecc_bench.ui.pages.console.command_panel import CommandPanel
from atecc_bench.ui.pages.console.exchange_text import (
    answer_text,
    commands_since_wake,
    refusal_of,
    request_text,
    seen_exchanges,
)
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.basics import Card, PageHeader, push_button
from atecc_bench.ui.widgets.empty_state import EmptyState
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Mark, Row, RowHeight
from atecc_bench.ui.widgets.tables.row_table import RowTable

REFRESH_MS = 100
_PANEL_WIDTH = 316


class ConsolePage(QWidget):
    """The Console page.

    The packet list, the selected exchange below it, and the form at the right.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self._app_state = app_state
        self._shown: tuple[Exchange, ...] = ()
        self._numbers: list[int] = []  # of the exchanges in the list, which the filter thins out
        self._explained: dict[int, Explanation] = {}  # by the number of the exchange
        heading = PageHeader("Console", "exchanges with the bridge, newest last")
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter")
        self._filter.setAccessibleName("Filter exchanges")
        self._filter.setFixedWidth(200)
        self._filter.textChanged.connect(lambda _: self._fill())
        self._table = RowTable(
            (Column("Time", 110), Column("Command", 250), Column("Answer", None), Column("Took", 84)),
            name="Exchanges",
            lines=RowHeight.SINGLE,
        )
        self._table.row_selected.connect(self._show_exchange)
        self._raw = push_button("Show raw lines")
        self._raw.setCheckable(True)
        self._raw.toggled.connect(self._show_raw)
        copy = push_button("Copy all")
        copy.clicked.connect(self._copy)
        code = self._code = CodeField()
        code.setFixedWidth(180)
        code.explained.connect(self._show_code)
        for widget in (code, self._filter, self._raw, copy):
            heading.add_button(widget)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setProperty("bare", "true")
        self._text.setAccessibleName("The selected exchange")
        self._text.setPlaceholderText("Select an exchange to see what it says; a refusal is explained.")
        self.form = CommandPanel()
        self.form.send_wanted.connect(self._send)
        self.form.question.connect(self._answer_question)
        self._stack = QStackedWidget()
        choose = push_button("Choose a board")
        choose.clicked.connect(lambda: app_state.page_wanted.emit("Board"))
        self._stack.addWidget(
            EmptyState(
                Icon.CONSOLE, "Nothing was said yet", "Connect a board: each command and its answer appear here.",
                (choose,),
            )
        )  # fmt: skip
        self._stack.addWidget(self._make_lists())
        panel = Card("Command")
        panel.body.addWidget(self.form)
        panel.setFixedWidth(_PANEL_WIDTH)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self._stack, 1)
        body.addWidget(panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(body, 1)
        # A run makes dozens of exchanges a second: they are shown in batches.
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(REFRESH_MS)
        self._due.timeout.connect(self._refresh)
        app_state.worker.exchanged.connect(self._start_timer)
        app_state.device_changed.connect(self._device_changed)
        self._device_changed()

    def send(self) -> None:
        """Send what the form says."""
        self.form.send()

    def take(self, brought: Brought) -> None:
        """Explain a code that somebody brought."""
        self._code.explain(brought.text.strip())

    def explanation(self) -> Explanation | None:
        """Why the selected exchange was refused.

        It is None as long as that is not known.
        """
        row = self._table.selected_row()
        return None if row is None else self._explained.get(self._numbers[row])

    def _make_lists(self) -> QSplitter:
        table_card, text_card = Card(), Card("Selected exchange", "")
        table_card.body.addWidget(self._table)
        text_card.body.addWidget(self._text)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.addWidget(table_card)
        split.addWidget(text_card)
        split.setSizes([380, 260])
        return split

    def _device_changed(self) -> None:
        facts = self._app_state.facts
        self.form.set_chip("" if facts is None else facts.chip.serial_number)

    # --- the list

    def _start_timer(self, exchange: Exchange) -> None:
        del exchange
        if self.isVisible() and not self._due.isActive():
            self._due.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        before, self._shown = self._shown, self._app_state.opened_trace or self._app_state.exchanges
        self._stack.setCurrentIndex(1 if self._shown else 0)
        if before and self._shown[0] is before[0]:
            fresh = [n for n in range(len(before), len(self._shown)) if self._passes(self._shown[n])]
            self._numbers += fresh
            self._table.append_rows([_row(self._shown[n]) for n in fresh])
        else:  # the oldest have been dropped
            self._explained = {}
            self._fill()
        self._table.scrollToBottom()

    def _fill(self) -> None:
        self._numbers = [n for n, exchange in enumerate(self._shown) if self._passes(exchange)]
        self._table.set_rows([_row(self._shown[n]) for n in self._numbers])

    def _passes(self, exchange: Exchange) -> bool:
        wanted = self._filter.text().strip().lower()
        return not wanted or wanted in f"{request_text(exchange.request)} {answer_text(exchange)}".lower()

    def _copy(self) -> None:
        lines = [f"{_clock(e)} > {e.request}\n{_clock(e)} < {e.reply or '(no reply)'}" for e in self._shown]
        QGuiApplication.clipboard().setText("\n".join(lines))

    # --- one exchange

    def _show_code(self, summary: str, text: str) -> None:
        self._stack.setCurrentIndex(1)
        self._text.setPlainText(f"{summary}\n{text}")

    def _show_raw(self, shown: bool) -> None:  # noqa: FBT001 - Qt's own signature
        self._raw.setText("Hide raw lines" if shown else "Show raw lines")
        self._show_exchange(self._table.selected_row())

    def _answer_question(self, command: CommandPacket) -> None:
        evidence = self._evidence()
        if evidence is None:
            self._text.setPlainText("Connect a chip, or open a support bundle or a dump on the page Inspect, to ask.")
            return

        def on_result(explanation: Explanation) -> None:
            lines = [f"> {describe_command(command, FORMS)}", "(not sent)", "", *_explanation_lines(explanation)]
            self._text.setPlainText("\n".join(lines))

        self._stack.setCurrentIndex(1)
        asked = self._with_records(replace(evidence, seen=self._seen(evidence, self._shown)))
        self._ask_twin(lambda: explain(asked(), command), on_result)

    @staticmethod
    def _seen(evidence: ChipEvidence, exchanges: Sequence[Exchange]) -> tuple[SeenExchange, ...]:
        return () if evidence.config is None else seen_exchanges(exchanges, ConfigZone.parse(evidence.config))

    def _evidence(self) -> ChipEvidence | None:
        if self._app_state.opened is not None:
            return self._app_state.opened
        return None if self._app_state.facts is None else ChipEvidence(config=self._app_state.facts.config.to_bytes())

    def _with_records(self, evidence: ChipEvidence) -> Callable[[], ChipEvidence]:
        """What is known, with the journals about the chip at hand.

        They are read when it is called.
        """
        facts = self._app_state.facts
        if self._app_state.opened is not None or facts is None:
            return lambda: evidence
        records = self._app_state.records.for_chip(facts.chip.serial_number, virtual=facts.virtual)
        return lambda: replace(evidence, private_keys=evidence.private_keys | records.shown_keys())

    def _show_exchange(self, row: int | None) -> None:
        if row is None or row >= len(self._numbers):
            self._text.clear()
            return
        number = self._numbers[row]
        exchange = self._shown[number]
        lines = [f"> {request_text(exchange.request)}", f"< {answer_text(exchange)}"]
        if self._raw.isChecked():
            lines += ["", f"> {exchange.request}", f"< {exchange.reply or '(no reply)'}"]
        if refusal_of(exchange) is not None:
            on_result = self._explained.get(number)
            if on_result is None:
                self._explain(number, exchange)
                lines += ["", "Why? The twin is being asked…"]
            else:
                lines += ["", *_explanation_lines(on_result)]
        self._text.setPlainText("\n".join(lines))

    def _explain(self, number: int, exchange: Exchange) -> None:
        evidence, refusal = self._evidence(), refusal_of(exchange)
        if evidence is None or refusal is None:
            return
        command, status = refusal
        before = self._shown[:number]
        asked = self._with_records(
            replace(evidence, before=commands_since_wake(before), seen=self._seen(evidence, before))
        )

        def on_result(explanation: Explanation) -> None:
            self._explained[number] = explanation
            self._show_exchange(self._table.selected_row())

        self._ask_twin(lambda: explain(asked(), command, status), on_result)

    def _ask_twin(self, ask: Callable[[], Explanation], on_result: Callable[[Explanation], None]) -> None:
        """Ask the twin on a thread of its own.

        It needs no board, and waits behind none.
        """
        self._app_state.explaining.start("Explain", lambda _: ask(), on_result, self._failed, lambda _: None)

    # --- sending

    def _send(self, packet: CommandPacket) -> None:
        facts = self._app_state.facts
        if facts is None:
            return
        secret = replace(packet, secret=data_is_secret(packet, facts.config))
        self._app_state.run("Send command", lambda device: _execute(device, secret), self._sent, self._failed)

    def _sent(self, answer: ResponsePacket) -> None:
        del answer  # it is in the list
        self._refresh()
        newest = next(
            (
                row
                for row in range(len(self._numbers) - 1, -1, -1)
                if self._shown[self._numbers[row]].request.lower().startswith("e:t(")
            ),
            None,
        )
        if newest is not None:
            self._table.select_row(newest)

    def _failed(self, error: BenchError) -> None:
        self._text.setPlainText(f"{error.message}\n{error.hint}")


def _execute(device: DeviceAccess, packet: CommandPacket) -> ResponsePacket:
    try:
        return ResponsePacket(device.session.execute(packet))
    except ChipStatusError as error:
        return ResponsePacket(bytes((error.code,)))


def _explanation_lines(on_result: Explanation) -> list[str]:
    lines = [on_result.summary, *([on_result.unexpected_sentence] if on_result.unexpected is not None else [])]
    for answer in on_result.refusals:
        when = f" ({', '.join(answer.when)})" if answer.when else ""
        if answer.reason is not None:
            decided = f", {answer.reason.where}" if answer.reason.where else ""
            lines += [f"• {answer.reason.sentence}{when} [{answer.reason.id}{decided}]", f"   {answer.what_to_do}"]
    if on_result.before is not None:
        lines += _explanation_lines(on_result.before.told)
    return [*lines, *(f"Note: {note}" for note in on_result.notes)]


def _clock(exchange: Exchange) -> str:
    milliseconds = int(exchange.started * 1000) % 1000
    return f"{time.strftime('%H:%M:%S', time.localtime(exchange.started))}.{milliseconds:03d}"


def _row(exchange: Exchange) -> Row:
    refused = refusal_of(exchange) is not None
    return Row(
        (
            Cell(_clock(exchange), CellStyle.MONO),
            Cell(request_text(exchange.request)),
            Cell(answer_text(exchange), mark=Mark.FAILED if refused else None),
            Cell(f"{exchange.seconds * 1000:.1f} ms", CellStyle.MONO),
        )
    )
