"""Serial ports by pyserial: opening one, and lines over it."""

import errno
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait

import serial

from atecc_bench.errors import InputError
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.serial_ports import port_users

RawPort = serial.Serial
"""A port as pyserial opens it, which is what esptool works on."""

START_BAUD = 115200
POLL_S = 0.1  # how often a waiting read looks at the cancel flag
WRITE_TIMEOUT_S = 2.0
BITS_PER_BYTE = 10  # 8N1
BAUD_SETTLE_S = 0.02  # a bridge changes its rate when the last bit of its answer is out

_logger = logging.getLogger(__name__)
_NETWORK = re.compile(r"(?P<scheme>rfc2217|socket)://(?P<address>[^/?]+:\d+)?", re.IGNORECASE)

# What pyserial lets through when a port goes away: OSError from the system calls it makes itself, TypeError when
# another thread has just closed the port, and on POSIX termios.error, which is no OSError.
if sys.platform == "win32":
    PORT_ERRORS = (OSError, TypeError)
else:
    from termios import error as _termios_error

    PORT_ERRORS = (OSError, TypeError, _termios_error)


class PortLostError(LinkError):
    """A port that went away."""

    def __init__(self, error: Exception) -> None:
        why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        super().__init__(
            "port-lost",
            f"The port stopped working, as it does when the cable is pulled or another program opens it{why}.",
            "Plug the board in again and connect again. Nothing was sent after that.",
        )


class SerialChannel:
    """Lines over an open port; a `LineChannel`."""

    def __init__(self, port: RawPort) -> None:
        self._port = port
        port.timeout = POLL_S

    @property
    def rate(self) -> int:
        """Bits a second, both ways."""
        return self._port.baudrate

    def set_rate(self, rate: int) -> None:
        """Change the rate of the port.

        The other side gets time to change its own.
        """
        try:
            self._port.baudrate = rate
        except (ValueError, *PORT_ERRORS) as error:
            raise PortLostError(error) from error
        _logger.info("Rate %d baud", rate)
        time.sleep(BAUD_SETTLE_S)

    def write_line(self, line: str) -> None:
        """Drop what has come in, and send a line.

        What has come in answers nothing that is asked now.
        """
        try:
            self._port.reset_input_buffer()
            self._port.write(line.encode("ascii") + b"\n")
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def receive(self) -> bytes:
        """Bytes that come in; waits for them at most `POLL_S`."""
        try:
            return self._port.read(max(1, self._port.in_waiting))
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def take_pending(self) -> bytes:
        """Bytes that have come in already."""
        try:
            return self._port.read(self._port.in_waiting)
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def close(self) -> None:
        """Release the port."""
        self._port.close()


def has_file_descriptor(port: RawPort) -> bool:
    """True for a device of this computer.

    What a URL opens has no file descriptor.
    """
    return type(port) is serial.Serial


def open_port(url: str, cancelled: Callable[[], bool]) -> RawPort:
    """Open a port for this program alone.

    Raises:
        InputError: `port-url` for what can be the name of no port.
        LinkError: `no-such-port`, `port-busy`, `port-denied`, `port-failed`.
        CancelledError: The operator cancelled; a server on the network may keep one waiting.

    """
    if (network := _NETWORK.match(url)) and not network["address"]:
        scheme = network["scheme"].lower()
        raise InputError("port-url", f"“{url}” names no host and port.", f"Write it as {scheme}://HOST:PORT.")
    try:
        port = serial.serial_for_url(url, baudrate=START_BAUD, timeout=POLL_S, do_not_open=True)
        if not url.lower().startswith("rfc2217:"):
            port.write_timeout = WRITE_TIMEOUT_S  # pyserial's RFC 2217 client has none; its socket has one
        port.exclusive = True
        if network:
            _open_cancellable(port, cancelled)
        else:
            port.open()
    except ValueError as error:
        raise InputError(
            "port-url",
            f"“{url}” is not a port: {error}",
            "Give a device name such as /dev/ttyUSB0 or COM3, or a URL such as virtual://fresh.",
        ) from error
    except (serial.SerialException, OSError) as error:
        raise _open_error(url, error) from error
    _logger.info("Port %s opened", url)
    return port


def _open_cancellable(port: RawPort, cancelled: Callable[[], bool]) -> None:
    """Open a port at a server, which may take seconds to answer.

    pyserial cannot be stopped in that, so it goes on in a thread of its own and closes what it opened too late.
    """
    opening: Future[None] = Future()

    def open_it() -> None:
        try:
            port.open()
        except Exception as error:  # noqa: BLE001 - it is raised where the port is waited for
            opening.set_exception(error)
        else:
            opening.set_result(None)

    threading.Thread(target=open_it, name="opening of a network port", daemon=True).start()
    while not wait((opening,), POLL_S).done:
        if cancelled():
            opening.add_done_callback(lambda _: port.close())
            raise CancelledError
    opening.result()


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
