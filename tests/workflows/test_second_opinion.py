"""A finished chip at another board: as its record says, or not."""

from pathlib import Path

import pytest

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.records.run_records import Records
from atecc_bench.workflows.devices.second_opinion import SecondOpinion, second_opinion
from tests.support.boards.passing_transport import PassingTransport
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, at_board, chip_records, issuer
from tests.support.cases.lying_bridges import LIES, Lie, Talk

ESCROW = b"of the escrow files"


def behind(transport: Transport, talk: Talk) -> ChipSession:
    return ChipSession(
        PassingTransport(
            transport, lambda send, packet: talk(lambda one: send(one.to_bytes()), CommandPacket.parse(packet))
        )
    )


def provision(session: ChipSession, authority: CertificateAuthority, records: Records) -> None:
    of_chip = chip_records(session, records, virtual=True)
    names = issuer(authority.root, authority.signer)
    plan = plan_for_chip(session, PROFILE, names, of_chip, NOW, fill_keys=True)
    report = provision_device(
        session, plan, authority, of_chip,
        rehearsal=rehearse(plan, NOW, lambda _: None), escrow_passphrase=ESCROW, now=NOW, progress=lambda _: None,
    )  # fmt: skip
    assert report.outcome.verdict is Verdict.PASS, report.error


def asked(desk: TwinDesk, records: Records) -> SecondOpinion:
    return second_opinion(at_board(desk.session, virtual=True), records, NOW)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path)


def test_an_honest_chip_is_as_on_record(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> None:
    provision(desk.session, authority, records)
    found = asked(desk, records)
    assert found.agrees, found.error
    assert found.outcome is not None
    assert "configuration-attested" in found.outcome.proved


def test_nothing_is_written_to_the_chip_and_no_record_is_made(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, tmp_path: Path
) -> None:
    provision(desk.session, authority, records)
    before = sorted(tmp_path.rglob("*")), desk.memory.changes
    assert asked(desk, records).agrees
    assert (sorted({*tmp_path.rglob("*")} - {*tmp_path.rglob("opinions.jsonl")}), desk.memory.changes) == before


@pytest.mark.parametrize(
    "lie",
    [lie for lie in LIES if lie.name in ("certificate kept by the board", "a key of the board's own")],
    ids=lambda lie: lie.name,
)
def test_another_board_finds_out_what_the_first_kept_to_itself(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, lie: Lie
) -> None:

    provision(behind(desk.transport, lie.begin()), authority, records)
    found = asked(desk, records)
    assert not found.agrees
    assert found.error is not None
    assert found.error.id == "not-as-on-record"


def test_a_key_that_was_made_anew_is_found(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> None:
    provision(desk.session, authority, records)
    desk.session.generate_key(0)
    found = asked(desk, records)
    assert found.error is not None
    assert found.error.id == "not-as-on-record"


def test_a_chip_without_a_record_is_named(desk: TwinDesk, records: Records) -> None:
    with pytest.raises(InputError) as caught:
        asked(desk, records)
    assert caught.value.id == "no-record"
