"""Opening a device for a verb.

Virtual ports are ports like any other.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import never_cancelled
from atecc_bench.records.run_records import ChipRecords, Records
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.connected_chip import ConnectedChip


@contextmanager
def open_device(port: str, cancelled: Callable[[], bool] = never_cancelled) -> Generator[ConnectedChip]:
    """Connect to the board at `port` and open its chip.

    The port is released at the end.
    """
    register_virtual_scheme()
    with connect(port, cancelled=cancelled) as board:
        yield ConnectedChip(board, board.open_chip())


def records_of(device: ConnectedChip, serial_number: str | None = None) -> ChipRecords:
    """Find this user's records of the chip.

    The chip is asked for its serial number unless that is known.
    """
    records = Records.of_user()
    if serial_number is None:
        return device.records_in(records)
    return records.for_chip(serial_number, virtual=device.virtual)


def board_document(device: ConnectedChip) -> dict[str, object]:
    """The board's part of what `info` prints."""
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
    }


def device_document(device: ConnectedChip, chip: ChipInfo) -> dict[str, object]:
    """The document that `info` prints."""
    return {
        **board_document(device),
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
