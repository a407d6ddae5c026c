"""A board with a bridge, as the rooms above see it."""

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.transports.kit_client import KitDevice
from atecc_bench.link.transports.trace import Trace

NEEDED_BRIDGE = "0.1.0"  # the first that knows every request we send


@dataclass(frozen=True)
class BoardInfo:
    """A bridge, as it describes itself.

    `virtual` is what was opened as such, says so, or answers as only software does. `image` is the SHA-256 that it
    tells of its image, in hexadecimal: of the ELF file where ESP-IDF built it, of what the ROM loads where it is bare.
    """

    name: str
    version: str
    chip: str
    virtual: bool
    image: str = ""

    @property
    def text(self) -> str:
        """Name, version, chip and image, as a record keeps them."""
        return " ".join(filter(None, (self.name, self.version, self.chip, self.image and f"image {self.image}")))

    @property
    def too_old(self) -> bool:
        """True when a newer bridge is needed.

        One that tells no version is not ours, and counts as too old.
        """
        return _numbers(self.version) < _numbers(NEEDED_BRIDGE)


class Connection(Protocol):
    """An open board. Use as a context manager: it is always released."""

    @property
    def url(self) -> str:
        """The port, as it was named when it was opened."""
        ...

    @property
    def info(self) -> BoardInfo:
        """The bridge, as it describes itself."""
        ...

    @property
    def trace(self) -> Trace:
        """All exchanges so far."""
        ...

    @property
    def baud(self) -> int:
        """The rate both sides hold now."""
        ...

    def set_baud(self, rate: int) -> None:
        """Change the rate on both sides."""
        ...

    def use_fastest_baud(self) -> None:
        """Change to the highest rate that both sides hold.

        Raises:
            LinkError: `baud-lost`.
        """
        ...

    def request(self, text: str) -> bytes:
        """Send one request to the bridge; return the bytes of its reply.

        Raises:
            LinkError: No usable reply came.
        """
        ...

    def devices(self) -> tuple[KitDevice, ...]:
        """The chips on the bridge's bus."""
        ...

    def open_chip(self) -> ChipSession:
        """Select the first chip and return its operations.

        Raises:
            NoChipError: There is none.
        """
        ...

    def chip_at(self, address: int) -> ChipSession:
        """Select the chip at an 8-bit address and return its operations."""
        ...

    def check_there(self) -> None:
        """Look whether the port is still there; nothing is sent.

        Raises:
            PortLostError: The board was unplugged, or the other side is gone.
        """
        ...

    def close(self) -> None:
        """Release the board."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


def never_cancelled() -> bool:
    """For callers who offer no way to cancel."""
    return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
