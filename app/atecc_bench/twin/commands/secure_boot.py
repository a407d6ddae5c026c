"""SecureBoot (ATECC608): a firmware digest checked.

Its signature or what an earlier boot stored decides.
"""

import hmac

from atecc_bench.chip.config.device_options import SecureBootKind, SecureBootOptions
from atecc_bench.chip.protocol.commands import SecureBootMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, slot_size
from atecc_bench.chip.session.session_macs import crypt_block, secure_boot_key, secure_boot_mac
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_param2
from atecc_bench.twin.rules.refusal_reasons import SECURE_BOOT, ReasonId, mismatch, refused
from atecc_bench.twin.rules.tempkey_access import temp_key_value
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state import p256_slots as keys
from atecc_bench.twin.state.chip_state import ChipState

_DIGEST, _SIGNATURE = 32, 64
_OPTIONS = SecureBootMode.PROHIBIT | SecureBootMode.ENCRYPTED
_STORES = (SecureBootKind.FULL_SIGNATURE, SecureBootKind.FULL_DIGEST)


def secure_boot(chip: ChipState, command: CommandPacket) -> bytes:
    """Check a digest.

    The answer is success, or a MAC that proves it.
    """
    mode = command.param1 & ~int(_OPTIONS)
    if mode not in (SecureBootMode.FULL, SecureBootMode.FULL_STORE, SecureBootMode.FULL_COPY):
        raise bad_mode(command)
    stored = mode == SecureBootMode.FULL_STORE
    need_data_length(command, _DIGEST if stored else _DIGEST + _SIGNATURE)
    need_param2(command, 0)
    options = SecureBootOptions.of(chip.memory.config)
    _check(chip, options)
    if mode != SecureBootMode.FULL:
        _check_store(chip, options, writes=mode == SecureBootMode.FULL_COPY)
    key, digest = _digest(chip, command, options)
    if command.param1 & SecureBootMode.PROHIBIT:
        chip.secure_boot_prohibited = True
    signature = command.data[_DIGEST:]
    if stored and options.kind is SecureBootKind.FULL_DIGEST:
        genuine = hmac.compare_digest(chip.memory.contents(Zone.DATA, options.store_slot)[:_DIGEST], digest)
    else:
        if stored:
            signature = chip.memory.contents(Zone.DATA, options.store_slot)[:_SIGNATURE]
        genuine = _verify(chip, options.public_key_slot, digest, signature)
    if not genuine:
        raise mismatch(ReasonId.SECURE_BOOT_MISMATCH, "This digest is not the one that was signed or stored.")
    if mode == SecureBootMode.FULL_COPY:
        kept = digest if options.kind is SecureBootKind.FULL_DIGEST else signature
        chip.memory.write(Zone.DATA, options.store_slot, 0, kept)
    if options.sets_latch:
        chip.persistent_latch = True
    return secure_boot_mac(key, digest, signature, command) if key else bytes((Status.SUCCESS,))


def _check(chip: ChipState, options: SecureBootOptions) -> None:
    config = chip.memory.config
    rules.need_data_lock(config)
    if options.kind is SecureBootKind.DISABLED:
        raise refused(ReasonId.SECURE_BOOT_DISABLED, "The configuration does not enable SecureBoot.", SECURE_BOOT)
    if chip.secure_boot_prohibited:
        raise refused(ReasonId.SECURE_BOOT_PROHIBITED, "SecureBoot was prohibited until the next power-up.")
    key_rules.check_verify_stored(chip, options.public_key_slot, random_nonce=chip.temp_key.flags.from_random)


def _check_store(chip: ChipState, options: SecureBootOptions, *, writes: bool) -> None:
    config = chip.memory.config
    size = _SIGNATURE if options.kind is SecureBootKind.FULL_SIGNATURE else _DIGEST
    if options.kind not in _STORES or slot_size(options.store_slot) < size:
        raise refused(
            ReasonId.SECURE_BOOT_NOTHING_STORED,
            "The configuration lets SecureBoot store neither digest nor signature, or the slot is too short.",
            SECURE_BOOT,
        )
    rules.need_not_private(config, options.store_slot, "SecureBoot stores nothing there.")
    if writes:
        rules.need_slot_unlocked(config, options.store_slot)


def _digest(chip: ChipState, command: CommandPacket, options: SecureBootOptions) -> tuple[bytes, bytes]:
    """Key of the MAC, and the digest in clear.

    The key is empty without a MAC.
    """
    digest = command.data[:_DIGEST]
    if not command.param1 & SecureBootMode.ENCRYPTED:
        if options.random_nonce:
            raise _nonce_needed()
        return b"", digest
    io_key = key_rules.io_protection_key(chip)
    value = temp_key_value(chip)
    if options.random_nonce and not chip.temp_key.flags.from_random:
        raise _nonce_needed()
    chip.temp_key.clear()
    key = secure_boot_key(io_key, value)
    return key, crypt_block(key, digest)


def _nonce_needed() -> Exception:
    return refused(
        ReasonId.SECURE_BOOT_NONCE_NEEDED,
        "SecureBoot here needs an encrypted digest and a random nonce (SecureBootRandNonce).",
        SECURE_BOOT,
    )


def _verify(chip: ChipState, slot: int, digest: bytes, signature: bytes) -> bool:
    try:
        genuine = keys.verify(digest, signature, keys.stored_public_key(chip.memory, slot))
    except ValueError as error:
        raise refused(ReasonId.PUBLIC_KEY_INVALID, "The public key is not a point of the curve P-256.") from error
    count_use(chip.memory, slot)
    return genuine
