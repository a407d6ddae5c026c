"""The verb that says what is at a port."""

from contextlib import suppress

from rich.table import Table

from atecc_bench.chip.protocol.identity import revision_in_words
from atecc_bench.chip.protocol.neighbours import OtherChipError
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.cli.common.open_device import board_document, device_document, open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.errors import DeviceError
from atecc_bench.link.flash.images import image_text
from atecc_bench.workflows.connected_chip import ConnectedChip


def info(port: PortOption, *, baud: BaudOption = USUAL_BAUD, json: JsonOption = False) -> None:
    """Show which board and chip are at a port.

    Changes nothing on the chip.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        try:
            chip = ChipInfo.read(device.session)
        except OtherChipError as other:
            _tell_other(device, other, json=json)
            return
        document = device_document(device, chip)
    if json:
        print_json(document)
        return
    table = _table(device)
    table.add_row("Chip", f"{chip.name}, {chip.variant.value}, revision {chip.revision.hex(' ')}")
    if (words := revision_in_words(chip.revision)) != chip.name:
        table.add_row("", words)
    table.add_row("Serial number", chip.serial_number)
    table.add_row("I2C address", f"0x{chip.i2c_address:02X} (7-bit 0x{chip.i2c_address >> 1:02X})")
    table.add_row("Configuration zone", "locked" if chip.config_locked else "open")
    table.add_row("Data zone and OTP", "locked" if chip.data_locked else "open")
    console().print(table)


def _table(device: ConnectedChip) -> Table:
    board = device.board.info
    table = Table(box=None, show_header=False)
    table.add_row("Board", f"{board.name} {board.version} on {board.chip}{virtual_mark(board)}")
    told = f"{board.image}, as it says itself: " if board.image else ""
    table.add_row("Its image", told + image_text(board.image))
    return table


def _tell_other(device: ConnectedChip, other: OtherChipError, *, json: bool) -> None:
    """Say of a chip outside this family what can be said."""
    serial_number = None
    with suppress(DeviceError):
        serial_number = device.session.serial_number().hex()
    if json:
        chip = {"part": other.name, "revision": other.revision.hex(), "serial_number": serial_number, "usable": False}
        print_json({**board_document(device), "chip": chip})
        return
    table = _table(device)
    table.add_row("Chip", f"{other.name}, revision {other.revision.hex(' ')}")
    table.add_row("Serial number", serial_number or "not readable")
    console().print(table)
    console().print(f"{other.message} {other.hint}")
