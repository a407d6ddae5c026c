import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.status import KitStatus, Status
from atecc_bench.chip.protocol.timing import ClockDivider, execution_time_ms
from atecc_bench.chip.protocol.zones import Zone, address, slot_size, split_address, zone_size


def test_slots_have_three_sizes():
    assert [slot_size(slot) for slot in range(16)] == [36] * 8 + [416] + [72] * 7


@pytest.mark.parametrize("slot", [-1, 16])
def test_there_are_no_other_slots(slot: int):
    with pytest.raises(ValueError, match="slots are 0 to 15"):
        slot_size(slot)


@given(zone=st.sampled_from(Zone), slot=st.integers(0, 15), data=st.data())
def test_every_word_has_an_address_that_names_it(zone: Zone, slot: int, data: st.DataObject):
    slot = slot if zone is Zone.DATA else 0
    offset = data.draw(st.integers(0, zone_size(zone, slot) // 4 - 1)) * 4
    assert split_address(zone, address(zone, slot, offset)) == (slot, offset)


@pytest.mark.parametrize(
    ("zone", "slot", "offset", "param2"),
    [
        (Zone.CONFIG, 0, 0, 0x0000),
        (Zone.CONFIG, 0, 84, 0x0015),
        (Zone.CONFIG, 0, 96, 0x0018),
        (Zone.OTP, 0, 32, 0x0008),
        (Zone.DATA, 8, 0, 0x0040),
        (Zone.DATA, 8, 384, 0x0C40),
        (Zone.DATA, 10, 68, 0x0251),
    ],
)
def test_addresses_of_the_datasheet(zone: Zone, slot: int, offset: int, param2: int):
    assert address(zone, slot, offset) == param2


@pytest.mark.parametrize("length", [0, 1, 31, 33])
def test_write_takes_a_word_or_a_block(length: int):
    with pytest.raises(ValueError, match="4 or 32 bytes"):
        commands.write(Zone.DATA, 8, 0, bytes(length))


def test_a_lock_with_a_crc_lets_the_chip_check_it():
    assert commands.lock(commands.LockMode.CONFIG, 0x1234).param1 == 0x00
    assert commands.lock(commands.LockMode.CONFIG, 0x1234).param2 == 0x1234
    assert commands.lock(commands.LockMode.DATA_AND_OTP, None).param1 == 0x81


@pytest.mark.parametrize(
    ("part", "divider", "opcode", "milliseconds"),
    [
        (Part.ATECC508A, ClockDivider.M0, Opcode.GEN_KEY, 115),
        (Part.ATECC508A, ClockDivider.M0, Opcode.SIGN, 60),
        (Part.ATECC608A, ClockDivider.M0, Opcode.SIGN, 115),
        (Part.ATECC608A, ClockDivider.M1, Opcode.GEN_KEY, 215),
        (Part.ATECC608B, ClockDivider.M2, Opcode.GEN_KEY, 653),
        (Part.ATECC608A, ClockDivider.M2, Opcode.VERIFY, 1085),
        (Part.ATECC608A, ClockDivider.M0, Opcode.WRITE, 45),
        (Part.ATECC508A, ClockDivider.M2, Opcode.WRITE, 26),
    ],
)
def test_execution_times(part: Part, divider: ClockDivider, opcode: Opcode, milliseconds: int):
    assert execution_time_ms(part, opcode, divider) == milliseconds


@given(part=st.sampled_from(Part), opcode=st.integers(0, 255), divider=st.integers(0, 31))
def test_every_command_has_an_execution_time(part: Part, opcode: int, divider: int):
    assert execution_time_ms(part, opcode, divider) > 0


def test_an_undocumented_divider_counts_as_m0():
    assert execution_time_ms(Part.ATECC608A, Opcode.SIGN, 0x1F) == 115


@pytest.mark.parametrize("status", [*Status, *KitStatus])
def test_every_status_has_a_plain_sentence(status: Status | KitStatus):
    assert status.meaning.endswith(".")
