"""The newest PASS of a chip on record, and its plan."""

from collections.abc import Mapping
from datetime import datetime

from atecc_bench.errors import InputError
from atecc_bench.pki.authority.issuer import Issuer, issuer_of
from atecc_bench.pki.encoding.distinguished_names import organization_of
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.report.run_document import RunDocument, read_document
from atecc_bench.records.run_records import ChipRecords, DeviceRecord
from atecc_bench.workflows.connected_chip import ConnectedChip


def newest_pass(records: ChipRecords) -> tuple[RunDocument, DeviceRecord] | None:
    """The newest run that ended with a PASS, and its record.

    None where there is none.
    """
    for record in records.runs():
        if not {"result_json", "device_pem"} <= record.artifacts.keys():
            continue
        try:
            run = read_document(record.read("result_json"), record.artifacts["result_json"])
        except InputError:
            continue  # a damaged record is none; an older one may tell
        if run.verdict is Verdict.PASS:
            return run, record
    return None


def typed_fields(records: ChipRecords) -> Mapping[str, str]:
    """The texts that were typed for a chip's newest PASS, by id."""
    found = newest_pass(records)
    past = None if found is None else found[1].past_run()
    return {} if past is None else past.fields


def profile_of(run: RunDocument) -> Profile:
    """The profile that a chip was provisioned with.

    Raises:
        InputError: `profile-changed`, and what loading it raises.
    """
    profile = load_profile(run.profile)
    if run.profile_sha256 and run.profile_sha256 != profile.sha256:
        raise InputError(
            "profile-changed",
            f"The profile {run.profile} is another one today than when this chip was provisioned.",
            "Hold it against that one: its SHA-256 is in the record.",
        )
    return profile


def plan_again(
    chip: ConnectedChip, profile: Profile, records: ChipRecords, record: DeviceRecord, now: datetime
) -> Plan:
    """The plan for a chip with what it was provisioned with before.

    Raises:
        BenchError: What `plan_for_chip` raises.
    """
    past = record.past_run()
    inputs = DeviceInputs(fields=dict(past.fields) if past else {})
    issuer = _issuer(record) if profile.needs_authority else None
    fill_keys = past.fill_keys if past else False
    return plan_for_chip(chip.session, profile, issuer, records, now, inputs=inputs, fill_keys=fill_keys)


def _issuer(record: DeviceRecord) -> Issuer:
    device, signer, root = (load_certificate(record.read(f"{name}_pem")) for name in ("device", "signer", "root"))
    return issuer_of(root, signer, organization_of(device.subject))
