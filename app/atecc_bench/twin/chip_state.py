"""What a command works on: the EEPROM, and the registers that are lost when the chip sleeps."""

from dataclasses import dataclass, field

from atecc_bench.twin.entropy import Entropy
from atecc_bench.twin.memory import Eeprom


@dataclass
class Register:
    """A 32-byte register of the SRAM: TempKey, or the ATECC608's message digest buffer.

    `from_random` is TempKey's SourceFlag: whether the chip's own random number went into the value.
    """

    value: bytes | None = None
    from_random: bool = False

    def load(self, value: bytes, *, from_random: bool) -> None:
        """Make the register valid."""
        self.value, self.from_random = value, from_random

    def clear(self) -> None:
        """Make the register invalid."""
        self.value, self.from_random = None, False


@dataclass
class ChipState:
    """The chip's memories and its source of random numbers.

    `self_test_failures` is the Failure register: a bit for each engine whose last self test failed, as SelfTest
    names them in its mode. Waking clears it, unless the self test after waking fails in its turn.
    """

    memory: Eeprom
    entropy: Entropy
    temp_key: Register = field(default_factory=Register)
    message_digest_buffer: Register = field(default_factory=Register)
    self_test_failures: int = 0

    def clear_registers(self) -> None:
        """What sleep and the watchdog do; idle does not."""
        self.temp_key.clear()
        self.message_digest_buffer.clear()
