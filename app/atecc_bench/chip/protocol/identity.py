"""Part and variant of a chip.

The part by its revision, the variant by the I2C address its configuration names.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from atecc_bench.chip.protocol.neighbours import neighbour_of_revision


class Part(Enum):
    """Parts of the family."""

    ATECC508A = "ATECC508A"
    ATECC608A = "ATECC608A"
    ATECC608B = "ATECC608B"

    @property
    def is_608(self) -> bool:
        """True for an ATECC608A or ATECC608B.

        Those know commands and configuration fields that the ATECC508A does not.
        """
        return self is not Part.ATECC508A


class Variant(Enum):
    """How Microchip configured the chip before it was sold.

    The 8-bit I2C address stands in brackets.
    """

    TRUST_CUSTOM = "TrustCUSTOM"  # C0
    TRUST_FLEX = "TrustFLEX"  # 6C
    TRUST_AND_GO = "Trust&GO"  # 6A
    TRUST_MANAGER = "TrustMANAGER"  # 70


REVISIONS: Final[Mapping[bytes, Part]] = {
    bytes.fromhex("00005000"): Part.ATECC508A,
    bytes.fromhex("00006002"): Part.ATECC608A,
    bytes.fromhex("00006003"): Part.ATECC608B,
}
"""Info revisions that Microchip has documented, each with its part."""

_ATECC608C: Final = bytes.fromhex("00006004")
_NAMES: Final[Mapping[bytes, str]] = {
    **{revision: part.value for revision, part in REVISIONS.items()},
    # The data sheets say that 03 or more is a 608B; the errata of 2024 know a 608C by a revision of its own.
    _ATECC608C: "ATECC608C",
}

_VARIANTS = {0x6C: Variant.TRUST_FLEX, 0x6A: Variant.TRUST_AND_GO, 0x70: Variant.TRUST_MANAGER}


def part_of_revision(revision: bytes) -> Part:
    """The part with this Info revision (4 bytes).

    00 00 50 xx is the ATECC508A, 00 00 60 03 and more the ATECC608B, other 00 00 60 xx the ATECC608A. An unknown
    revision is treated as the nearest part.
    """
    if revision[2] < 0x60:
        return Part.ATECC508A
    return Part.ATECC608B if revision[3] >= 0x03 else Part.ATECC608A


def revision_is_known(revision: bytes) -> bool:
    """Whether Microchip has published this Info revision."""
    return revision in _NAMES


def name_of_revision(revision: bytes) -> str:
    """The chip's name by its Info revision, in a word.

    Of an unknown one it is the part that it is treated as.
    """
    return _NAMES.get(revision, part_of_revision(revision).value)


def revision_in_words(revision: bytes) -> str:
    """What an Info revision says of a chip.

    And what the chip is treated as, if that is something else.
    """
    neighbour = neighbour_of_revision(revision)
    if neighbour is not None:
        return f"{neighbour}, which ATECC Bench does not provision"
    part = part_of_revision(revision).value
    if revision == _ATECC608C:
        return f"ATECC608C, by its errata (608B in older documents), treated as the {part}"
    return part if revision in _NAMES else f"unknown, treated as the nearest, the {part}"


def revision_of_part(part: Part) -> bytes:
    """The documented Info revision of a part, 4 bytes."""
    return next(revision for revision, its_part in REVISIONS.items() if its_part is part)


def variant_of_address(i2c_address: int) -> Variant:
    """The variant with this factory I2C address (8-bit form).

    Any other address is a TrustCUSTOM.
    """
    return _VARIANTS.get(i2c_address & 0xFE, Variant.TRUST_CUSTOM)
