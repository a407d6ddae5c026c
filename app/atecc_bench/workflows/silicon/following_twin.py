"""A twin put into the state of a connected chip.

It holds what can be read of the chip, a stand-in for what cannot, and draws the random numbers that the chip drew.
"""

from typing import Self

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import EcdhMode, InfoMode, KdfTarget, NonceMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import OTP_SIZE, SLOT_COUNT, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.collect import Contents
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence, possible_chips
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import SEED_SIZE, Eeprom

ERASED = b"\xff"
_RANDOM = 32
_KDF_TARGET = 0x1C


class FollowingEntropy:
    """Random numbers of a twin that follows a chip.

    It gives out those that the chip drew, else the twin's own. A twin that is copied follows the same chip.
    """

    def __init__(self) -> None:
        self._own = seeded_entropy(0)
        self._drawn: bytes | None = None

    def follow(self, drawn: bytes | None) -> None:
        """Give out this number of the chip next.

        None is for the twin's own.
        """
        self._drawn = drawn

    def __copy__(self) -> Self:
        return self

    def __call__(self, length: int) -> bytes:
        """The next `length` bytes."""
        if self._drawn is not None and len(self._drawn) == length:
            return self._drawn
        return self._own(length)


def drawn_number(command: CommandPacket, payload: bytes) -> bytes | None:
    """The random number of the chip that an answer shows, 32 bytes."""
    shows = len(payload) >= _RANDOM and (
        command.opcode == Opcode.RANDOM
        or (
            command.opcode == Opcode.NONCE
            and command.param1 & NonceMode.PASS_THROUGH != NonceMode.PASS_THROUGH
            and command.param2 == 0
        )
        or (command.opcode == Opcode.ECDH and bool(command.param1 & EcdhMode.OUTPUT_ENCRYPTED))
        or (command.opcode == Opcode.KDF and command.param1 & _KDF_TARGET == KdfTarget.OUTPUT_ENCRYPTED)
    )
    return payload[-_RANDOM:] if shows else None


def twin_of_contents(session: ChipSession, contents: Contents) -> tuple[SecureElement, FollowingEntropy]:
    """Put a twin into the state of a chip that was read.

    What cannot be read is filled as it would be on a chip in use; an empty slot for a private key stays empty. Asks
    the chip with Info only, and leaves it asleep.
    """
    config = contents.config
    session.sleep()
    slots: dict[int, bytes] = {n: slot.contents for n, slot in contents.slots.items() if slot.contents is not None}
    for slot in range(SLOT_COUNT):
        key = config.key_configs[slot]
        # Before the configuration lock nothing can be in any slot.
        empty = key.private and key.key_type == KEY_TYPE_P256 and not _holds_key(session, slot)
        if empty or not config.config_locked:
            slots[slot] = ERASED * slot_size(slot)
    known = ChipEvidence(config=config.to_bytes(), slots=slots, otp=contents.otp)
    memory = next(possible_chips(known, commands.info())).element.memory.copy()
    entropy = FollowingEntropy()
    state = ChipState(memory, entropy, persistent_latch=_latch(session, config))
    session.sleep()
    return SecureElement.in_state(state), entropy


def twin_of_blank_chip(config: bytes) -> tuple[SecureElement, FollowingEntropy]:
    """Put a twin into the state of an unused chip.

    All but the configuration, these 128 bytes, is erased.
    """
    slots = [ERASED * slot_size(slot) for slot in range(SLOT_COUNT)]
    entropy = FollowingEntropy()
    memory = Eeprom(config, ERASED * OTP_SIZE, slots, bytes(SEED_SIZE))
    return SecureElement.in_state(ChipState(memory, entropy)), entropy


def _holds_key(session: ChipSession, slot: int) -> bool:
    return bool(session.execute(CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, slot))[0])


def _latch(session: ChipSession, config: ConfigZone) -> bool:
    if not config.part.is_608:
        return False
    return bool(session.execute(CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT))[0])
