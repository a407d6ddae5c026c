"""Bridges that lie: each is found out by the proof that is there for it, or said not to be."""

from pathlib import Path

import pytest

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.profiles.what_is_trusted import what_is_trusted
from atecc_bench.provision.model.results import Outcome, Verdict
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.records.run_records import Records
from tests.support.boards.passing_transport import PassingTransport
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, chip_records, hooks, issuer
from tests.support.cases.lying_bridges import LIES, Lie


def provisioned(desk: TwinDesk, authority: CertificateAuthority, folder: Path) -> Outcome:
    names = issuer(authority.root, authority.signer)
    records = chip_records(desk.session, Records(folder), virtual=True)
    plan = plan_for_chip(desk.session, PROFILE, names, records, NOW, fill_keys=True)
    return run_plan(desk.session, plan, authority, NOW, hooks())


def put_between(desk: TwinDesk, lie: Lie) -> None:
    talk = lie.begin()

    def wrapper(behind: Transport) -> Transport:
        return PassingTransport(
            behind, lambda send, packet: talk(lambda one: send(one.to_bytes()), CommandPacket.parse(packet))
        )

    desk.put_between(wrapper)


@pytest.mark.parametrize("lie", [lie for lie in LIES if lie.found_by], ids=lambda lie: lie.name)
def test_a_lie_is_no_pass(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, lie: Lie) -> None:
    put_between(desk, lie)
    outcome = provisioned(desk, authority, tmp_path)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id in lie.found_by


@pytest.mark.parametrize("lie", [lie for lie in LIES if not lie.found_by], ids=lambda lie: lie.name)
def test_what_cannot_be_found_out_is_a_pass_that_says_so(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, lie: Lie
) -> None:
    put_between(desk, lie)
    assert provisioned(desk, authority, tmp_path).verdict is Verdict.PASS
    said = " ".join(what_is_trusted(PROFILE, desk.memory.config))
    assert "public key of slot 0" in said
    assert "certificates" in said


def test_an_honest_bridge_is_a_pass_that_is_attested(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    outcome = provisioned(desk, authority, tmp_path)
    assert outcome.verdict is Verdict.PASS
    assert {Proof.CONFIGURATION_COMPARED, Proof.CONFIGURATION_ATTESTED} <= outcome.proved
