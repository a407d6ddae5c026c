"""What to do about a refusal, in sentences.

One for each reason that no bit of the configuration ends, and what was tried on this very chip.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from atecc_bench.chip.config.config_zone import UNLOCKED
from atecc_bench.chip.protocol.commands import LockMode, Opcode
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.refusals.bit_changes import Remedy
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.ways_out import (
    Steps,
    is_possible,
    other_form,
    other_slots,
    private_key_ways,
    slot_of,
    steps_before,
)
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import Reason, ReasonId

_NONCE_FIRST = "Run Nonce before it, in the same wake: sleep and the watchdog empty TempKey."

_LOOK_FIRST = "Before any lock look what it makes final: `atecc-bench config lint --port URL`."

WHAT_TO_DO: Mapping[ReasonId, str] = MappingProxyType({
    ReasonId.PACKET_DAMAGED: "Send the packet again; if it happens again, look at wiring, pull-ups and bus speed.",
    ReasonId.UNKNOWN_OPCODE: "Use a command of this part; no state of the chip makes it know another.",
    ReasonId.BAD_PARAMETER: "Correct param1 or param2; they are illegal in any state of the chip.",
    ReasonId.BAD_LENGTH: "Send as many bytes of data as the command takes; another length is illegal in any state.",
    ReasonId.NO_SUCH_ADDRESS: "Correct the address: param2 names a byte that the zone or slot does not have.",
    ReasonId.WATCHDOG_TOO_SHORT: "Idle and wake the chip before a long command; TempKey survives that.",
    ReasonId.SELF_TEST_FAILED: "Wake the chip again; if the self test keeps failing, the chip is broken.",
    ReasonId.CONFIG_BYTES_FIXED: "Write only bytes 16 to 83 and 88 to 127; UpdateExtra and Lock change the others.",
    ReasonId.LOCK_CRC_MISMATCH: "Read the zone back and compute the CRC over what it really holds, then lock.",
    ReasonId.OTP_LEGACY: "Read from byte 8 of OTP on.",
    ReasonId.OTP_READ_ONLY: "OTP was fixed by the data lock.",
    ReasonId.OTP_ONLY_CONSUMED: "Write only zeros where ones are.",
    ReasonId.EXTRA_BYTE_ALREADY_SET: "The byte keeps its value for the life of the chip.",
    ReasonId.VALID_PUBLIC_KEY_KEPT: "Invalidate the public key with Verify first.",
    ReasonId.NOT_A_PUBLIC_KEY_SLOT: "Keep public keys in slots 8 to 15: the others are too short.",
    ReasonId.NO_PRIVATE_KEY: "Generate a key in the slot with GenKey first.",
    ReasonId.PRIVATE_KEY_INVALID: "Import a number from 1 to the order of the curve less 1.",
    ReasonId.COUNT_MATCH_REACHED: "The counter only goes up; a higher limit must be written to the slot of CountMatch.",
    ReasonId.COUNTER_AT_END: "The counter only goes up and has reached its end for ever.",
    ReasonId.KEY_USED_UP: "The uses of the key are spent for ever.",
    ReasonId.NO_DIGEST: "Load the digest with Nonce (pass-through) right before, in the same wake.",
    ReasonId.NO_SYSTEM_NONCE: "Load a nonce of 32 bytes into the message digest buffer with Nonce first.",
    ReasonId.TEMP_KEY_EMPTY: _NONCE_FIRST,
    ReasonId.TEMP_KEY_TOO_SHORT: "Load 64 bytes into TempKey with Nonce (pass-through).",
    ReasonId.TEMP_KEY_SOURCE: "Let the mode say where TempKey comes from, or begin with the other kind of Nonce.",
    ReasonId.TEMP_KEY_NO_MAC: "Begin again with Nonce, and use a key without NoMac.",
    ReasonId.TEMP_KEY_OF_OTHER_KEY: "Run Nonce (random) and GenDig with the key that the slot names, right before.",
    ReasonId.TEMP_KEY_PRIVATE: "Begin again with Nonce: TempKey holds a private key now.",
    ReasonId.TEMP_KEY_NOT_PRIVATE: "Make a private key in TempKey with GenKey first.",
    ReasonId.ALTERNATE_KEY_EMPTY: "Load the alternate key buffer with Nonce (pass-through) first.",
    ReasonId.SHA_NOT_STARTED: "Begin with SHA start, and run no other command in between.",
    ReasonId.SHA_NOT_AT_BLOCK_BOUNDARY: "Hash whole blocks of 64 bytes before SHA public.",
    ReasonId.SHA_CONTEXT_NOT_READABLE: "Finish the HMAC inside the chip.",
    ReasonId.NO_INTERNAL_MESSAGE: "Run GenDig of a slot or GenKey with a digest before, so that TempKey has a message.",
    ReasonId.PUBLIC_KEY_INVALID: "Give X and Y of a point of the curve P-256, 32 bytes each.",
    ReasonId.NOT_THE_KEY_TO_VALIDATE: "Make TempKey with GenKey (public-key-digest) of this very slot.",
    ReasonId.VALIDATION_PURPOSE: "Let Sign make the signature for the purpose that Verify is called with.",
    ReasonId.SIGNATURE_MISMATCH: "The signature was made by another key or over another digest.",
    ReasonId.CHECK_MAC_MISMATCH: "The response was made with another key, challenge or other data.",
    ReasonId.WRITE_MAC_MISMATCH: "Compute the MAC with the session key of this Nonce and GenDig, over the clear data.",
    ReasonId.KDF_IV_MISMATCH: "The message must hold KdfIvStr at KdfIvLoc.",
    ReasonId.SECURE_BOOT_NOTHING_STORED: "Store a digest or a signature with SecureBoot first.",
    ReasonId.SECURE_BOOT_PROHIBITED: "Switch the supply off and on: only that ends it.",
    ReasonId.SECURE_BOOT_MISMATCH: "The firmware is not the one that was signed or stored.",
    ReasonId.AUTHORIZATION_NEEDED: "Prove the AuthKey with CheckMac right before, in the same wake.",
    ReasonId.PERSISTENT_LATCH_CLEAR: "Set the persistent latch with Info (latch) first.",
    ReasonId.LATCH_NOT_PERMITTED: "Prove the key that permits it with CheckMac first.",
    ReasonId.USE_LOCKED: "Prove the key that UseLock names with CheckMac first.",
    ReasonId.RANDOM_NONCE_NEEDED: "Begin with Nonce (random) instead of bytes from outside.",
    ReasonId.SLOT_READ_ENCRYPTED: "Run Nonce (random) and GenDig with the read key, then read and decrypt 32 bytes.",
    ReasonId.SLOT_WRITE_ENCRYPTED: "Run Nonce (random) and GenDig with the write key, then write encrypted with a MAC.",
    ReasonId.SLOT_WRITE_CLEAR: "Write the data as it is, without a MAC.",
    ReasonId.SECRET_SLOT_WORD_WRITE: "Write 32 bytes at once.",
    ReasonId.WORD_WRITE_BEFORE_DATA_LOCK: "Write 32 bytes at once, or lock the data zone first.",
    ReasonId.DATA_NOT_LOCKED: f"{_LOOK_FIRST} Then lock the data zone; that can never be undone.",
    ReasonId.CONFIG_NOT_LOCKED: f"{_LOOK_FIRST} Then lock the configuration zone; that can never be undone.",
    ReasonId.PRIV_WRITE_ENCRYPTED: "Send the key encrypted, with a MAC.",
    ReasonId.DERIVE_KEY_MAC_NEEDED: "Send the authorising MAC with DeriveKey.",
    ReasonId.SECURE_BOOT_NONCE_NEEDED: "Run Nonce before it, in the same wake.",
    ReasonId.OUTPUT_MUST_BE_ENCRYPTED: "Ask for the encrypted answer.",
    ReasonId.ECDH_NO_RESULT_SLOT: "Use a private key in an even slot whose ReadKey bit 3 is 1, or another target.",
    ReasonId.PUBLIC_KEY_NOT_VALIDATED: "Validate the public key with Verify first.",
})  # fmt: skip
"""What a person can do without another configuration."""


# These name something to do first that a configuration may forbid for ever: it is said only if it was tried.
_TO_BE_TRIED = frozenset({
    ReasonId.NO_PRIVATE_KEY, ReasonId.DATA_NOT_LOCKED, ReasonId.CONFIG_NOT_LOCKED, ReasonId.ECDH_NO_RESULT_SLOT,
    ReasonId.NOT_A_PUBLIC_KEY_SLOT, ReasonId.LOCK_CRC_MISMATCH,
})  # fmt: skip
_CALLER_S_FAULT = frozenset({
    ReasonId.PACKET_DAMAGED, ReasonId.UNKNOWN_OPCODE, ReasonId.BAD_PARAMETER, ReasonId.BAD_LENGTH,
    ReasonId.NO_SUCH_ADDRESS, ReasonId.PRIVATE_KEY_INVALID, ReasonId.PUBLIC_KEY_INVALID, ReasonId.CONFIG_BYTES_FIXED,
    ReasonId.SIGNATURE_MISMATCH, ReasonId.CHECK_MAC_MISMATCH, ReasonId.WRITE_MAC_MISMATCH,
    ReasonId.SECURE_BOOT_MISMATCH, ReasonId.VALIDATION_PURPOSE, ReasonId.WATCHDOG_TOO_SHORT, ReasonId.SELF_TEST_FAILED,
})  # fmt: skip
"""Reasons that lie in the packet: no state of the chip, and no other slot, ends them."""
_INSTEAD: Mapping[int, str] = MappingProxyType({
    Opcode.SIGN: "Sign with a key in software, or take another chip with a configuration that allows it.",
    Opcode.ECDH: "Compute the secret in software, or take another chip with a configuration that allows it.",
    Opcode.GEN_KEY: "Keep the key that is there (a request for it: `atecc-bench key csr --port URL`), or take another "
                    "chip.",
    Opcode.PRIV_WRITE: "Generate the key in the chip instead of importing one, or take another chip.",
    Opcode.LOCK: "What is locked already needs no other lock.",
    Opcode.READ: "Keep a copy of what is written outside of the chip, or take another chip.",
    Opcode.WRITE: "Use what is in the slot, or take another chip.",
})  # fmt: skip
_ANOTHER_CHIP = "Take another chip with a configuration that allows it."


@dataclass(frozen=True)
class WayOut:
    """What was tried on a chip that refuses a command.

    `steps` are commands after which it is carried out, `form` the same access as this slot takes it. `impossible` says
    that no state this chip can still come into lets it through, `unfit` that its configuration as it is does not, and
    can still be written; `slots` are those that can do the same then. `key_ways` are the commands that still put a
    private key into the slot, `right_crc` is that of a Lock.
    """

    steps: Steps | None = None
    form: str | None = None
    impossible: bool = False
    unfit: bool = False
    slots: tuple[int, ...] | None = None
    key_ways: tuple[str, ...] = ()
    right_crc: int | None = None
    opcode: int = 0


def way_out_of(
    elements: Sequence[SecureElement], command: CommandPacket, reason: Reason, evidence: ChipEvidence
) -> WayOut:
    """Try what ends a refusal on this chip.

    `elements` are the states that it may be in and in which it refuses so, the likeliest first.
    Only a chip whose whole configuration is known can be tried; of another nothing is said.
    """
    if not evidence.complete or reason.id in _CALLER_S_FAULT:
        return WayOut(opcode=command.opcode)
    element = elements[0]
    config = element.memory.contents(Zone.CONFIG)
    is_open = not element.memory.config.config_locked
    key_ways: tuple[str, ...] = ()
    impossible = False
    if reason.id is ReasonId.NO_PRIVATE_KEY:
        key_ways = private_key_ways(config, slot_of(command))
        impossible = not key_ways
    elif not is_possible(evidence, command):
        impossible = True
    right_crc = None
    if reason.id is ReasonId.LOCK_CRC_MISMATCH and command.param1 & 0x03 == LockMode.CONFIG:
        right_crc = crc16(config)
    if impossible:
        slots = other_slots(evidence, command)
        form = other_form(element, command, reason)
        return WayOut(impossible=not is_open, unfit=is_open, slots=slots, form=form, opcode=command.opcode)
    steps = steps_before(elements, command, reason)
    form = None if steps is not None else other_form(element, command, reason)
    return WayOut(steps, form, key_ways=key_ways, right_crc=right_crc, opcode=command.opcode)


def advice(reason: Reason, remedy: Remedy | None, way_out: WayOut | None, *, config_locked: bool) -> Iterator[str]:
    """The sentences about one refusal, what ends it on this chip first."""
    out = way_out or WayOut()
    usual = WHAT_TO_DO.get(reason.id)
    if out.right_crc is not None:
        yield f"The CRC of what is there is 0x{out.right_crc:04X}: lock zone=config crc=0x{out.right_crc:04X}."
    if out.steps is not None:
        yield _of_steps(out.steps)
    if out.form is not None:
        yield f"In this form it is carried out: {out.form}."
    if reason.id is ReasonId.NO_PRIVATE_KEY and out.key_ways:
        yield f"A key still gets into the slot by: {' or '.join(out.key_ways)}."
    elif (
        usual is not None
        and not out.impossible
        and not out.unfit
        and (reason.id not in _TO_BE_TRIED or out.steps is None)
    ):
        yield usual
    if remedy is not None:
        yield from _of_bits(remedy, config_locked=config_locked)
    elif reason.bytes and usual is None and not out.impossible:
        yield "No setting of these bits lets the command through."
    if out.impossible:
        yield from _of_the_impossible(reason, out, config_locked=config_locked)
    elif out.unfit:
        yield from _of_the_unfit(remedy, out)


def _of_steps(steps: Steps) -> str:
    first = " then ".join(steps.commands)
    after = "it is carried out" if steps.then is None else "it only needs its proof"
    after += " if the slot holds what it needs" if steps.if_filled else ""
    for_ever = " (that can never be undone)" if steps.for_ever else ""
    look = f"{_LOOK_FIRST} " if steps.locks else ""
    return f"{look}First send {first}{for_ever}; after that {after}."


def _of_bits(remedy: Remedy, *, config_locked: bool) -> Iterator[str]:
    yield f"{'; '.join(change.sentence for change in remedy.changes)}."
    if remedy.then is not None:
        yield f"What it needs besides: {remedy.then.sentence}"
    yield from _reachable(remedy, config_locked=config_locked)


def _reachable(remedy: Remedy, *, config_locked: bool) -> list[str]:
    names = {change.field.name.split("[")[0] for change in remedy.changes}
    if names & {"AES_Enable", "I2C_Enable"}:
        return ["Microchip alone sets that, when the chip is made."]
    if names <= {"LockValue", "LockConfig", "SlotLocked", "UserExtra", "UserExtraAdd", "Selector"}:
        unlocks = any(
            change.field.name.startswith("SlotLocked") or change.after == UNLOCKED for change in remedy.changes
        )
        return ["A lock is never undone."] if unlocks else []
    if config_locked:
        return ["The configuration zone of this chip is locked, so that can never change on it."]
    return ["The configuration zone is still open, so it can be written."]


def _of_the_unfit(remedy: Remedy | None, out: WayOut) -> Iterator[str]:
    yield "Locked as it is now, this chip never carries it out: change the configuration before any lock."
    if out.slots:
        many = "s" if len(out.slots) > 1 else ""
        yield f"The same can be done with slot{many} {', '.join(map(str, out.slots))} as configured."
    elif remedy is None:
        yield "The configuration zone is still open, so another configuration can be written."
    yield _LOOK_FIRST


def _of_the_impossible(reason: Reason, out: WayOut, *, config_locked: bool) -> Iterator[str]:
    if reason.id is ReasonId.NO_PRIVATE_KEY:
        yield "No key ever gets into it on this chip: neither GenKey nor PrivWrite is allowed any more."
    elif config_locked:
        yield "Nothing that this chip still allows lets it through."
    if out.slots:
        many = "s" if len(out.slots) > 1 else ""
        yield f"The same can be done with slot{many} {', '.join(map(str, out.slots))}."
    elif out.slots is not None:
        yield f"No other slot of this configuration can do it either. {_INSTEAD.get(out.opcode, _ANOTHER_CHIP)}"
    else:
        yield _INSTEAD.get(out.opcode, _ANOTHER_CHIP)
