"""Attestation of a chip's configuration by one of its own private keys.

Whoever passes the bytes on can change what is read. The chip hashes its own configuration into TempKey (GenDig over the
four blocks of the zone), ends with what makes TempKey one that Sign Internal takes, and signs. That end is GenDig over
a slot that is read in clear, as in CryptoAuthLib's own test of Sign Internal and in products with slot 8 of an
ATECC608A; where no slot is, it is the digest of a public key (GenKey), which takes longer. Sequences and layouts as in
the data sheets ("GenDig", "GenKey", "Sign").
"""

import secrets
from hashlib import sha256

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Access, Holds, slot_policy
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, NonceMode, SignMode
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, SLOT_COUNT
from atecc_bench.chip.session import tempkey
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.tempkey import SignedSlot, TempKeyFlags, command_head, session_digest
from atecc_bench.errors import RefusedError
from atecc_bench.pki.x509.chain_checks import verify_digest

_NUM_IN_LENGTH = 20


def closing_slot(config: ConfigZone) -> int | None:
    """The slot in clear whose GenDig ends the attestation, or None.

    Slots of certificates and data come first, those in which keys have their place last.
    """
    return next((slot for slot in (*range(8, SLOT_COUNT), *range(8)) if _closes(config, slot)), None)


def _closes(config: ConfigZone, slot: int) -> bool:
    policy, words, key = slot_policy(config, slot), config.slot_configs[slot], config.key_configs[slot]
    bound = words.no_mac or words.limited_use or key.req_auth or key.persistent_disable
    return policy.holds is Holds.DATA and policy.read is Access.CLEAR and not bound


def attest_config(session: ChipSession, slot: int, public_key: bytes, config: ConfigZone) -> None:
    """Let the chip vouch for its configuration.

    SlotLocked and the locks of the zones are part of it, and the first 32 bytes of `closing_slot` as they are read.

    `config` is what was read of it; the private key in `slot` signs internal messages and belongs to `public_key`
    (X‖Y, 64 bytes). A fresh random number of both sides goes in.

    Raises:
        RefusedError: `configuration-not-attested`: the chip has another configuration, or another key signed.
        ChipStatusError: The chip refuses.
    """
    num_in, mode = secrets.token_bytes(_NUM_IN_LENGTH), NonceMode.RANDOM_NO_SEED_UPDATE
    value = tempkey.nonce(session.execute(commands.nonce_random(num_in, mode)), num_in, mode)
    raw = config.to_bytes()
    for block in range(CONFIG_SIZE // BLOCK):
        gen_dig = commands.gen_dig_config(block)
        session.execute(gen_dig)
        stored = raw[block * BLOCK : (block + 1) * BLOCK]
        value = session_digest(stored, command_head(gen_dig), config.serial_number, value)
    closing = closing_slot(config)
    if closing is not None:
        stored = session.read_slot(closing, 0, BLOCK)
        gen_dig = commands.gen_dig_data(closing)
        session.execute(gen_dig)
        value = session_digest(stored, command_head(gen_dig), config.serial_number, value)
        flags = TempKeyFlags(key_id=closing, from_random=True, gen_dig_data=True)
    else:
        gen_key = commands.gen_key(GenKeyMode.DIGEST, slot)
        session.execute(gen_key)
        value = tempkey.public_key_digest(value, gen_key, config.serial_number, public_key)
        flags = TempKeyFlags(key_id=slot, from_random=True, gen_key_data=True)
    sign = commands.sign(slot, SignMode.INCLUDE_SERIAL_NUMBER)
    signature = session.execute(sign)
    described = SignedSlot(
        config.slot_configs[flags.key_id].to_word(),
        config.key_configs[flags.key_id].to_word(),
        config.slot_is_locked(flags.key_id),
    )
    message = tempkey.internal_message(value, flags, sign, described, config.serial_number)
    if not verify_digest(public_key, sha256(message).digest(), signature):
        raise RefusedError(
            "configuration-not-attested",
            f"The configuration that the chip signed with the key in slot {slot} is not the one that was read from it.",
            "Something between this computer and the chip changes what passes. Do not use this chip; "
            "look at it with another board and another cable.",
        )
