"""What a plan will have made of its chip.

It is as the rehearsal showed it, for whoever has to decide, and for programs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_matrix import Ability, slot_matrix
from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from atecc_bench.pki.x509.extensions import readable_extensions
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.rehearse import Rehearsal

STAND_INS = "Key, serial number and signature are the twin's: the real ones come from the chip and from the CA."
_YES_OR_NO = (Ability.SIGN, Ability.INTERNAL, Ability.ECDH, Ability.GENERATE)


@dataclass(frozen=True)
class Preview:
    """What a chip will be like after its provisioning.

    It has the configuration before and after, what slots will be for, and the device certificate, if there will be one.
    `stand_ins`: the certificate was made on the twin, with keys that stand in for the real ones.
    """

    before: ConfigZone
    after: ConfigZone
    uses: Mapping[int, str]
    certificate: x509.Certificate | None
    stand_ins: bool

    @property
    def for_ever(self) -> tuple[str, ...]:
        """What can never be changed again, in sentences."""
        return what_locks_protect(self.after)

    @property
    def stays_open(self) -> tuple[str, ...]:
        """What anybody can still change, in sentences."""
        return what_stays_open(self.after)

    @property
    def certificate_texts(self) -> Mapping[str, str]:
        """The certificate in words, by what they are about; empty without one."""
        device = self.certificate
        if device is None:
            return {}
        return {
            "Subject": device.subject.rfc4514_string(),
            "Issuer": device.issuer.rfc4514_string(),
            "Valid from": f"{device.not_valid_before_utc:%Y-%m-%d %H:%M} UTC",
            "Valid until": f"{device.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
            "Extensions": "\n".join(
                f"{extension.oid._name}{', critical' if extension.critical else ''}"
                for extension in readable_extensions(device)
            ),
        }

    def document(self) -> dict[str, object]:
        """The preview as JSON has it."""
        return {
            "slots_before": _slots(self.before, {}),
            "slots_after": _slots(self.after, self.uses),
            "certificate": self._certificate_document(self.certificate) if self.certificate else None,
            "for_ever": list(self.for_ever),
            "stays_open": list(self.stays_open),
        }

    def _certificate_document(self, device: x509.Certificate) -> dict[str, object]:
        return {
            "subject": device.subject.rfc4514_string(),
            "issuer": device.issuer.rfc4514_string(),
            "valid_from": device.not_valid_before_utc.isoformat(),
            "valid_until": device.not_valid_after_utc.isoformat(),
            "extensions": [extension.oid.dotted_string for extension in readable_extensions(device)],
            "stand_ins": self.stand_ins,
        }


def preview_of(plan: Plan, rehearsal: Rehearsal | None) -> Preview:
    """Return what comes of a plan whose rehearsal passed.

    The rehearsal is None when there is nothing to write, and so none.
    """
    before = plan.survey.config
    if rehearsal is None:
        return Preview(before, before, plan.slot_uses, _certificate(plan), stand_ins=False)
    made = rehearsal.outcome.certificates
    certificate = x509.load_der_x509_certificate(made.device) if made else _certificate(plan)
    return Preview(before, rehearsal.config_after, plan.slot_uses, certificate, stand_ins=made is not None)


def _certificate(plan: Plan) -> x509.Certificate | None:
    if plan.certificates is not None:
        return x509.load_der_x509_certificate(plan.certificates.device)
    return plan.external_chain[0] if plan.external_chain else None


def _slots(config: ConfigZone, uses: Mapping[int, str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for slot, cells in enumerate(slot_matrix(config)):
        abilities = {
            cell.ability.value.lower(): cell.allowed if cell.ability in _YES_OR_NO else cell.text for cell in cells
        }
        rows.append({"slot": slot, "used_for": uses.get(slot, ""), **abilities})
    return rows
