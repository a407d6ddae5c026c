"""The plan is what this chip, in its real state, still needs."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from atecc_bench.chip.config.config_zone import ConfigZone, differing_bytes
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.step import StepEffect, StepId
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.factory_chips import ATECC508A, ATECC608A
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, issuer
from tests.support.probes import snapshot

WHOLE = [
    StepId.CHECK_CHIP,
    StepId.WRITE_CONFIG,
    StepId.LOCK_CONFIG,
    StepId.LOCK_DATA,
    StepId.GENERATE_KEYS,
    StepId.ISSUE,
    StepId.WRITE_CERTIFICATES,
    StepId.REBUILD,
    StepId.PROVE,
    StepId.ATTEST,
]
CHECKS = [StepId.REBUILD, StepId.PROVE, StepId.ATTEST]


def steps(desk: TwinDesk, authority: CertificateAuthority) -> list[StepId]:
    return [step.id for step in desk.plan(authority).steps]


def test_a_fresh_chip_needs_everything(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)
    assert [step.id for step in plan.steps] == WHOLE
    assert [step.id for step in plan.irreversible] == [StepId.LOCK_CONFIG, StepId.LOCK_DATA]
    assert plan.missing_keys == (0, 2, 3, 7)
    assert not plan.already_provisioned
    assert plan.certificates is None
    assert plan.serial_number == desk.serial_number
    assert plan.target_config.to_bytes() == PROFILE.configuration_for(plan.survey.config_bytes)


def test_every_step_says_what_it_does_and_how_long_the_chip_needs(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)
    assert all(step.title and step.detail for step in plan.steps)
    by_id = {step.id: step for step in plan.steps}
    assert by_id[StepId.GENERATE_KEYS].chip_seconds == pytest.approx(4 * 0.115)
    assert by_id[StepId.LOCK_CONFIG].chip_seconds == pytest.approx(0.040)
    assert by_id[StepId.ISSUE].effect is StepEffect.READS
    assert "slots 8 and 10–15 stay writable" in by_id[StepId.LOCK_DATA].detail
    assert desk.serial_number in by_id[StepId.ISSUE].detail


def test_a_configured_chip_is_not_configured_again(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    plan = desk.plan(authority)
    assert [step.id for step in plan.steps] == [
        StepId.CHECK_CHIP, StepId.GENERATE_KEYS, StepId.SAVE_SLOTS, StepId.ISSUE, StepId.WRITE_CERTIFICATES, *CHECKS,
    ]  # fmt: skip
    assert plan.irreversible == ()


def test_a_run_that_was_interrupted_between_the_locks_is_taken_up_again(
    desk: TwinDesk, authority: CertificateAuthority
):
    desk.write_config()
    desk.lock_config()
    assert steps(desk, authority)[1:3] == [StepId.LOCK_DATA, StepId.GENERATE_KEYS]


def test_keys_that_are_there_already_are_kept(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    for slot in (0, 3):
        desk.session.generate_key(slot)
    assert desk.plan(authority).missing_keys == (2, 7)


def test_a_provisioned_chip_is_only_checked(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    plan = desk.plan(authority)
    assert [step.id for step in plan.steps] == [StepId.CHECK_CHIP, *CHECKS]
    assert plan.already_provisioned
    assert plan.certificates is not None


def test_another_authoritys_certificates_are_replaced_and_saved_first(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    desk.provision(other_authority)
    plan = desk.plan(authority)
    assert [step.id for step in plan.steps] == [
        StepId.CHECK_CHIP, StepId.SAVE_SLOTS, StepId.ISSUE, StepId.WRITE_CERTIFICATES, *CHECKS,
    ]  # fmt: skip
    assert plan.replaced[:2] == ("Root public key in slot 15", "Signer public key in slot 11")
    assert "Device certificate in slot 10" in plan.replaced
    assert plan.needs_confirmation
    assert plan.certificates is None
    assert plan.missing_keys == ()


def test_a_key_that_was_generated_again_needs_a_new_certificate(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    desk.session.generate_key(0)
    assert StepId.ISSUE in steps(desk, authority)


@pytest.mark.parametrize("slot", [8, 10, 11, 12, 14, 15])
def test_a_slot_that_was_overwritten_is_written_again(desk: TwinDesk, authority: CertificateAuthority, slot: int):
    desk.provision(authority)
    desk.session.write_slot(slot, b"\x5a" * 32)
    assert StepId.WRITE_CERTIFICATES in steps(desk, authority)


def test_a_name_of_another_organization_is_another_certificate(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    renamed = issuer(authority.root, authority.signer, "Another organization")
    plan = make_plan(PROFILE, survey(desk.session, PROFILE), renamed, NOW)
    assert not plan.already_provisioned


def test_planning_changes_no_byte(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    before = snapshot(desk.memory)
    desk.plan(authority)
    assert snapshot(desk.memory) == before


def test_a_configuration_that_is_locked_to_something_else_is_refused_with_its_bytes(
    desk: TwinDesk, authority: CertificateAuthority
):
    def change(config: bytearray) -> None:
        config[20] = 0x87
        config[96] = 0x3C

    desk.write_config(change)
    desk.lock_config()
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        desk.plan(authority)
    assert caught.value.id == "config-mismatch"
    assert "byte 20 is 87 and should be 8F, byte 96 is 3C and should be 33" in caught.value.message
    assert "Nothing was written" in caught.value.hint
    assert snapshot(desk.memory) == before


def test_every_differing_byte_is_named_and_neighbours_are_named_together(
    desk: TwinDesk, authority: CertificateAuthority
):
    desk.lock_config()
    with pytest.raises(RefusedError) as caught:
        desk.plan(authority)
    current = desk.memory.contents(Zone.CONFIG)
    target = PROFILE.configuration_for(current)
    named: list[int] = []
    for first, last, found, wanted in re.findall(
        r"bytes? (\d+)(?:–(\d+))? (?:is|are) ([0-9A-F ]+) and should be ([0-9A-F ]+)", caught.value.message
    ):
        places = range(int(first), int(last or first) + 1)
        assert bytes.fromhex(found) == current[places.start : places.stop]
        assert bytes.fromhex(wanted) == target[places.start : places.stop]
        assert not named or places.start > named[-1] + 1
        named += places
    assert tuple(named) == differing_bytes(current, target)


def test_an_open_configuration_may_be_anything(desk: TwinDesk, authority: CertificateAuthority):
    def change(config: bytearray) -> None:
        config[20:52] = bytes(32)

    desk.write_config(change)
    assert steps(desk, authority) == WHOLE


def test_an_atecc508a_is_refused(authority: CertificateAuthority):
    with pytest.raises(RefusedError) as caught:
        TwinDesk(model=ATECC508A).plan(authority)
    assert caught.value.id == "wrong-part"
    assert "ATECC508A" in caught.value.message


def test_an_atecc608b_is_welcome(authority: CertificateAuthority):
    desk = TwinDesk(model=replace(ATECC608A, revision=bytes.fromhex("00006003")))
    assert desk.provision(authority).verdict == "PASS"


@pytest.mark.parametrize("at", ["fresh", "provisioned"])
@pytest.mark.parametrize(
    ("when", "id_"),
    [
        (lambda signer: signer.not_valid_after_utc + timedelta(seconds=1), "certificate-expired"),
        (lambda signer: signer.not_valid_before_utc - timedelta(seconds=1), "certificate-not-yet-valid"),
    ],
)
def test_a_signer_that_is_not_valid_now_is_refused_before_anything_is_locked(
    desk: TwinDesk,
    authority: CertificateAuthority,
    at: str,
    when: Callable[[x509.Certificate], datetime],
    id_: str,
):
    if at == "provisioned":
        desk.provision(authority)
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        desk.plan(authority, when(authority.signer))
    assert caught.value.id == id_
    assert snapshot(desk.memory) == before


def authority_from(start: datetime) -> CertificateAuthority:
    """An authority whose signer begins at any minute, as one that was imported may."""
    made, root_key = create_authority(organization="Nordlys AS", now=start, entropy=seeded_entropy(300))
    signer = made.signer
    builder = x509.CertificateBuilder(
        signer.issuer, signer.subject, signer.public_key(), signer.serial_number, start, signer.not_valid_after_utc,
        list(signer.extensions),
    )  # fmt: skip
    return replace(made, signer=builder.sign(root_key, SHA256()))


def test_a_signer_that_is_younger_than_the_hour_is_refused_because_device_dates_have_no_minutes(desk: TwinDesk):
    younger = authority_from(NOW.replace(minute=30, second=0))
    with pytest.raises(RefusedError) as caught:
        desk.plan(younger)
    assert caught.value.id == "signer-too-new"
    assert "Try again after" in caught.value.hint


def test_a_certificate_from_the_future_is_a_matter_of_the_clock(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority, NOW + timedelta(hours=30))
    with pytest.raises(RefusedError) as caught:
        desk.plan(authority, NOW + timedelta(hours=29))
    assert caught.value.id == "certificate-not-yet-valid"
    assert "clock" in caught.value.hint


def test_a_signer_that_does_not_begin_on_the_hour_is_recognised_on_the_chip(desk: TwinDesk):
    odd = authority_from(NOW.replace(hour=9, minute=17, second=23))
    assert desk.provision(odd).verdict == "PASS"
    assert desk.plan(odd).already_provisioned


def test_a_signer_of_another_root_is_refused_before_anything_is_locked(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    mixed = replace(authority, root=other_authority.root)
    with pytest.raises(RefusedError) as caught:
        desk.plan(mixed)
    assert caught.value.id == "chain-broken"


def test_an_organization_is_needed_when_the_signer_has_none(authority: CertificateAuthority):
    nameless = x509.CertificateBuilder(
        authority.signer.issuer,
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Signer")]),
        authority.signer.public_key(),
        77,
        authority.signer.not_valid_before_utc,
        authority.signer.not_valid_after_utc,
    ).sign(authority.signer_key, SHA256())
    with pytest.raises(InputError) as caught:
        issuer(authority.root, nameless)
    assert caught.value.id == "organization-needed"
    assert issuer(authority.root, nameless, "ACME Ltd").organization == "ACME Ltd"


def test_a_name_that_no_certificate_can_have_is_refused_before_anything_is_locked(
    desk: TwinDesk, authority: CertificateAuthority
):
    with pytest.raises(InputError) as caught:
        make_plan(PROFILE, survey(desk.session, PROFILE), issuer(authority.root, authority.signer, "x" * 65), NOW)
    assert caught.value.id == "name-not-usable"


def test_the_target_configuration_is_the_chips_own_with_the_profiles_policies(
    desk: TwinDesk, authority: CertificateAuthority
):
    target = desk.plan(authority).target_config
    assert target.serial_number == ConfigZone.parse(snapshot(desk.memory)[:128]).serial_number
    assert target.slot_configs == PROFILE.nominal_config().slot_configs
