"""Encrypted reads and writes, key import, and proof of a key.

Sequences as in the data sheets ("Write", "Read", "PrivWrite", "CheckMac"): a Nonce with a random number of the chip,
GenDig with the key both sides know, then the command. Keys are 32 bytes; nothing here ever shows one.
"""

import secrets
from dataclasses import dataclass, field

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import MacMode, NonceMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import BLOCK, Zone
from atecc_bench.chip.session import tempkey
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.chip.session.session_macs import (
    OTHER_DATA_SIZE,
    check_mac_response,
    crypt_block,
    crypt_private_key,
    priv_write_mac,
    write_mac,
)
from atecc_bench.chip.session.tempkey import command_head, session_digest

KEY_LENGTH = 32

_NUM_IN_LENGTH = 20
_PRIVATE_KEY_PAD = bytes(4)
_NO_MAC = bytes(32)
_NO_OTP = bytes(64)
# A new seed is a write to the chip's EEPROM, which looking does not do.
_FOR_WRITING, _FOR_LOOKING = NonceMode.RANDOM_WITH_SEED_UPDATE, NonceMode.RANDOM_NO_SEED_UPDATE


@dataclass(frozen=True)
class SlotKey:
    """A key that the host knows, and the slot that holds it."""

    slot: int
    value: bytes = field(repr=False)


def write_key(session: ChipSession, slot: int, key: bytes) -> None:
    """Write a key into the first block of a slot in clear.

    Anybody on the wire sees it; no trace keeps it.
    """
    session.execute(commands.write(Zone.DATA, slot, 0, key, secret=True))


def write_encrypted(session: ChipSession, slot: int, offset: int, block: bytes, key: SlotKey) -> None:
    """Write 32 bytes of a slot, encrypted.

    The key is the one that the slot's WriteKey names.

    Raises:
        ChipStatusError: The chip refuses, as it does with another key.
    """
    session_key, serial_number = _session_key(session, key)
    command = commands.write_encrypted(Zone.DATA, slot, offset)
    mac = write_mac(session_key, command, serial_number, block)
    session.execute(commands.write_encrypted(Zone.DATA, slot, offset, crypt_block(session_key, block) + mac))


def read_encrypted(session: ChipSession, slot: int, offset: int, key: SlotKey) -> bytes:
    """Read 32 bytes of a slot, encrypted.

    The key is the one that the slot's ReadKey names. The chip proves nothing here: with another key the answer is
    noise.
    """
    session_key, _ = _session_key(session, key, _FOR_LOOKING)
    return crypt_block(session_key, session.execute(commands.read_block(Zone.DATA, slot, offset)))


def import_private_key(session: ChipSession, slot: int, private_key: bytes, key: SlotKey | None) -> None:
    """Import a P-256 private key (32 bytes) with PrivWrite.

    Encrypted with the key in WriteKey; without `key` in clear, which the chip takes before the data lock only.

    Raises:
        ChipStatusError: The chip refuses.
    """
    plain = _PRIVATE_KEY_PAD + private_key
    if key is None:
        session.execute(commands.priv_write(slot, plain + _NO_MAC, encrypted=False))
        return
    session_key, serial_number = _session_key(session, key)
    mac = priv_write_mac(session_key, commands.priv_write(slot, encrypted=True), serial_number, plain)
    session.execute(commands.priv_write(slot, crypt_private_key(session_key, plain) + mac, encrypted=True))


def holds_key(session: ChipSession, key: SlotKey) -> bool:
    """True when CheckMac proves that the slot holds this key.

    Over a fresh random number of the chip. Works once the data zone is locked, and counts as a use of the key where
    uses are limited.

    Raises:
        ChipStatusError: The chip refuses to compare.
    """
    serial_number, challenge = session.serial_number(), _random_nonce(session, _FOR_LOOKING)
    mode = MacMode.BLOCK2_TEMP_KEY
    other_data = command_head(CommandPacket(Opcode.MAC, mode, key.slot)).ljust(OTHER_DATA_SIZE, b"\0")
    response = check_mac_response(key.value, challenge, mode, other_data, _NO_OTP, serial_number)
    try:
        session.execute(commands.check_mac(key.slot, mode, bytes(BLOCK), response, other_data))
    except ChipStatusError as error:
        if error.code == Status.CHECKMAC_OR_VERIFY_MISCOMPARE:
            return False
        raise
    return True


def _random_nonce(session: ChipSession, mode: NonceMode) -> bytes:
    num_in = secrets.token_bytes(_NUM_IN_LENGTH)
    answer = session.execute(commands.nonce_random(num_in, mode))
    return tempkey.nonce(answer, num_in, mode)


def _session_key(session: ChipSession, key: SlotKey, mode: NonceMode = _FOR_WRITING) -> tuple[bytes, bytes]:
    """Agree on TempKey with Nonce and GenDig.

    Returns what TempKey holds on both sides, and the chip's serial number.
    """
    serial_number = session.serial_number()
    start = _random_nonce(session, mode)
    gen_dig = commands.gen_dig_data(key.slot)
    session.execute(gen_dig)
    return session_digest(key.value, command_head(gen_dig), serial_number, start), serial_number
