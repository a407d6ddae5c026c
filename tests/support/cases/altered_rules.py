"""One rule of a chip after the other changed: each clause of an assumption that a check can ask."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from unittest.mock import patch

from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    EcdhMode,
    GenDigZone,
    GenKeyMode,
    InfoMode,
    KdfAlgorithm,
    LockMode,
    MacMode,
    Opcode,
    SecureBootMode,
    ShaMode,
    SignMode,
    VerifyMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import BLOCK, OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.chip.session.session_macs import crypt_private_key
from atecc_bench.chip.session.tempkey import TempKeyFlags
from atecc_bench.twin.element.secure_element import Execution
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.state import p256_slots
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.memory import Eeprom
from tests.support.cases.altered_chips import (
    LOCKED,
    Altered,
    Go,
    answer,
    as_if,
    clears_temp_key,
    counts_not,
    counts_too,
    data_unlocked,
    keeps_temp_key,
    keys,
    of_opcode,
    other_status,
    refuses,
    slots,
    waits_for_config_lock,
    waits_for_data_lock,
    while_configured,
    works_before_any_lock,
    works_early,
)


def _set_config(at: int, value: int) -> Callable[[Eeprom], None]:
    return lambda memory: memory.write(Zone.CONFIG, 0, at, bytes((value,)))


def _zeros(memory: Eeprom) -> None:
    for slot in range(SLOT_COUNT):
        memory.write(Zone.DATA, slot, 0, bytes(slot_size(slot)))
    memory.write(Zone.OTP, 0, 0, bytes(OTP_SIZE))


def _zero_slot_8(memory: Eeprom) -> None:
    memory.write(Zone.DATA, 8, 0, bytes(slot_size(8)))


def _latch_is_lost(chip: ChipState) -> None:
    chip.clear_registers()
    chip.persistent_latch = False


def _authorization_lasts(chip: ChipState) -> None:
    authorized = chip.authorized_slot
    chip.clear_registers()
    chip.authorized_slot = authorized


def _use_lock_closes(chip: ChipState) -> None:
    chip.clear_registers()
    chip.use_unlocked = False


def _any_check_mac_unlocks(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    if command.opcode == Opcode.CHECK_MAC and done.reason is None:
        chip.use_unlocked = True
    return done


def _sha_lasts(chip: ChipState) -> None:
    context = chip.sha
    chip.clear_registers()
    chip.sha = context


def _lenient_read(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    if command.opcode != Opcode.READ or done.reason is None or done.reason.id is not ReasonId.NO_SUCH_ADDRESS:
        return done
    block = command.param2 >> 3 & 3
    if command.param1 & 3 != Zone.CONFIG:
        return done
    return answer(chip.memory.contents(Zone.CONFIG)[BLOCK * block : BLOCK * (block + 1)])


def _lenient_lock(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    if command.opcode == Opcode.LOCK and command.param1 == LockMode.CONFIG | LockMode.NO_CRC and done.reason:
        chip.memory.lock_config()
        return answer(Status.SUCCESS)
    return done


def _temp_key_stays_after_buffer(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    from_buffer = command.opcode in (Opcode.SIGN, Opcode.VERIFY) and command.param1 & SignMode.MESSAGE_DIGEST_BUFFER
    before = replace(chip.temp_key)
    done = go()
    if from_buffer and done.reason is None:
        chip.temp_key = before
    return done


def _key_valid(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    is_asked = command.opcode == Opcode.INFO and command.param1 == InfoMode.KEY_VALID and command.param2 < SLOT_COUNT
    if is_asked and chip.memory.config.key_configs[command.param2].key_type != 4:
        return answer(bytes((1, 0, 0, 0)))
    return go()


def _repeats_behind_the_end(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    slot, block = command.param2 >> 3 & 0xF, command.param2 >> 8
    is_block = command.opcode == Opcode.READ and command.param1 == 0x82 and done.reason is None
    missing = BLOCK * (block + 1) - slot_size(slot)
    if not is_block or missing <= 0:
        return done
    payload = ResponsePacket.parse(done.response).payload
    return answer(payload[: BLOCK - missing] + b"\xff" * missing)


def _needs_bit_6(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.WRITE and len(command.data) == 2 * BLOCK and not command.param1 & 0x40:
        return answer(Status.PARSE_ERROR)
    return go()


def _no_mac_before_lock(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.WRITE and len(command.data) == 2 * BLOCK and data_unlocked(chip):
        return answer(Status.EXECUTION_ERROR)
    return go()


def _wrong_mac_keeps_temp_key(chip: ChipState, _: CommandPacket, go: Go) -> Execution:
    before = replace(chip.temp_key)
    done = go()
    if done.reason is not None and done.reason.id is ReasonId.WRITE_MAC_MISMATCH:
        chip.temp_key = before
    return done


def _stays_valid(_: ChipState, __: CommandPacket, go: Go) -> Execution:
    with patch("atecc_bench.twin.commands.read_write_lock.rules.loses_validity", lambda *_: False):
        return go()


def _no_other_data(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    carries = command.opcode == Opcode.GEN_DIG and command.param1 == GenDigZone.DATA and command.data
    if carries and not chip.memory.config.slot_configs[command.param2].no_mac:
        return answer(Status.PARSE_ERROR)
    return go()


def _buffer_needs_random(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    of_buffer = command.opcode == Opcode.SIGN and command.param1 & SignMode.MESSAGE_DIGEST_BUFFER
    if of_buffer and chip.memory.config.key_configs[command.param2].req_random:
        return answer(Status.EXECUTION_ERROR)
    return go()


def _any_check_mac_authorizes(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    if command.opcode == Opcode.CHECK_MAC and done.reason is None:
        chip.authorized_slot = command.param2
    return done


def _counts_down_from_the_top(chip: ChipState, _: CommandPacket, go: Go) -> Execution:
    before = int.from_bytes(chip.memory.contents(Zone.CONFIG)[68:84], "little")
    done = go()
    after = int.from_bytes(chip.memory.contents(Zone.CONFIG)[68:84], "little")
    if chip.memory.config.config_locked and after.bit_count() == before.bit_count() - 1:
        left = before & ~(1 << before.bit_length() - 1)
        chip.memory.write(Zone.CONFIG, 0, 68, left.to_bytes(16, "little"))
    return done


def _writes_extra_again(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode != Opcode.UPDATE_EXTRA or command.param1 > 1:
        return go()
    chip.memory.write(Zone.CONFIG, 0, 84 + command.param1, bytes(1))
    return go()


def _extra_only_after_lock(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.UPDATE_EXTRA and not chip.memory.config.config_locked:
        return answer(Status.EXECUTION_ERROR)
    return go()


def _uses_private_temp_key(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    was_private = chip.temp_key.private_key
    if command.opcode == Opcode.MAC:
        chip.temp_key.private_key = False
    done = go()
    if command.opcode == Opcode.MAC and chip.temp_key.value is not None:
        chip.temp_key.private_key = was_private
    return done


def _sha_outlives_commands(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    context = chip.sha
    done = go()
    if command.opcode != Opcode.SHA:
        chip.sha = context
    return done


def _signs_any_temp_key(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.SIGN and not command.param1 & SignMode.EXTERNAL and chip.temp_key.value is not None:
        chip.temp_key.flags = replace(chip.temp_key.flags, gen_key_data=True)
    return go()


def _into_any_slot(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    into_slot = command.opcode == Opcode.ECDH and command.param1 & EcdhMode.COPY_OUTPUT == EcdhMode.COPY_SLOT
    if not into_slot:
        return go()
    read_key = chip.memory.config.slot_configs[command.param2].read_key | 0x8
    with as_if(chip, lambda config: slots(config, command.param2, read_key=read_key)):
        return go()


def _ecdh_asks_write_config(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.ECDH and command.param2 < SLOT_COUNT:
        policy = chip.memory.config.slot_configs
        if policy[command.param2].read_key & 0x8 and policy[command.param2 | 1].write_config:
            return answer(Status.EXECUTION_ERROR)
    return go()


def _kdf_into_any_slot(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode != Opcode.KDF or command.param1 & 0x1C != 0x08:
        return go()
    target = command.param2 >> 8
    with as_if(chip, lambda config: slots(keys(config, target, pub_info=True), target, write_config=0)):
        return go()


def _short_aes(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    if command.opcode == Opcode.KDF and command.param1 & 0x60 == KdfAlgorithm.AES and done.reason is None:
        payload = ResponsePacket.parse(done.response).payload
        return answer(payload[:16]) if len(payload) == 32 else done
    return done


def _expanding_hkdf(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode != Opcode.KDF or command.param1 & 0x60 != KdfAlgorithm.HKDF:
        return go()
    with patch(
        "atecc_bench.twin.commands.kdf._derive",
        lambda _, key, message: hmac.digest(hmac.digest(key, message, "sha256"), b"\x01", "sha256"),
    ):
        return go()


def _copy_asks_write_config(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.SECURE_BOOT and command.param1 & 7 == SecureBootMode.FULL_COPY:
        return answer(Status.EXECUTION_ERROR)
    return go()


def _random_engine_fails(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    return answer(b"\x01") if command.opcode == Opcode.SELF_TEST and command.param1 & 1 else go()


def _has_gpio(_: ChipState, command: CommandPacket, go: Go) -> Execution:
    return answer(bytes(4)) if command.opcode == Opcode.INFO and command.param1 == InfoMode.GPIO else go()


def _nonce_forgets(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    over_temp_key = command.opcode == Opcode.NONCE and command.param2 and done.reason is None
    if over_temp_key:
        chip.temp_key.flags = TempKeyFlags()
    return done


def _nonce_of_nothing(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    if command.opcode == Opcode.NONCE and command.param2 and chip.temp_key.value is None:
        chip.temp_key.load(bytes(BLOCK))
    return go()


def _early_genkey_asks(chip: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.GEN_KEY and bool(command.param1 & GenKeyMode.PRIVATE) and data_unlocked(chip)


def _is_slot_lock(_: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.LOCK and bool(command.param1 & LockMode.SLOT)


def _sha_start_keeps(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    before = replace(chip.temp_key)
    done = go()
    if command.opcode == Opcode.SHA and command.param1 == ShaMode.START:
        chip.temp_key = before
    return done


def _is_public(_: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.GEN_KEY and command.param1 == GenKeyMode.PUBLIC and command.param2 < SLOT_COUNT


def _is_external_validation(_: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.VERIFY and command.param1 == VerifyMode.VALIDATE_EXTERNAL


def _is_nonce_mac(_: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.MAC and bool(command.param1 & MacMode.SOURCE_FLAG)


def _limit_does_not_stop_counter(chip: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.COUNTER and chip.memory.config.config_locked


def _reads(chip: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.READ and command.param1 & 3 == Zone.DATA and chip.memory.config.data_locked


def _slot_read(command: CommandPacket) -> int:
    return command.param2 >> 3 & 0xF


def _validates(command: CommandPacket) -> bool:
    if command.opcode == Opcode.SHA:
        return command.param1 == ShaMode.PUBLIC
    return command.opcode == Opcode.VERIFY and command.param1 == VerifyMode.VALIDATE_EXTERNAL


def _pads(_: ChipState, command: CommandPacket) -> bool:
    clear = command.opcode == Opcode.PRIV_WRITE and not command.param1 & ENCRYPTED_ACCESS
    return clear and any(command.data[:4])


def _takes_any_encrypted_pad(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    session = chip.temp_key.value
    done = go()
    refused = done.reason is not None and done.reason.id is ReasonId.PRIVATE_KEY_INVALID
    if not refused or not command.param1 & ENCRYPTED_ACCESS or session is None:
        return done
    key = crypt_private_key(session, command.data[:36])[4:]
    if not p256_slots.is_private_key(key):
        return done
    p256_slots.write_private_key(chip.memory, command.param2, key)
    return answer(Status.SUCCESS)


R, S = ReasonId, Status
ALTERED: tuple[Altered, ...] = (
    Altered("factory-configuration", "byte 90 is 02", prepare=_set_config(90, 0x02)),
    Altered("trust-configurations", "byte 45 is another", prepare=_set_config(45, 0x77), preset="trustgo"),
    Altered("trust-open-slots", "slot 8 holds zeros", prepare=_zero_slot_8, preset="trustgo"),
    Altered("factory-slots-and-otp", "all bytes are 00", prepare=_zeros),
    Altered("slot-lock-needs-both-locks", "the configuration lock is enough",
            while_configured(_is_slot_lock, lambda config, _: replace(config, lock_value=LOCKED))),
    Altered("genkey-without-pub-info", "the public key is computed again",
            while_configured(_is_public, lambda config, c: keys(config, c.param2, pub_info=True))),
    Altered("genkey-before-data-lock", "WriteConfig is asked",
            while_configured(_early_genkey_asks, lambda config, _: replace(config, lock_value=LOCKED))),
    Altered("no-private-key-status", "answered with 05", other_status(R.NO_PRIVATE_KEY, S.ECC_FAULT)),
    Altered("lock-crc-mismatch", "answered with 03", other_status(R.LOCK_CRC_MISMATCH, S.PARSE_ERROR)),
    Altered("ignored-address-bits", "Read ignores them", _lenient_read),
    Altered("ignored-address-bits", "Lock ignores param2", _lenient_lock),
    Altered("fixed-config-blocks", "answered with 03", other_status(R.CONFIG_BYTES_FIXED, S.PARSE_ERROR)),
    Altered("tempkey-after-sign-and-verify", "kept after Sign", keeps_temp_key(Opcode.SIGN)),
    Altered("tempkey-after-sign-and-verify", "kept after Verify", keeps_temp_key(Opcode.VERIFY)),
    Altered("tempkey-after-sign-and-verify", "kept when the buffer was the source", _temp_key_stays_after_buffer),
    Altered("key-valid-of-other-keys", "answers 1", _key_valid),
    Altered("execution-times", "three times as long", slower=3, preset="atecc508a?speed=real"),
    Altered("when-settings-take-effect", "the address at once", slower=0, moves_at_once=True),
    Altered("partial-block-read", "FF stands behind the end", _repeats_behind_the_end),
    Altered("encrypted-block-write", "only with bit 6", _needs_bit_6),
    Altered("encrypted-block-write", "never before the data lock", _no_mac_before_lock),
    Altered("wrong-mac-status", "answered with 01",
            other_status(R.WRITE_MAC_MISMATCH, S.CHECKMAC_OR_VERIFY_MISCOMPARE)),
    Altered("wrong-mac-status", "TempKey is kept", _wrong_mac_keeps_temp_key),
    Altered("priv-write-of-no-key", "answered with 0F", other_status(R.PRIVATE_KEY_INVALID, S.EXECUTION_ERROR)),
    Altered("write-invalidates-public-key", "the first byte is written as it is", _stays_valid),
    *(Altered("locks-of-other-commands", f"{opcode.command_name} does not wait for the data lock", works_early(opcode))
      for opcode in (Opcode.ECDH, Opcode.KDF, Opcode.SECURE_BOOT, Opcode.SHA, Opcode.GEN_DIG)),
    *(Altered("locks-of-other-commands", f"{opcode.command_name} waits for the data lock", waits_for_data_lock(opcode))
      for opcode in (Opcode.MAC, Opcode.GEN_DIG, Opcode.DERIVE_KEY)),
    *(Altered("locks-of-other-commands", f"{opcode.command_name} works before any lock", works_before_any_lock(opcode))
      for opcode in (Opcode.MAC, Opcode.GEN_DIG, Opcode.DERIVE_KEY)),
    *(Altered("locks-of-other-commands", f"{opcode.command_name} waits for the configuration lock",
              waits_for_config_lock(opcode)) for opcode in (Opcode.COUNTER, Opcode.SHA, Opcode.AES)),
    Altered("locks-of-other-commands", "validation does not wait for the data lock",
            while_configured(lambda chip, c: data_unlocked(chip) and _validates(c),
                             lambda config, _: replace(config, lock_value=LOCKED))),
    Altered("locks-of-other-commands", "GenKey digests a stored key before the data lock",
            while_configured(lambda chip, c: data_unlocked(chip) and c.opcode == Opcode.GEN_KEY
                             and c.param1 == GenKeyMode.PUBLIC_KEY_DIGEST,
                             lambda config, _: replace(config, lock_value=LOCKED))),
    Altered("priv-write-pad", "in clear they must be zeros", refuses(_pads, S.ECC_FAULT)),
    Altered("priv-write-pad", "encrypted nobody looks at them", _takes_any_encrypted_pad),
    Altered("sha-update-length", "another length is refused",
            refuses(lambda _, c: c.opcode == Opcode.SHA and c.param1 == ShaMode.UPDATE and c.param2 != len(c.data),
                    S.PARSE_ERROR)),
    Altered("gendig-other-data-ignored", "answered with 03", _no_other_data),
    Altered("req-random", "the buffer is no way around it", _buffer_needs_random),
    Altered("req-random", "MAC over a nonce from outside will do",
            while_configured(_is_nonce_mac, lambda config, c: keys(config, c.param2, req_random=False))),
    Altered("req-auth", "reading is not guarded",
            while_configured(_reads, lambda config, c: keys(config, _slot_read(c), req_auth=False))),
    Altered("req-auth", "every CheckMac gives one", _any_check_mac_authorizes),
    Altered("req-auth", "it outlives sleep", sleeps=_authorization_lasts),
    Altered("use-lock", "sleep closes it again", sleeps=_use_lock_closes),
    Altered("use-lock", "every CheckMac opens it", _any_check_mac_unlocks),
    Altered("use-lock", "it stops nothing",
            while_configured(of_opcode(Opcode.MAC),
                             lambda config, _: replace(config, use_flags=bytes(1) + config.use_flags[1:]))),
    Altered("persistent-latch", "lost in sleep", sleeps=_latch_is_lost),
    Altered("persistent-latch", "setting it needs no proof",
            while_configured(of_opcode(Opcode.INFO),
                             lambda config, _: replace(config, use_flags=bytes(2) + config.use_flags[2:]))),
    Altered("persistent-latch", "it stops reading too",
            while_configured(lambda chip, c: _reads(chip, c) and not chip.persistent_latch
                             and chip.memory.config.key_configs[_slot_read(c)].persistent_disable,
                             lambda config, c: keys(config, _slot_read(c), req_auth=True))),
    Altered("intrusion-disable-508", "the key works",
            while_configured(of_opcode(Opcode.MAC), lambda config, c: keys(config, c.param2, persistent_disable=False)),
            preset="atecc508a"),
    Altered("what-counts-as-use", "GenKey counts", counts_too(lambda c: c.opcode == Opcode.GEN_KEY)),
    *(Altered("what-counts-as-use", f"{opcode.command_name} does not count", counts_not(opcode))
      for opcode in (Opcode.MAC, Opcode.GEN_DIG, Opcode.CHECK_MAC, Opcode.DERIVE_KEY, Opcode.SIGN, Opcode.ECDH,
                     Opcode.KDF, Opcode.SHA)),
    Altered("slot-15-uses-508", "from its last bit on", _counts_down_from_the_top, preset="atecc508a"),
    Altered("count-match", "the Counter command goes on",
            while_configured(_limit_does_not_stop_counter, lambda config, _: replace(config, count_match=0))),
    Altered("update-extra", "written again and again", _writes_extra_again),
    Altered("update-extra", "not before the configuration lock", _extra_only_after_lock),
    Altered("otp-mode-reserved", "all words can be read",
            while_configured(lambda _, c: c.opcode == Opcode.READ and c.param1 & 3 == Zone.OTP,
                             lambda config, _: replace(config, count_match=0xAA)), preset="atecc508a"),
    *(Altered("what-uses-tempkey-up", f"{opcode.command_name} leaves it valid", keeps_temp_key(opcode))
      for opcode in (Opcode.MAC, Opcode.CHECK_MAC, Opcode.DERIVE_KEY, Opcode.WRITE, Opcode.READ, Opcode.PRIV_WRITE)),
    *(Altered("what-uses-tempkey-up", f"{opcode.command_name} uses it up", clears_temp_key(opcode))
      for opcode in (Opcode.AES,)),
    Altered("private-key-in-tempkey", "MAC takes it", _uses_private_temp_key),
    Altered("sha-lifetime", "another command does not end it", _sha_outlives_commands),
    Altered("sha-lifetime", "sleep does not end it", sleeps=_sha_lasts),
    Altered("sha-lifetime", "its start leaves TempKey alone", _sha_start_keeps, preset="atecc508a"),
    Altered("validate-external", "X509format is not asked",
            while_configured(_is_external_validation, lambda config, _: replace(config, x509_format=bytes(4)))),
    Altered("validate-external", "Validate works in spite of a format",
            while_configured(lambda _, c: c.opcode == Opcode.VERIFY and c.param1 == VerifyMode.VALIDATE,
                             lambda config, _: replace(config, x509_format=bytes(4)))),
    Altered("sign-internal-source", "of any TempKey", _signs_any_temp_key),
    Altered("ecdh-target", "into any slot", _into_any_slot),
    Altered("ecdh-target", "WriteConfig of the target is asked", _ecdh_asks_write_config),
    Altered("output-protection-3", "as 0",
            while_configured(of_opcode(Opcode.ECDH),
                             lambda config, _: replace(config, chip_options=config.chip_options & ~0x300))),
    Altered("kdf-slots", "into any slot", _kdf_into_any_slot),
    Altered("kdf-results", "AES answers one block alone", _short_aes),
    Altered("kdf-results", "HKDF expands", _expanding_hkdf),
    Altered("secure-boot-storage", "WriteConfig is asked", _copy_asks_write_config),
    Altered("self-test-passes", "the random number generator fails", _random_engine_fails),
    Altered("info-gpio", "answers four bytes", _has_gpio),
    Altered("nonce-hashes-tempkey", "forgets the flags", _nonce_forgets),
    Altered("nonce-hashes-tempkey", "takes an empty TempKey for zeros", _nonce_of_nothing),
)  # fmt: skip
"""Each clause that a check can ask, contradicted."""


def flipped() -> Iterator[str]:
    """Ids of the assumptions that some chip here contradicts."""
    yield from dict.fromkeys(one.assumption for one in ALTERED)
