"""The plan of a provisioning: which steps this chip needs, computed from the profile and the chip's real state."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.commands import Opcode
from atecc_bench.chip.config_zone import ConfigZone, differing_bytes
from atecc_bench.chip.identity import part_of_revision
from atecc_bench.chip.session import LOCK_WORD
from atecc_bench.chip.timing import execution_time_ms
from atecc_bench.chip.zones import WORD
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.authority import CertificateAuthority
from atecc_bench.pki.issue import issue_device_certificate
from atecc_bench.pki.keys import certificate_public_key, pad_public_key, private_key_from_entropy
from atecc_bench.pki.layout import (
    COMMON_NAME_SLOT,
    DEVICE_CERTIFICATE_SLOT,
    ROOT_PUBLIC_KEY_SLOT,
    SIGNER_CERTIFICATE_SLOT,
    SIGNER_DETAILS_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
    signer_definition,
    slot_14,
)
from atecc_bench.pki.names import organization_of
from atecc_bench.pki.on_chip import ChipCertificates, contents_reader, rebuild_certificates
from atecc_bench.pki.rebuild import compress
from atecc_bench.pki.verify import check_chain, check_issued_by, check_may_issue, check_valid_at
from atecc_bench.provision.profile import Profile
from atecc_bench.provision.slot_keys import KeyWrite, plan_key_writes
from atecc_bench.provision.survey import WRITTEN_SLOTS, Survey


class StepId(StrEnum):
    """Steps, in the order in which they run."""

    CHECK_CHIP = "check-chip"
    WRITE_CONFIG = "write-config"
    LOCK_CONFIG = "lock-config"
    LOCK_DATA = "lock-data"
    GENERATE_KEYS = "generate-keys"
    FILL_KEYS = "fill-keys"
    LOCK_SLOTS = "lock-slots"
    SAVE_SLOTS = "save-slots"
    ISSUE = "issue"
    WRITE_CERTIFICATES = "write-certificates"
    REBUILD = "rebuild"
    PROVE = "prove"


class Effect(StrEnum):
    """What a step does to the chip."""

    READS = "reads"
    WRITES = "writes"
    FOR_EVER = "for ever"


@dataclass(frozen=True)
class Step:
    """One step of a plan; `chip_seconds` is the sum of the chip's longest execution times."""

    id: StepId
    title: str
    detail: str
    effect: Effect
    chip_seconds: float


def on_the_hour(now: datetime) -> datetime:
    """The last full hour, when a device certificate issued `now` begins: the 72 bytes know no minutes."""
    return now.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Issuer:
    """Who issues, without the key: the certificates and the names that go into a device certificate."""

    root: x509.Certificate
    signer: x509.Certificate
    organization: str

    def slots(self) -> Mapping[int, bytes]:
        """What the slots hold that are the same on every device of this issuer."""
        signer = self.signer.public_bytes(Encoding.DER)
        return {
            ROOT_PUBLIC_KEY_SLOT: pad_public_key(certificate_public_key(self.root)),
            SIGNER_PUBLIC_KEY_SLOT: pad_public_key(certificate_public_key(self.signer)),
            SIGNER_CERTIFICATE_SLOT: compress(signer, signer_definition(signer)),
            SIGNER_DETAILS_SLOT: slot_14(signer),
        }

    def sample(self, serial_number: str, now: datetime) -> bytes:
        """A certificate (DER) of the structure that devices get; only its template counts, not its signature."""
        stand_in = private_key_from_entropy(lambda length: bytes(length))
        authority = CertificateAuthority(self.root, self.signer, stand_in)
        return issue_device_certificate(
            authority,
            bytes(certificate_public_key(self.signer)),
            organization=self.organization,
            common_name=serial_number,
            not_before=on_the_hour(now),
        )


@dataclass(frozen=True)
class Plan:
    """What will be done to one chip. `certificates` are those already on it, when they are right."""

    profile: Profile
    issuer: Issuer
    survey: Survey
    steps: tuple[Step, ...]
    missing_keys: tuple[int, ...]
    key_writes: tuple[KeyWrite, ...]
    certificates: ChipCertificates | None = field(repr=False)

    @property
    def serial_number(self) -> str:
        """Eighteen lower-case hex digits."""
        return self.survey.serial_number

    @property
    def target_config(self) -> ConfigZone:
        """The configuration the chip has at the end."""
        return ConfigZone.parse(self.profile.configuration_for(self.survey.config_bytes))

    @property
    def already_provisioned(self) -> bool:
        """Whether nothing is left to write."""
        return all(step.effect is Effect.READS for step in self.steps)

    @property
    def replaces_certificates(self) -> bool:
        """Whether a device certificate that is on the chip already will be overwritten."""
        present = self.survey.slots.get(DEVICE_CERTIFICATE_SLOT, b"")
        return self.certificates is None and len(set(present)) > 1

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person has to say yes first."""
        return bool(self.irreversible) or self.replaces_certificates

    @property
    def irreversible(self) -> tuple[Step, ...]:
        """Steps that can never be undone."""
        return tuple(step for step in self.steps if step.effect is Effect.FOR_EVER)

    def has(self, step: StepId) -> bool:
        """Whether this chip needs the step."""
        return any(planned.id is step for planned in self.steps)


def issuer_of(root: x509.Certificate, signer: x509.Certificate, organization: str | None) -> Issuer:
    """The issuer; the organization is the signer's unless given.

    Raises:
        InputError: `organization-needed` when neither the operator nor the signer names one.

    """
    organization = organization_of(signer.subject) if organization is None else organization
    if not organization:
        raise InputError(
            "organization-needed",
            "The signer's name holds no organization, so the device's cannot be taken from it.",
            "Give one with --organization.",
        )
    return Issuer(root, signer, organization)


def make_plan(
    profile: Profile,
    survey: Survey,
    issuer: Issuer,
    now: datetime,
    doubtful_keys: Collection[int] = (),
    *,
    fill_keys: bool = False,
) -> Plan:
    """Compute the plan for the chip that was surveyed.

    `doubtful_keys` are slots whose key an interrupted run never saw complete; such a key is made again.
    `fill_keys`: the profile's secret keys are filled with random bytes and locked, as far as they are not.

    Raises:
        RefusedError: `wrong-part`; `config-mismatch` when the locked configuration is not the profile's;
            `certificate-expired` and the like when the issuer cannot issue at `now`.
        InputError: `name-not-usable`.

    """
    _check_part(profile, survey)
    _check_configuration(profile, survey)
    _check_issuer(issuer, survey, now)
    certificates = _certificates(survey, issuer, now) if profile.device_key_slot not in doubtful_keys else None
    missing = tuple(slot for slot in profile.generate_keys if slot not in survey.public_keys or slot in doubtful_keys)
    writes = _key_writes(profile, survey) if fill_keys else ()
    steps = _steps(profile, survey, missing, writes, certificates)
    return Plan(profile, issuer, survey, steps, missing, writes, certificates)


def _key_writes(profile: Profile, survey: Survey) -> tuple[KeyWrite, ...]:
    target = bytearray(profile.configuration_for(survey.config_bytes))
    target[LOCK_WORD + 2 : LOCK_WORD + WORD] = bytes(2)  # the keys are written when both zones are locked
    config = ConfigZone.parse(bytes(target))
    left = [key.slot for key in profile.secret_keys if not config.slot_is_locked(key.slot)]
    return plan_key_writes(config, left, known=())


def _check_part(profile: Profile, survey: Survey) -> None:
    part = part_of_revision(survey.revision)
    if part not in profile.parts:
        wanted = " or ".join(p.value for p in profile.parts)
        raise RefusedError(
            "wrong-part",
            f"This chip is an {part.value}; the profile {profile.name} is for an {wanted}.",
            "Choose a profile for this part. Nothing was written.",
        )


def _check_configuration(profile: Profile, survey: Survey) -> None:
    config = survey.config
    target = profile.configuration_for(survey.config_bytes)
    differing = differing_bytes(survey.config_bytes, target)
    if config.config_locked and differing:
        shown = ", ".join(f"byte {i} is {survey.config_bytes[i]:02X} and should be {target[i]:02X}" for i in differing)
        raise RefusedError(
            "config-mismatch",
            f"This chip's configuration is locked and is not the profile's: {shown}.",
            "A locked configuration can never change: use another chip, or a profile that fits. Nothing was written.",
        )


def _check_issuer(issuer: Issuer, survey: Survey, now: datetime) -> None:
    """Whether issuing will succeed: it comes after the locks, when a chip can no longer be anything else."""
    check_issued_by(issuer.signer, issuer.root, "signer", "the root")
    check_may_issue(issuer.signer, "signer", authorities_below=0)
    for certificate, which in ((issuer.root, "root"), (issuer.signer, "signer")):
        check_valid_at(certificate, now, which)
    begins = issuer.signer.not_valid_before_utc
    if begins > on_the_hour(now):
        raise RefusedError(
            "signer-too-new",
            f"The signer is valid from {begins:%H:%M:%S} UTC, and a device certificate begins on the full hour, "
            "which was before that.",
            f"Try again after {on_the_hour(now) + timedelta(hours=1):%H:%M} UTC.",
        )
    issuer.sample(survey.serial_number, now)


def _certificates(survey: Survey, issuer: Issuer, now: datetime) -> ChipCertificates | None:
    """The certificates on the chip, if they are this issuer's and for the live key."""
    expected = dict(issuer.slots())
    expected[COMMON_NAME_SLOT] = survey.serial_number.encode("ascii")
    if any(survey.slots.get(slot) != content for slot, content in expected.items()):
        return None
    try:
        certificates = rebuild_certificates(
            contents_reader(survey.slots, survey.public_keys),
            issuer.sample(survey.serial_number, now),
            issuer.signer.public_bytes(Encoding.DER),
        )
        device, signer = (x509.load_der_x509_certificate(der) for der in (certificates.device, certificates.signer))
        check_chain(device, signer, issuer.root, now)
    except RefusedError as error:
        if error.id == "certificate-not-yet-valid":
            raise RefusedError(
                error.id,
                f"This chip's certificate is right, but not valid yet by this computer's clock: {error.message}",
                "Set the clock of this computer. Nothing was written.",
            ) from error
        return None
    except (BenchError, KeyError, ValueError):
        return None  # not this issuer's, or not for the live key: it will be issued anew
    return certificates


def _steps(
    profile: Profile,
    survey: Survey,
    missing: tuple[int, ...],
    key_writes: tuple[KeyWrite, ...],
    certificates: ChipCertificates | None,
) -> tuple[Step, ...]:
    config = survey.config
    part = part_of_revision(survey.revision)
    ms = {opcode: execution_time_ms(part, opcode, config.clock_divider) for opcode in Opcode}
    read, write, lock, key = (ms[o] for o in (Opcode.READ, Opcode.WRITE, Opcode.LOCK, Opcode.GEN_KEY))
    steps: list[Step] = []

    def step(id_: StepId, title: str, detail: str, effect: Effect, milliseconds: int) -> None:
        steps.append(Step(id_, title, detail, effect, milliseconds / 1000))

    detail = "it is the chip that was looked at, in the same state"
    step(StepId.CHECK_CHIP, "Check the chip", detail, Effect.READS, 4 * read)
    if not config.config_locked:
        target = profile.configuration_for(survey.config_bytes)
        detail = "112 bytes, read back and compared"
        if ConfigZone.parse(target).i2c_address != config.i2c_address:
            detail += f"; the chip moves from I2C address {config.i2c_address:02X} to {target[16]:02X}"
        step(StepId.WRITE_CONFIG, "Write configuration", detail, Effect.WRITES, 7 * write + 4 * read)
        detail = "The policies of all 16 slots are fixed for the life of this chip"
        step(StepId.LOCK_CONFIG, "Lock configuration", detail, Effect.FOR_EVER, lock + read)
    if not config.data_locked:
        detail = f"Slot policies come into force and OTP is closed; {_freed(profile)}"
        step(StepId.LOCK_DATA, "Lock data zone", detail, Effect.FOR_EVER, lock + read)
    if missing:
        numbers = ", ".join(str(slot) for slot in missing)
        detail = f"in slot{'s' if len(missing) > 1 else ''} {numbers}; private keys never leave the chip"
        step(StepId.GENERATE_KEYS, "Generate keys", detail, Effect.WRITES, len(missing) * key)
    if key_writes:
        names = " and ".join(f"slot {write.slot}" for write in key_writes)
        detail = f"random bytes into {names}, in escrow before, proved by CheckMac"
        proof = ms[Opcode.NONCE] + ms[Opcode.CHECK_MAC]
        step(StepId.FILL_KEYS, "Fill secret keys", detail, Effect.WRITES, len(key_writes) * (write + proof))
        detail = f"What {names} holds can never be changed again"
        step(StepId.LOCK_SLOTS, "Lock secret keys", detail, Effect.FOR_EVER, len(key_writes) * (lock + 4 * read))
    if certificates is None:
        if config.config_locked:
            detail = "what the certificates will overwrite goes to a file first"
            step(StepId.SAVE_SLOTS, "Save slots", detail, Effect.READS, 19 * read)
        detail = f"for the key in slot {profile.device_key_slot}, common name {survey.serial_number}"
        step(StepId.ISSUE, "Issue certificate", detail, Effect.READS, 0)
        detail = "root key → slot 15, signer → 11, 12, 14, device → 10, serial text → 8; read back"
        writes = sum(-(-length // 32) for length in WRITTEN_SLOTS.values())
        step(StepId.WRITE_CERTIFICATES, "Write certificates", detail, Effect.WRITES, writes * write + 19 * read)
    detail = "rebuild both certificates from the chip, compare, verify the chain"
    step(StepId.REBUILD, "Rebuild and compare", detail, Effect.READS, key)
    detail = "the chip signs a fresh challenge"
    step(StepId.PROVE, "Prove possession", detail, Effect.READS, ms[Opcode.NONCE] + ms[Opcode.SIGN])
    return tuple(steps)


def _freed(profile: Profile) -> str:
    return f"slots 8 and 10–15 stay writable, and the key in slot {profile.device_key_slot} can be generated again"
