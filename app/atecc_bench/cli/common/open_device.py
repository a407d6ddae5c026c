"""Opening a device for a verb: virtual ports are ports like any other."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.board.connection import BoardConnection, connect, never_cancelled
from atecc_bench.twin.ports.registration import register_virtual_scheme


@dataclass(frozen=True)
class OpenDevice:
    """An open board and the chip on it."""

    board: BoardConnection
    session: ChipSession


@contextmanager
def open_device(port: str, cancelled: Callable[[], bool] = never_cancelled) -> Generator[OpenDevice]:
    """Connect to the board at `port` and open its chip; the port is released at the end."""
    register_virtual_scheme()
    with connect(port, cancelled=cancelled) as board:
        yield OpenDevice(board, board.open_chip())


def device_document(device: OpenDevice, chip: ChipInfo) -> dict[str, object]:
    """The document that `info` prints."""
    info = device.board.info
    return {
        "virtual": info.virtual,
        "board": {
            "port": device.board.url,
            "name": info.name,
            "version": info.version,
            "chip": info.chip,
            "baud": device.board.baud,
        },
        "chip": {
            "serial_number": chip.serial_number,
            "revision": chip.revision.hex(),
            "part": chip.part.value,
            "variant": chip.variant.value,
            "i2c_address": f"0x{chip.i2c_address:02X}",
            "config_locked": chip.config_locked,
            "data_locked": chip.data_locked,
        },
    }
