"""Verbs that look: ports, info."""

from dataclasses import asdict

from rich.table import Table

from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.cli.common.open_device import device_document, open_device
from atecc_bench.cli.common.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.link.transports.serial_ports import serial_ports
from atecc_bench.twin.ports.presets import Preset
from atecc_bench.twin.ports.url_scheme import SCHEME


def ports(*, json: JsonOption = False) -> None:
    """List serial ports and virtual boards."""
    found = serial_ports()
    virtual = {f"{SCHEME}://{preset}": preset.summary for preset in Preset}
    if json:
        print_json({"ports": [asdict(port) for port in found], "virtual": list(virtual)})
        return
    table = Table("Port", "Bridge", "USB serial number", "Description", box=None)
    for port in found:
        table.add_row(port.device, port.bridge or "", port.usb_serial_number or "", port.description)
    for url, summary in virtual.items():
        table.add_row(url, "VIRTUAL", "", summary)
    console().print(table)


def info(port: PortOption, *, json: JsonOption = False) -> None:
    """Say what board and which chip are at a port. Changes nothing on the chip."""
    with reporting(as_json=json), open_device(port) as device:
        chip = ChipInfo.read(device.session)
        document = device_document(device, chip)
    if json:
        print_json(document)
        return
    board = device.board.info
    table = Table(box=None, show_header=False)
    table.add_row("Board", f"{board.name} {board.version} on {board.chip}{virtual_mark(board)}")
    table.add_row("Chip", f"{chip.part.value}, {chip.variant.value}, revision {chip.revision.hex(' ')}")
    table.add_row("Serial number", chip.serial_number)
    table.add_row("I2C address", f"0x{chip.i2c_address:02X} (7-bit 0x{chip.i2c_address >> 1:02X})")
    table.add_row("Configuration zone", "locked" if chip.config_locked else "open")
    table.add_row("Data zone and OTP", "locked" if chip.data_locked else "open")
    console().print(table)
