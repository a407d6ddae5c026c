"""Exchanges with the bridge in words.

What the chip went through before an exchange is found here too.
"""

from collections.abc import Sequence

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.answer_text import describe_answer
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.protocol.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.self_test import refusal_status
from atecc_bench.chip.protocol.status import Status
from atecc_bench.diagnose.refusals.seen_exchanges import SeenExchange, of_this_chip
from atecc_bench.link.transports.trace import Exchange

_TALK = ("e:t(", "ecc:talk(")
_SLEEP = ("e:s(", "ecc:sleep(")


def command_of(request: str) -> CommandPacket | None:
    """The command in a request.

    None when it is another request, or its data were not kept.
    """
    prefix = next((p for p in _TALK if request.lower().startswith(p)), None)
    if prefix is None:
        return None
    try:
        return CommandPacket.parse(bytes.fromhex(request[len(prefix) : -1]))
    except (ValueError, PacketError):
        return None


def answer_of(reply: str) -> ResponsePacket | None:
    """The chip's answer in a reply; None when there is none."""
    try:
        return ResponsePacket.parse(bytes.fromhex(reply[3:-1]))
    except (ValueError, PacketError):
        return None


def request_text(request: str) -> str:
    """A request in words.

    The command in a packet by its name and parameters, other requests as they are.
    """
    command = command_of(request)
    return request if command is None else describe_command(command, FORMS)


def answer_text(exchange: Exchange) -> str:
    """A reply in words.

    The chip's status by its meaning, bytes by what they are.
    """
    if not exchange.reply:
        return "no reply"
    answer = answer_of(exchange.reply)
    return exchange.reply if answer is None else describe_answer(command_of(exchange.request), answer)


def refusal_of(exchange: Exchange) -> tuple[CommandPacket, int] | None:
    """A refused command and its status.

    None when the chip did not refuse it.
    """
    command, answer = command_of(exchange.request), answer_of(exchange.reply)
    if command is None or answer is None:
        return None
    code = refusal_status(command, answer)
    return None if code in (None, Status.AFTER_WAKE) else (command, code)


def seen_exchanges(exchanges: Sequence[Exchange], config: ConfigZone) -> tuple[SeenExchange, ...]:
    """The commands to this chip and its answers.

    As far as they were kept.
    """
    seen = (
        SeenExchange(command, answer)
        for exchange in exchanges
        if (command := command_of(exchange.request)) and (answer := answer_of(exchange.reply))
    )
    return of_this_chip(seen, config)


def commands_since_wake(exchanges: Sequence[Exchange]) -> tuple[CommandPacket, ...] | None:
    """The commands after the last sleep.

    None when the trace does not reach back so far, or did not keep one.
    """
    commands: list[CommandPacket] = []
    for exchange in reversed(exchanges):
        if exchange.request.lower().startswith(_SLEEP):
            return tuple(reversed(commands))
        if exchange.request.lower().startswith(_TALK):
            command = command_of(exchange.request)
            if command is None:
                return None
            commands.append(command)
    return None
