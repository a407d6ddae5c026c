"""The names of virtual boards.

They have a file of their own, because who only lists them needs no board.
"""

from enum import StrEnum


class Preset(StrEnum):
    """What stands on the virtual desk."""

    FRESH = "fresh"
    CONFIGURED = "configured"
    PROVISIONED = "provisioned"
    MISMATCH = "mismatch"
    TRUSTFLEX = "trustflex"
    TRUSTGO = "trustgo"
    ATECC508A = "atecc508a"
    WRONG_ADDRESS = "wrong-address"
    NO_CHIP = "no-chip"
    BLANK_BOARD = "blank-board"
    OTHER_FIRMWARE = "other-firmware"

    @property
    def summary(self) -> str:
        """One line that says what the preset is."""
        return _SUMMARIES[self]

    @property
    def has_chip(self) -> bool:
        """Whether there is a chip whose state can be kept."""
        return self not in (Preset.NO_CHIP, Preset.BLANK_BOARD, Preset.OTHER_FIRMWARE)


_SUMMARIES = {
    Preset.FRESH: "an ATECC608A as it leaves the factory",
    Preset.CONFIGURED: "an ATECC608A with configuration and data zone locked, without keys",
    Preset.PROVISIONED: "an ATECC608A with keys and certificates",
    Preset.MISMATCH: "an ATECC608A whose certificate was signed for another key",
    Preset.TRUSTFLEX: "a TrustFLEX ATECC608A-TFLXTLS with keys and certificates",
    Preset.TRUSTGO: "a Trust&GO ATECC608A-TNGTLS with keys and certificates",
    Preset.ATECC508A: "an ATECC508A as it leaves the factory",
    Preset.WRONG_ADDRESS: "an ATECC608A that answers at another I2C address than expected",
    Preset.NO_CHIP: "a board with the bridge, but no chip on its bus",
    Preset.BLANK_BOARD: "a board with an empty flash, wired to an ATECC608A as it leaves the factory",
    Preset.OTHER_FIRMWARE: "the same board with somebody else's application in its flash",
}
