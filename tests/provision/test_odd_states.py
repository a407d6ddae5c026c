"""Chips in every odd state: a correct refusal that changes no byte, or the right continuation."""

import pytest

from atecc_bench.chip.config.config_zone import differing_bytes
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import Outcome, StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.preset_chips import scenario_chip
from atecc_bench.twin.state.factory_chips import ATECC508A
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, hooks, issuer
from tests.support.probes import snapshot

ESPRESSIF = load_profile("espressif-trustcustom")
TRUST_FLEX = load_profile("trustflex-own-chain")
CHECKS = [StepId.REBUILD, StepId.PROVE, StepId.ATTEST]


def plan_of(desk: TwinDesk, authority: CertificateAuthority, profile: Profile = PROFILE) -> Plan:
    return make_plan(profile, survey(desk.session, profile), issuer(authority.root, authority.signer), NOW)


def provision(desk: TwinDesk, authority: CertificateAuthority, profile: Profile = PROFILE) -> Outcome:
    plan = plan_of(desk, authority, profile)
    if plan.irreversible:
        assert rehearse(plan, NOW, lambda _: None).passed_for(plan)
    return desk.run(plan, authority)


def refused(desk: TwinDesk, authority: CertificateAuthority, profile: Profile = PROFILE) -> RefusedError:
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        plan_of(desk, authority, profile)
    assert snapshot(desk.memory) == before
    assert caught.value.hint
    return caught.value


def ids(plan: Plan) -> list[StepId]:
    return [step.id for step in plan.steps]


@pytest.fixture
def flex() -> TwinDesk:
    """A TrustFLEX as Microchip sells it."""
    desk = TwinDesk()
    desk.memory = scenario_chip("trustflex")
    desk.transport = DirectTransport(SecureElement(desk.memory, lambda length: bytes(range(1, length + 1))))
    desk.session = ChipSession(desk.transport)
    return desk


def test_configuration_written_but_not_locked(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    assert StepId.LOCK_CONFIG in ids(plan_of(desk, authority))
    assert provision(desk, authority).verdict is Verdict.PASS


def test_half_a_configuration_written(desk: TwinDesk, authority: CertificateAuthority):
    def half(config: bytearray) -> None:
        config[52:] = desk.memory.contents(Zone.CONFIG)[52:]

    desk.write_config(half)
    assert provision(desk, authority).verdict is Verdict.PASS


def test_another_configuration_written_but_not_locked(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    assert provision(desk, authority, ESPRESSIF).verdict is Verdict.PASS


def test_slots_that_the_configuration_lock_would_lock_stay_open(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config(lambda config: config.__setitem__(slice(88, 90), bytes.fromhex("5859")))
    written = next(step for step in plan_of(desk, authority).steps if step.id is StepId.WRITE_CONFIG)
    assert "SlotLocked) become FF FF" in written.detail
    assert provision(desk, authority).verdict is Verdict.PASS
    assert desk.memory.contents(Zone.CONFIG)[88:90] == b"\xff\xff"


def test_slots_that_were_locked_together_with_the_configuration(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config(lambda config: config.__setitem__(slice(88, 90), b"\xfe\xff"))
    desk.lock_config()
    error = refused(desk, authority)
    assert error.id == "key-not-reachable"
    assert "byte 88 (SlotLocked) is FE" in error.message


def test_locked_to_another_profile(desk: TwinDesk, authority: CertificateAuthority):
    assert provision(desk, authority, ESPRESSIF).verdict is Verdict.PASS
    error = refused(desk, authority)
    assert error.id == "config-mismatch"
    assert "bytes 19–20 are 00 83 and should be 01 8F" in error.message


def test_data_zone_locked_without_key(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    assert ids(plan_of(desk, authority))[:2] == [StepId.CHECK_CHIP, StepId.GENERATE_KEYS]
    assert provision(desk, authority).verdict is Verdict.PASS


def test_a_key_that_is_left_as_it_is_and_is_not_there(flex: TwinDesk, authority: CertificateAuthority):
    flex.memory.write(Zone.DATA, 0, 0, b"\xff" * 36)
    error = refused(flex, authority, TRUST_FLEX)
    assert error.id == "key-missing"


@pytest.mark.parametrize("slot_5", ["0F8F 1C00", "8F46 3800"], ids=["with MAC address", "without"])
def test_both_kinds_of_trust_and_go_have_their_makers_configuration(slot_5: str):
    profile = load_profile("trust-and-go")
    raw, (policy, key) = bytearray(scenario_chip("trustgo").contents(Zone.CONFIG)), map(bytes.fromhex, slot_5.split())
    raw[30:32], raw[106:108] = policy, key
    assert differing_bytes(bytes(raw), profile.configuration_for(bytes(raw))) == ()
    raw[31] ^= 0x10
    assert differing_bytes(bytes(raw), profile.configuration_for(bytes(raw)))


def test_a_maker_has_not_locked_the_chip(desk: TwinDesk, authority: CertificateAuthority):
    error = refused(desk, authority, TRUST_FLEX)
    assert error.id == "not-locked-by-maker"
    assert "byte 87 is 55" in error.message


def test_a_slot_locked_with_the_wrong_certificate_in_it(flex: TwinDesk, authority: CertificateAuthority):
    flex.session.lock_slot(10)
    error = refused(flex, authority, TRUST_FLEX)
    assert error.id == "slot-not-writable"
    assert "Slot 10" in error.message
    assert "byte 89 (SlotLocked)" in error.message


def test_a_slot_locked_with_the_right_certificate_in_it(flex: TwinDesk, authority: CertificateAuthority):
    assert provision(flex, authority, TRUST_FLEX).verdict is Verdict.PASS
    flex.session.lock_slot(10)
    plan = plan_of(flex, authority, TRUST_FLEX)
    assert plan.already_provisioned
    assert flex.run(plan, None).verdict is Verdict.PASS


def test_a_key_slot_locked_without_a_key(desk: TwinDesk, authority: CertificateAuthority):
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    desk.session.lock_slot(0)
    error = refused(desk, authority)
    assert error.id == "key-not-reachable"
    assert "byte 88 (SlotLocked) is FE" in error.message


@pytest.mark.parametrize("slot", [8, 10, 11, 12, 14, 15])
def test_a_half_written_slot_is_all_that_is_written_again(desk: TwinDesk, authority: CertificateAuthority, slot: int):
    provision(desk, authority)
    held = desk.memory.contents(Zone.DATA, slot)
    desk.memory.write(Zone.DATA, slot, 0, bytes(16))
    plan = plan_of(desk, authority)
    # Only slot 10 holds what nobody but the authority can make again.
    issues = [StepId.ISSUE] if slot == 10 else []
    assert ids(plan) == [StepId.CHECK_CHIP, StepId.SAVE_SLOTS, *issues, StepId.WRITE_CERTIFICATES, *CHECKS]
    assert plan.stale_slots == (slot,)
    assert rehearse(plan, NOW, lambda _: None).passed_for(plan)
    assert desk.run(plan, authority if issues else None).verdict is Verdict.PASS
    assert issues or desk.memory.contents(Zone.DATA, slot) == held


@pytest.mark.parametrize("profile", [PROFILE, ESPRESSIF], ids=lambda profile: profile.name)
def test_a_certificate_for_another_key_is_mended_by_one_slot(
    desk: TwinDesk, authority: CertificateAuthority, profile: Profile
):
    provision(desk, authority, profile)
    desk.session.generate_key(0)
    plan = plan_of(desk, authority, profile)
    assert plan.stale_slots == (10,)
    assert plan.missing_keys == ()
    assert desk.run(plan, authority).verdict is Verdict.PASS


def test_another_issuers_certificate_on_a_trustflex_is_mended(
    flex: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    provision(flex, other_authority, TRUST_FLEX)
    plan = plan_of(flex, authority, TRUST_FLEX)
    assert plan.irreversible == ()
    assert set(plan.stale_slots) == {8, 10, 11, 12}
    assert flex.run(plan, authority).verdict is Verdict.PASS


def test_another_address_before_the_lock_and_after_it(desk: TwinDesk, authority: CertificateAuthority):
    moved = replace_byte_16(PROFILE, 0xB0)
    plan = plan_of(desk, authority, moved)
    assert "moves from I2C address C0 to B0" in next(s for s in plan.steps if s.id is StepId.WRITE_CONFIG).detail
    assert provision(desk, authority, moved).verdict is Verdict.PASS
    error = refused(desk, authority)
    assert error.id == "config-mismatch"
    assert "byte 16 is B0 and should be C0" in error.message


def replace_byte_16(profile: Profile, value: int) -> Profile:
    return profile.model_copy(update={"configuration": bytes((value,)) + profile.configuration[1:]})


def test_an_atecc508a_under_a_profile_for_the_atecc608(authority: CertificateAuthority):
    desk = TwinDesk(model=ATECC508A)
    error = refused(desk, authority)
    assert error.id == "wrong-part"
    assert "This chip is an ATECC508A" in error.message
    assert "trustcustom-tls-508a" in error.hint
    assert provision(desk, authority, load_profile("trustcustom-tls-508a")).verdict is Verdict.PASS


class Swapped(Transport):
    """A socket: the chip in it can become another one."""

    def __init__(self, chip: Transport) -> None:
        self.chip = chip

    def talk(self, packet: bytes) -> bytes:
        return self.chip.talk(packet)

    def wake(self) -> bytes:
        return self.chip.wake()

    def idle(self) -> None:
        self.chip.idle()

    def sleep(self) -> None:
        self.chip.sleep()

    def select(self, address: int) -> None:
        self.chip.select(address)

    @property
    def wire_seconds(self) -> float:
        return self.chip.wire_seconds


WHOLE = [
    StepId.CHECK_CHIP, StepId.WRITE_CONFIG, StepId.LOCK_CONFIG, StepId.LOCK_DATA, StepId.GENERATE_KEYS,
    StepId.WRITE_CERTIFICATES, StepId.REBUILD, StepId.PROVE, StepId.ATTEST,
]  # fmt: skip


@pytest.mark.parametrize("other_is", ["fresh", "provisioned"])
@pytest.mark.parametrize("step", WHOLE)
def test_a_chip_swapped_between_two_steps_is_no_pass_and_never_locked(
    desk: TwinDesk, authority: CertificateAuthority, step: StepId, other_is: str
):
    other = TwinDesk(77)
    if other_is == "provisioned":
        provision(other, authority)
    locks, slots = other.memory.contents(Zone.CONFIG)[84:90], [other.memory.contents(Zone.DATA, n) for n in range(16)]
    plan = plan_of(desk, authority)
    socket = Swapped(desk.transport)

    def progress(result: StepResult) -> None:
        if (result.id, result.status) == (step, StepStatus.RUNNING):
            socket.chip = other.transport

    outcome = run_plan(ChipSession(socket), plan, authority, NOW, hooks(progress=progress))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.files == {}
    assert other.memory.contents(Zone.CONFIG)[84:90] == locks
    assert [other.memory.contents(Zone.DATA, n) for n in range(16)] == slots
    if step is not StepId.CHECK_CHIP:
        # The chip that was pulled out is taken up where it was left.
        assert provision(desk, authority).verdict is Verdict.PASS


def test_a_request_is_never_made_for_another_chip(desk: TwinDesk):
    profile = load_profile("aws-iot")
    other = TwinDesk(77)
    for one in (desk, other):
        first = make_plan(profile, survey(one.session, profile), None, NOW)
        assert one.run(first, None).error is not None
    plan = make_plan(profile, survey(desk.session, profile), None, NOW)
    socket = Swapped(desk.transport)

    def progress(result: StepResult) -> None:
        if (result.id, result.status) == (StepId.REQUEST, StepStatus.RUNNING):
            socket.chip = other.transport

    outcome = run_plan(ChipSession(socket), plan, None, NOW, hooks(progress=progress))
    assert outcome.error is not None
    assert outcome.error.id == "chip-changed"
    assert outcome.files == {}
