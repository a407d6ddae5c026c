"""Summary of board and chip for header and status line."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from atecc_bench.ui.state.device_worker import DeviceFacts


class LinkState(Enum):
    """State of the link. The value is what the header says."""

    DISCONNECTED = "Not connected"
    CONNECTING = "Connecting"
    AT_WORK = "At work"  # the port serves an operation, such as flashing, that does not go through the bridge
    CONNECTED = "Connected"
    FAILED = "No answer"


@dataclass(frozen=True)
class DeviceSummary:
    """Facts about the device.

    An empty text or None means that it is not known and is not shown. `serial` has 18 hex digits, `baud` is the rate of
    the link in bit/s, `bridge` the version of the bridge firmware, `board` the chip of the board.
    """

    port_label: str
    link: LinkState
    serial: str = ""
    part: str = ""
    variant: str = ""
    config_locked: bool | None = None
    data_locked: bool | None = None
    virtual: bool = False
    baud: int | None = None
    bridge: str = ""
    board: str = ""


NO_DEVICE: Final = DeviceSummary("", LinkState.DISCONNECTED)


def summary_of(label: str, link: LinkState, facts: "DeviceFacts | None", *, virtual: bool) -> DeviceSummary:
    """Summary of the device at a port.

    `virtual` is by its name, while nothing else is known.
    """
    if facts is None:
        return DeviceSummary(label, link, virtual=virtual)
    return DeviceSummary(
        port_label=label,
        link=link,
        serial=facts.chip.serial_number,
        part=facts.chip.name,
        variant=facts.chip.variant.value,
        config_locked=facts.chip.config_locked,
        data_locked=facts.chip.data_locked,
        virtual=facts.virtual,
        baud=facts.baud,
        bridge=facts.board_version,
        board=facts.board_chip,
    )


@dataclass(frozen=True)
class PortChoice:
    """One entry of the list of ports.

    What identifies it, and what people read.
    """

    port: str
    label: str
