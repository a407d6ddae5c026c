"""Rehearsal: the whole plan on a software twin of this very chip, with stand-in keys, before anything is locked."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.session import ChipSession
from atecc_bench.chip.zones import OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.pki.authority import CertificateAuthority
from atecc_bench.pki.keys import private_key_from_entropy
from atecc_bench.provision.plan import Issuer, Plan
from atecc_bench.provision.run import Hooks, Outcome, StepResult, Verdict, run_plan
from atecc_bench.provision.survey import Survey, survey
from atecc_bench.twin.direct import DirectTransport
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.secure_element import SecureElement

ERASED = b"\xff"


@dataclass(frozen=True)
class Rehearsal:
    """How the plan went on a twin of the chip in the state `survey`, and the configuration it had afterwards."""

    outcome: Outcome
    survey: Survey
    config_after: ConfigZone

    def passed_for(self, plan: Plan) -> bool:
        """Whether this was a rehearsal of the same plan, on the same state, and it passed."""
        same = [step.id for step in self.outcome.steps] == [step.id for step in plan.steps]
        return same and self.outcome.verdict is Verdict.PASS and self.survey == plan.survey


def rehearse(plan: Plan, now: datetime, progress: Callable[[StepResult], None]) -> Rehearsal:
    """Run the plan, which must have something to write, on a twin in the state of the surveyed chip.

    The issuer's names and dates are the real ones; its keys are stand-ins, so that the rehearsal needs no
    passphrase and no real signature exists for a key that is not in a chip. Keys of the chip that exist
    already are played by others.
    """
    memory = _memory(plan.survey)
    session = ChipSession(DirectTransport(SecureElement(memory, secrets.token_bytes)))
    authority = _stand_in(plan.issuer)
    issuer = replace(plan.issuer, root=authority.root, signer=authority.signer)
    played = replace(plan, issuer=issuer, survey=survey(session, plan.profile))
    outcome = run_plan(session, played, authority, now, Hooks.keeping_nothing(progress))
    return Rehearsal(outcome, plan.survey, ConfigZone.parse(memory.contents(Zone.CONFIG)))


def _memory(chip: Survey) -> Eeprom:
    slots = [chip.slots.get(slot, b"").ljust(slot_size(slot), ERASED) for slot in range(SLOT_COUNT)]
    for slot in chip.public_keys:
        scalar = private_key_from_entropy(secrets.token_bytes).private_numbers().private_value
        slots[slot] = scalar.to_bytes(slot_size(slot))
    return Eeprom(chip.config_bytes, ERASED * OTP_SIZE, slots, secrets.token_bytes(32))


def _stand_in(issuer: Issuer) -> CertificateAuthority:
    root_key, signer_key = (private_key_from_entropy(secrets.token_bytes) for _ in range(2))
    return CertificateAuthority(
        root=_reissued(issuer.root, root_key.public_key(), root_key),
        signer=_reissued(issuer.signer, signer_key.public_key(), root_key),
        signer_key=signer_key,
    )


def _reissued(
    certificate: x509.Certificate, public_key: ec.EllipticCurvePublicKey, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        issuer_name=certificate.issuer,
        subject_name=certificate.subject,
        public_key=public_key,
        serial_number=certificate.serial_number,
        not_valid_before=certificate.not_valid_before_utc,
        not_valid_after=certificate.not_valid_after_utc,
    )
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            value = x509.SubjectKeyIdentifier.from_public_key(public_key)
        elif isinstance(value, x509.AuthorityKeyIdentifier):
            value = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(value, extension.critical)
    return builder.sign(issuer_key, SHA256())
