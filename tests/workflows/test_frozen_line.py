"""A frozen line: what a supervisor chose stays as it is until the passphrase is given."""

import hashlib
import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from atecc_bench.errors import BenchError
from atecc_bench.pki.authority.certificate_authority import create_authority, load_authority, save_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.records.escrow_recipients import escrow_recipient
from atecc_bench.workflows.devices.frozen_line import FrozenLine, freeze, frozen_line, thaw
from atecc_bench.workflows.devices.provisioning import ProvisioningJob

CA_PASSPHRASE = b"correct horse"
SUPERVISOR = b"only the supervisor"
PROFILE = "trustcustom-tls"


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("line") / "ca"
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
    save_authority(folder, authority, root_key, CA_PASSPHRASE)
    return folder


@pytest.fixture(scope="module")
def job(ca: Path) -> ProvisioningJob:
    authority = load_authority(ca, CA_PASSPHRASE)
    issuer = issuer_of(authority.root, authority.signer, "Fjord AS")
    return ProvisioningJob(load_profile(PROFILE), issuer, authority, fill_keys=True, escrow_passphrase=b"escrow escrow")


@pytest.fixture(scope="module")
def frozen_once(tmp_path_factory: pytest.TempPathFactory, job: ProvisioningJob, ca: Path) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    freeze(folder, job, ca, SUPERVISOR)
    return folder / "line.json"


@pytest.fixture
def line(tmp_path: Path, frozen_once: Path) -> FrozenLine:
    shutil.copy(frozen_once, tmp_path)
    found = frozen_line(tmp_path)
    assert found is not None
    return found


def refused(caught: pytest.ExceptionInfo[BenchError]) -> str:
    assert caught.value.hint
    return caught.value.id


def test_what_is_read_is_what_was_frozen(tmp_path: Path, job: ProvisioningJob, ca: Path):
    line = freeze(tmp_path, job, ca, SUPERVISOR)
    assert frozen_line(tmp_path) == line
    again = line.job(CA_PASSPHRASE, b"escrow escrow")
    assert (again.profile, again.issuer, again.fill_keys) == (job.profile, job.issuer, True)


def test_who_keeps_the_escrow_and_how_many_are_verified_stay_too(tmp_path: Path, job: ProvisioningJob, ca: Path):
    keeper = escrow_recipient(OKPKey.generate_key("X25519").as_pem(private=False))
    demanded = replace(job, escrow_recipients=(keeper,), opinion_every=20)
    line = freeze(tmp_path, demanded, ca, SUPERVISOR)
    line.check(SUPERVISOR)
    assert frozen_line(tmp_path) == line
    again = line.job(CA_PASSPHRASE, b"escrow escrow")
    assert (again.escrow_recipients, again.opinion_every) == ((keeper,), 20)


def test_a_line_without_these_is_written_as_ever(tmp_path: Path, line: FrozenLine):
    assert not {"escrow_recipients", "opinion_every"} & json.loads((tmp_path / "line.json").read_bytes()).keys()


def test_nothing_is_frozen_at_first(tmp_path: Path):
    assert frozen_line(tmp_path) is None


def test_no_passphrase_is_in_the_file_and_nobody_else_reads_it(tmp_path: Path, line: FrozenLine):
    path = tmp_path / "line.json"
    content = path.read_bytes()
    for secret in (CA_PASSPHRASE, SUPERVISOR, b"escrow escrow"):
        assert secret not in content
        assert secret.hex().encode() not in content
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def test_the_same_passphrase_never_gives_the_same_hash(
    tmp_path: Path, line: FrozenLine, job: ProvisioningJob, ca: Path
):
    other = freeze(tmp_path, job, ca, SUPERVISOR)
    assert other.passphrase_hash != line.passphrase_hash


@pytest.mark.slow
def test_only_the_passphrase_leaves_the_frozen_mode(tmp_path: Path, line: FrozenLine):
    with pytest.raises(BenchError) as caught:
        thaw(tmp_path, line, b"only the Supervisor")
    assert refused(caught) == "wrong-supervisor-passphrase"
    assert frozen_line(tmp_path) == line
    thaw(tmp_path, line, SUPERVISOR)
    assert frozen_line(tmp_path) is None


def test_a_short_passphrase_freezes_nothing(tmp_path: Path, job: ProvisioningJob, ca: Path):
    with pytest.raises(BenchError) as caught:
        freeze(tmp_path, job, ca, b"short")
    assert refused(caught) == "weak-passphrase"
    assert frozen_line(tmp_path) is None


EDITS: dict[str, object] = {
    "profile": "aws-iot",
    "profile_sha256": "0" * 64,
    "ca": "/somewhere/else",
    "signer_sha256": "0" * 64,
    "organization": "Somebody else",
    "fields": {"batch": "B042"},
    "fill_keys": False,
    "escrow_recipients": ["{}"],
    "opinion_every": 3,
    "salt": "0" * 32,
}


def edit(folder: Path, **changes: object) -> dict[str, object]:
    """What somebody does with an editor, to a file that is not sealed against him."""
    path = folder / "line.json"
    document = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps(document))
    return document


def checksum_of(document: dict[str, object]) -> str:
    content = {name: value for name, value in document.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("field", EDITS)
def test_an_edited_file_stops_the_line(tmp_path: Path, line: FrozenLine, field: str):
    edit(tmp_path, **{field: EDITS[field]})
    with pytest.raises(BenchError) as caught:
        frozen_line(tmp_path)
    assert refused(caught) == "bad-line"
    assert "edited" in caught.value.message


@pytest.mark.parametrize("field", ["fill_keys", "organization", "salt", "opinion_every", "escrow_recipients"])
def test_one_whose_checksum_was_made_to_fit_is_found_out_by_the_passphrase(
    tmp_path: Path, line: FrozenLine, field: str
):
    document = edit(tmp_path, **{field: EDITS[field]})
    edit(tmp_path, checksum=checksum_of(document))
    edited = frozen_line(tmp_path)
    assert edited is not None
    with pytest.raises(BenchError) as caught:
        edited.check(SUPERVISOR)
    assert refused(caught) == ("wrong-supervisor-passphrase" if field == "salt" else "line-changed")


@pytest.mark.slow
def test_a_line_frozen_by_somebody_else_does_not_take_the_supervisors_passphrase(
    tmp_path: Path, line: FrozenLine, job: ProvisioningJob, ca: Path
):
    freeze(tmp_path, job, ca, b"the technician's own")
    again = frozen_line(tmp_path)
    assert again is not None
    with pytest.raises(BenchError) as caught:
        again.check(SUPERVISOR)
    assert refused(caught) == "wrong-supervisor-passphrase"


def test_the_right_passphrase_leaves_an_edited_line(tmp_path: Path, line: FrozenLine):
    edited = line.model_copy(update={"organization": "Somebody else"})
    thaw(tmp_path, edited, SUPERVISOR)
    assert frozen_line(tmp_path) is None


def test_the_line_as_it_was_frozen_is_right(line: FrozenLine):
    line.check(SUPERVISOR)


@pytest.mark.parametrize("field", ["profile_sha256", "signer_sha256"])
def test_another_profile_or_signer_is_refused(line: FrozenLine, field: str):
    changed = line.model_copy(update={field: "0" * 64})
    with pytest.raises(BenchError) as caught:
        changed.job(CA_PASSPHRASE, b"escrow escrow")
    assert refused(caught) == "line-changed"


def test_the_escrow_passphrase_is_needed_again(line: FrozenLine):
    with pytest.raises(BenchError) as caught:
        line.job(CA_PASSPHRASE, b"")
    assert refused(caught) == "escrow-passphrase"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[]"])
def test_a_damaged_line_is_not_taken_for_none(tmp_path: Path, content: bytes):
    (tmp_path / "line.json").write_bytes(content)
    with pytest.raises(BenchError) as caught:
        frozen_line(tmp_path)
    assert refused(caught) == "bad-line"


def test_a_line_with_something_more_in_it_is_damaged(tmp_path: Path, line: FrozenLine):
    document = json.loads(line.model_dump_json()) | {"yes": True}
    (tmp_path / "line.json").write_text(json.dumps(document))
    with pytest.raises(BenchError) as caught:
        frozen_line(tmp_path)
    assert refused(caught) == "bad-line"
