"""Exchanges that people published of real chips, as data.

A file has the source, the part, what is known of the chip's state and how the rest was filled in, and the exchanges:
either packets (`ask`: opcode, param1, param2 and data in hexadecimal digits, count and CRC are added; `answer`: the
whole frame) or transfers on the bus. `??` is a byte that depends on the chip or that nobody wrote down, `??*32` are 32.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.factory_chips import ATECC508A, ATECC608A
from atecc_bench.twin.state.memory import Eeprom

FOLDER = Path(__file__).parent / "recordings"
_FACTORY = {"ATECC508A": ATECC508A, "ATECC608A": ATECC608A, "ATECC608B": ATECC608A}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chip(_Strict):
    """State before the first exchange: a chip of the factory with these bytes changed, by offset or slot."""

    config: dict[int, str] = {}
    slots: dict[int, str] = {}


class Exchange(_Strict):
    """One packet and the frame that the chip answered."""

    ask: str
    answer: str


class Transfer(_Strict):
    """One thing done on the bus; exactly one of the fields is there.

    `wake` is a wake pulse and `seconds` time that passes. `write` is what was written and acknowledged, `read` what was
    read, `silent` a 7-bit address that did not acknowledge.
    """

    wake: Literal[True] | None = None
    seconds: float | None = None
    write: str | None = None
    read: str | None = None
    silent: int | None = None


class Recording(_Strict):
    """What one chip did, and where that was published."""

    source: str
    part: Literal["ATECC508A", "ATECC608A", "ATECC608B"]
    shows: str
    assumed: str
    chip: Chip = Chip()
    address: int = 0x60
    exchanges: tuple[Exchange, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    def element(self) -> SecureElement:
        """The chip of the recording, in software."""
        fresh = Eeprom.factory(seeded_entropy(981), _FACTORY[self.part])
        config = bytearray(fresh.contents(Zone.CONFIG))
        if self.part == "ATECC608B":
            config[7] = 0x03
        for offset, digits in self.chip.config.items():
            data = bytes.fromhex(digits)
            config[offset : offset + len(data)] = data
        slots = [bytearray(fresh.contents(Zone.DATA, slot)) for slot in range(SLOT_COUNT)]
        for slot, digits in self.chip.slots.items():
            data = bytes.fromhex(digits)
            slots[slot][: len(data)] = data
        memory = Eeprom(bytes(config), fresh.contents(Zone.OTP), slots, fresh.seed)
        return SecureElement(memory, seeded_entropy(276))


def recordings() -> Iterator[tuple[str, Recording]]:
    """All recordings by the name of their file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        yield path.stem, Recording.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def packet(digits: str) -> bytes:
    """The whole packet of `opcode, param1, param2, data`."""
    body = bytes.fromhex(digits)
    counted = bytes((len(body) + 3,)) + body
    return counted + crc16_bytes(counted)


def pattern_length(pattern: str) -> int:
    """How many bytes a pattern stands for."""
    return len(_bytes_of(pattern))


def fits(data: bytes, pattern: str) -> bool:
    """Whether bytes are those of the pattern, where it has any."""
    wanted = _bytes_of(pattern)
    return len(data) == len(wanted) and all(w is None or w == d for d, w in zip(data, wanted, strict=True))


def _bytes_of(pattern: str) -> list[int | None]:
    found: list[int | None] = []
    for word in pattern.split():
        if repeated := re.fullmatch(r"\?\?(?:\*(\d+))?", word):
            found += [None] * int(repeated[1] or 1)
        else:
            found += list(bytes.fromhex(word))
    return found
