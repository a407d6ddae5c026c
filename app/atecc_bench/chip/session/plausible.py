"""Plausibility of what was read as a configuration zone.

Every chip of the family has a serial number that begins with 01 23 (bytes 0 and 1; all data sheets, "Serial number").
"""

from atecc_bench.errors import DeviceError

_BEGIN = b"\x01\x23"


def check_plausible(block: bytes) -> None:
    """Refuse a first block of the configuration that no chip has.

    `block` is at least the first 16 of its bytes.

    Raises:
        DeviceError: `implausible-configuration`, with what is wrong with it.
    """
    if block.startswith(_BEGIN):
        return
    if len(set(block)) == 1:
        what = f"all its bytes are {block[0]:02X}, which is what a line that is cut or held says"
    elif _BEGIN in block:
        what = f"01 23 stands at byte {block.index(_BEGIN)} and not at 0: bytes were lost or added"
    else:
        what = f"it begins with {block[:4].hex(' ').upper()}, and every serial number begins with 01 23"
    raise DeviceError(
        "implausible-configuration",
        f"What was read is not the configuration of such a chip: {what}.",
        "Check SDA, SCL, their pull-ups and the supply. Another board tells whether it is this one.",
    )
