"""Chips of the same maker outside this family.

They speak alike.

They are named, so that nobody takes one for a damaged ATECC508A or ATECC608. Info answers four bytes on all of them;
what they mean is CryptoAuthLib's `calib_get_devicetype`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from atecc_bench.errors import RefusedError

# By the byte that counts parts, third of the four.
_PARTS: Mapping[int, str] = MappingProxyType({0x10: "ATECC108A", 0x40: "ATSHA206A"})
_FAMILY_OF_ECC204 = 0x20
_DEVICES: Mapping[int, str] = MappingProxyType({
    0x5A: "ECC204 or ECC206", 0x6A: "TA010", 0x35: "SHA104", 0x3B: "SHA105",
})  # fmt: skip
_ATSHA204A = (b"\0\x02\0", b"\0\0\x02")  # before the byte that counts revisions
_CONFIG_SIZES: Mapping[str, int] = MappingProxyType({"ATSHA204A": 88, "ATSHA206A": 88})
_SAME_LAYOUT = ("ATECC108A",)  # its configuration zone is that of the ATECC508A
_CONSONANTS = ("chip", "T", "SHA")
_OTHER_LANGUAGE = "TA"  # the TA100 and its kin take other commands


def neighbour_of_revision(revision: bytes) -> str | None:
    """Name of a chip outside this family, by its Info revision.

    Four bytes; None for the family itself and for nonsense.
    """
    if revision[:3] in _ATSHA204A:
        return "ATSHA204A"
    if revision[0]:
        return None
    if revision[2] == _FAMILY_OF_ECC204:
        known = _DEVICES.get(revision[1]) if revision[3] else _DEVICES[0x5A]
        return known or "chip of the ECC204's family"
    return _PARTS.get(revision[2]) if not revision[1] else None


def neighbour_of_kit_name(name: str) -> str | None:
    """Name of a chip that takes other commands, or None.

    It is what a bridge calls the chip.
    """
    return name if name.upper().startswith(_OTHER_LANGUAGE) else None


def neighbour_config_size(name: str) -> int | None:
    """Size of the configuration zone of such a chip.

    None where it is not known, or 128 bytes too.
    """
    return _CONFIG_SIZES.get(name)


class OtherChipError(RefusedError):
    """A chip outside this family, which is identified and not provisioned."""

    def __init__(self, name: str, revision: bytes | None = None) -> None:
        self.name = name
        self.revision = revision or b""
        shown = f" (revision {revision.hex(' ').upper()})" if revision is not None else ""
        works = " and `config decode` explains a dump of its configuration" if name in _SAME_LAYOUT else ""
        article = "a" if name.startswith(_CONSONANTS) else "an"
        super().__init__(
            "other-chip",
            f"This is {article} {name}{shown}, which ATECC Bench does not provision.",
            f"`atecc-bench info` identifies it{works}; for the rest use an ATECC508A, ATECC608A or ATECC608B.",
        )


def check_family(revision: bytes) -> None:
    """Refuse a chip outside this family.

    Raises:
        OtherChipError: With its name.
    """
    name = neighbour_of_revision(revision)
    if name is not None:
        raise OtherChipError(name, revision)
