"""Configurations that tools print setting by setting.

Formats: RIOT's shell command `atca read` (sys/shell/cmds/cryptoauthlib.c), and the XML of Microchip's configurators
(ACES, Trust Platform), whole or in a comment.
"""

import re
from collections.abc import Iterator, Mapping

from atecc_bench.chip.config.config_zone import UNLOCKED
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, SLOT_COUNT
from atecc_bench.log_lines import without_prefix

_FEWEST = 16
_ELEMENT = re.compile(
    r"<(?P<name>[A-Za-z]\w*)(?P<attributes>(?:\s+\w+=\"[^\"<>]{0,20}\"){0,4})\s*>\s{0,40}"
    r"(?P<data>(?:0[xX])?[0-9A-Fa-f]{2}(?:[\s,]{1,4}(?:0[xX])?[0-9A-Fa-f]{2}){0,31})\s{0,40}</(?P=name)>"
)
_ATTRIBUTE = re.compile(r"(\w+)=\"([0-9A-Fa-f]+)\"")
_BYTE = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{2})")
_XML: Mapping[str, int] = {
    "SN01": 0, "SN03": 0, "SN23": 2, "RevNum": 4, "SN47": 8, "SN48": 8, "SN8": 12, "AESEnable": 13, "I2CEnable": 14,
    "I2CAddress": 16, "OTPMode": 18, "CountMatch": 18, "ChipMode": 19, "Counter0": 52, "Counter1": 60, "LastKeyUse": 68,
    "UseLock": 68, "VolatileKeyPermission": 69, "SecureBoot": 70, "KdfIvLoc": 72, "KdfIvStr": 73, "UserExtra": 84,
    "Selector": 85, "UserExtraAdd": 85, "LockValue": 86, "LockConfig": 87, "SlotLocked": 88, "ChipOptions": 90,
    "X509format": 92,
}  # fmt: skip
_XML_BY_NAME = {name.lower(): at for name, at in _XML.items()}
_ROW = re.compile(r"\s*(?P<name>[A-Za-z][A-Za-z0-9 .()]{3,30}?)\s*\|\s*(?P<value>\S.*?)\s*")
_RIOT: Mapping[str, int] = {
    "Serial No (Pt. 1)": 0, "Revision No.": 4, "Serial No (Pt. 2)": 8, "I2C Address": 16, "UserExtra": 84,
    "UserExtraAdd (I2C)": 85, "Selector": 85,
}  # fmt: skip
_LOCKS = {"LockValue": 86, "LockConfig": 87}
_TABLE = re.compile(r"\s*(Slot|Key) Config\s*")
_WORD = re.compile(r"\s*(\d{1,2})\s*\|\s*0x([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})\s*\|.*")
_SLOT_LOCKS = re.compile(r"\s*Locked\s*\|((?:\s*[X-]){16})\s*")


def printed_settings(text: str) -> tuple[Mapping[int, int], str] | None:
    """The bytes of settings that a text prints, and who prints so.

    None where there are too few of them, or one is told twice and differently.
    """
    for read, how in ((_of_xml, "XML of a configurator"), (_of_riot, "what RIOT prints")):
        some: dict[int, int] = {}
        if all(some.setdefault(at, value) == value for at, value in read(text)) and len(some) >= _FEWEST:
            return some, how
    return None


def _of_xml(text: str) -> Iterator[tuple[int, int]]:
    if "</" not in text:
        return
    for match in _ELEMENT.finditer(text):
        attributes = dict(_ATTRIBUTE.findall(match["attributes"]))
        data = [int(digits, 16) for digits in _BYTE.findall(match["data"])]
        at = _place(match["name"].lower(), attributes)
        if at is not None and at + len(data) <= CONFIG_SIZE:
            yield from enumerate(data, at)


def _place(name: str, attributes: Mapping[str, str]) -> int | None:
    if name == "reserved" and attributes.get("Address", "").isdigit():
        return int(attributes["Address"])
    if name in ("slotconfiguration", "keyconfiguration") and "Index" in attributes:
        slot = int(attributes["Index"], 16 if len(attributes["Index"]) == 1 else 10)
        bytes_of = slot_config_bytes if name.startswith("slot") else key_config_bytes
        return bytes_of(slot)[0] if slot < SLOT_COUNT else None
    return _XML_BY_NAME.get(name)


def _of_riot(text: str) -> Iterator[tuple[int, int]]:
    if "Config Zone" not in text and "SlotID" not in text:
        return
    bytes_of = None
    for line in map(without_prefix, text.split("\n")):
        line = line.removeprefix("# ")
        table = _TABLE.fullmatch(line)
        if table is not None:
            bytes_of = slot_config_bytes if table[1] == "Slot" else key_config_bytes
            continue
        word = _WORD.fullmatch(line) if bytes_of is not None else None
        if word is not None and bytes_of is not None and int(word[1]) < SLOT_COUNT:
            low, high = bytes_of(int(word[1]))
            yield from ((low, int(word[2], 16)), (high, int(word[3], 16)))
            continue
        locks = _SLOT_LOCKS.fullmatch(line)
        if locks is not None:
            open_slots = sum((sign == "-") << slot for slot, sign in enumerate(locks[1].split()))
            yield from enumerate(open_slots.to_bytes(2, "little"), 88)
            continue
        yield from _of_row(line)


def _of_row(line: str) -> Iterator[tuple[int, int]]:
    row = _ROW.fullmatch(line)
    if row is None:
        return
    lock = _LOCKS.get(row["name"])
    if lock is not None:
        yield lock, UNLOCKED if row["value"].endswith("Unlocked") else 0x00
        return
    at = _RIOT.get(row["name"])
    values = row["value"].split()
    if at is not None and all(_BYTE.fullmatch(value) for value in values):
        yield from enumerate((int(value, 16) for value in values), at)
