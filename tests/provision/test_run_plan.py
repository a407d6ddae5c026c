"""Running the plan: what stands on the chip afterwards, and what happens when the chip does not do as told."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import Zone, split_address
from atecc_bench.errors import DeviceError
from atecc_bench.onchip.read_certificates import location_reader, rebuild_certificates
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.provision.model.results import Outcome, StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.twin.state.p256_slots import public_key
from tests.support.boards.passing_transport import PassingTransport
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, hooks
from tests.support.probes import snapshot


class Between(PassingTransport):
    """Stands between the operations and the chip; a test says what becomes of a command."""

    def __init__(self, behind: Transport, talk: Callable[[Callable[[bytes], bytes], CommandPacket], bytes]) -> None:
        self.heard: list[CommandPacket] = []

        def parsed(send: Callable[[bytes], bytes], packet: bytes) -> bytes:
            self.heard.append(CommandPacket.parse(packet))
            return talk(send, self.heard[-1])

        super().__init__(behind, parsed)


def through(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
    return send(command.to_bytes())


@dataclass(frozen=True)
class Place:
    """Where a Read or a Write goes."""

    zone: int
    slot: int
    offset: int

    @classmethod
    def of(cls, command: CommandPacket) -> "Place":
        zone = Zone(command.param1 & 3)
        return cls(zone, *split_address(zone, command.param2))


def statuses(outcome: Outcome) -> dict[StepId, StepStatus]:
    return {step.id: step.status for step in outcome.steps}


def test_a_fresh_chip_passes_every_step(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)
    heard: list[StepResult] = []
    outcome = run_plan(desk.session, plan, authority, NOW, hooks(progress=heard.append))
    assert outcome.error is None
    assert outcome.verdict is Verdict.PASS
    assert outcome.serial_number == desk.serial_number
    assert {step.status for step in outcome.steps} == {StepStatus.DONE}
    assert [(step.id, step.status) for step in heard] == [
        (step.id, status) for step in plan.steps for status in (StepStatus.RUNNING, StepStatus.DONE)
    ]


def test_the_time_in_the_chip_is_the_sum_of_its_execution_times(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)
    between: list[Between] = []

    def put(behind: Transport) -> Transport:
        between.append(Between(behind, through))
        return between[0]

    desk.put_between(put)
    outcome = desk.run(plan, authority)
    times = {Opcode.WRITE: 45, Opcode.READ: 5, Opcode.LOCK: 35, Opcode.GEN_KEY: 115, Opcode.NONCE: 20, Opcode.SIGN: 115}
    times[Opcode.GEN_DIG] = 25
    assert outcome.timing.chip_s == pytest.approx(sum(times[Opcode(c.opcode)] for c in between[0].heard) / 1000)
    assert outcome.timing.total_s > 0


def test_both_zones_are_locked_with_the_profiles_configuration(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    config = desk.memory.config
    assert config.config_locked
    assert config.data_locked
    contents = desk.memory.contents(Zone.CONFIG)
    assert contents == PROFILE.configuration_for(contents)


def test_the_certificates_verify_and_are_those_on_the_chip(desk: TwinDesk, authority: CertificateAuthority):
    outcome = desk.provision(authority)
    assert outcome.certificates is not None
    device = x509.load_der_x509_certificate(outcome.certificates.device)
    signer = x509.load_der_x509_certificate(outcome.certificates.signer)
    assert signer == authority.signer
    check_chain(device, signer, authority.root, NOW)
    assert certificate_public_key(device) == public_key(desk.memory, 0)
    assert device.subject.rfc4514_string() == f"CN={desk.serial_number},O=Nordlys AS"
    assert device.not_valid_before_utc == NOW.replace(minute=0, second=0)
    again = rebuild_certificates(
        location_reader(desk.session), outcome.certificates.device, outcome.certificates.signer
    )
    assert again == outcome.certificates


@dataclass(frozen=True)
class Provisioned:
    """A chip that has been provisioned, and the certificates it was given."""

    desk: TwinDesk
    device: x509.Certificate
    signer: x509.Certificate
    root: x509.Certificate

    def slot(self, number: int) -> bytes:
        return self.desk.memory.contents(Zone.DATA, number)


@pytest.fixture
def provisioned(desk: TwinDesk, authority: CertificateAuthority) -> Provisioned:
    outcome = desk.provision(authority)
    assert outcome.certificates is not None
    device, signer = outcome.certificates.device, outcome.certificates.signer
    return Provisioned(
        desk, x509.load_der_x509_certificate(device), x509.load_der_x509_certificate(signer), authority.root
    )


def test_four_slots_hold_private_keys_of_their_own(provisioned: Provisioned):
    keys = [public_key(provisioned.desk.memory, number) for number in (0, 2, 3, 7)]
    assert len(set(keys)) == 4


def test_slot_8_begins_with_the_serial_number_as_text(provisioned: Provisioned):
    assert provisioned.slot(8)[:18] == provisioned.desk.serial_number.encode("ascii")


@pytest.mark.parametrize(("number", "owner"), [(11, "signer"), (15, "root")])
def test_a_public_key_in_a_data_slot_is_padded_to_72_bytes(provisioned: Provisioned, number: int, owner: str):
    raw = certificate_public_key(getattr(provisioned, owner))
    assert provisioned.slot(number) == bytes(4) + raw[:32] + bytes(4) + raw[32:]


@pytest.mark.parametrize(("number", "owner", "template", "source"), [(10, "device", 2, 0xA0), (12, "signer", 1, 0x00)])
def test_a_compressed_certificate_byte_by_byte(
    provisioned: Provisioned, number: int, owner: str, template: int, source: int
):
    certificate: x509.Certificate = getattr(provisioned, owner)
    content = provisioned.slot(number)
    assert content[:64] == _raw(certificate.signature)
    assert content[64:67] == _encoded_dates(certificate, never=number == 10)
    assert content[67:69] == bytes(2)  # signer id, which no name of ours holds
    assert content[69] == template << 4
    assert content[70] & 0xF0 == source
    assert content[71] == 0


def test_slot_14_holds_serial_number_and_dates_of_the_signer(provisioned: Provisioned):
    content, signer = provisioned.slot(14), provisioned.signer
    assert content[:4] == bytes(4)
    assert content[20 - 16 : 20] == signer.serial_number.to_bytes(16)
    assert content[35 - 13 : 35] == signer.not_valid_before_utc.strftime("%y%m%d%H%M%SZ").encode()
    assert content[50 - 13 : 50] == signer.not_valid_after_utc.strftime("%y%m%d%H%M%SZ").encode()
    assert content[50:64] == bytes(14)


@pytest.mark.parametrize("number", [1, 4, 5, 6, 9, 13])
def test_a_slot_that_the_layout_does_not_name_stays_as_it_was(provisioned: Provisioned, number: int):
    assert set(provisioned.slot(number)) == {0xFF}


def _raw(signature: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(signature)
    return r.to_bytes(32) + s.to_bytes(32)


def _encoded_dates(certificate: x509.Certificate, *, never: bool) -> bytes:
    """5 bits year from 2000, 4 month, 5 day, 5 hour, 5 validity in years."""
    start = certificate.not_valid_before_utc
    years = 0 if never else certificate.not_valid_after_utc.year - start.year
    number = (start.year - 2000) << 19 | start.month << 15 | start.day << 10 | start.hour << 5 | years
    return number.to_bytes(3)


def test_a_repeated_run_changes_no_byte(desk: TwinDesk, authority: CertificateAuthority):
    first = desk.provision(authority)
    before = snapshot(desk.memory)
    plan = desk.plan(authority)
    second = desk.run(plan, None)  # nothing is issued, so the authority may stay locked
    assert second.verdict is Verdict.PASS
    assert second.certificates == first.certificates
    assert snapshot(desk.memory) == before


def test_a_second_authority_replaces_the_first_and_saves_what_was_there(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    desk.provision(other_authority)
    held = {slot: desk.memory.contents(Zone.DATA, slot) for slot in (10, 11, 12, 14, 15)}  # slot 8 is right already
    saved: dict[int, bytes] = {}
    plan = desk.plan(authority)
    outcome = run_plan(desk.session, plan, authority, NOW, hooks(save=saved.update))
    assert outcome.verdict is Verdict.PASS
    assert saved.keys() == held.keys()
    assert all(content == held[slot][: len(content)] for slot, content in saved.items())
    assert len(saved[10]) == 72


def test_when_saving_fails_nothing_is_overwritten(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority
):
    desk.provision(other_authority)
    before = snapshot(desk.memory)

    def full_disk(_: object) -> None:
        raise DeviceError("disk-full", "The disk is full.", "Make room.")

    outcome = run_plan(desk.session, desk.plan(authority), authority, NOW, hooks(save=full_disk))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "disk-full"
    assert snapshot(desk.memory) == before


def test_without_the_authority_nothing_is_issued(desk: TwinDesk, authority: CertificateAuthority):
    outcome = desk.run(desk.plan(authority), None)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "ca-locked"


def put_between(desk: TwinDesk, talk: Callable[[Callable[[bytes], bytes], CommandPacket], bytes]) -> None:
    desk.put_between(lambda behind: Between(behind, talk))


def test_a_chip_that_was_swapped_after_the_plan_is_not_touched(desk: TwinDesk, authority: CertificateAuthority):
    other = TwinDesk(77)
    assert other.provision(authority).error is None
    plan = desk.plan(authority)
    before = snapshot(other.memory)
    outcome = other.run(plan, authority)
    assert outcome.error is not None
    assert outcome.error.id == "chip-changed"
    assert other.serial_number in outcome.error.message
    assert snapshot(other.memory) == before


def test_a_chip_that_was_changed_after_the_plan_is_not_touched(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)
    desk.write_config()
    before = snapshot(desk.memory)
    outcome = desk.run(plan, authority)
    assert outcome.error is not None
    assert outcome.error.id == "chip-changed"
    assert snapshot(desk.memory) == before


def test_a_configuration_that_reads_back_differently_is_never_locked(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        if command.opcode == Opcode.WRITE and Place.of(command) == Place(Zone.CONFIG, 0, 96):
            command = replace(command, data=bytes([command.data[0] ^ 1]) + command.data[1:])
        return send(command.to_bytes())

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "read-back-differs"
    assert "96" in outcome.error.message
    assert not desk.memory.config.config_locked
    assert not desk.memory.config.data_locked
    found = statuses(outcome)
    assert found[StepId.WRITE_CONFIG] is StepStatus.FAILED
    assert all(
        status is StepStatus.WAITING
        for step, status in found.items()
        if step not in (StepId.CHECK_CHIP, StepId.WRITE_CONFIG)
    )


def test_a_configuration_that_changes_after_the_read_back_is_not_locked_either(
    desk: TwinDesk, authority: CertificateAuthority
):
    plan = desk.plan(authority)

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        if command.opcode == Opcode.LOCK:
            desk.memory.write(Zone.CONFIG, 0, 20, b"\x00")
        return send(command.to_bytes())

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert statuses(outcome)[StepId.LOCK_CONFIG] is StepStatus.FAILED
    assert not desk.memory.config.config_locked


@pytest.mark.parametrize("step", [StepId.LOCK_CONFIG, StepId.LOCK_DATA])
def test_a_lock_that_was_lost_on_the_way_is_noticed(desk: TwinDesk, authority: CertificateAuthority, step: StepId):
    plan = desk.plan(authority)
    zone = 0 if step is StepId.LOCK_CONFIG else 1

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        if command.opcode == Opcode.LOCK and command.param1 & 3 == zone:
            return ResponsePacket.of_status(Status.SUCCESS).to_bytes()
        return send(command.to_bytes())

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert statuses(outcome)[step] is StepStatus.FAILED
    assert outcome.error is not None
    assert outcome.error.id == "lock-did-not-hold"


@pytest.mark.parametrize("slot", [8, 10, 11, 12, 14, 15])
def test_a_slot_that_reads_back_differently_is_a_fail_that_names_it(
    desk: TwinDesk, authority: CertificateAuthority, slot: int
):
    plan = desk.plan(authority)

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        if command.opcode == Opcode.WRITE and Place.of(command) == Place(Zone.DATA, slot, 0):
            command = replace(command, data=command.data[:5] + bytes([command.data[5] ^ 0x10]) + command.data[6:])
        return send(command.to_bytes())

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "read-back-differs"
    assert f"slot {slot}" in outcome.error.message
    assert outcome.certificates is None


def test_a_key_that_is_generated_behind_our_back_is_found_by_rebuilding(
    desk: TwinDesk, authority: CertificateAuthority
):
    plan = desk.plan(authority)
    done: list[int] = []

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        answer = send(command.to_bytes())
        if command.opcode == Opcode.WRITE and Place.of(command) == Place(Zone.DATA, 8, 0):
            done.append(1)
            send(CommandPacket(Opcode.GEN_KEY, 0x04, 0).to_bytes())
        return answer

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert done
    assert outcome.error is not None
    assert outcome.error.id == "rebuilt-differs"
    assert statuses(outcome)[StepId.REBUILD] is StepStatus.FAILED


def test_a_chip_that_cannot_sign_with_the_key_fails_the_proof(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        if command.opcode == Opcode.SIGN:
            return ResponsePacket(bytes(31) + b"\x01" + bytes(31) + b"\x01").to_bytes()
        return send(command.to_bytes())

    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "challenge-failed"


@pytest.mark.parametrize("nth", range(0, 54, 3))
def test_a_link_that_breaks_anywhere_is_a_fail_and_the_next_run_ends_in_pass(
    desk: TwinDesk, authority: CertificateAuthority, nth: int
):
    plan = desk.plan(authority)
    left = [nth]

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise DeviceError("port-lost", "The port stopped working.", "Plug the board in again.")
        return send(command.to_bytes())

    behind = desk.transport
    put_between(desk, talk)
    outcome = desk.run(plan, authority)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    assert outcome.error.id == "port-lost"
    desk.put_between(lambda _: behind)
    assert desk.provision(authority).verdict is Verdict.PASS


@pytest.mark.slow
@pytest.mark.parametrize("answer", [b"", b"\x04\x0f\x23\x42", b"\x04\x00\x00\x00", bytes([35]) + bytes(34)])
def test_a_damaged_answer_anywhere_is_a_fail_and_no_exception(
    desk: TwinDesk, authority: CertificateAuthority, answer: bytes
):
    plan = desk.plan(authority)
    put_between(desk, lambda send, command: answer)
    outcome = desk.run(plan, authority)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.error is not None
    refused = answer.startswith(b"\x04\x0f")
    assert outcome.error.exit_code == (1 if refused else 3)


@pytest.mark.slow
def test_the_crc_of_a_packet_guards_each_of_its_bytes(desk: TwinDesk, authority: CertificateAuthority):
    plan = desk.plan(authority)

    def talk(send: Callable[[bytes], bytes], command: CommandPacket) -> bytes:
        answer = bytearray(send(command.to_bytes()))
        answer[1] ^= 0x80
        assert crc16_bytes(bytes(answer[:-2])) != bytes(answer[-2:])
        return bytes(answer)

    put_between(desk, talk)
    assert desk.run(plan, authority).verdict is Verdict.FAIL


def test_a_rehearsal_touches_no_byte_of_the_chip_and_ends_as_the_run_will(
    desk: TwinDesk, authority: CertificateAuthority
):
    before = snapshot(desk.memory)
    plan = desk.plan(authority)
    rehearsal = rehearse(plan, NOW, lambda _: None)
    assert snapshot(desk.memory) == before
    assert rehearsal.outcome.verdict is Verdict.PASS
    outcome = desk.run(plan, authority)
    assert [step.id for step in rehearsal.outcome.steps] == [step.id for step in outcome.steps]
    assert rehearsal.config_after.to_bytes() == desk.memory.contents(Zone.CONFIG)


def test_a_rehearsal_signs_nothing_with_the_real_keys(desk: TwinDesk, authority: CertificateAuthority):
    rehearsal = rehearse(desk.plan(authority), NOW, lambda _: None)
    assert rehearsal.outcome.certificates is not None
    rehearsed = x509.load_der_x509_certificate(rehearsal.outcome.certificates.signer)
    assert rehearsed.subject == authority.signer.subject
    assert certificate_public_key(rehearsed) != certificate_public_key(authority.signer)
    assert rehearsed.public_bytes(Encoding.DER) != authority.signer.public_bytes(Encoding.DER)


@pytest.mark.parametrize(("lock_config", "slots_locked"), [(0x55, "ffff"), (0x00, "5859")], ids=["open", "locked"])
def test_slot_locked_is_the_chips_own_only_once_its_configuration_is_locked(lock_config: int, slots_locked: str):
    current = bytes(87) + bytes((lock_config,)) + bytes.fromhex("5859") + bytes(38)
    assert PROFILE.configuration_for(current)[88:90].hex() == slots_locked


def test_the_lock_vouches_for_no_slot_that_is_locked_and_takes_only_what_no_write_reaches_from_the_chip():
    read = bytes(range(1, 129))
    vouched = PROFILE.contents_to_lock(read)
    assert vouched[:16] == read[:16]
    assert vouched[16:84] == PROFILE.configuration[: 84 - 16]
    assert vouched[84:88] == read[84:88]
    assert vouched[88:90] == b"\xff\xff"
    assert vouched[90:] == PROFILE.configuration[90 - 16 :]
