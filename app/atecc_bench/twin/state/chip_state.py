"""State that a command works on.

The EEPROM, and the registers that are lost when the chip sleeps or loses power.
"""

from copy import copy, deepcopy
from dataclasses import dataclass, field, replace

from atecc_bench.chip.session.tempkey import TempKeyFlags
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.sha256_state import Sha256State


@dataclass
class Register:
    """A register of the SRAM for digests or keys.

    32 or 64 bytes, or nothing.
    """

    value: bytes | None = None

    def load(self, value: bytes) -> None:
        """Make the register valid."""
        self.value = value

    def clear(self) -> None:
        """Make the register invalid."""
        self.value = None


@dataclass(frozen=True)
class HashedKey:
    """A public key that a digest covers.

    That of `slot`; it was block `position` of `blocks` of 64 bytes.
    """

    slot: int
    position: int
    blocks: int


@dataclass
class TempKey(Register):
    """TempKey with its flags.

    `private_key` says that GenKey put a private key there; `hashed_key` which public key SHA Public put into it.
    """

    flags: TempKeyFlags = field(default_factory=TempKeyFlags)
    private_key: bool = False
    hashed_key: HashedKey | None = None

    def load(self, value: bytes, flags: TempKeyFlags | None = None) -> None:
        """Make the register valid; without flags the value comes from outside."""
        self.value, self.flags = value, flags or TempKeyFlags()
        self.private_key, self.hashed_key = False, None

    def load_private_key(self, value: bytes) -> None:
        """Keep a private key (32 bytes).

        Only ECDH and GenKey can use it.
        """
        self.load(value)
        self.private_key = True

    def clear(self) -> None:
        """Make the register invalid."""
        self.load(b"")
        self.value = None


@dataclass
class ShaContext:
    """A SHA-256 or HMAC computation between Start and End.

    `outer_key` is the key of an HMAC.
    """

    state: Sha256State = field(default_factory=Sha256State)
    outer_key: bytes | None = None
    hashed_slot: int | None = None
    hashed_position: int = 0


@dataclass
class ChipState:
    """The chip's memories and its source of random numbers.

    `self_test_failures` is the Failure register: a bit for each engine whose last self test failed, as SelfTest
    names them in its mode. Waking clears it, unless the self test after waking fails in its turn.
    `pauses` says that the command was a Pause for another chip.
    `authorized_slot` is the key that the last CheckMac proved. The persistent latch, the end of the use lock and
    the prohibition of SecureBoot last as long as there is power.
    """

    memory: Eeprom
    entropy: Entropy
    temp_key: TempKey = field(default_factory=TempKey)
    message_digest_buffer: Register = field(default_factory=Register)
    alternate_key_buffer: Register = field(default_factory=Register)
    sha: ShaContext | None = None
    authorized_slot: int | None = None
    self_test_failures: int = 0
    persistent_latch: bool = False
    use_unlocked: bool = False
    secure_boot_prohibited: bool = False
    pauses: bool = False

    def copy(self, config: bytes | None = None) -> "ChipState":
        """The same state in memories of its own.

        If wanted with another configuration zone (128 bytes).
        """
        return replace(
            self,
            memory=self.memory.copy(config),
            entropy=copy(self.entropy),
            temp_key=copy(self.temp_key),
            message_digest_buffer=copy(self.message_digest_buffer),
            alternate_key_buffer=copy(self.alternate_key_buffer),
            sha=deepcopy(self.sha),
        )

    def clear_registers(self) -> None:
        """Clear what sleep and the watchdog clear; idle does not."""
        self.temp_key.clear()
        self.message_digest_buffer.clear()
        self.alternate_key_buffer.clear()
        self.sha = None
        self.authorized_slot = None

    def lose_power(self) -> None:
        """Lose what a failing supply takes."""
        self.clear_registers()
        self.persistent_latch = self.use_unlocked = self.secure_boot_prohibited = False
