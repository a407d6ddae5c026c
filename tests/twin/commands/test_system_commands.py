"""SelfTest, Pause, execution times, and what sleep and power take."""

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import Opcode, SelfTestMode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.twin.board.i2c_bus import BusChip, PowerState, SimClock, WordAddress
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.boards.twin_under_test import vendor_twin

ALL_TESTS = 0x3D  # RNG 01, ECDSA 04, ECDH 08, AES 10, SHA 20
OLD_ALL_TESTS, OLD_ECDSA = 0x3B, 0x02  # of CryptoAuthLib before 3.5


@pytest.mark.parametrize("mode", [0x00, 0x01, 0x04, 0x08, 0x10, 0x20, ALL_TESTS, OLD_ECDSA, OLD_ALL_TESTS])
def test_self_test_passes(mode: int) -> None:
    assert vendor_twin().accept(CommandPacket(Opcode.SELF_TEST, mode)) == b"\0"


def test_self_test_names_each_engine_that_failed_by_its_bit() -> None:
    twin = vendor_twin()
    twin.element.wake(SelfTestMode.ECDSA | SelfTestMode.SHA)
    answers = {mode: twin.accept(CommandPacket(Opcode.SELF_TEST, mode))[0] for mode in (0x01, 0x04, 0x20, ALL_TESTS)}
    assert answers == {0x01: 0x00, 0x04: 0x04, 0x20: 0x20, ALL_TESTS: 0x24}


def test_self_test_of_nothing_answers_the_failure_register() -> None:
    twin = vendor_twin()
    twin.element.wake(SelfTestMode.ALL)
    assert twin.accept(CommandPacket(Opcode.SELF_TEST, 0)) == bytes((ALL_TESTS,))
    twin.element.wake(0)
    assert twin.accept(CommandPacket(Opcode.SELF_TEST, 0)) == b"\0"


def test_after_a_failed_self_test_only_self_test_and_the_configuration_are_left() -> None:
    twin = vendor_twin()
    twin.element.wake(SelfTestMode.AES)
    payload, reason = twin.run(CommandPacket(Opcode.RANDOM))
    assert payload == bytes((Status.SELF_TEST_ERROR,))
    assert reason is not None
    assert reason.id is ReasonId.SELF_TEST_FAILED
    assert twin.accept(CommandPacket(Opcode.SELF_TEST, ALL_TESTS)) == bytes((SelfTestMode.AES,))
    assert twin.accept(CommandPacket(Opcode.SELF_TEST, SelfTestMode.SHA)) == b"\0"
    twin.accept(commands.read_block(commands.Zone.CONFIG, 0, 0))
    twin.element.wake(0)
    twin.accept(CommandPacket(Opcode.RANDOM))


@pytest.mark.parametrize(("selector", "state"), [(0, PowerState.AWAKE), (7, PowerState.IDLE)])
def test_pause_sends_every_other_chip_to_idle(selector: int, state: PowerState) -> None:
    clock = SimClock()
    twin = vendor_twin(revision=bytes.fromhex("00005000"))
    chip = BusChip(SecureElement(twin.memory, bytes), clock)
    chip.wake()
    assert chip.write(bytes((WordAddress.COMMAND,)) + CommandPacket(Opcode.PAUSE, selector).to_bytes())
    clock.advance(0.01)
    assert chip.state is state
    answer = chip.read(4)
    assert answer == (ResponsePacket(b"\0").to_bytes() if state is PowerState.AWAKE else None)


@pytest.mark.parametrize(
    ("chip_mode", "sign", "verify", "nonce"), [(0x00, 115, 105, 20), (0x28, 220, 295, 20), (0x68, 665, 1085, 20)]
)
def test_the_clock_divider_slows_the_curve_down(chip_mode: int, sign: int, verify: int, nonce: int) -> None:
    element = vendor_twin(chip_mode=chip_mode).element
    times = [
        element.milliseconds(command.to_bytes())
        for command in (commands.sign(0), commands.verify_external(bytes(64), bytes(64)), CommandPacket(Opcode.NONCE))
    ]
    assert times == [sign, verify, nonce]


def test_the_atecc508a_has_times_of_its_own() -> None:
    element = vendor_twin(revision=bytes.fromhex("00005000"), chip_mode=0x68).element
    assert element.milliseconds(commands.sign(0).to_bytes()) == 60
    assert element.milliseconds(CommandPacket(Opcode.HMAC).to_bytes()) == 23


def test_the_atecc608b_is_told_by_its_revision() -> None:
    twin = vendor_twin(revision=bytes.fromhex("00006003"))
    assert twin.accept(commands.info()) == bytes.fromhex("00006003")
    twin.accept(CommandPacket(Opcode.SELF_TEST, ALL_TESTS))
