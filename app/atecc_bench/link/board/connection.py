"""Connecting to a board.

Open the port, find the bridge, find the chip, within bounded time.
"""

import logging
import re
import secrets
import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from atecc_bench.chip.protocol.neighbours import OtherChipError, neighbour_of_kit_name
from atecc_bench.chip.protocol.simulator_proof import NONCE_LENGTH, REQUEST, is_simulator_answer
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.transports.boot_log import BootLog, recognise
from atecc_bench.link.transports.connection import BoardInfo, Connection, never_cancelled
from atecc_bench.link.transports.errors import CancelledError, LinkError, NoChipError
from atecc_bench.link.transports.kit_client import BridgeStatusError, KitClient, KitDevice, KitTransport
from atecc_bench.link.transports.line_channel import LineChannel
from atecc_bench.link.transports.serial_channel import POLL_S, PortLostError, RawPort, SerialChannel, open_port
from atecc_bench.link.transports.trace import Trace

_logger = logging.getLogger(__name__)

FIRST_ANSWER_S = 1.0  # for one try; a board that resets when its port is opened needs a second one
AFTER_RESET_S = 0.25  # for one try while a board that was reset just now starts, which takes some tenths of a second
SEARCH_S = 3.0
RECEIVED_MOST = 4096
FAST_BAUDS = (921600, 460800, 230400)
_I2C_ADDRESSES = 112  # of 7 bits, without those that are reserved

_VERSION = re.compile(
    r"(?P<name>.+?) (?P<version>\d+\.\d+\S*) (?P<chip>\S+)(?: image (?P<image>[0-9a-f]{64}))?(?P<virtual> VIRTUAL)?"
)
_OURS = "ATECC Bench bridge"
_SIMULATOR = "virtual://"


class NoBridgeError(LinkError):
    """Something else than a bridge is at the port.

    `kind` says what, by the bytes that were `received`.
    """

    def __init__(self, id: str, message: str, hint: str, kind: BootLog, received: bytes) -> None:  # noqa: A002
        super().__init__(id, message, hint)
        self.kind = kind
        self.received = received

    @property
    def flash_may_hold_something(self) -> bool:
        """True unless the ROM itself says that the flash is empty.

        Flashing could overwrite an application then.
        """
        return self.kind is not BootLog.BLANK_FLASH


class BoardConnection:
    """An open port with a bridge behind it.

    Use as a context manager: the port is always released.
    """

    def __init__(self, url: str, channel: LineChannel, client: KitClient, trace: Trace, info: BoardInfo) -> None:
        self.url = url
        self.info = info
        self.trace = trace
        self._channel = channel
        self._client = client

    @property
    def baud(self) -> int:
        """The rate both sides hold now."""
        return self._client.baud

    def set_baud(self, rate: int) -> None:
        """Change the rate on both sides."""
        if rate != self._client.baud:
            self._client.change_baud(rate)

    def use_fastest_baud(self) -> None:
        """Change to the highest rate that both sides hold.

        Raises:
            LinkError: `baud-lost`.

        """
        self._client.fastest_baud(FAST_BAUDS)

    def request(self, text: str) -> bytes:
        """Send one request to the bridge; return the bytes of its reply.

        Raises:
            LinkError: As `KitClient.request`.
            CancelledError: The operator cancelled.
        """
        return self._client.request(text)

    def devices(self) -> tuple[KitDevice, ...]:
        """The chips on the bridge's bus.

        No more than the bus has addresses, whatever the bridge says.
        """
        found: list[KitDevice] = []
        while len(found) < _I2C_ADDRESSES and (device := self._client.device(len(found))) is not None:
            found.append(device)
        return tuple(found)

    def open_chip(self) -> ChipSession:
        """Select the first chip and return its operations.

        Raises:
            NoChipError: the bus is empty.
            OtherChipError: the bridge says that the chip takes other commands.

        """
        device = self._client.device(0)
        if device is None:
            raise NoChipError(
                "no-chip",
                "The bridge answers, but there is no chip on its I2C bus.",
                "Check the chip's power (3.3 V), SDA and SCL (not swapped), the pull-ups, and the bridge's pins.",
            )
        other = neighbour_of_kit_name(device.type)
        if other is not None:
            raise OtherChipError(other)
        return self.chip_at(device.address)

    def chip_at(self, address: int) -> ChipSession:
        """Select the chip at an 8-bit address and return its operations."""
        _logger.info("Chip at 0x%02X of %s", address, self.url)
        self._client.request("ecc:physical:interface:i2c")
        self._client.request(f"ecc:physical:select({address:02X})")
        return ChipSession(KitTransport(self._client))

    def check_there(self) -> None:
        """Look whether the port is still there; nothing is sent.

        Raises:
            PortLostError: The board was unplugged, or the other side is gone.
        """
        self._client.listen()

    def close(self) -> None:
        """Let the chip sleep and release the port.

        The rate goes back to 115200 first, whatever state the link is in.
        """
        try:
            self._client.finish()
        finally:
            self._channel.close()
            _logger.info("Port %s released", self.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def connect(url: str, trace: Trace | None = None, cancelled: Callable[[], bool] = never_cancelled) -> Connection:
    """Open a port and find the bridge behind it.

    `url` is a device name or any pyserial URL. Takes at most about 3 seconds. Changes nothing on the chip and does not
    reset the board.

    Raises:
        InputError: `port-url`.
        LinkError: `no-such-port`, `port-busy`, `port-denied`, `port-failed`; `silent-port`, `blank-board`,
            `download-mode`, `other-firmware` or `garbage` when no bridge answers.
        CancelledError: The operator cancelled.
    """
    return take_over(open_port(url, cancelled), url, trace, cancelled)


def take_over(
    port: RawPort,
    url: str,
    trace: Trace | None = None,
    cancelled: Callable[[], bool] = never_cancelled,
    *,
    answers_within: float = FIRST_ANSWER_S,
) -> Connection:
    """Find the bridge behind a port that is open already.

    At its present rate; DTR and RTS are left alone. It is asked again when it has not answered within so many seconds.
    The port belongs to the connection from here on, and is closed when there is no bridge.

    Raises:
        LinkError: As `connect`.
        CancelledError: The operator cancelled.
    """
    try:
        trace, channel = trace or Trace(), SerialChannel(port)
        client, text = _first_answer(channel, trace, cancelled, url, answers_within)
        match = _VERSION.fullmatch(text)
        if match is None:
            info = BoardInfo(name=text, version="", chip="", virtual=text.endswith("VIRTUAL"))
        else:
            virtual = match["virtual"] is not None or url.startswith(_SIMULATOR)
            virtual = virtual or (match["name"] == _OURS and _is_simulator(client))
            info = BoardInfo(match["name"], match["version"], match["chip"], virtual, match["image"] or "")
        _logger.info("Bridge %s%s at %s", info.text, " VIRTUAL" if info.virtual else "", url)
        return BoardConnection(url, channel, client, trace, info)
    except BaseException as error:
        port.close()
        _logger.info("Port %s released: no bridge, %s", url, error)
        raise


def _is_simulator(client: KitClient) -> bool:
    """Whether a bridge that does not say so is one in software.

    Raises:
        LinkError: It does not answer at all.
    """
    nonce = secrets.token_bytes(NONCE_LENGTH)
    try:
        return is_simulator_answer(nonce, client.request(f"{REQUEST}({nonce.hex().upper()})"))
    except BridgeStatusError:
        return False  # a real bridge knows no such request


def _first_answer(
    channel: LineChannel, trace: Trace, cancelled: Callable[[], bool], url: str, answers_within: float
) -> tuple[KitClient, str]:
    received = bytearray()
    deadline = time.monotonic() + SEARCH_S
    asked = 0
    while time.monotonic() < deadline:
        # A client of its own for each try: the same question may be asked again before the last one is answered.
        client = KitClient(channel, trace, cancelled)
        # What the board has to say before it is asked; a blank one never stops talking.
        received += client.listen()
        if recognise(bytes(received)) in (BootLog.BLANK_FLASH, BootLog.DOWNLOAD_MODE):
            break
        asked += 1
        try:
            line = client.request_line("board:version()", answers_within)
        except PortLostError:
            raise
        except LinkError:
            received += client.listen()
            del received[:-RECEIVED_MOST]
            continue
        text = _version_text(line)
        if text:
            try:
                if asked > 1:
                    client.catch_up(FIRST_ANSWER_S)
            except PortLostError:
                raise
            except LinkError:
                continue  # it was reset just now
            return client, text
        received += line.encode("latin-1") + b"\n"
        time.sleep(POLL_S)  # let the rest of a boot log come in
        received += client.listen()
        del received[:-RECEIVED_MOST]
    if cancelled():
        raise CancelledError
    raise _no_bridge(url, bytes(received))


def _version_text(line: str) -> str:
    """Version text of a bridge out of its answer.

    Nothing when the line is not its answer.
    """
    if line.startswith("00(") and line.endswith(")"):
        with suppress(ValueError):
            text = bytes.fromhex(line[3:-1]).decode("ascii")
            return text if text.isprintable() else ""  # else it is what the chip said to whoever asked before us
    return ""


def _no_bridge(url: str, received: bytes) -> NoBridgeError:
    kind = recognise(received)
    if kind is BootLog.NOTHING:
        return NoBridgeError(
            "silent-port",
            f"Nothing answers on {url}: the board said nothing in {SEARCH_S:.0f} seconds.",
            "Check that this is the board's port and that it has power; then start the bridge on it (Board page, or "
            f"`atecc-bench flash --port {shlex.quote(url)} --ram`).",
            kind,
            received,
        )
    if kind is BootLog.BLANK_FLASH:
        return NoBridgeError(
            "blank-board",
            f"The board on {url} is blank: its ROM starts and finds no firmware.",
            "Start the bridge in its RAM or install it: on the Board page, or "
            f"`atecc-bench flash --port {shlex.quote(url)} --ram`.",
            kind,
            received,
        )
    if kind is BootLog.DOWNLOAD_MODE:
        return NoBridgeError(
            "download-mode",
            f"The board on {url} waits for a download: it was started with BOOT (IO0) held low.",
            "Press its reset button without BOOT, then connect again.",
            kind,
            received,
        )
    if kind is BootLog.APPLICATION:
        return NoBridgeError(
            "other-firmware",
            f"The board on {url} runs another application: it prints a log and speaks no Kit Protocol.",
            "Choose the board that has the bridge, or start it in the RAM of this one, which keeps what it has (Board "
            f"page, or `atecc-bench flash --port {shlex.quote(url)} --ram`).",
            kind,
            received,
        )
    shown = received[:40].decode("latin-1").encode("unicode_escape").decode("ascii")
    return NoBridgeError(
        "garbage",
        f"What answers on {url} is not a bridge: “{shown}”.",
        "Check that this is the right port and that nothing else talks to it.",
        kind,
        received,
    )
