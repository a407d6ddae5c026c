"""Records: one folder a run, nothing overwritten, nothing secret."""

import json
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.journal import Event
from atecc_bench.records.run_records import DeviceRecord, Records
from atecc_bench.workflows.comparison.certificates_on_chip import known_certificates
from tests.support.boards.twin_desk import NOW, TwinDesk
from tests.support.probes import snapshot


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records")


def provision(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, *, virtual: bool = False, later: int = 0
) -> Report:
    now = NOW + timedelta(seconds=later)
    return run(desk, desk.plan(authority, now), authority, records, virtual=virtual, now=now)


def run(
    desk: TwinDesk,
    plan: Plan,
    authority: CertificateAuthority | None,
    records: Records,
    *,
    virtual: bool = False,
    now: datetime = NOW,
) -> Report:
    rehearsal = rehearse(plan, now, lambda _: None) if plan.irreversible else None
    return provision_device(
        desk.session,
        plan,
        authority,
        records.for_chip(plan.serial_number, virtual=virtual),
        rehearsal=rehearsal,
        now=now,
        progress=lambda _: None,
    )


def document(report: Report) -> Mapping[str, object]:
    return json.loads(report.artifacts["device_pem"].with_name("result.json").read_bytes())


def test_a_run_leaves_its_certificates_and_its_result(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
):
    report = provision(desk, authority, records)
    assert report.outcome.verdict is Verdict.PASS
    assert {"device_pem", "signer_pem", "root_pem"} <= report.artifacts.keys()
    folder = report.artifacts["device_pem"].parent
    assert folder == records.folder / desk.serial_number / "20260601T123456Z"
    assert report.outcome.certificates is not None
    device = x509.load_pem_x509_certificate(report.artifacts["device_pem"].read_bytes())
    assert device.public_bytes(Encoding.DER) == report.outcome.certificates.device
    assert report.artifacts["root_pem"].read_bytes() == authority.root.public_bytes(Encoding.PEM)
    assert document(report) == report.document().to_json() | {"artifacts": document(report)["artifacts"]}


def test_the_document_of_a_run(desk: TwinDesk, authority: CertificateAuthority, records: Records):
    found = provision(desk, authority, records, virtual=True).document().to_json()
    assert found["virtual"] is True
    assert found["verdict"] == "PASS"
    assert found["serial_number"] == desk.serial_number
    assert found["profile"] == "trustcustom-tls"
    assert found["already_provisioned"] is False
    steps = found["steps"]
    assert isinstance(steps, list)
    assert all(step.keys() == {"id", "status", "seconds"} and step["status"] == "done" for step in steps)
    timing = found["timing"]
    assert isinstance(timing, dict)
    assert timing.keys() == {"total_s", "chip_s", "wire_s"}
    assert "error" not in found


def test_a_run_that_fails_leaves_its_error_and_no_certificates(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
):
    plan = desk.plan(authority)
    report = run(desk, plan, None, records)
    assert report.document().to_json()["verdict"] == "FAIL"
    error = report.document().to_json()["error"]
    assert isinstance(error, dict)
    assert error.keys() == {"id", "message", "hint"}
    assert not {"device_pem", "signer_pem", "root_pem"} & report.artifacts.keys()
    assert records.for_chip(desk.serial_number, virtual=False).latest() is None


def test_runs_of_the_same_second_do_not_overwrite_each_other(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
):
    folders = [provision(desk, authority, records).artifacts["device_pem"].parent for _ in range(3)]
    assert len(set(folders)) == 3
    latest = records.for_chip(desk.serial_number, virtual=False).latest()
    assert latest is not None
    assert latest.folder == folders[-1]


def test_the_newest_record_with_certificates_counts(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority, records: Records
):
    provision(desk, authority, records)
    second = provision(desk, other_authority, records, later=60)
    records.for_chip(desk.serial_number, virtual=False).begin(NOW + timedelta(hours=1))  # a run that got nowhere
    known = known_certificates(desk.session, records.for_chip(desk.serial_number, virtual=False))
    assert known is not None
    assert second.outcome.certificates is not None
    assert known.device == second.outcome.certificates.device
    assert known.source == str(second.artifacts["device_pem"].parent)


def test_what_was_overwritten_is_in_the_record(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority, records: Records
):
    provision(desk, other_authority, records)
    held = desk.memory.contents(Zone.DATA, 10)
    report = provision(desk, authority, records, later=60)
    saved = json.loads(report.artifacts["saved_json"].read_bytes())
    assert saved["slots"]["10"] == held.hex()
    assert "8" not in saved["slots"]  # the serial number's text is right already, and not written again
    config = json.loads(report.artifacts["saved_config_json"].read_bytes())
    assert config["config"] == desk.memory.contents(Zone.CONFIG).hex()


def test_records_of_virtual_chips_live_apart(desk: TwinDesk, authority: CertificateAuthority, records: Records):
    provision(desk, authority, records, virtual=True)
    assert records.for_chip(desk.serial_number, virtual=False).latest() is None
    assert records.for_chip(desk.serial_number, virtual=True).latest() is not None
    assert known_certificates(desk.session, records.for_chip(desk.serial_number, virtual=False)) is None


def test_an_artifact_is_never_overwritten(records: Records):
    record = records.for_chip("0123", virtual=False).begin(NOW)
    record.write("device_pem", b"first")
    with pytest.raises(InputError) as caught:
        record.write("device_pem", b"second")
    assert caught.value.id == "record-not-writable"
    assert record.read("device_pem") == b"first"


def test_a_folder_that_cannot_be_made_is_said_before_the_first_command(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    (tmp_path / "file").write_bytes(b"")
    before = snapshot(desk.memory)
    with pytest.raises(InputError) as caught:
        provision(desk, authority, Records(tmp_path / "file"))
    assert caught.value.id == "record-not-writable"
    assert "ATECC_BENCH_DATA" in caught.value.hint
    assert snapshot(desk.memory) == before


def test_neither_does_a_folder_behind_a_link_that_leads_nowhere(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
):
    (tmp_path / "link").symlink_to(tmp_path / "not mounted")
    for folder in (tmp_path / "link", tmp_path / "link" / "records", tmp_path / ("x" * 300)):
        with pytest.raises(InputError) as caught:
            provision(desk, authority, Records(folder))
        assert caught.value.id == "record-not-writable"
    assert not desk.memory.config.config_locked


@contextmanager
def as_somebody_else(path: Path) -> Generator[None]:
    """Without the right to read `path`, which the superuser would have all the same."""
    mode, user = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    if not user:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


def test_journals_vouch_for_the_keys_they_saw(desk: TwinDesk, authority: CertificateAuthority, records: Records):
    of_chip = records.for_chip(desk.serial_number, virtual=False)
    assert of_chip.shown_keys() == frozenset()
    provision(desk, authority, records)
    assert of_chip.shown_keys() == {0, 2, 3, 7}
    journal = of_chip.begin(NOW).journal()
    journal.note(Event.BEGIN, serial_number=desk.serial_number, profile="")
    journal.note(Event.KEY_BEGINS, slot=2)
    assert of_chip.shown_keys() == {0, 3, 7}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_what_may_not_be_read_is_said_and_not_taken_for_nothing(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
):
    report = provision(desk, authority, records)
    plan, folder = desk.plan(authority), report.artifacts["device_pem"].parent
    (record,) = records.for_chip(desk.serial_number, virtual=False).runs()
    for path, read in (
        (folder / "device.pem", lambda: record.read("device_pem")),
        (folder / "journal.jsonl", lambda: records.for_chip(desk.serial_number, virtual=False).doubtful_keys()),
        (folder, lambda: record.artifacts),
        (folder.parent, lambda: records.for_chip(desk.serial_number, virtual=False).runs()),
        (records.folder / "devices.jsonl", lambda: run(desk, plan, authority, records)),
    ):
        with as_somebody_else(path), pytest.raises(InputError) as caught:
            read()
        assert caught.value.id == "record-not-readable"
    assert list(records.interrupted_runs(virtual=False)) == []


def test_a_clock_that_is_set_back_leaves_the_order_of_the_runs(records: Records):
    def begin(*years: int) -> list[DeviceRecord]:
        return [records.for_chip("0123", virtual=False).begin(NOW.replace(year=year)) for year in years]

    begun = begin(NOW.year, 2031, NOW.year)
    assert [record.folder.name for record in begun] == [
        "20260601T123456Z", "20310601T123456Z", "20310601T123456Z-001"
    ]  # fmt: skip
    (records.folder / "0123" / "notes").mkdir()
    many = DeviceRecord(records.folder / "0123" / "20310601T123456Z-998")
    many.folder.mkdir()
    begun += [many, *begin(NOW.year, NOW.year, NOW.year, 2032)]
    assert [record.folder.name[-5:] for record in begun[-4:]] == ["Z-999", "-1000", "-1001", "3456Z"]
    assert records.for_chip("0123", virtual=False).runs()[:-1] == begun[::-1]


def test_the_users_records_are_where_the_variable_points(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    assert user_records().folder == tmp_path / "records"


def test_no_private_key_is_in_a_record(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority, records: Records
):
    provision(desk, other_authority, records)
    report = provision(desk, authority, records, later=1)
    secrets = [authority.signer_key.private_numbers().private_value.to_bytes(32)]
    secrets += [desk.memory.contents(Zone.DATA, slot)[4:36] for slot in (0, 2, 3, 7)]
    written = [path.read_bytes() for path in records.folder.rglob("*") if path.is_file()]
    assert written
    text = b"".join(written).lower() + repr(report).lower().encode()
    for secret in secrets:
        assert secret not in text
        assert secret.hex().encode() not in text
        assert str(int.from_bytes(secret)).encode() not in text


def test_an_authority_does_not_show_its_key(authority: CertificateAuthority):
    assert "signer_key" not in repr(replace(authority))


def test_a_run_whose_record_cannot_be_written_is_no_pass_and_hides_nothing(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, monkeypatch: pytest.MonkeyPatch
):
    write = DeviceRecord.write

    def full(record: DeviceRecord, name: str, content: bytes) -> None:
        if name.endswith("_pem"):
            raise InputError("record-not-writable", "No space left on device.", "Make room.")
        write(record, name, content)

    monkeypatch.setattr(DeviceRecord, "write", full)
    report = provision(desk, authority, records)
    assert report.outcome.verdict == "FAIL"
    assert report.error is not None
    assert report.error.id == "record-not-writable"
    document = report.document().to_json()
    assert document["verdict"] == "FAIL"
    certificates = document["certificates"]
    assert isinstance(certificates, dict)
    assert set(certificates) == {"device_pem", "signer_pem", "root_pem"}


def test_only_folders_of_chips_are_looked_into(records: Records):
    for name in ("virtual", "batches", "0123" + "ab" * 7, "notes"):
        (records.folder / name).mkdir(parents=True)
    looks: list[None] = []
    assert list(records.interrupted_runs(virtual=False, look=lambda: looks.append(None))) == []
    assert len(looks) == 1
