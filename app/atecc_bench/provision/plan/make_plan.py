"""Computing a provisioning plan from the profile and the chip's state.

The state is the chip's real one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.errors import BenchError, InputError
from atecc_bench.onchip.read_certificates import ChipCertificates, contents_reader
from atecc_bench.onchip.write_chain import check_writable
from atecc_bench.pki.authority.issuer import Issuer, check_issuer
from atecc_bench.pki.x509.chain_checks import CertificateNotYetValidError, check_chain
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import KeySource, Layout
from atecc_bench.provision.chain.device_chain import DeviceChain, Reader
from atecc_bench.provision.chain.external_certificate import check_external_certificate, check_for_key, check_subject
from atecc_bench.provision.chain.layouts import device_chain
from atecc_bench.provision.chain.microchip_chain import MicrochipSamples, microchip_chain
from atecc_bench.provision.model.chip_survey import Survey, written_slots
from atecc_bench.provision.model.device_inputs import DeviceInputs, known_secrets, placeholder_values, subject_name
from atecc_bench.provision.plan.feasibility import (
    check_configuration,
    check_part,
    check_private_keys,
    data_contents,
    imports_needed,
    secret_writes,
)
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_steps import steps_of


def make_plan(
    profile: Profile,
    survey: Survey,
    issuer: Issuer | None,
    now: datetime,
    doubtful_keys: Collection[int] = (),
    *,
    fill_keys: bool = False,
    inputs: DeviceInputs | None = None,
    microchip_samples: Sequence[MicrochipSamples] = (),
    recorded_keys: Collection[int] = (),
) -> Plan:
    """Compute the plan for the chip that was surveyed.

    `doubtful_keys` are slots whose key an interrupted run never saw complete; such a key is made again.
    `fill_keys`: the profile's optional secret keys are filled with random bytes too, as far as they are not;
    `recorded_keys` are locked slots in which an earlier run left them (`keys_on_record`).
    `microchip_samples` are certificates of the maker, for a chip that already carries his.

    Raises:
        RefusedError: `wrong-part`; `config-mismatch` when the locked configuration is not the profile's;
            `not-locked-by-maker`, `key-not-reachable`, `key-missing`, `slot-not-writable` when something stands in
            the way for ever; `certificate-expired` and the like when the issuer cannot issue at `now`.
        InputError: `name-not-usable`, `ca-needed`, and what `placeholder_values` and `known_secrets` raise.

    """
    inputs = inputs or DeviceInputs()
    check_part(profile, survey)
    check_configuration(profile, survey)
    if issuer is None and profile.needs_authority:
        raise ca_needed(profile)
    if issuer is not None:
        check_issuer(issuer, now)
    values = placeholder_values(profile, survey.serial_number, issuer, inputs.fields)
    secrets = known_secrets(profile, inputs, survey.config.serial_number)
    missing = tuple(slot for slot in profile.generate_keys if slot not in survey.public_keys or slot in doubtful_keys)
    imports = imports_needed(profile, survey, inputs, doubtful_keys)
    check_private_keys(profile, survey, missing)
    wanted = profile.wanted_secret_keys(fill_keys=fill_keys)
    chain = _chain(profile, survey, issuer, values, now, microchip_samples)
    plan = Plan(
        profile=profile,
        issuer=issuer,
        survey=survey,
        inputs=inputs,
        values=values,
        missing_keys=missing,
        imports=imports,
        key_writes=secret_writes(profile, survey, wanted, secrets, recorded_keys),
        secrets=secrets,
        chain=chain,
        certificates=None,
        contents={},
        secret_slots=frozenset(key.slot for key in wanted),
        recorded_keys=frozenset(recorded_keys),
    )
    key_changes = profile.device_key_slot in (*missing, *imports)
    plan = _with_contents(plan, now, key_changes=key_changes)
    _check_external_certificate(plan, now, key_changes=key_changes)
    return replace(plan, steps=tuple(steps_of(plan)))


def _chain(
    profile: Profile,
    survey: Survey,
    issuer: Issuer | None,
    values: Mapping[str, str],
    now: datetime,
    samples: Sequence[MicrochipSamples],
) -> DeviceChain | None:
    match profile.layout:
        case Layout.FILE:
            subject_name(profile, values)  # raises for what no request could hold
            return None
        case Layout.TRUST_AND_GO:
            return microchip_chain(survey, now, samples)
        case _ if issuer is not None:
            return device_chain(profile, issuer, survey.config, values, now)
        case _:
            raise ca_needed(profile)


def ca_needed(profile: Profile) -> InputError:
    """Make the error for a certificate authority that is missing.

    Nobody is there to sign what the profile wants signed.
    """
    return InputError(
        "ca-needed",
        f"The profile {profile.name} needs a certificate authority.",
        "Give its folder with --ca, or make one with `atecc-bench ca init`.",
    )


def _with_contents(plan: Plan, now: datetime, *, key_changes: bool) -> Plan:
    """Add to the plan what slots have to hold.

    It also gets which of them do not hold that.
    """
    survey, chain = plan.survey, plan.chain
    data = data_contents(plan.profile, plan.values)
    if chain is None:
        return _with_stale(replace(plan, contents=data), tuple(data))
    if not plan.profile.layout.issues:
        return replace(plan, certificates=chain.rebuild(_reader(survey, survey.slots)))
    issuers = chain.issuer_contents()
    known = issuers | chain.known_device_contents()
    certificates = None if key_changes else _certificates(survey, chain, known, now)
    device = chain.device_contents(certificates.device if certificates else chain.sample())
    contents = {**known, **(device if certificates else {}), **data}
    order = [slot for slot in written_slots(plan.profile) if slot in (known | device | data)]
    return _with_stale(replace(plan, contents=contents, certificates=certificates), tuple(order))


def _with_stale(plan: Plan, order: tuple[int, ...]) -> Plan:
    """Add to the plan the slots that must be written.

    What is not known yet is stale; so is what is otherwise than it has to be.
    """
    contents, held = plan.contents, plan.survey.slots
    stale = tuple(slot for slot in order if slot not in contents or held.get(slot) != contents[slot])
    config = ConfigZone.parse(plan.profile.configuration_for(plan.survey.config_bytes))
    check_writable(replace(config, lock_config=0, lock_value=0), stale)
    return replace(plan, stale_slots=stale)


def _certificates(
    survey: Survey, chain: DeviceChain, known: Mapping[int, bytes], now: datetime
) -> ChipCertificates | None:
    """Return the certificates on the chip, if they are right.

    They have to be this issuer's and for the live key. Slots that are the same on all devices of the issuer, and those
    that only say whose device it is, need not be right for that: they are written without issuing anything.
    """
    if chain.certificate_slot not in survey.slots:
        return None
    try:
        certificates = chain.rebuild(_reader(survey, {**survey.slots, **known}))
        device, signer = (x509.load_der_x509_certificate(der) for der in (certificates.device, certificates.signer))
        check_chain(device, signer, chain.issuer.root, now)
    except CertificateNotYetValidError as error:
        raise CertificateNotYetValidError(
            error.id,
            f"This chip's certificate is right, but not valid yet by this computer's clock: {error.message}",
            "Set the clock of this computer. Nothing was written.",
        ) from error
    except (BenchError, KeyError, ValueError):
        return None  # not this issuer's, or not for the live key: it will be issued anew
    return certificates


def _reader(survey: Survey, slots: Mapping[int, bytes]) -> Reader:
    return contents_reader(slots, survey.public_keys, survey.config_bytes)


def _check_external_certificate(plan: Plan, now: datetime, *, key_changes: bool) -> None:
    if not plan.external_chain:
        return
    check_external_certificate(plan.external_chain, now)
    slot = plan.profile.device_key_slot
    imported = plan.inputs.private_keys.get(slot)
    if imported is None or plan.profile.keys[0].source is not KeySource.IMPORT:
        check_for_key(plan.external_chain[0], None if key_changes else plan.survey.public_keys.get(slot), slot)
    check_subject(plan.external_chain[0], subject_name(plan.profile, plan.values))
