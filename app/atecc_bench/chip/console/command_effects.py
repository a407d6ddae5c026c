"""The lasting effect of a command on the chip.

Nothing, a change, or something that can never be undone.
"""

from enum import Enum

from atecc_bench.chip.protocol.commands import (
    TEMP_KEY_AS_KEY,
    CounterMode,
    EcdhMode,
    GenKeyMode,
    KdfTarget,
    Opcode,
    SecureBootMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket

_KDF_TARGET = 0x1C
_SECURE_BOOT_MODE = 0x07


class CommandEffect(Enum):
    """Lasting effect of a command, beyond the next sleep."""

    NOTHING = "changes nothing"
    CHANGES = "changes the chip"
    FOR_EVER = "can never be undone"


def effect_of(command: CommandPacket) -> CommandEffect:
    """The effect a command has when it is carried out.

    An unknown command is taken to change something.
    """
    mode = command.param1
    match command.opcode:
        case Opcode.LOCK | Opcode.UPDATE_EXTRA:
            return CommandEffect.FOR_EVER
        case Opcode.COUNTER:
            return CommandEffect.FOR_EVER if mode == CounterMode.INCREMENT else CommandEffect.NOTHING
        case Opcode.GEN_KEY:
            # The old private key is gone, and every certificate for it worthless.
            into_slot = mode & GenKeyMode.PRIVATE and command.param2 != TEMP_KEY_AS_KEY
            return CommandEffect.FOR_EVER if into_slot else CommandEffect.NOTHING
        case Opcode.PRIV_WRITE | Opcode.DERIVE_KEY:
            return CommandEffect.FOR_EVER
        case Opcode.ECDH:
            target = mode & EcdhMode.COPY_OUTPUT
            return CommandEffect.CHANGES if target == EcdhMode.COPY_SLOT else CommandEffect.NOTHING
        case Opcode.KDF:
            return CommandEffect.CHANGES if mode & _KDF_TARGET == KdfTarget.SLOT else CommandEffect.NOTHING
        case Opcode.SECURE_BOOT:
            return CommandEffect.NOTHING if mode & _SECURE_BOOT_MODE == SecureBootMode.FULL else CommandEffect.CHANGES
        case Opcode.WRITE:
            return CommandEffect.CHANGES
        case (
            Opcode.READ
            | Opcode.INFO
            | Opcode.NONCE
            | Opcode.RANDOM
            | Opcode.SIGN
            | Opcode.VERIFY
            | Opcode.MAC
            | Opcode.HMAC
            | Opcode.CHECK_MAC
            | Opcode.GEN_DIG
            | Opcode.SHA
            | Opcode.AES
            | Opcode.SELF_TEST
            | Opcode.PAUSE
        ):
            return CommandEffect.NOTHING
        case _:
            return CommandEffect.CHANGES
