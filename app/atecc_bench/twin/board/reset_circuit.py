"""Reset circuit of an ESP32: EN and IO0 behind DTR and RTS.

The circuit of two transistors on most boards. RTS alone pulls EN low and so holds the chip in reset, DTR alone pulls
IO0 low; both or none pull nothing. EN rises slowly, by a resistor and a capacitor, and when it is up the ROM looks at
IO0: high starts what the flash holds, low waits for a download (Espressif, "Boot Mode Selection"; esptool's classic
reset).

IO0 counts as low when it was low at any moment while EN rose. Programs move the two lines one after the other, and
across a network some hundredths of a second apart.
"""

from enum import Enum

EN_RISE_S = 0.075


class BootMode(Enum):
    """What the ROM starts after a reset."""

    FLASH = "flash"
    DOWNLOAD = "download"


class ResetCircuit:
    """The two lines over time.

    Moments are seconds on the caller's monotonic clock and never go back.
    """

    def __init__(self) -> None:
        self._dtr = self._rts = False
        self._boots_at: float | None = None
        self._io0_was_low = False

    @property
    def in_reset(self) -> bool:
        """Whether EN is low or has not risen far enough yet."""
        return self._en_is_low or self._boots_at is not None

    @property
    def boots_at(self) -> float | None:
        """Moment at which the ROM starts, or None.

        None once it has started after the last reset, and while EN is held low.
        """
        return self._boots_at

    def set_lines(self, *, dtr: bool, rts: bool, moment: float) -> None:
        """Assert (True) or release the lines."""
        was_low = self._en_is_low
        self._dtr, self._rts = dtr, rts
        if self._en_is_low:
            self._boots_at = None
        elif was_low:
            self._boots_at = moment + EN_RISE_S
            self._io0_was_low = False
        self._io0_was_low |= dtr and not rts

    def boot(self, moment: float) -> BootMode | None:
        """Start the ROM if it is due at this moment.

        Says how it starts, and only once.
        """
        if self._boots_at is None or moment < self._boots_at:
            return None
        self._boots_at = None
        return BootMode.DOWNLOAD if self._io0_was_low else BootMode.FLASH

    @property
    def _en_is_low(self) -> bool:
        return self._rts and not self._dtr
