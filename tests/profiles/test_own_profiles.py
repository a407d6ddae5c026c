"""Profiles of one's own: keys that are imported or derived, data, templates from files, slots that are locked."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.onchip.secret_keys import derived_keys
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import (
    device_placement,
    signer_placement,
    template_from_sample,
    with_element,
)
from atecc_bench.pki.compressed.template_file import template_text
from atecc_bench.pki.keys.key_files import certificate_public_key, private_key_from_entropy, public_key_bytes
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import WRITTEN_FROM, Profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import Outcome, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.records.run_records import Records
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.p256_slots import public_key
from tests.support.boards.twin_desk import NOW, TwinDesk, chip_records, issuer
from tests.support.probes import snapshot

EVERYTHING = """
name: everything
title: Everything a profile can say
parts: [ATECC608A]
configuration:
  base: massprovisioning-608
  fields: {ChipMode.WatchdogDuration: 0}
  slots:
    13: {Lockable: 1}
    2: {WriteConfig: 6}  # PrivWrite and GenKey
keys:
  - {slot: 0, title: Device key, source: generate}
  - {slot: 2, title: Key from elsewhere, source: import}
  - {slot: 4, title: IO protection key, source: derive, lock: true}
fields:
  - {id: batch, title: Batch, pattern: "[A-Z][0-9]{3}", example: B042}
data:
  - {slot: 13, title: Label, text: "{batch} {mac}", length: 40}
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", OU: "Batch {batch}", CN: "{serial_number}"}
locks: {slots: [13]}
proofs:
  [chain-verified, certificate-rebuilt-equals-file, key-possession, secret-keys-held, data-read-back]
"""
MASTER = bytes(range(32))
FIELDS = {"batch": "B042", "mac": "A4CF12000001"}


def outside_key(seed: int = 5) -> ec.EllipticCurvePrivateKey:
    return private_key_from_entropy(seeded_entropy(seed))


GIVEN = DeviceInputs(fields=FIELDS, private_keys={2: outside_key()}, master_key=MASTER)


def written(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_profile(str(path))


def plan_of(
    desk: TwinDesk, authority: CertificateAuthority, profile: Profile, records: Records, given: DeviceInputs
) -> Plan:
    names = issuer(authority.root, authority.signer)
    return plan_for_chip(
        desk.session, profile, names, chip_records(desk.session, records, virtual=True), NOW, inputs=given
    )


def provision(
    desk: TwinDesk, authority: CertificateAuthority, profile: Profile, folder: Path, given: DeviceInputs = GIVEN
) -> Outcome:
    records = Records(folder / "records")
    plan = plan_of(desk, authority, profile, records, given)
    report = provision_device(
        desk.session,
        plan,
        authority,
        records.for_chip(plan.serial_number, virtual=True),
        rehearsal=rehearse(plan, NOW, lambda _: None) if plan.irreversible else None,
        now=NOW,
        progress=lambda _: None,
    )
    assert report.error is None, report.error
    return report.outcome


def test_everything_a_profile_can_say_is_done_and_proved(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    profile = written(tmp_path, EVERYTHING)
    outcome = provision(desk, authority, profile, tmp_path)
    assert outcome.verdict is Verdict.PASS
    attested = {Proof.CONFIGURATION_COMPARED, Proof.CONFIGURATION_ATTESTED}
    assert outcome.proved == {*profile.named_proofs, *attested}
    assert public_key(desk.memory, 2) == public_key_bytes(outside_key().public_key())
    serial_number = bytes.fromhex(desk.serial_number)
    assert desk.memory.contents(Zone.DATA, 4)[:32] == derived_keys(MASTER, serial_number)(4)
    assert desk.memory.contents(Zone.DATA, 13)[:40] == b"B042 A4CF12000001".ljust(40, b"\0")
    assert [slot for slot in range(16) if desk.memory.config.slot_is_locked(slot)] == [4, 13]
    device = x509.load_pem_x509_certificate(outcome.files["device_pem"])
    assert device.subject.rfc4514_string() == f"CN={desk.serial_number},OU=Batch B042,O=Nordlys AS"
    before = snapshot(desk.memory)
    plan = plan_of(desk, authority, profile, Records(tmp_path / "records"), GIVEN)
    assert plan.already_provisioned
    assert provision(desk, authority, profile, tmp_path).proved == {*profile.named_proofs, *attested}
    assert snapshot(desk.memory) == before


def test_a_secret_key_is_in_no_file_of_the_record(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path):
    provision(desk, authority, written(tmp_path, EVERYTHING), tmp_path)
    key = derived_keys(MASTER, bytes.fromhex(desk.serial_number))(4)
    scalar = outside_key().private_numbers().private_value.to_bytes(32)
    for path in (tmp_path / "records").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (key, scalar, MASTER):
            assert secret not in content
            assert secret.hex() not in content.decode("latin-1").lower()


@pytest.mark.parametrize(
    ("given", "id_"),
    [
        (replace(GIVEN, fields={"batch": "B042"}), "field-needed"),
        (replace(GIVEN, fields=FIELDS | {"batch": "42"}), "field-not-usable"),
        (replace(GIVEN, fields=FIELDS | {"colour": "red"}), "no-such-field"),
        (replace(GIVEN, private_keys={}), "key-file-needed"),
        (replace(GIVEN, master_key=b""), "master-key-needed"),
        (replace(GIVEN, master_key=b"short"), "master-key-too-short"),
    ],
)
def test_what_is_not_given_is_asked_for_before_anything_is_written(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, given: DeviceInputs, id_: str
):
    before = snapshot(desk.memory)
    with pytest.raises(InputError) as caught:
        plan_of(desk, authority, written(tmp_path, EVERYTHING), Records(tmp_path), given)
    assert caught.value.id == id_
    assert snapshot(desk.memory) == before


@pytest.mark.parametrize(
    ("given", "id_"),
    [
        (replace(GIVEN, master_key=bytes(32)), "key-not-reachable"),
        (replace(GIVEN, private_keys={2: outside_key(6)}), "write-key-needed"),
        (replace(GIVEN, fields=FIELDS | {"batch": "C001"}), "slot-not-writable"),
    ],
)
def test_what_was_locked_otherwise_can_never_be_reached(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, given: DeviceInputs, id_: str
):
    profile = written(tmp_path, EVERYTHING)
    provision(desk, authority, profile, tmp_path)
    before = snapshot(desk.memory)
    with pytest.raises(BenchError) as caught:
        plan_of(desk, authority, profile, Records(tmp_path / "records"), given)
    assert caught.value.id == id_
    assert "Nothing was written" in caught.value.hint
    assert snapshot(desk.memory) == before


def test_an_imported_key_goes_in_before_the_data_lock(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path):
    plan = plan_of(desk, authority, written(tmp_path, EVERYTHING), Records(tmp_path), GIVEN)
    order = [step.id for step in plan.steps]
    assert order.index(StepId.LOCK_CONFIG) < order.index(StepId.IMPORT_KEYS) < order.index(StepId.LOCK_DATA)
    assert order[-2:] == [StepId.LOCK_PROVED_SLOTS, StepId.ATTEST]
    documents = [step.document for step in plan.steps]
    assert all(document["reads"] or document["writes"] or not document["chip_seconds"] for document in documents[:-1])
    assert [document["effect"] for document in documents].count("for ever") == 4


LOCKED = """
name: locked
title: A slot that is locked with its key in it
parts: [ATECC608A]
configuration: CONFIGURATION
keys:
  - {slot: 0, title: Device key, source: generate}
  - {slot: 4, title: IO protection key, source: derive, lock: true}
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", CN: "{serial_number}"}
LOCKS
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession, secret-keys-held]
"""


@pytest.mark.parametrize(
    ("byte_88", "locks"),
    [(0xEF, ""), (0xFF, "locks: {slots: [4]}")],
    ids=["already in the configuration", "named twice"],
)
def test_a_slot_that_the_profile_locks_may_be_said_to_be_locked_elsewhere_too(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, byte_88: int, locks: str
):
    configuration = bytearray(load_profile("trustcustom-tls").configuration)
    configuration[88 - WRITTEN_FROM] = byte_88
    profile = written(tmp_path, LOCKED.replace("CONFIGURATION", configuration.hex(" ")).replace("LOCKS", locks))
    provision(desk, authority, profile, tmp_path, DeviceInputs(master_key=MASTER))
    assert [slot for slot in range(16) if desk.memory.config.slot_is_locked(slot)] == [4]
    again = plan_of(desk, authority, profile, Records(tmp_path / "records"), DeviceInputs(master_key=MASTER))
    assert again.already_provisioned


TEMPLATES = """
name: templates
title: Templates of one's own
parts: [ATECC608A]
configuration: {base: massprovisioning-608}
keys:
  - {slot: 0, title: Device key, source: generate}
certificates:
  layout: templates
  templates: {device: device.yaml, signer: signer.yaml}
  elements: {common_name: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""


def test_templates_come_from_files_beside_the_profile(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path):
    sample = issue_device_certificate(
        authority, certificate_public_key(authority.signer), organization="Sample", common_name="0" * 18,
        not_before=NOW.replace(minute=0, second=0),
    )  # fmt: skip
    path = "tbsCertificate.subject.commonName"
    device = with_element(template_from_sample(sample, device_placement()), "common_name", path, slot=8, offset=0)
    signer_der = authority.signer.public_bytes(Encoding.DER)
    signer = template_from_sample(signer_der, signer_placement(SerialSource.STORED))
    (tmp_path / "device.yaml").write_text(template_text(device))
    (tmp_path / "signer.yaml").write_text(template_text(signer))
    profile = written(tmp_path, TEMPLATES)
    outcome = provision(desk, authority, profile, tmp_path, DeviceInputs())
    assert outcome.verdict is Verdict.PASS
    issued = x509.load_pem_x509_certificate(outcome.files["device_pem"])
    assert issued.subject.rfc4514_string() == f"CN={desk.serial_number},O=Sample"
    assert plan_of(desk, authority, profile, Records(tmp_path), DeviceInputs()).already_provisioned
    (tmp_path / "signer.yaml").unlink()
    with pytest.raises(InputError) as caught:
        load_profile(str(tmp_path / "mine.yaml"))
    assert "line 10, column 36: certificates.templates.signer" in caught.value.message


def test_a_template_that_keeps_the_name_of_another_chip_is_refused_before_anything_is_written(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    other = "0123aabbccddeeff11"[:16] + "ee"
    sample = issue_device_certificate(
        authority, certificate_public_key(authority.signer), organization="Sample", common_name=other,
        not_before=NOW.replace(minute=0, second=0),
    )  # fmt: skip
    signer_der = authority.signer.public_bytes(Encoding.DER)
    (tmp_path / "device.yaml").write_text(template_text(template_from_sample(sample, device_placement())))
    signer = template_from_sample(signer_der, signer_placement(SerialSource.STORED))
    (tmp_path / "signer.yaml").write_text(template_text(signer))
    lines = [line for line in TEMPLATES.splitlines() if "common_name" not in line]
    profile = written(tmp_path, "\n".join(lines))
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        plan_of(desk, authority, profile, Records(tmp_path), DeviceInputs())
    assert caught.value.id == "template-mismatch"
    assert other in caught.value.message
    assert desk.serial_number in caught.value.message
    assert snapshot(desk.memory) == before


def test_a_signer_that_its_template_cannot_hold_is_refused_before_anything_is_written(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    # Its authorityKeyIdentifier is another root's: rebuilt from a chip it would come out different.
    mixed = replace(issuer(authority.root, authority.signer), root=other_authority.root)
    with pytest.raises(RefusedError):
        plan_for_chip(
            desk.session,
            load_profile("espressif-trustcustom"),
            mixed,
            chip_records(desk.session, Records(Path("none")), virtual=True),
            NOW,
        )
