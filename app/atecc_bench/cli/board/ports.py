"""The verb that lists where boards may be."""

from dataclasses import asdict

from atecc_bench.cli.common.output import JsonOption, console, print_json, wrapping_table
from atecc_bench.link.transports.serial_ports import serial_ports
from atecc_bench.twin.ports.preset_names import Preset
from atecc_bench.twin.ports.url_scheme import SCHEME


def ports(*, json: JsonOption = False) -> None:
    """List serial ports and virtual boards."""
    found = serial_ports()
    virtual = {f"{SCHEME}://{preset}": preset.summary for preset in Preset}
    if json:
        print_json({"ports": [asdict(port) for port in found], "virtual": list(virtual)})
        return

    table = wrapping_table("Port", "Bridge", "USB serial number", "Description")
    for port in found:
        table.add_row(port.device, port.bridge or "", port.usb_serial_number or "", port.description)
    for url, summary in virtual.items():
        table.add_row(url, "VIRTUAL", "", summary)
    console().print(table)
