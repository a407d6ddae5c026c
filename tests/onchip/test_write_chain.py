"""Putting certificates onto a chip: what is checked before, what is saved, and what is proved after."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from cryptography import x509

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.write_chain import Chain, write_chain
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from tests.support.boards.twin_desk import NOW, TwinDesk
from tests.support.probes import snapshot


def issued(desk: TwinDesk, authority: CertificateAuthority, common_name: str | None = None) -> Chain:
    der = issue_device_certificate(
        authority,
        desk.session.public_key(0),
        organization="Nordlys AS",
        common_name=common_name or desk.serial_number,
        not_before=NOW.replace(minute=0, second=0, microsecond=0),
    )
    return Chain(x509.load_der_x509_certificate(der), authority.signer, authority.root)


@pytest.fixture
def provisioned(desk: TwinDesk, authority: CertificateAuthority) -> TwinDesk:
    assert desk.provision(authority).error is None
    return desk


def must_not_save(slots: Mapping[int, bytes]) -> None:
    pytest.fail(f"slots {list(slots)} were to be overwritten")


def refused(desk: TwinDesk, chain: Chain) -> RefusedError:
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        write_chain(desk.session, chain, NOW, must_not_save)
    assert snapshot(desk.memory) == before
    return caught.value


def test_a_regenerated_key_is_mended_by_a_certificate_for_it(provisioned: TwinDesk, authority: CertificateAuthority):
    provisioned.session.generate_key(0)
    old = provisioned.memory.contents(Zone.DATA, 10)
    saved: dict[int, bytes] = {}
    written = write_chain(provisioned.session, issued(provisioned, authority), NOW, saved.update)
    assert written.slots == (10,)
    assert saved == {10: old}
    assert provisioned.memory.contents(Zone.DATA, 10) != old


def test_what_is_right_already_is_not_written_again(provisioned: TwinDesk, authority: CertificateAuthority):
    chain = issued(provisioned, authority)
    write_chain(provisioned.session, chain, NOW, lambda _: None)
    before = snapshot(provisioned.memory)
    assert write_chain(provisioned.session, chain, NOW, must_not_save).slots == ()
    assert snapshot(provisioned.memory) == before


def test_another_authority_takes_every_slot_of_the_chain(provisioned: TwinDesk, other_authority: CertificateAuthority):
    written = write_chain(provisioned.session, issued(provisioned, other_authority), NOW, lambda _: None)
    assert written.slots == (15, 11, 12, 14, 10)


def test_a_certificate_for_another_key_is_refused(provisioned: TwinDesk, authority: CertificateAuthority):
    chain = issued(provisioned, authority)
    provisioned.session.generate_key(0)
    assert refused(provisioned, chain).id == "public-key-mismatch"


def test_a_certificate_of_another_device_is_refused(provisioned: TwinDesk, authority: CertificateAuthority):
    assert refused(provisioned, issued(provisioned, authority, "0123456789abcdefee")).id == "other-device"


def test_a_chain_that_does_not_hold_is_refused(
    provisioned: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    chain = replace(issued(provisioned, authority), root=other_authority.root)
    assert refused(provisioned, chain).id == "chain-broken"


def test_a_chip_whose_zones_are_open_is_refused(authority: CertificateAuthority):
    provisioned, fresh = TwinDesk(2), TwinDesk(3)
    assert provisioned.provision(authority).error is None
    assert refused(fresh, issued(provisioned, authority)).id == "data-zone-open"


def test_a_locked_slot_is_refused_with_the_byte_that_says_so(provisioned: TwinDesk, authority: CertificateAuthority):
    provisioned.session.generate_key(0)
    provisioned.memory.lock_slot(10)
    error = refused(provisioned, issued(provisioned, authority))
    assert error.id == "slot-not-writable"
    assert "Slot 10" in error.message
    assert "byte 89" in error.message


def test_nothing_is_overwritten_when_saving_fails(provisioned: TwinDesk, authority: CertificateAuthority):
    provisioned.session.generate_key(0)
    before = snapshot(provisioned.memory)

    def fail(slots: Mapping[int, bytes]) -> None:
        raise RefusedError("disk-full", f"{len(slots)} slots could not be saved.")

    with pytest.raises(RefusedError):
        write_chain(provisioned.session, issued(provisioned, authority), NOW, fail)
    assert snapshot(provisioned.memory) == before
