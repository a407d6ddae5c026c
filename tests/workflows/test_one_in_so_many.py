"""One in so many devices is held to another board before the line goes on."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import Verdict
from atecc_bench.records.key_registry import FileKeyRegistry
from atecc_bench.records.opinions import Opinions
from atecc_bench.records.run_records import Records
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job
from atecc_bench.workflows.devices.second_opinion import second_opinion
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, at_board, issuer


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path)


@pytest.fixture
def job(authority: CertificateAuthority) -> ProvisioningJob:
    names = issuer(authority.root, authority.signer)
    return ProvisioningJob(PROFILE, names, authority, opinion_every=2)


def made(job: ProvisioningJob, records: Records, seed: int) -> TwinDesk:
    desk = TwinDesk(seed)
    chip = at_board(desk.session, virtual=True)
    report = run_job(preview_job(job, chip, records, NOW), chip, NOW, lambda _: None)
    assert report.outcome.verdict is Verdict.PASS, report.error
    return desk


def asked(desk: TwinDesk, records: Records) -> bool:
    return second_opinion(at_board(desk.session, virtual=True), records, NOW).agrees


def is_due(job: ProvisioningJob, records: Records, seed: int) -> bool:
    try:
        preview_job(job, at_board(TwinDesk(seed).session, virtual=True), records, NOW)
    except RefusedError as error:
        return error.id == "second-opinion-due"
    return False


def test_the_line_stops_until_one_of_its_devices_was_seen_by_another_board(job: ProvisioningJob, records: Records):
    first, second = made(job, records, 11), made(job, records, 12)
    assert is_due(job, records, 13)
    assert asked(first, records)
    assert not is_due(job, records, 13)
    third = made(job, records, 13)
    assert not is_due(job, records, 14)
    made(job, records, 14)
    assert is_due(job, records, 15)
    assert asked(second, records)  # of those before: it says nothing of the two that wait
    assert is_due(job, records, 15)
    assert asked(third, records)
    assert not is_due(job, records, 15)


def test_a_device_that_is_finished_can_be_looked_at_meanwhile(job: ProvisioningJob, records: Records):
    desk = made(job, records, 11)
    made(job, records, 12)
    assert preview_job(job, at_board(desk.session, virtual=True), records, NOW).plan.already_provisioned


def test_a_chip_that_is_not_as_on_record_is_no_opinion(job: ProvisioningJob, records: Records):
    desk = made(job, records, 11)
    made(job, records, 12)
    desk.session.generate_key(0)
    assert not asked(desk, records)
    assert is_due(job, records, 13)


def test_nobody_is_asked_who_demands_none(job: ProvisioningJob, records: Records):
    for seed in (11, 12, 13):
        made(dataclasses.replace(job, opinion_every=0), records, seed)


def test_a_device_that_passed_twice_waits_once(tmp_path: Path):
    registry = FileKeyRegistry(tmp_path)
    opinions = Opinions(tmp_path, registry)
    for number, device in enumerate(("a", "a", "b")):
        registry.claim(device, bytes([ord(device)]), NOW + timedelta(seconds=number))
    assert opinions.waiting(9) == ("a", "b")
    opinions.note("c", NOW)
    assert opinions.waiting(9) == ("a", "b")
    opinions.note("a", NOW)
    registry.claim("d", b"d", NOW)
    assert opinions.waiting(9) == ("d",)
