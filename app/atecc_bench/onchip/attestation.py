"""Attestation of a chip's configuration by one of its own private keys.

Whoever passes the bytes on can change what is read. The chip hashes its own configuration into TempKey (GenDig over the
four blocks of the zone), ends with the digest of a public key (GenKey), which makes TempKey one that Sign Internal
takes, and signs. Sequences and layouts as in the data sheets ("GenDig", "GenKey", "Sign").
"""

import secrets
from hashlib import sha256

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, NonceMode, SignMode
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE
from atecc_bench.chip.session import tempkey
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.tempkey import SignedSlot, TempKeyFlags, command_head, session_digest
from atecc_bench.errors import RefusedError
from atecc_bench.pki.x509.chain_checks import verify_digest

_NUM_IN_LENGTH = 20


def attest_config(session: ChipSession, slot: int, public_key: bytes, config: ConfigZone) -> None:
    """Let the chip vouch for its configuration.

    SlotLocked and the locks of the zones are part of it.

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
    gen_key = commands.gen_key(GenKeyMode.DIGEST, slot)
    session.execute(gen_key)
    value = tempkey.public_key_digest(value, gen_key, config.serial_number, public_key)
    sign = commands.sign(slot, SignMode.INCLUDE_SERIAL_NUMBER)
    signature = session.execute(sign)
    flags = TempKeyFlags(key_id=slot, from_random=True, gen_key_data=True)
    described = SignedSlot(
        config.slot_configs[slot].to_word(), config.key_configs[slot].to_word(), config.slot_is_locked(slot)
    )
    message = tempkey.internal_message(value, flags, sign, described, config.serial_number)
    if not verify_digest(public_key, sha256(message).digest(), signature):
        raise RefusedError(
            "configuration-not-attested",
            f"The configuration that the chip signed with the key in slot {slot} is not the one that was read from it.",
            "Something between this computer and the chip changes what passes. Do not use this chip; "
            "look at it with another board and another cable.",
        )
