"""Connecting to a board: open the port, find the bridge, find the chip, within bounded time."""

import errno
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import serial

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.transports.boot_log import BootLog, recognise
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.kit_client import POLL_S, START_BAUD, KitClient, KitDevice, KitTransport
from atecc_bench.link.transports.serial_ports import port_users
from atecc_bench.link.transports.trace import Trace

_logger = logging.getLogger(__name__)

FIRST_ANSWER_S = 1.0  # for one try; a board that resets when its port is opened needs a second one
SEARCH_S = 3.0
HEARD_MOST = 4096
WRITE_TIMEOUT_S = 2.0
FAST_BAUDS = (921600, 460800, 230400)
NEEDED_BRIDGE = "0.1.0"  # the first that knows every request we send

_NETWORK = re.compile(r"(?:rfc2217|socket)://(?P<address>[^/?]+:\d+)?", re.IGNORECASE)
_VERSION = re.compile(r"(?P<name>.+?) (?P<version>\d+\.\d+\S*) (?P<chip>\S+)(?P<virtual> VIRTUAL)?")


@dataclass(frozen=True)
class BoardInfo:
    """What a bridge says about itself."""

    name: str
    version: str
    chip: str
    virtual: bool

    @property
    def text(self) -> str:
        """Name, version and chip, as a record keeps them."""
        return " ".join(filter(None, (self.name, self.version, self.chip)))

    @property
    def too_old(self) -> bool:
        """Whether a newer bridge is needed; one that tells no version is not ours, and counts as too old."""
        return _numbers(self.version) < _numbers(NEEDED_BRIDGE)


class NoBridgeError(LinkError):
    """Something else than a bridge is at the port: `kind` says what, by the bytes that were `heard`."""

    def __init__(self, id: str, message: str, hint: str, kind: BootLog, heard: bytes) -> None:  # noqa: A002
        super().__init__(id, message, hint)
        self.kind = kind
        self.heard = heard

    @property
    def flash_may_hold_something(self) -> bool:
        """Whether flashing could overwrite an application: only the ROM's own complaint says that there is none."""
        return self.kind is not BootLog.BLANK_FLASH


class BoardConnection:
    """An open port with a bridge behind it. Use as a context manager: the port is always released."""

    def __init__(self, url: str, port: serial.Serial, client: KitClient, trace: Trace, info: BoardInfo) -> None:
        self.url = url
        self.info = info
        self.trace = trace
        self._port = port
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
        """Send one request to the bridge and return the bytes in its reply; raises as `KitClient.request`."""
        return self._client.request(text)

    def devices(self) -> tuple[KitDevice, ...]:
        """The chips on the bridge's bus."""
        found: list[KitDevice] = []
        while (device := self._client.device(len(found))) is not None:
            found.append(device)
        return tuple(found)

    def open_chip(self) -> ChipSession:
        """Select the first chip and return its operations.

        Raises:
            LinkError: `no-chip` when the bus is empty.

        """
        device = self._client.device(0)
        if device is None:
            raise LinkError(
                "no-chip",
                "The bridge answers, but there is no chip on its I2C bus.",
                "Check the chip's power (3.3 V), SDA and SCL (not swapped), the pull-ups, and the bridge's pins.",
            )
        return self.chip_at(device.address)

    def chip_at(self, address: int) -> ChipSession:
        """Select the chip at an 8-bit address and return its operations."""
        _logger.info("Chip at 0x%02X of %s", address, self.url)
        self._client.request("ecc:physical:interface:i2c")
        self._client.request(f"ecc:physical:select({address:02X})")
        return ChipSession(KitTransport(self._client))

    def close(self) -> None:
        """Let the chip sleep, go back to 115200 and release the port, whatever state the link is in."""
        try:
            self._client.finish()
        finally:
            self._port.close()
            _logger.info("Port %s released", self.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def never_cancelled() -> bool:
    """For callers who offer no way to cancel."""
    return False


def connect(url: str, trace: Trace | None = None, cancelled: Callable[[], bool] = never_cancelled) -> BoardConnection:
    """Open `url` (a device name or any pyserial URL) and find the bridge behind it.

    Takes at most about 3 seconds. Changes nothing on the chip and does not reset the board.

    Raises:
        LinkError: `no-such-port`, `port-busy`, `port-denied`, `port-failed`; `silent-port`, `blank-board`,
            `download-mode`, `other-firmware`, `garbage` when no bridge answers.
        CancelledError: the operator cancelled.

    """
    return take_over(open_port(url), url, trace, cancelled)


def take_over(
    port: serial.Serial, url: str, trace: Trace | None = None, cancelled: Callable[[], bool] = never_cancelled
) -> BoardConnection:
    """Find the bridge behind a port that is open already, at its present rate, and leave DTR and RTS alone.

    The port belongs to the connection from here on, and is closed when there is no bridge. Raises as `connect`.
    """
    try:
        trace = trace or Trace()
        port.timeout = POLL_S
        client, text = _first_answer(port, trace, cancelled, url)
        match = _VERSION.fullmatch(text)
        if match is None:
            info = BoardInfo(name=text, version="", chip="", virtual=text.endswith("VIRTUAL"))
        else:
            info = BoardInfo(match["name"], match["version"], match["chip"], match["virtual"] is not None)
        _logger.info("Bridge %s%s at %s", info.text, " VIRTUAL" if info.virtual else "", url)
        return BoardConnection(url, port, client, trace, info)
    except BaseException as error:
        port.close()
        _logger.info("Port %s released: no bridge, %s", url, error)
        raise


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def open_port(url: str) -> serial.Serial:
    """Open a port for this program alone.

    Raises:
        LinkError: `no-such-port`, `port-busy`, `port-denied`, `port-failed`.

    """
    if (network := _NETWORK.match(url)) and not network["address"]:
        raise LinkError("no-such-port", f"“{url}” names no host and port.", "Write it as rfc2217://HOST:PORT.")
    try:
        port = serial.serial_for_url(url, baudrate=START_BAUD, timeout=POLL_S, do_not_open=True)
        if not url.lower().startswith("rfc2217:"):
            port.write_timeout = WRITE_TIMEOUT_S  # pyserial's RFC 2217 client has none; its socket has one
        port.exclusive = True
        port.open()
    except ValueError as error:
        raise LinkError(
            "no-such-port",
            f"“{url}” is not a port: {error}",
            "Give a device name such as /dev/ttyUSB0 or COM3, or a URL such as virtual://fresh.",
        ) from error
    except (serial.SerialException, OSError) as error:
        raise _open_error(url, error) from error
    _logger.info("Port %s opened", url)
    return port


def _open_error(url: str, error: OSError) -> LinkError:
    text = str(error)
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "FileNotFoundError" in text:
        return LinkError(
            "no-such-port",
            f"There is no port {url}.",
            "Plug the board in and look at `atecc-bench ports`; some USB bridges need a driver.",
        )
    if error.errno in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in text:
        return _busy(url)
    if error.errno in (errno.EACCES, errno.EPERM):
        return LinkError(
            "port-denied",
            f"You may not open {url}.",
            "On Linux add yourself to its group (`sudo usermod -aG dialout $USER`) and log in again.",
        )
    if "PermissionError" in text:
        return _busy(url)
    reason = text.removeprefix(f"Could not open port {url}: ")
    return LinkError("port-failed", f"{url} cannot be opened: {reason}", "Check the name of the port and the device.")


def _busy(url: str) -> LinkError:
    users = ", ".join(port_users(url)) or "Another program"
    return LinkError(
        "port-busy", f"{users} is using {url}.", "Close the serial monitor or the other program, then retry."
    )


def _first_answer(port: serial.Serial, trace: Trace, cancelled: Callable[[], bool], url: str) -> tuple[KitClient, str]:
    heard = bytearray()
    deadline = time.monotonic() + SEARCH_S
    asked = 0
    while time.monotonic() < deadline:
        # A client of its own for each try: the same question may be asked again before the last one is answered.
        client = KitClient(port, trace, cancelled)
        # What the board has to say before it is asked; a blank one never stops talking.
        heard += client.listen()
        if recognise(bytes(heard)) in (BootLog.BLANK_FLASH, BootLog.DOWNLOAD_MODE):
            break
        asked += 1
        try:
            line = client.request_line("board:version()", FIRST_ANSWER_S)
        except LinkError as error:
            if error.id == "port-lost":
                raise
            heard += client.listen()
            del heard[:-HEARD_MOST]
            continue
        text = _version_text(line)
        if text:
            try:
                if asked > 1:
                    client.catch_up(FIRST_ANSWER_S)
            except LinkError as error:
                if error.id == "port-lost":
                    raise
                continue  # it was reset just now
            return client, text
        heard += line.encode("latin-1") + b"\n"
        time.sleep(POLL_S)  # let the rest of a boot log come in
        heard += client.listen()
        del heard[:-HEARD_MOST]
    if cancelled():
        raise CancelledError
    raise _no_bridge(url, bytes(heard))


def _version_text(line: str) -> str:
    """What a bridge says of itself, or nothing when the line is not its answer."""
    if line.startswith("00(") and line.endswith(")"):
        with suppress(ValueError):
            text = bytes.fromhex(line[3:-1]).decode("ascii")
            return text if text.isprintable() else ""  # else it is what the chip said to whoever asked before us
    return ""


def _no_bridge(url: str, heard: bytes) -> NoBridgeError:
    kind = recognise(heard)
    if kind is BootLog.NOTHING:
        return NoBridgeError(
            "silent-port",
            f"Nothing answers on {url}: the board said nothing in {SEARCH_S:.0f} seconds.",
            "Check that this is the board's port and that it has power; then start the bridge on it (Board page, or "
            "`atecc-bench flash --ram`).",
            kind,
            heard,
        )
    if kind is BootLog.BLANK_FLASH:
        return NoBridgeError(
            "blank-board",
            f"The board on {url} is blank: its ROM starts and finds no firmware.",
            "Start the bridge in its RAM or install it: on the Board page, or `atecc-bench flash --ram`.",
            kind,
            heard,
        )
    if kind is BootLog.DOWNLOAD_MODE:
        return NoBridgeError(
            "download-mode",
            f"The board on {url} waits for a download: it was started with BOOT (IO0) held low.",
            "Press its reset button without BOOT, then connect again.",
            kind,
            heard,
        )
    if kind is BootLog.APPLICATION:
        return NoBridgeError(
            "other-firmware",
            f"The board on {url} runs another application: it prints a log and speaks no Kit Protocol.",
            "Choose the board that has the bridge, or start it in the RAM of this one, which keeps what it has (Board "
            "page, or `atecc-bench flash --ram`).",
            kind,
            heard,
        )
    shown = heard[:40].decode("latin-1").encode("unicode_escape").decode("ascii")
    return NoBridgeError(
        "garbage",
        f"What answers on {url} is not a bridge: “{shown}”.",
        "Check that this is the right port and that nothing else talks to it.",
        kind,
        heard,
    )
