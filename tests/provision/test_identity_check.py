"""A chip of silicon under a serial number on record: the same one under a second profile, or another."""

from datetime import datetime
from pathlib import Path

import pytest

from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.results import CERTIFICATE_AWAITED, Verdict
from atecc_bench.provision.plan.plan_for_chip import OtherChipError, plan_for_chip
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.key_registry import FileKeyRegistry
from atecc_bench.records.run_records import Records
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, at_board, issuer
from tests.support.probes import snapshot

ONE_KEY = """
name: one-key
title: One key
parts: [ATECC608A]
configuration: {base: massprovisioning-608}
keys:
  - {slot: 0, title: Device key, source: generate}
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""
SECOND_KEY = """
name: second-key
title: A certificate from outside for another key
parts: [ATECC608A]
configuration: {base: massprovisioning-608}
keys:
  - {slot: 2, title: Second key, source: generate}
certificates:
  layout: file
  subject: {CN: "{serial_number}"}
proofs: [certificate-for-key, key-possession]
"""


def provision(desk: TwinDesk, authority: CertificateAuthority, folder: Path, text: str) -> Report:
    (folder / "profile.yaml").write_text(text)
    profile, records = load_profile(str(folder / "profile.yaml")), Records(folder / "records")
    names = issuer(authority.root, authority.signer) if profile.needs_authority else None
    order = ProvisioningJob(profile, names, authority)
    prepared = preview_job(order, at_board(desk.session, virtual=False), records, NOW)
    return run_job(prepared, at_board(desk.session, virtual=False), NOW, lambda _: None)  # fmt: skip


@pytest.mark.parametrize("journals", ["there", "gone"])
def test_a_second_profile_with_a_key_of_its_own_is_for_the_same_chip(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, journals: str
):
    assert provision(desk, authority, tmp_path, ONE_KEY).outcome.verdict is Verdict.PASS
    if journals == "gone":
        for path in (tmp_path / "records").rglob("journal.jsonl"):
            path.unlink()
    for _ in range(2):  # the second time with a key in slot 2
        error = provision(desk, authority, tmp_path, SECOND_KEY).error
        assert error is not None
        assert error.id == CERTIFICATE_AWAITED
    assert provision(desk, authority, tmp_path, ONE_KEY).outcome.verdict is Verdict.PASS


@pytest.mark.parametrize("journals", ["there", "gone"])
def test_the_second_profile_finds_another_chip_out_all_the_same(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, journals: str
):
    provision(desk, authority, tmp_path, ONE_KEY)
    if journals == "gone":
        for path in (tmp_path / "records").rglob("journal.jsonl"):
            path.unlink()
    desk.session.generate_key(0)  # as another chip of the same number would have it
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as refused:
        provision(desk, authority, tmp_path, SECOND_KEY)
    assert refused.value.id == "serial-number-repeated"
    assert snapshot(desk.memory) == before


class _TakenAtTheLastMoment(FileKeyRegistry):
    """Another port passes with the same key after this run has looked."""

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        super().claim("0123ffffffffffffee", public_key, at)
        super().claim(serial_number, public_key, at)


def test_a_key_that_another_port_passed_with_meanwhile_is_a_fail_on_record(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    records = Records(tmp_path, _TakenAtTheLastMoment)
    job = ProvisioningJob(PROFILE, issuer(authority.root, authority.signer), authority)
    chip = at_board(desk.session, virtual=True)
    report = run_job(preview_job(job, chip, records, NOW), chip, NOW, lambda _: None)
    assert report.error is not None
    assert (report.outcome.verdict, report.error.id) == (Verdict.FAIL, "public-key-repeated")
    assert b'"FAIL"' in report.artifacts["result_json"].read_bytes()


def test_a_chip_that_is_changed_for_another_before_the_plan_is_noticed(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    others = Records(tmp_path).for_chip("0123ffffffffffffee", virtual=True)
    with pytest.raises(OtherChipError, match="0123ffffffffffffee"):
        plan_for_chip(desk.session, PROFILE, issuer(authority.root, authority.signer), others, NOW)
