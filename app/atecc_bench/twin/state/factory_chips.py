"""Chips as they leave the factory, before anybody has written their configuration.

Bytes 16 to 127 are those of unused parts whose configuration zones people have published: several ATECC608A of
revision 02 and two ATECC508A, which agree with each other. Byte 14 differs from lot to lot in its reserved bits.
"""

from dataclasses import dataclass

from atecc_bench.chip.protocol.identity import Part, revision_of_part

_SLOT_CONFIGS = "8320 8720 8F20 C48F 8F8F 8F8F 9F8F AF8F 0000 0000 0000 0000 0000 0000 0000 AF8F"
_COUNTERS = "FFFFFFFF00000000 FFFFFFFF00000000"
_LOCKS_TO_FORMATS = "0000 5555 FFFF 0000 00000000"  # UserExtra, locks, SlotLocked, ChipOptions, X509format
_KEY_CONFIGS = "3300 3300 3300 1C00 1C00 1C00 1C00 1C00 3C00 3C00 3C00 3C00 3C00 3C00 3C00 1C00"


@dataclass(frozen=True)
class FactoryModel:
    """Contents that all unused chips of a kind have in common."""

    revision: bytes
    serial_end: int
    rest: bytes


ATECC608A = FactoryModel(
    revision=revision_of_part(Part.ATECC608A),
    serial_end=0xEE,
    rest=bytes.fromhex(f"013500 C0000000 {_SLOT_CONFIGS} {_COUNTERS} {'00' * 16} {_LOCKS_TO_FORMATS} {_KEY_CONFIGS}"),
)
TRUST_PLATFORM_ATECC608A = FactoryModel(ATECC608A.revision, 0x01, ATECC608A.rest)
"""The chip that Microchip makes a TrustFLEX or Trust&GO of: only its serial number ends differently."""
ATECC508A = FactoryModel(
    revision=revision_of_part(Part.ATECC508A),
    serial_end=0xEE,
    rest=bytes.fromhex(f"C05900 C0005500 {_SLOT_CONFIGS} {_COUNTERS} {'FF' * 16} {_LOCKS_TO_FORMATS} {_KEY_CONFIGS}"),
)
