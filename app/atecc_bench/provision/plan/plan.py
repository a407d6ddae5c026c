"""The plan of a provisioning: what one chip needs, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cryptography import x509

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.onchip.secret_keys import KeyWrite
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.pki.keys.key_files import public_key_bytes
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import Layout, Proof
from atecc_bench.provision.chain.device_chain import DeviceChain
from atecc_bench.provision.chain.slot_uses import slot_uses
from atecc_bench.provision.model.chip_survey import Survey
from atecc_bench.provision.model.device_inputs import DeviceInputs, subject_name
from atecc_bench.provision.model.step import Step, StepEffect, StepId

_NOTHING_WRITTEN: tuple[set[int], ...] = (set(), {0x00}, {0xFF})  # bytes of a slot that was never written


@dataclass(frozen=True)
class Plan:
    """What will be done to one chip.

    `issuer` is None when nobody's authority is needed. `chain` says how certificates stand on the chip, None when they
    do not; `certificates` are those already on it, when they are right. `contents` are what slots have to hold as far
    as it is known before anything is issued, `stale_slots` those to be written, in their order. `values` fill the
    placeholders. `secrets` are secret keys by slot that are known. `secret_slots` are those that have a secret key of
    the profile at the end, `recorded_keys` those of them in which an earlier run locked it. `doubts` are sentences on
    what a person should think about first.
    """

    profile: Profile
    issuer: Issuer | None
    survey: Survey
    inputs: DeviceInputs
    values: Mapping[str, str]
    missing_keys: tuple[int, ...]
    imports: tuple[int, ...]
    key_writes: tuple[KeyWrite, ...]
    secrets: Mapping[int, bytes] = field(repr=False)
    chain: DeviceChain | None = field(repr=False)
    certificates: ChipCertificates | None = field(repr=False)
    contents: Mapping[int, bytes] = field(repr=False)
    stale_slots: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    secret_slots: frozenset[int] = frozenset()
    recorded_keys: frozenset[int] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def serial_number(self) -> str:
        """The chip's serial number as 18 lower-case hexadecimal digits."""
        return self.survey.serial_number

    @property
    def written_config(self) -> ConfigZone:
        """The configuration as it is locked, before the plan locks slots."""
        return ConfigZone.parse(self.profile.configuration_for(self.survey.config_bytes))

    @property
    def target_config(self) -> ConfigZone:
        """The configuration that the chip has at the end.

        The slots that the plan locks on their own are locked in it.
        """
        config = self.written_config
        locked = sum(1 << slot for slot in (*self.locked_keys, *self.slots_to_lock))
        return replace(config, slot_locked=config.slot_locked & ~locked)

    @property
    def already_provisioned(self) -> bool:
        """Whether nothing is left to write."""
        return all(step.effect is StepEffect.READS for step in self.steps)

    @property
    def slot_uses(self) -> Mapping[int, str]:
        """What slots are for under this profile, in a few words."""
        return slot_uses(self.profile, self.chain)

    @property
    def fill_keys(self) -> bool:
        """Whether the operator agreed to the profile's optional secret keys."""
        return any(key.optional and key.slot in self.secret_slots for key in self.profile.secret_keys)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Descriptions of present contents that this plan overwrites.

        Somebody wrote them to the chip, such as `Device certificate in slot 10`.
        """
        survey, uses = self.survey, self.slot_uses
        named = [
            f"{uses.get(slot, 'Contents')} in slot {slot}"
            for slot in self.stale_slots
            if set(survey.slots.get(slot, b"")) not in _NOTHING_WRITTEN
        ]
        lost = [slot for slot in (*self.imports, *self.missing_keys) if slot in survey.public_keys]
        lost += [write.slot for write in self.key_writes if survey.config.data_locked]
        return (*named, *(f"{uses.get(slot, 'Key')} in slot {slot}, which cannot be saved" for slot in lost))

    @property
    def expected_public_keys(self) -> tuple[bytes, ...]:
        """Public keys (X‖Y) that are known before the run.

        They are those to be imported, and the device key that stays.
        """
        imported = [public_key_bytes(self.inputs.private_keys[slot].public_key()) for slot in self.imports]
        slot = self.profile.device_key_slot
        stays = slot in self.survey.public_keys and slot not in (*self.missing_keys, *self.imports)
        return (*imported, *([self.survey.public_keys[slot]] if stays else []))

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person has to say yes first."""
        return bool(self.irreversible or self.replaced or self.doubts)

    @property
    def irreversible(self) -> tuple[Step, ...]:
        """Steps that can never be undone."""
        return tuple(step for step in self.steps if step.effect is StepEffect.FOR_EVER)

    @property
    def issues(self) -> bool:
        """Whether a device certificate is issued."""
        return self.profile.layout.issues and self.certificates is None

    @property
    def external_chain(self) -> tuple[x509.Certificate, ...]:
        """The certificate that came from outside, with its issuers behind it."""
        return self.inputs.certificate if self.profile.layout is Layout.FILE else ()

    @property
    def requests(self) -> bool:
        """Whether the run ends with a certificate request.

        It does when the certificate that comes from outside is not there yet.
        """
        return self.profile.layout is Layout.FILE and not self.inputs.certificate

    @property
    def escrowed_slots(self) -> tuple[int, ...]:
        """Slots that are filled with random keys to be kept.

        Nobody knows their random bytes unless they are kept.
        """
        return tuple(write.slot for write in self.key_writes if write.slot not in self.secrets)

    @property
    def locked_keys(self) -> tuple[int, ...]:
        """Secret keys that are locked once they are proved."""
        wanted = {key.slot for key in self.profile.secret_keys if key.lock}
        ready = {write.slot for write in self.key_writes} | self.survey.held_keys
        return tuple(
            key.slot
            for key in self.profile.secret_keys
            if key.slot in wanted & ready and not self.written_config.slot_is_locked(key.slot)
        )

    @property
    def slots_to_lock(self) -> tuple[int, ...]:
        """Other slots that are locked, after all is proved."""
        private = self.profile.private_slots
        wanted = [key.slot for key in self.profile.keys if key.lock and key.slot in private]
        left = dict.fromkeys((*wanted, *self.profile.locks.slots))
        return tuple(
            slot for slot in left if slot not in self.locked_keys and not self.written_config.slot_is_locked(slot)
        )

    @property
    def attesting_slot(self) -> int | None:
        """The private key that vouches for the final configuration, or None."""
        return self.profile.attesting_slot(self.target_config)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """What a PASS on this chip proves."""
        return self.profile.proofs_with(self.target_config)

    @property
    def subject_text(self) -> str:
        """The device's name in words."""
        subject = self.profile.certificates.subject
        if set(subject) >= {"CN"}:
            return f"common name {filled(subject['CN'], self.values)}"
        return subject_name(self.profile, self.values).rfc4514_string()

    def has(self, step: StepId) -> bool:
        """Whether this chip needs the step."""
        return any(planned.id is step for planned in self.steps)
