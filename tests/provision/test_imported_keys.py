"""Private keys that come from a file: whose they may be, and how they get into a chip that is locked already."""

from dataclasses import replace
from pathlib import Path

import pytest

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.encrypted_access import write_key
from atecc_bench.errors import RefusedError
from atecc_bench.onchip import key_import
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.keys.key_files import private_key_from_entropy, public_key_bytes
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.run_records import Records
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.p256_slots import public_key
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job
from tests.support.boards.twin_desk import NOW, TwinDesk, at_board, issuer
from tests.support.probes import snapshot

IMPORTED = """
name: imported
title: The device key comes from a file
parts: [ATECC608A]
configuration:
  base: massprovisioning-608
  slots:
    0: {WriteConfig: 6, WriteKey: 4}  # PrivWrite, encrypted with slot 4 after the data lock
keys:
  - {slot: 0, title: Device key, source: import}
MORE_KEYS
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession MORE_PROOFS]
"""
KEYS = [private_key_from_entropy(seeded_entropy(seed)) for seed in (5, 6)]
PUBLIC_KEYS = [public_key_bytes(key.public_key()) for key in KEYS]
GIVEN = DeviceInputs(private_keys={0: KEYS[0]}, secret_keys={4: bytes(range(32))})


def job_of(
    authority: CertificateAuthority, folder: Path, *, opener: str = "the profile's", inputs: DeviceInputs
) -> ProvisioningJob:
    theirs = opener == "the profile's"
    text = IMPORTED.replace(
        "MORE_KEYS", "  - {slot: 4, title: IO protection key, source: import}" if theirs else ""
    ).replace("MORE_PROOFS", ", secret-keys-held" if theirs else "")
    (folder / "imported.yaml").write_text(text)
    profile = load_profile(str(folder / "imported.yaml"))
    return ProvisioningJob(profile, issuer(authority.root, authority.signer), authority, inputs=inputs)


def provision(desk: TwinDesk, order: ProvisioningJob, records: Records) -> Report:
    prepared = preview_job(order, at_board(desk.session, virtual=True), records, NOW)
    report = run_job(prepared, at_board(desk.session, virtual=True), NOW, lambda _: None)  # fmt: skip
    assert report.outcome.verdict is Verdict.PASS, report.error
    return report


def test_a_key_that_another_device_has_is_refused_before_anything_is_locked(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    order, records = job_of(authority, tmp_path, inputs=GIVEN), Records(tmp_path / "records")
    second = TwinDesk(2)
    planned_before = preview_job(order, at_board(second.session, virtual=True), records, NOW)
    provision(desk, order, records)
    before = snapshot(second.memory)
    with pytest.raises(RefusedError) as early:
        preview_job(order, at_board(second.session, virtual=True), records, NOW)
    with pytest.raises(RefusedError) as late:
        run_job(planned_before, at_board(second.session, virtual=True), NOW, lambda _: None)  # fmt: skip
    for refused in (early, late):
        assert refused.value.id == "public-key-repeated"
        assert desk.serial_number in refused.value.message
    assert snapshot(second.memory) == before
    provision(desk, order, records)  # whose key it is


@pytest.mark.parametrize("opener", ["the profile's", "another"])
def test_another_key_goes_into_a_chip_that_is_locked(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, opener: str
):
    records, written = Records(tmp_path / "records"), GIVEN.secret_keys[4]
    provision(desk, job_of(authority, tmp_path, opener=opener, inputs=GIVEN), records)
    if opener == "another":
        write_key(desk.session, 4, written)
    again = job_of(authority, tmp_path, opener=opener, inputs=replace(GIVEN, private_keys={0: KEYS[1]}))
    report = provision(desk, again, records)
    assert any(step.id is StepId.IMPORT_KEYS for step in report.outcome.steps)
    assert public_key(desk.memory, 0) == PUBLIC_KEYS[1]
    assert desk.memory.contents(Zone.DATA, 4)[:32] == written


def test_also_where_both_zones_are_locked_and_no_key_is_there(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    order = job_of(authority, tmp_path, inputs=GIVEN)
    desk.write_config(
        lambda target: target.__setitem__(slice(16, 128), order.profile.configuration_for(bytes(target))[16:])
    )
    desk.lock_config()
    desk.session.lock_data()
    provision(desk, order, Records(tmp_path / "records"))
    assert public_key(desk.memory, 0) == PUBLIC_KEYS[0]


def test_a_process_that_dies_while_a_key_goes_in_leaves_it_in_doubt(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    order, records = job_of(authority, tmp_path, inputs=GIVEN), Records(tmp_path / "records")

    def die(session: object, slot: int, *_: object) -> None:
        assert records.for_chip(desk.serial_number, virtual=True).doubtful_keys() == {slot}
        raise KeyboardInterrupt

    prepared = preview_job(order, at_board(desk.session, virtual=True), records, NOW)
    with monkeypatch.context() as cut:
        cut.setattr(key_import, "import_private_key", die)
        with pytest.raises(KeyboardInterrupt):
            run_job(prepared, at_board(desk.session, virtual=True), NOW, lambda _: None)
    provision(desk, order, records)
    assert not records.for_chip(desk.serial_number, virtual=True).doubtful_keys()
