"""The verb that says what is at a port."""

from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.cli.common.open_device import device_document, open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
    wrapping_table,
)


def info(port: PortOption, *, baud: BaudOption = USUAL_BAUD, json: JsonOption = False) -> None:
    """Show which board and chip are at a port.

    Changes nothing on the chip.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        chip = ChipInfo.read(device.session)
        document = device_document(device, chip)
    if json:
        print_json(document)
        return
    board = device.board.info
    table = wrapping_table()
    table.add_row("Board", f"{board.name} {board.version} on {board.chip}{virtual_mark(board)}")
    table.add_row("Chip", f"{chip.part.value}, {chip.variant.value}, revision {chip.revision.hex(' ')}")
    table.add_row("Serial number", chip.serial_number)
    table.add_row("I2C address", f"0x{chip.i2c_address:02X} (7-bit 0x{chip.i2c_address >> 1:02X})")
    table.add_row("Configuration zone", "locked" if chip.config_locked else "open")
    table.add_row("Data zone and OTP", "locked" if chip.data_locked else "open")
    console().print(table)
