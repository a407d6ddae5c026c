"""Rehearsal of a whole plan before anything is locked.

It runs on a software twin of this very chip, with stand-in keys.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.chip.protocol.zones import OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.onchip.secret_keys import random_key
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    public_key_from_bytes,
)
from atecc_bench.provision.chain.layouts import device_chain
from atecc_bench.provision.model.chip_survey import Survey, survey
from atecc_bench.provision.model.results import Hooks, Outcome, StepResult, StepStatus
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.provision.run.stand_ins import new_key, reissued, stand_in_authority
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.memory import Eeprom

ERASED = b"\xff"


class RehearsalFailedError(RefusedError):
    """The twin refused a step of the plan."""

    def __init__(self, where: str, cause: BenchError) -> None:
        super().__init__(
            "rehearsal-failed",
            f"The rehearsal on a twin of this chip failed {where}; nothing was written to the chip. {cause.message}",
            "What the twin refuses the chip would have refused too: look at the profile, with `atecc-bench profile "
            "lint` for example.",
        )


@dataclass(frozen=True)
class Rehearsal:
    """How a plan went on a software twin of the chip.

    The twin was of the chip in the state `survey`. The configuration it had afterwards is kept. `titles` are the plan's
    words for its steps.
    """

    outcome: Outcome
    survey: Survey
    config_after: ConfigZone
    titles: Mapping[StepId, str]

    @property
    def error(self) -> "RehearsalFailedError | None":
        """Why the rehearsal failed; None when it passed.

        Its words cannot be taken for those of a run.
        """
        cause = self.outcome.error
        if cause is None or self.outcome.went_as_planned:
            return None
        failed = [self.titles[step.id] for step in self.outcome.steps if step.status is StepStatus.FAILED]
        where = f"at the step “{failed[0]}”" if failed else "at its end"
        return RehearsalFailedError(where, cause)

    def passed_for(self, plan: Plan) -> bool:
        """Whether the same plan was rehearsed and passed.

        It has to have been on the same state.
        """
        same = [step.id for step in self.outcome.steps] == [step.id for step in plan.steps]
        return same and self.outcome.went_as_planned and self.survey == plan.survey


def rehearse(plan: Plan, now: datetime, progress: Callable[[StepResult], None]) -> Rehearsal:
    """Run a plan on a software twin of the surveyed chip.

    The plan must have something to write. The twin is in the state of the chip.

    The issuer's names and dates are the real ones; its keys are stand-ins, so that the rehearsal needs no passphrase
    and no real signature exists for a key that is not in a chip. Keys of the chip that exist already are played by
    others, and so are those that are imported, derived or come with a certificate from outside.
    """
    memory = _memory(plan)
    session = ChipSession(DirectTransport(SecureElement(memory, secrets.token_bytes)))
    authority = stand_in_authority(plan.issuer) if plan.issuer is not None else None
    played = _played(plan, memory, session, authority, now)
    outcome = run_plan(session, played, authority, now, Hooks.keeping_nothing(progress))
    titles = {step.id: step.title for step in plan.steps}
    return Rehearsal(outcome, plan.survey, ConfigZone.parse(memory.contents(Zone.CONFIG)), titles)


def _memory(plan: Plan) -> Eeprom:
    chip = plan.survey
    slots = [chip.slots.get(slot, b"").ljust(slot_size(slot), ERASED) for slot in range(SLOT_COUNT)]
    for slot in chip.public_keys:
        slots[slot] = new_key().private_numbers().private_value.to_bytes(slot_size(slot))
    return Eeprom(chip.config_bytes, ERASED * OTP_SIZE, slots, secrets.token_bytes(32))


def _played(
    plan: Plan, memory: Eeprom, session: ChipSession, authority: CertificateAuthority | None, now: datetime
) -> Plan:
    """Make the plan for the twin, with stand-in keys.

    The twin's slots hold the stand-ins' bytes wherever the chip's are right.
    """
    stand_ins = {slot: random_key(slot) for slot in plan.inputs.secret_keys.keys() | plan.secrets.keys()}
    inputs = replace(
        plan.inputs,
        private_keys={slot: new_key() for slot in plan.inputs.private_keys},
        secret_keys={slot: stand_ins[slot] for slot in plan.inputs.secret_keys},
    )
    played = replace(plan, inputs=inputs, secrets={slot: stand_ins[slot] for slot in plan.secrets})
    held = {slot: stand_ins[slot] for slot in plan.survey.held_keys}
    for slot in held.keys() | _believed_keys(plan):
        memory.write(Zone.DATA, slot, 0, stand_ins[slot])
    on_twin = survey(session, plan.profile, lambda serial_number: held)
    if plan.external_chain:
        slot = plan.profile.device_key_slot
        imported = inputs.private_keys.get(slot) if slot in plan.imports else None
        key = imported.public_key() if imported else public_key_from_bytes(on_twin.public_keys[slot])
        played = replace(
            played, inputs=replace(inputs, certificate=(reissued(plan.external_chain[0], key, new_key()),))
        )
    if plan.chain is None or plan.issuer is None or authority is None:
        return replace(played, survey=on_twin)
    issuer = replace(plan.issuer, root=authority.root, signer=authority.signer)
    chain = device_chain(plan.profile, issuer, plan.survey.config, plan.values, now)
    contents = {**plan.contents, **chain.issuer_contents(), **chain.known_device_contents()}
    certificates = None
    if plan.certificates is not None:
        key = on_twin.public_keys[plan.profile.device_key_slot]
        device = chain.issue(key, authority.signer_key)
        contents |= chain.device_contents(device)
        signer = authority.signer.public_bytes(Encoding.DER)
        certificates = ChipCertificates(device, signer, certificate_public_key(authority.root))
    for slot in plan.survey.slots:
        if slot not in plan.stale_slots and slot in contents:
            memory.write(Zone.DATA, slot, 0, contents[slot])
    return replace(
        played, issuer=issuer, chain=chain, contents=contents, certificates=certificates,
        survey=survey(session, plan.profile, lambda serial_number: held),
    )  # fmt: skip


def _believed_keys(plan: Plan) -> set[int]:
    """Slots whose key is taken on trust.

    Their key opens an import and is not the profile's: that the chip has the one given is believed.
    """
    config = plan.survey.config
    opening = {slot_policy(config, slot).write_key for slot in plan.imports if config.data_locked}
    return {slot for slot in plan.inputs.secret_keys.keys() - plan.secrets.keys() if slot in opening}
