"""The chip on its wires: asleep, idle, awake, busy, and what the watchdog takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, InfoMode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.twin.board.i2c_bus import Bus, BusChip, PowerState, SimClock, WordAddress
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom, PowerLostError
from tests.support.probes import snapshot

ADDRESS = 0xC0
TEMP_KEY_STATE = bytes.fromhex("10800000")
IDLE, SLEEP, RESET = (bytes((word,)) for word in (WordAddress.IDLE, WordAddress.SLEEP, WordAddress.RESET))


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def chip(clock: SimClock) -> BusChip:
    return BusChip(SecureElement(Eeprom.factory(seeded_entropy(3)), seeded_entropy(4)), clock)


def send(chip: BusChip, command: CommandPacket) -> bool:
    return chip.write(bytes((WordAddress.COMMAND,)) + command.to_bytes())


def ask(chip: BusChip, clock: SimClock, command: CommandPacket) -> bytes:
    assert send(chip, command)
    clock.catch_up(chip.ready_at)
    answer = chip.read(7)
    assert answer is not None
    return ResponsePacket.parse(answer[: answer[0]]).payload


def temp_key_state(chip: BusChip, clock: SimClock) -> bytes:
    return ask(chip, clock, commands.info(InfoMode.STATE))


def test_a_sleeping_chip_acknowledges_nothing(chip: BusChip) -> None:
    assert not send(chip, commands.info())
    assert chip.read(4) is None


def test_the_wake_pulse_is_answered(chip: BusChip) -> None:
    chip.wake()
    assert chip.state is PowerState.AWAKE
    assert chip.read(4) == bytes.fromhex("04113343")


def test_a_busy_chip_does_not_acknowledge(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    assert send(chip, commands.info())
    assert chip.read(1) is None
    assert not chip.write(RESET)
    clock.advance(0.005)
    assert chip.read(7) == ResponsePacket(bytes.fromhex("00006002")).to_bytes()


def test_the_output_buffer_can_be_read_again(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    ask(chip, clock, commands.info())
    assert chip.read(3) == b"\x07\x00\x00"
    assert chip.write(RESET)
    assert chip.read(1) == b"\x07"
    assert chip.read(2) == b"\x00\x00"


def test_what_one_read_asks_for_beyond_the_end_is_ff(chip: BusChip) -> None:
    chip.wake()
    assert chip.read(6) == bytes.fromhex("04113343FFFF")
    assert chip.read(1) == b"\x04"


def test_idle_keeps_temp_key_and_sleep_does_not(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    ask(chip, clock, commands.nonce_pass_through(bytes(32)))
    assert chip.write(IDLE)
    assert chip.state is PowerState.IDLE
    assert not send(chip, commands.info())
    clock.advance(100)
    chip.wake()
    assert temp_key_state(chip, clock) == TEMP_KEY_STATE
    assert chip.write(SLEEP)
    chip.wake()
    assert temp_key_state(chip, clock) == bytes(4)


def test_the_watchdog_counts_from_the_wake_and_no_command_restarts_it(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    ask(chip, clock, commands.nonce_pass_through(bytes(32)))
    clock.advance(1.2)
    assert temp_key_state(chip, clock) == TEMP_KEY_STATE
    chip.wake()
    clock.advance(0.1)
    assert chip.state is PowerState.ASLEEP
    chip.wake()
    assert temp_key_state(chip, clock) == bytes(4)


def test_a_command_that_would_not_end_in_time_is_not_begun(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    clock.advance(1.25)
    before = snapshot(chip.element.memory)
    answer = ask(chip, clock, commands.gen_key(GenKeyMode.PRIVATE, 0))
    assert answer == bytes((Status.WATCHDOG_ABOUT_TO_EXPIRE,))
    assert snapshot(chip.element.memory) == before


def test_the_long_watchdog_lasts_thirteen_seconds(clock: SimClock) -> None:
    memory = Eeprom.factory(seeded_entropy(3))
    element = SecureElement(memory, seeded_entropy(4))
    element.execute(commands.write(commands.Zone.CONFIG, 0, 16, bytes.fromhex("C0000004")).to_bytes())
    chip = BusChip(element, clock)
    chip.wake()
    clock.advance(12.9)
    assert chip.state is PowerState.AWAKE
    clock.advance(0.2)
    assert chip.state is PowerState.ASLEEP


@pytest.mark.parametrize("written", [b"\x03", b"\x07", b"\xff\x00\x01"])
def test_a_word_address_without_a_meaning_changes_nothing(chip: BusChip, written: bytes) -> None:
    chip.wake()
    assert chip.read(1) == b"\x04"
    assert chip.write(written)
    assert chip.read(3) == bytes.fromhex("113343")


def test_a_write_without_a_byte_only_asks_who_is_there(chip: BusChip, clock: SimClock) -> None:
    assert not chip.write(b"")
    chip.wake()
    assert chip.write(b"")
    assert chip.read(4) == bytes.fromhex("04113343")
    send(chip, commands.info())
    assert not chip.write(b"")
    clock.advance(0.005)
    assert chip.write(b"")


@pytest.mark.parametrize(
    "damaged",
    [b"\x07", bytes.fromhex("0730000000035E"), bytes.fromhex("08300000000360"), bytes.fromhex("0730000000035D00")],
)
def test_a_damaged_packet_is_answered_with_ff(chip: BusChip, clock: SimClock, damaged: bytes) -> None:
    chip.wake()
    assert chip.write(bytes((WordAddress.COMMAND,)) + damaged)
    clock.catch_up(chip.ready_at)
    assert chip.read(4) == ResponsePacket.of_status(Status.COMMUNICATION_ERROR).to_bytes()


def test_a_chip_without_power_answers_nothing_and_wakes_up_empty(chip: BusChip, clock: SimClock) -> None:
    chip.wake()
    ask(chip, clock, commands.nonce_pass_through(bytes(32)))
    chip.lose_power()
    chip.wake()
    assert chip.state is PowerState.OFF
    assert chip.read(1) is None
    chip.restore_power()
    assert chip.state is PowerState.ASLEEP
    chip.wake()
    assert temp_key_state(chip, clock) == bytes(4)


def test_power_that_fails_during_a_command_leaves_the_chip_off(clock: SimClock) -> None:
    memory = Eeprom.factory(seeded_entropy(3))
    memory.lose_power_during(1)
    chip = BusChip(SecureElement(memory, seeded_entropy(4)), clock)
    chip.wake()
    assert send(chip, commands.write(commands.Zone.CONFIG, 0, 96, bytes(32)))
    assert chip.state is PowerState.OFF
    assert chip.read(1) is None


blocks = st.binary(min_size=32, max_size=32)


@given(blocks, blocks, st.integers(1, 5))
def test_a_torn_write_is_old_and_new_bytes_of_this_write_only(old: bytes, new: bytes, nth: int) -> None:
    def run() -> bytes:
        memory = Eeprom.factory(seeded_entropy(3))
        memory.write(commands.Zone.CONFIG, 0, 96, old)
        memory.lose_power_during(nth)
        for _ in range(nth - 1):
            memory.write(commands.Zone.CONFIG, 0, 96, old)
        with pytest.raises(PowerLostError):
            memory.write(commands.Zone.CONFIG, 0, 96, new)
        assert (
            memory.contents(commands.Zone.CONFIG)[:96]
            == Eeprom.factory(seeded_entropy(3)).contents(commands.Zone.CONFIG)[:96]
        )
        return memory.contents(commands.Zone.CONFIG)[96:]

    torn = run()
    assert torn == run()
    assert all(byte in pair for byte, *pair in zip(torn, old, new, strict=True))
    if sum(a != b for a, b in zip(old, new, strict=True)) > 1:
        assert torn not in (old, new)


def test_power_can_fail_again_and_while_the_seed_is_written() -> None:
    memory = Eeprom.factory(seeded_entropy(3))
    memory.lose_power_during(1, 3)
    before = memory.seed
    with pytest.raises(PowerLostError):
        memory.update_seed(bytes(32))
    assert memory.seed not in (before, bytes(32))
    memory.update_seed(bytes(32))
    with pytest.raises(PowerLostError):
        memory.lock_config()


def test_a_new_address_counts_from_the_next_wake(chip: BusChip, clock: SimClock) -> None:
    bus = Bus((chip,))
    bus.wake()
    ask(chip, clock, commands.write(commands.Zone.CONFIG, 0, 16, bytes.fromhex("6A000000")))
    assert bus.addresses() == (ADDRESS,)
    bus.write(ADDRESS, IDLE)
    bus.wake()
    assert bus.addresses() == (0x6A,)
    assert bus.read(ADDRESS, 1) is None


def test_simulated_time_never_goes_back(clock: SimClock) -> None:
    clock.advance(5)
    clock.catch_up(3)
    assert clock.now == 5
    clock.catch_up(8)
    assert clock.now == 8


def test_a_chip_that_the_watchdog_put_to_sleep_was_told_to_sleep_when_the_word_comes_too_late(
    chip: BusChip, clock: SimClock
) -> None:
    chip.wake()
    clock.advance(2.0)
    assert not chip.told_to_sleep
    assert not chip.write(bytes([WordAddress.SLEEP]))  # nobody acknowledges, and the host is done all the same
    assert chip.told_to_sleep
    chip.wake()
    assert not chip.told_to_sleep
