"""All that is asked of a real chip before anybody trusts it. Every answer is known beforehand or can be checked."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.chip.config.slot_policy import Holds, slot_policy
from atecc_bench.chip.console.answer_text import describe_answer
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode, NonceMode, Opcode, ShaMode, ShaTarget
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.diagnose.refusals.explain import ChipEvidence, explain
from atecc_bench.link.board.connection import BoardInfo
from atecc_bench.link.board.wiring import WiringStep, wiring_test
from atecc_bench.pki.keys.key_files import public_key_from_bytes
from tests.device.conftest import Device

pytestmark = pytest.mark.device

MESSAGE = b"sample"
# RFC 6979, A.2.5: P-256 with SHA-256.
PUBLIC_KEY = bytes.fromhex(
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
SIGNATURE = bytes.fromhex(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
)


def info(device: Device, mode: InfoMode, param: int = 0) -> bytes:
    return device.session.execute(CommandPacket(Opcode.INFO, mode, param))


class TestTheBoard:
    def test_a_bridge_of_a_known_version_answers(self, device: Device):
        assert isinstance(device.board.info, BoardInfo)
        assert device.board.info.chip
        assert not device.board.info.too_old

    def test_it_lists_the_chip_where_its_configuration_says(self, device: Device):
        address = ChipInfo.read(device.session).i2c_address
        assert address in [found.address for found in device.board.devices()]

    def test_a_scan_finds_the_same_address(self, device: Device):
        device.session.sleep()
        assert ChipInfo.read(device.board.open_chip()).i2c_address in device.board.request("board:bridge:scan()")

    def test_the_wiring_is_good(self, device: Device):
        results = wiring_test(device.board)
        assert [result.step for result in results] == [WiringStep.WAKE, WiringStep.SCAN, WiringStep.READ]
        assert all(result.passed for result in results), results

    def test_the_rate_is_changed_and_changed_back(self, device: Device):
        serial_number = device.session.serial_number()
        for rate in (230400, 115200):
            device.board.set_baud(rate)
            assert device.board.baud == rate
            assert device.session.serial_number() == serial_number


class TestIdentity:
    def test_the_configuration_reads_the_same_twice(self, device: Device):
        assert device.session.read_config() == device.session.read_config() == device.config

    def test_the_serial_number_is_one_of_microchip(self, device: Device):
        number = device.config.serial_number
        assert number[:2] == bytes.fromhex("0123")
        assert number[8] in (0xEE, 0x01)  # 01: Trust&GO

    def test_each_lock_byte_is_one_of_two(self, device: Device):
        raw = device.config.to_bytes()
        assert set(raw[86:88]) <= {0x00, 0x55}

    def test_the_revision_is_that_of_the_configuration_and_of_a_known_part(self, device: Device):
        revision = info(device, InfoMode.REVISION)
        assert revision == device.config.to_bytes()[4:8]
        assert ChipInfo.read(device.session).part in set(Part)

    def test_of_each_ecc_slot_one_bit_says_whether_its_key_is_valid(self, device: Device):
        for slot in range(SLOT_COUNT):
            if slot_policy(device.config, slot).holds in (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC):
                assert info(device, InfoMode.KEY_VALID, slot)[0] in (0, 1)


class TestAwake:
    def test_a_chip_that_slept_says_that_it_is_awake(self, device: Device):
        device.board.request("ecc:sleep()")
        assert device.board.request("ecc:wake()").hex() == "04113343"

    def test_what_is_in_temp_key_outlasts_idle_and_no_sleep(self, device: Device):
        device.session.sleep()
        empty = info(device, InfoMode.STATE)
        device.session.execute(commands.nonce_pass_through(bytes(32)))
        filled = info(device, InfoMode.STATE)
        assert filled != empty
        device.board.request("ecc:idle()")
        assert info(device, InfoMode.STATE) == filled
        device.session.sleep()
        assert info(device, InfoMode.STATE) == empty


@pytest.fixture
def settled(device: Device) -> Device:
    """A device whose configuration is locked; before that a chip verifies nothing."""
    if not device.config.config_locked:
        pytest.skip("the configuration of this chip is not locked")
    return device


class TestComputing:
    def test_the_hash_of_a_known_message(self, device: Device):
        device.session.execute(CommandPacket(Opcode.SHA, ShaMode.START))
        answer = device.session.execute(
            CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.TEMP_KEY, len(MESSAGE), MESSAGE)
        )
        assert answer == hashlib.sha256(MESSAGE).digest()

    def test_random_numbers_without_a_new_seed(self, device: Device):
        drawn = [device.session.execute(CommandPacket(Opcode.RANDOM, NonceMode.RANDOM_NO_SEED_UPDATE)) for _ in "ab"]
        assert [len(one) for one in drawn] == [32, 32]
        if device.config.config_locked:
            assert drawn[0] != drawn[1]
        else:
            assert set(drawn) == {bytes.fromhex("FFFF0000") * 8}

    def test_a_signature_of_somebody_else_is_verified(self, settled: Device):
        settled.session.execute(commands.nonce_pass_through(hashlib.sha256(MESSAGE).digest()))
        assert settled.session.execute(commands.verify_external(SIGNATURE, PUBLIC_KEY)) == b"\0"

    def test_a_signature_of_something_else_is_not(self, settled: Device):
        settled.session.execute(commands.nonce_pass_through(hashlib.sha256(MESSAGE + b"!").digest()))
        with pytest.raises(ChipStatusError) as refused:
            settled.session.execute(commands.verify_external(SIGNATURE, PUBLIC_KEY))
        assert refused.value.code == Status.CHECKMAC_OR_VERIFY_MISCOMPARE

    def test_the_public_key_of_slot_0_is_a_point_and_stays_the_same(self, settled: Device):
        if slot_policy(settled.config, 0).holds is not Holds.ECC_PRIVATE or not info(settled, InfoMode.KEY_VALID, 0)[0]:
            pytest.skip("slot 0 of this chip holds no private key")
        key = settled.session.public_key(0)
        assert isinstance(public_key_from_bytes(key), ec.EllipticCurvePublicKey)  # which checks that it is a point
        assert settled.session.public_key(0) == key


class TestRefusals:
    def test_a_secret_slot_is_not_read_and_it_is_said_why(self, device: Device):
        secret = next((slot for slot in range(SLOT_COUNT) if device.config.slot_configs[slot].is_secret), None)
        if secret is None:
            pytest.skip("no slot of this chip is secret")
        command = commands.read_block(Zone.DATA, secret, 0)
        with pytest.raises(ChipStatusError) as refused:
            device.session.execute(command)
        assert refused.value.code == Status.EXECUTION_ERROR
        told = explain(ChipEvidence(config=device.config.to_bytes()), command, refused.value.code)
        assert not told.allowed
        assert told.answers
        assert all(answer.reason for answer in told.answers)
        assert told.answers[0].what_to_do


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("info mode=revision", "revision"),
        ("info mode=state", "state of TempKey and authorisation"),
        ("read zone=config size=32 offset=0", "configuration"),
        ("sha mode=start", "OK"),
    ],
)
def test_a_command_in_words_is_answered_in_words(device: Device, words: str, said: str):
    command = parse_command(words, FORMS)
    answer = device.session.execute(command)
    assert said in describe_answer(command, ResponsePacket(answer))
