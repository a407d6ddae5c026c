"""Client of Microchip's Kit Protocol.

One request line, one reply line (see the bridge's table of requests).
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from atecc_bench.chip.protocol.packet import SHORTEST_COMMAND
from atecc_bench.chip.protocol.status import KitStatus
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.link.transports.boot_log import BootLog, recognise
from atecc_bench.link.transports.errors import CancelledError, LinkError, NoChipError, PassingLinkError
from atecc_bench.link.transports.line_channel import LineChannel
from atecc_bench.link.transports.serial_channel import BITS_PER_BYTE, START_BAUD
from atecc_bench.link.transports.trace import Exchange, Trace

_logger = logging.getLogger(__name__)

REPLY_TIMEOUT_S = 4.0  # SelfTest at the slowest clock divider takes 2.3 s
CATCH_UP_S = 0.4
CANCEL_GRACE_S = 0.5  # a command that is under way gets this long to end before a cancel cuts it off
FAREWELL_S = 0.3
BAUD_PROOF_S = 0.5
BAUD_PROOFS = 3  # a rate that is a little off lets some lines through
LONGEST_LINE = 512
_PACKET_HEAD = 5  # count, opcode, param1, param2
_LOGGED = len("e:t(") + 2 * _PACKET_HEAD  # of a request: no data of any command is among it

_REPLY = re.compile(r"([0-9A-F]{2})\(([0-9A-F]*)\)")
_DEVICE = re.compile(r"(\S+) (\S+) ([0-9A-F]{2})\(([0-9A-F]{2})\)")


@dataclass(frozen=True)
class KitDevice:
    """One chip that a bridge has found.

    Type, interface and 8-bit address as the bridge tells them.
    """

    type: str
    interface: str
    address: int


class KitClient:
    """Requests over an open channel.

    Not thread-safe: one thread owns a client.
    """

    def __init__(self, channel: LineChannel, trace: Trace, cancelled: Callable[[], bool]) -> None:
        self._channel = channel
        self._trace = trace
        self._cancelled = cancelled
        self._received = bytearray()
        self._unanswered: set[re.Pattern[str]] = set()  # the shapes of replies that may still come
        self._unanswered_since = 0.0
        self.wire_seconds = 0.0

    @property
    def baud(self) -> int:
        """The rate both sides hold now."""
        return self._channel.rate

    def request(self, text: str, timeout: float = REPLY_TIMEOUT_S, *, shown: str | None = None) -> bytes:
        """Send a request and return the bytes of its reply.

        Trace and errors have `shown` instead of a secret text.

        Raises:
            LinkError: No reply in time (`no-reply`), a reply that is not Kit Protocol (`garbled-reply`,
                `board-restarted`) or one with an error status (`bridge-status`).
            CancelledError: The operator cancelled.
        """
        name = shown or text
        line = self.request_line(text, timeout, shown=name)
        match = _REPLY.fullmatch(line)
        if match is None:
            raise _not_kit_protocol(line.encode("latin-1"), name)
        status, payload = int(match[1], 16), match[2]
        if status != KitStatus.SUCCESS:
            raise bridge_status_error(name, status)
        if len(payload) % 2:
            raise _not_kit_protocol(line.encode("latin-1"), name)
        return bytes.fromhex(payload)

    def device(self, index: int) -> KitDevice | None:
        """The chip number `index` on the bridge's bus.

        None when there are not so many.
        """
        line = self.request_line(f"board:device({index:02X})")
        match, failure = _DEVICE.fullmatch(line), _REPLY.fullmatch(line)
        if failure is not None:
            raise bridge_status_error("board:device", int(failure[1], 16))
        if match is None:
            raise _not_kit_protocol(line.encode("latin-1"), "board:device")
        address = int(match[4], 16)
        return KitDevice(match[1], match[2], address) if address else None

    def change_baud(self, rate: int) -> None:
        """Ask the bridge for another rate and follow it.

        It answers at the old one.
        """
        self.request(f"board:bridge:baud({rate})")
        self._channel.set_rate(rate)

    def fastest_baud(self, rates: Iterable[int]) -> None:
        """Try rates until one holds on both sides.

        The last resort is the present one.

        Raises:
            LinkError: `baud-lost` when the bridge answers at no rate any more; a reset brings it back.
        """
        before = self.baud
        for rate in rates:
            try:
                self.request(f"board:bridge:baud({rate})")
            except BridgeStatusError:
                continue  # the bridge does not have it
            try:
                self._channel.set_rate(rate)
                self._holds()
            except LinkError:
                self._go_back(rate, before)
            else:
                return

    def _holds(self) -> None:
        for _ in range(BAUD_PROOFS):
            self.request("board:version()", BAUD_PROOF_S)

    def _go_back(self, rate: int, before: int) -> None:
        """Go back to the rate before a change that failed.

        The bridge may hear us at the new rate although we do not hear it, or have stayed at the old one.
        """
        with suppress(LinkError):
            self._exchange(f"board:bridge:baud({before})", BAUD_PROOF_S, pass_over=None)
        self._channel.set_rate(before)
        for _ in range(BAUD_PROOFS):
            self._unanswered.clear()  # what was asked at the wrong rate is never answered
            with suppress(LinkError):
                self.request("board:version()", BAUD_PROOF_S)
                return
        raise LinkError(
            "baud-lost",
            f"The bridge answers neither at {rate} nor at {before} baud.",
            "Press the board's reset button and connect again.",
        )

    def finish(self) -> None:
        """Let the chip sleep and go back to the first rate.

        It does so after a cancel too; a broken link is left as it is.
        """
        self._cancelled = _never
        with suppress(LinkError):
            self.request("e:s()", FAREWELL_S)
        if self.baud != START_BAUD:
            with suppress(LinkError):
                self.request(f"board:bridge:baud({START_BAUD})", FAREWELL_S)

    def listen(self) -> bytes:
        """Take what has come in and was no reply."""
        received = bytes(self._received) + self._channel.take_pending()
        self._received.clear()
        return received

    def request_line(self, text: str, timeout: float = REPLY_TIMEOUT_S, *, shown: str | None = None) -> str:
        """Send a request and return its reply line, whatever it is."""
        if self._unanswered:
            # A bridge that was silent for as long as a command can take gets little more.
            waited = time.monotonic() - self._unanswered_since
            self.catch_up(min(timeout, max(CATCH_UP_S, REPLY_TIMEOUT_S - waited)))
        return self._exchange(text, timeout, pass_over=None, shown=shown)

    def catch_up(self, timeout: float = REPLY_TIMEOUT_S) -> None:
        """Let no late reply pass for the answer to a later request.

        Replies come in the order of their requests, so this asks for one that looks like none that is still
        to come, and drops all before it.

        Raises:
            LinkError: `no-reply` when it does not come, or when no such request is left.

        """
        if _DEVICE not in self._unanswered:
            marker = "board:device(FF)"
        elif _REPLY not in self._unanswered:
            marker = "board:version()"
        else:
            raise _no_reply(b"", "for some time, so it was not asked again")
        try:
            self._exchange(marker, timeout, pass_over=_shape(marker))
        except PassingLinkError as error:
            raise LinkError(error.id, error.message, error.hint) from error  # it does not pass, as was just seen

    def _exchange(
        self, text: str, timeout: float, *, pass_over: re.Pattern[str] | None, shown: str | None = None
    ) -> str:
        started, clock = time.time(), time.monotonic()
        name, reply = shown or text, ""
        try:
            self._write(text)
            reply = self._read_line(clock, timeout, name)
            while pass_over is not None and not pass_over.fullmatch(reply):
                reply = self._read_line(clock, timeout, name)
        finally:
            seconds = time.monotonic() - clock
            self._trace.add(Exchange(started, seconds, name, reply))
            _logger.debug("%s: %d characters after %.3f s", text[:_LOGGED], len(reply), seconds)
        if _shape(text).fullmatch(reply):
            self._unanswered.clear()
        self.wire_seconds += (len(text) + len(reply) + 2) * BITS_PER_BYTE / self._channel.rate
        return reply

    def _write(self, text: str) -> None:
        if self._cancelled():
            raise CancelledError
        self._received.clear()
        if not self._unanswered:
            self._unanswered_since = time.monotonic()
        self._unanswered.add(_shape(text))
        self._channel.write_line(text)

    def _read_line(self, started: float, timeout: float, text: str) -> str:
        while True:
            waited = time.monotonic() - started
            end = self._received.find(b"\n")
            if end >= 0:
                line = bytes(self._received[:end])
                del self._received[: end + 1]
                return line.rstrip(b"\r").decode("latin-1")
            if len(self._received) > 2 * LONGEST_LINE:
                raise _not_kit_protocol(bytes(self._received), text)
            if waited > CANCEL_GRACE_S and self._cancelled():
                raise CancelledError
            if waited > timeout:
                raise _no_reply(bytes(self._received), text)
            self._received += self._channel.receive()


def _shape(request: str) -> re.Pattern[str]:
    """Pattern that the reply to a request matches.

    Only that to `board:device` looks different from all others.
    """
    return _DEVICE if request.startswith("board:device") else _REPLY


def _never() -> bool:
    return False


class KitTransport(Transport):
    """The chip a bridge has selected, as the operations see it."""

    def __init__(self, client: KitClient) -> None:
        self._client = client

    def talk(self, packet: bytes) -> bytes:
        """Send a packet and return the answer.

        The bridge wakes the chip, polls until the answer is there and leaves the chip awake.
        """
        return self._client.request(f"e:t({packet.hex().upper()})")

    def talk_secret(self, packet: bytes) -> bytes:
        """Send a packet of which the trace keeps the head only."""
        head, data = packet[:_PACKET_HEAD].hex().upper(), len(packet) - SHORTEST_COMMAND
        return self._client.request(f"e:t({packet.hex().upper()})", shown=f"e:t({head} and {data} bytes not kept)")

    def wake(self) -> bytes:
        """Wake the chip."""
        return self._client.request("e:w()")

    def idle(self) -> None:
        """Idle the chip."""
        self._client.request("e:i()")

    def sleep(self) -> None:
        """Send the chip to sleep."""
        self._client.request("e:s()")

    def select(self, address: int) -> None:
        """Talk to the chip at this 8-bit I2C address from now on."""
        self._client.request(f"ecc:physical:select({address:02X})")

    @property
    def wire_seconds(self) -> float:
        """Bit times of all lines so far, both ways."""
        return self._client.wire_seconds


class BridgeStatusError(PassingLinkError):
    """An error status from the bridge; `code` is CryptoAuthLib's status value."""

    id_of_its_kind = "bridge-status"
    hint_of_its_kind = "Try again; if it stays, reset the board and look at the exchange trace."

    def __init__(self, request: str, code: int) -> None:
        self.code = code
        try:
            meaning = KitStatus(code).meaning
        except ValueError:
            meaning = "The bridge's status is not one we know."
        super().__init__(
            self.id_of_its_kind, f"{meaning} (status {code:02X} to {request[:24]})", self.hint_of_its_kind
        )  # fmt: skip


class SilentChipError(BridgeStatusError, NoChipError):
    """The bridge says that the chip does not answer.

    It says so by an error status.
    """

    id_of_its_kind = "no-chip"
    hint_of_its_kind = "Check the chip's power, SDA, SCL and the two pull-ups, then the pins the bridge uses."


def bridge_status_error(request: str, code: int) -> BridgeStatusError:
    """The error for a status other than success."""
    silent = code in (KitStatus.COMM_FAIL, KitStatus.NO_DEVICES, KitStatus.WAKE_FAILED)
    return SilentChipError(request, code) if silent else BridgeStatusError(request, code)


def _no_reply(received: bytes, text: str) -> LinkError:
    if _is_boot_log(received):
        return _not_kit_protocol(received, text)
    return PassingLinkError(
        "no-reply",
        f"The board did not answer {text[:24]} in time.",
        "Check the cable and that the board has power, reset it, and connect again.",
    )


def _is_boot_log(received: bytes) -> bool:
    return recognise(received) not in (BootLog.NOTHING, BootLog.NOISE)


def _not_kit_protocol(received: bytes, text: str) -> LinkError:
    if _is_boot_log(received):
        return PassingLinkError(
            "board-restarted",
            f"The board restarted while it should have answered {text[:24]}: it sent its boot log.",
            "Check its power supply and the USB cable, then connect again.",
        )
    shown = received[:40].decode("latin-1").encode("unicode_escape").decode("ascii")
    return PassingLinkError(
        "garbled-reply",
        f"The board answered {text[:24]} with something that is not Kit Protocol: “{shown}”.",
        "Another program may be using the port, or the baud rates differ. Reset the board and connect again.",
    )
