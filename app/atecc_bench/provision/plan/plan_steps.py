"""The steps that a plan consists of, in their order."""

from collections.abc import Iterator

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.identity import part_of_revision
from atecc_bench.chip.protocol.timing import execution_time_ms
from atecc_bench.chip.protocol.zones import BLOCK, WORD, whole_blocks
from atecc_bench.onchip.attestation import closing_slot
from atecc_bench.profiles.proofs_and_layouts import Layout, Proof
from atecc_bench.provision.model.chip_survey import written_slots
from atecc_bench.provision.model.step import Step, StepEffect, StepId
from atecc_bench.provision.plan.plan import Plan

_CONFIG_BLOCKS = 4


def steps_of(plan: Plan) -> Iterator[Step]:
    """The steps that this chip needs, in order."""
    times = _Times(plan.survey.revision, plan.survey.config)
    yield Step(
        StepId.CHECK_CHIP,
        "Check the chip",
        "it is the chip that was looked at, in the same state",
        StepEffect.READS,
        times.of(read=_CONFIG_BLOCKS),
        reads=("configuration",),
    )
    yield from _of_zones(plan, times)
    yield from _of_keys(plan, times)
    yield from _of_slots(plan, times)
    yield from _of_proofs(plan, times)


class _Times:
    """Sums of the chip's execution times, in seconds.

    They go by the number of commands of each kind.
    """

    def __init__(self, revision: bytes, config: ConfigZone) -> None:
        part = part_of_revision(revision)
        self._ms = {opcode: execution_time_ms(part, opcode, config.clock_divider) for opcode in Opcode}

    def of(self, **commands: int) -> float:
        return sum(self._ms[Opcode[name.upper()]] * count for name, count in commands.items()) / 1000


def _of_zones(plan: Plan, times: _Times) -> Iterator[Step]:
    config, target = plan.survey.config, plan.target_config
    if not config.config_locked:
        detail = "112 bytes, read back and compared"
        if target.i2c_address != config.i2c_address:
            detail += f"; the chip moves from I2C address {config.i2c_address:02X} to {target.i2c_address:02X}"
        if config.locked_slots:
            detail += (
                f"; bytes 88–89 (SlotLocked) become FF FF, or the lock would freeze {_slots(config.locked_slots)} too"
            )
        yield Step(
            StepId.WRITE_CONFIG, "Write configuration", detail, StepEffect.WRITES,
            times.of(write=7, read=_CONFIG_BLOCKS),
            reads=("configuration",), writes=("configuration",),
        )  # fmt: skip
        yield Step(
            StepId.LOCK_CONFIG, "Lock configuration",
            "The policies of all 16 slots are fixed for the life of this chip",
            StepEffect.FOR_EVER, times.of(lock=1, read=1), writes=("LockConfig",),
        )  # fmt: skip
    if plan.imports and not config.data_locked:
        yield _import_step(plan, times)
    if not config.data_locked:
        yield Step(
            StepId.LOCK_DATA, "Lock data zone",
            f"Slot policies come into force and OTP is closed; {_freed(plan)}",
            StepEffect.FOR_EVER, times.of(lock=1, read=1), writes=("LockValue",),
        )  # fmt: skip


def _freed(plan: Plan) -> str:
    slot = plan.profile.device_key_slot
    if plan.profile.layout is Layout.ECC608_MASS_PROVISIONING:
        return f"slots 8 and 10–15 stay writable, and the key in slot {slot} can be generated again"
    written = [number for number in written_slots(plan.profile) if number != slot]
    stay = f"slot{'s' if len(written) > 1 else ''} {_listed(written)} stay{'' if len(written) > 1 else 's'} writable"
    again = f"the key in slot {slot} can be generated again" if slot in plan.profile.generate_keys else ""
    return ", and ".join(part for part in (stay if written else "", again) if part) or "nothing stays open"


def _import_step(plan: Plan, times: _Times) -> Step:
    slots = tuple(plan.imports)
    return Step(
        StepId.IMPORT_KEYS, "Import keys", f"from files into {_slots(slots)}; the public keys are compared",
        StepEffect.WRITES, times.of(priv_write=len(slots), gen_key=len(slots)), writes=_names(slots),
    )  # fmt: skip


def _of_keys(plan: Plan, times: _Times) -> Iterator[Step]:
    if plan.missing_keys:
        detail = f"in {_slots(plan.missing_keys)}; private keys never leave the chip"
        yield Step(
            StepId.GENERATE_KEYS, "Generate keys", detail, StepEffect.WRITES, times.of(gen_key=len(plan.missing_keys)),
            writes=_names(plan.missing_keys),
        )  # fmt: skip
    if plan.key_writes:
        filled = tuple(write.slot for write in plan.key_writes)
        names, count = " and ".join(_names(filled)), len(filled)
        random = tuple(slot for slot in filled if slot in plan.escrowed_slots)
        detail = f"random bytes into {names}, in escrow before, proved by CheckMac"
        if random != filled:
            detail = f"keys into {names}, proved by CheckMac"
            detail += f"; {_slots(random)} at random, in escrow before" if random else ""
        yield Step(
            StepId.FILL_KEYS, "Fill secret keys", detail, StepEffect.WRITES,
            times.of(write=count, nonce=2 * count, check_mac=2 * count), writes=_names(filled),
        )  # fmt: skip
    if (
        plan.imports and plan.survey.config.data_locked
    ):  # behind the secret keys: one of them may be what it is encrypted with
        yield _import_step(plan, times)
    locked = plan.locked_keys
    if locked:
        detail = f"What {' and '.join(_names(locked))} holds can never be changed again"
        yield Step(
            StepId.LOCK_SLOTS, "Lock secret keys", detail, StepEffect.FOR_EVER,
            times.of(lock=len(locked), read=_CONFIG_BLOCKS * len(locked)), writes=("SlotLocked",),
        )  # fmt: skip


def _of_slots(plan: Plan, times: _Times) -> Iterator[Step]:
    lengths = written_slots(plan.profile)
    stale = plan.stale_slots
    reads = sum(_reads(slot, lengths[slot]) for slot in stale)
    if stale and plan.survey.config.data_locked:
        detail = "what the certificates will overwrite goes to a file first"
        whole = sum(_reads(slot, whole_blocks(slot, lengths[slot])) for slot in stale)
        yield Step(
            StepId.SAVE_SLOTS, "Save slots", detail, StepEffect.READS, times.of(read=whole), reads=_names(stale)
        )  # fmt: skip
    if plan.issues:
        name = plan.subject_text
        detail = f"for the key in slot {plan.profile.device_key_slot}, {name}"
        yield Step(StepId.ISSUE, "Issue certificate", detail, StepEffect.READS, 0)
    if stale:
        writes = sum(-(-lengths[slot] // BLOCK) for slot in stale)
        yield Step(
            StepId.WRITE_CERTIFICATES,
            "Write certificates" if plan.chain is not None else "Write data",
            f"{_slots(stale)}; read back",
            StepEffect.WRITES, times.of(write=writes, read=reads), reads=_names(stale), writes=_names(stale),
        )  # fmt: skip
    if plan.requests:
        yield Step(
            StepId.REQUEST, "Make request", f"the chip signs a certificate request for {plan.subject_text}",
            StepEffect.READS, times.of(nonce=1, sign=1), reads=(f"signature by slot {plan.profile.device_key_slot}",),
        )  # fmt: skip


def _of_proofs(plan: Plan, times: _Times) -> Iterator[Step]:
    key = plan.profile.device_key_slot
    if plan.chain is not None:
        detail = "rebuild both certificates from the chip, compare, verify the chain"
        reads = () if plan.stale_slots else _names(tuple(plan.chain.slots))
        yield Step(
            StepId.REBUILD, "Rebuild and compare", detail, StepEffect.READS, times.of(gen_key=1),
            reads=(*reads, f"public key of slot {key}"),
        )  # fmt: skip
    if plan.external_chain:
        yield Step(
            StepId.CHECK_CERTIFICATE, "Check certificate", f"it is for the key in slot {key}", StepEffect.READS,
            times.of(gen_key=1), reads=(f"public key of slot {key}",),
        )  # fmt: skip
    if not plan.requests:
        yield Step(
            StepId.PROVE, "Prove possession", "the chip signs a fresh challenge", StepEffect.READS,
            times.of(nonce=1, sign=1), reads=(f"signature by slot {key}",),
        )  # fmt: skip
    if Proof.MANIFEST in plan.profile.proofs:
        yield Step(
            StepId.MANIFEST, "Sign manifest", "a signed entry with the chip's public keys, checked again",
            StepEffect.READS, 0,
        )  # fmt: skip
    if plan.slots_to_lock and not plan.requests:
        names, count = _slots(plan.slots_to_lock), len(plan.slots_to_lock)
        yield Step(
            StepId.LOCK_PROVED_SLOTS, "Lock slots",
            f"What {names} hold{'s' if count == 1 else ''} can never be changed again", StepEffect.FOR_EVER,
            times.of(lock=count, read=_CONFIG_BLOCKS * count), writes=("SlotLocked",),
        )  # fmt: skip
    if not plan.requests:
        yield _attest_step(plan, times)
        yield from _of_servers(plan, times)


def _of_servers(plan: Plan, times: _Times) -> Iterator[Step]:
    """The steps that come once all is proved of the chip itself."""
    key = plan.profile.device_key_slot
    registration = plan.profile.registration
    if registration is not None:
        yield Step(
            StepId.REGISTER, "Register",
            f"with {registration.cloud}, now or when it can be reached; never a reason to fail",
            StepEffect.READS, times.of(gen_key=1), reads=(f"public key of slot {key}",),
        )  # fmt: skip
    for server in plan.profile.servers:
        destination = server.destination(plan.values)
        over = "MQTT over TLS" if destination.mqtt is not None else "TLS"
        yield Step(
            StepId.CONNECT, "Connect to server", f"{destination.text} takes the device by {over}; the chip signs",
            StepEffect.READS, times.of(gen_key=1, nonce=1, sign=1),
            reads=(f"public key of slot {key}", f"signature by slot {key}"),
        )  # fmt: skip


def _attest_step(plan: Plan, times: _Times) -> Step:
    slot = plan.attesting_slot
    commands = {"read": _CONFIG_BLOCKS}
    detail = "read once more and compared"
    if slot is not None:
        detail += f"; the chip signs it, with all locks, by its key in slot {slot}"
        commands |= {"nonce": 1, "gen_dig": _CONFIG_BLOCKS, "sign": 1}
        if closing_slot(plan.target_config) is None:
            commands["gen_key"] = 1
        else:
            commands["gen_dig"] += 1
            commands["read"] += 1
    return Step(
        StepId.ATTEST, "Check configuration", detail, StepEffect.READS, times.of(**commands), reads=("configuration",),
    )  # fmt: skip


def _reads(slot: int, length: int) -> int:
    """Number of commands that read the first bytes of a slot.

    Blocks are read where they fit, words at the end.
    """
    blocks, rest = divmod(length, BLOCK)
    if not rest:
        return blocks
    fits = whole_blocks(slot, length) % BLOCK == 0
    return blocks + (1 if fits and rest > WORD else -(-rest // WORD))


def _names(slots: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"slot {slot}" for slot in slots)


def _slots(slots: tuple[int, ...]) -> str:
    return f"slot{'s' if len(slots) > 1 else ''} {_listed(slots)}"


def _listed(slots: tuple[int, ...] | list[int]) -> str:
    return ", ".join(str(slot) for slot in slots)
