"""The one way from a connected chip to its plan.

The command line and the window both take it.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from cryptography import x509

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import DeviceError, InputError
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.pki.keys.key_files import load_certificates
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.chain.external_certificate import is_for_key, is_same_name
from atecc_bench.provision.chain.microchip_chain import microchip_samples
from atecc_bench.provision.model.chip_survey import Survey, survey
from atecc_bench.provision.model.device_inputs import DeviceInputs, known_secrets, placeholder_values, subject_name
from atecc_bench.provision.plan.keys_on_record import keys_on_record
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.records.run_records import ChipRecords, DeviceRecord


def plan_for_chip(
    session: ChipSession,
    profile: Profile,
    issuer: Issuer | None,
    records: ChipRecords,
    now: datetime,
    *,
    inputs: DeviceInputs | None = None,
    fill_keys: bool = False,
    escrow_passphrase: bytes = b"",
) -> Plan:
    """Plan a chip's provisioning from its state and its records.

    Changes nothing.

    A key that an interrupted run began to make counts as not there. A certificate from outside that an earlier run kept
    need not be given again, nor the names of its request. With `escrow_passphrase` the chip itself shows the secret
    keys that an earlier run locked.

    Raises:
        KeyRepeatedError: A key is another chip's already.
        OtherChipError: `records` are not this chip's.
        BenchError: What `make_plan` raises.
    """
    inputs = inputs or DeviceInputs()
    found = survey(session, profile, partial(known_secrets, profile, inputs))
    if found.serial_number != records.serial_number:
        raise OtherChipError(records.serial_number, found.serial_number)
    if profile.layout is Layout.FILE:
        past = records.runs()
        inputs = replace(inputs, fields={**_typed_before(past, profile), **inputs.fields})
        if not inputs.certificate:
            inputs = replace(inputs, certificate=_kept_certificate(past, found, profile, issuer, inputs))
    wanted = profile.wanted_secret_keys(fill_keys=fill_keys)
    recorded = keys_on_record(session, records, found, wanted, escrow_passphrase)
    samples = microchip_samples(virtual=records.virtual) if profile.layout is Layout.TRUST_AND_GO else ()
    plan = make_plan(
        profile, found, issuer, now, records.doubtful_keys(),
        fill_keys=fill_keys, inputs=inputs, microchip_samples=samples, recorded_keys=recorded,
    )  # fmt: skip
    for public_key in plan.expected_public_keys:
        records.registry.check(plan.serial_number, public_key)
    return plan


class OtherChipError(DeviceError):
    """Another chip than the one that was looked at before."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            "other-chip",
            f"The chip that answers now is {found}; a moment ago it was {expected}.",
            "Leave one chip in its place, and begin again. Nothing was written.",
        )


def _typed_before(past: list[DeviceRecord], profile: Profile) -> dict[str, str]:
    """The texts that the newest request of this chip was made with."""
    mine = {one.id for one in profile.operator_fields}
    for record in past:
        run = record.past_run()
        if "csr_pem" in record.artifacts and run is not None and run.profile == profile.name:
            return {id_: text for id_, text in run.fields.items() if id_ in mine}
    return {}


def _kept_certificate(
    past: list[DeviceRecord], found: Survey, profile: Profile, issuer: Issuer | None, inputs: DeviceInputs
) -> tuple[x509.Certificate, ...]:
    """Return the newest certificate on record that fits the chip.

    It is for the key in the chip now and for its name, and comes with its issuers.
    """
    public_key = found.public_keys.get(profile.device_key_slot)
    for record in past:
        names = [name for name in ("device_pem", "signer_pem", "root_pem") if name in record.artifacts]
        if names[:1] != ["device_pem"]:
            continue
        try:
            certificates = tuple(load_certificates(b"".join(record.read(name) for name in names)))
        except InputError:
            continue  # a damaged record is none
        if not is_for_key(certificates[0], public_key):
            continue
        values = placeholder_values(profile, found.serial_number, issuer, inputs.fields)
        if is_same_name(certificates[0].subject, subject_name(profile, values)):
            return certificates
    return ()
