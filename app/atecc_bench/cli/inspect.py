"""Verbs that look: ports, info, config."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from atecc_bench.chip.chip_info import ChipInfo
from atecc_bench.chip.config_fields import ConfigField, config_fields
from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.cli.device import device_document, open_device
from atecc_bench.cli.files import read_text
from atecc_bench.cli.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.diagnose.dumps import parse_hex_dump
from atecc_bench.errors import InputError
from atecc_bench.link.ports import serial_ports
from atecc_bench.twin.presets import SCHEME, Preset

config_app = typer.Typer(no_args_is_help=True, help="The configuration zone: read, decode.")


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


@config_app.command("read")
def config_read(port: PortOption, *, json: JsonOption = False) -> None:
    """Print the 128 bytes of the configuration zone as they are."""
    with reporting(as_json=json), open_device(port) as device:
        config = device.session.read_config()
    if json:
        document = {"virtual": device.board.info.virtual, "serial_number": config.serial_number.hex()}
        print_json({**document, "config": config.to_bytes().hex()})
        return
    raw = config.to_bytes()
    console().print(f"# chip {config.serial_number.hex()}{virtual_mark(device.board.info)}")
    for offset in range(0, len(raw), 16):
        console().print(f"{offset:04x}: {raw[offset : offset + 16].hex(' ')}")


@config_app.command("decode")
def config_decode(
    dump: Annotated[str | None, typer.Argument(metavar="FILE", help="A hex dump; - reads stdin.")] = None,
    port: Annotated[str | None, typer.Option("--port", metavar="URL", help="Read it from this chip.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Explain a configuration zone field by field, from a pasted hex dump or from a chip."""
    with reporting(as_json=json):
        config, virtual = _config_of(dump, port)
    fields = config_fields(config)
    if json:
        rows = [_field_document(field) for field in fields]
        mark = {"virtual": virtual} if port is not None else {}
        print_json({**mark, "config": config.to_bytes().hex(), "fields": rows})
        return
    if virtual:
        console().print("On a VIRTUAL chip:")
    table = Table("Bytes", "Field", "Value", "Meaning", box=None)
    for field in fields:
        table.add_row(f"{field.start}–{field.end - 1}", field.name, field.value, field.meaning)
    console().print(table)


def _config_of(dump: str | None, port: str | None) -> tuple[ConfigZone, bool]:
    if port is not None and dump is None:
        with open_device(port) as device:
            return device.session.read_config(), device.board.info.virtual
    if dump is not None and port is None:
        return ConfigZone.parse(parse_hex_dump(read_text(dump))), False
    raise InputError("usage", "Give either a dump or --port.", "For example: atecc-bench config decode dump.txt")


def _field_document(field: ConfigField) -> dict[str, object]:
    return {
        "name": field.name,
        "start": field.start,
        "end": field.end - 1,
        "group": field.group.value,
        "value": field.value,
        "meaning": field.meaning,
        "slot": field.slot,
    }
