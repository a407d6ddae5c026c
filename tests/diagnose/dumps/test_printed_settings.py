"""What RIOT and Microchip's configurators print setting by setting is read, under every noise."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.printed_settings import printed_settings
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from tests.diagnose.dumps.test_every_form import CHIPS
from tests.support.cases.pastes import NOISES

CHIP = CHIPS[1]
SLOTS = (*range(20, 52), *range(96, 128))


def riot(raw: bytes) -> str:
    """What `atca read` prints, shortened (RIOT-OS/RIOT, sys/shell/cmds/cryptoauthlib.c)."""

    def row(name: str, data: bytes) -> str:
        return f"{name:<18}| {' '.join(f'0x{value:02x}' for value in data)} "

    def table(start: int) -> list[str]:
        return [
            f"{slot:<8}| 0x{raw[at : at + 2].hex()} | {raw[at]:08b} | {raw[at]:08b} | "
            for slot, at in enumerate(range(start, start + 32, 2))
        ]

    lines = ["Config Zone", "Device Info (Read Only)", "-" * 44, "Device Type       | ATECC608"]
    lines += [row("Serial No (Pt. 1)", raw[:4]), row("Revision No.", raw[4:8]), row("Serial No (Pt. 2)", raw[8:13])]
    lines += [row("I2C Address", raw[16:17]), "Slot Config", "SlotID  | Hex    | Binary", *table(20)]
    lines += [f"UserExtra         | 0x{raw[84]:02x}", f"UserExtraAdd (I2C)| 0x{raw[85]:02x}"]
    lines += [f"LockValue         | Data and OTP {'Unlocked' if raw[86] else 'Locked'}"]
    lines += [f"LockConfig        | Config Zone {'Unlocked' if raw[87] else 'Locked'}"]
    locks = int.from_bytes(raw[88:90], "little")
    lines += ["Locked | " + "".join(" - " if locks >> slot & 1 else " X " for slot in range(16))]
    return "\n".join([*lines, "Key Config", "SlotID  | Hex    | Binary", *table(96)]) + "\n"


def xml(raw: bytes) -> str:
    """What a configurator keeps, as firmware has it in a comment."""

    def element(name: str, at: int, size: int) -> str:
        return f'  <{name} Size="{size}">{raw[at : at + size].hex(" ").upper()}</{name}>'

    def words(name: str, start: int) -> list[str]:
        return [
            f'    <{name} Index="{slot:X}">{raw[start + 2 * slot : start + 2 * slot + 2].hex(" ")}</{name}>'
            for slot in range(16)
        ]

    lines = ["<ConfigurationZone>", element("I2CAddress", 16, 1), f'<Reserved Address="17">{raw[17]:02X}</Reserved>']
    lines += [element("ChipMode", 19, 1), *words("SlotConfiguration", 20), element("Counter0", 52, 8)]
    lines += [element("SlotLocked", 88, 2), element("X509format", 92, 4), *words("KeyConfiguration", 96)]
    return "/* 508A XML configuration\n" + "\n".join([*lines, "</ConfigurationZone>"]) + "\n*/\n"


def of_embassy(raw: bytes) -> str:
    """The word of each slot, as atecc-util and its port to Rust decode them."""
    return "".join(
        f"=========================  Slot: {slot}   ==================\n"
        f"Decoding SlotConfig value = 0x{int.from_bytes(raw[20 + 2 * slot : 22 + 2 * slot], 'little'):04X}\n"
        f"Decoding KeyConfig value = 0x{int.from_bytes(raw[96 + 2 * slot : 98 + 2 * slot], 'little'):04X}\n"
        for slot in range(16)
    )


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
@pytest.mark.parametrize("write", [riot, xml, of_embassy])
def test_settings_are_read_at_their_places(write: Callable[[bytes], str], noise: Callable[[str], str]):
    read = read_configuration(noise(write(CHIP)), Likeness.LIKELY)
    assert {at: read.some[at] for at in SLOTS} == {at: CHIP[at] for at in SLOTS}
    assert read.some.items() <= dict(enumerate(CHIP)).items()


@given(st.binary(min_size=128, max_size=128))
def test_any_bytes_come_back(raw: bytes):
    raw = bytes((0x01, 0x23, *raw[2:4], 0, 0, 0x60, 2, *raw[8:86], raw[86] % 2 * 0x55, raw[87] % 2 * 0x55, *raw[88:]))
    for write in (riot, xml):
        found = printed_settings(write(raw))
        assert found is not None
        assert found[0].items() <= dict(enumerate(raw)).items()
        assert len(found[0]) > 64


def test_a_setting_that_is_told_twice_and_differently_is_none():
    assert printed_settings(xml(CHIP) + "<I2CAddress>99</I2CAddress>") is None


@pytest.mark.parametrize(("letter", "digit"), [("O", "0"), ("l", "1"), ("S", "5")])
def test_letters_in_a_part_of_a_dump_are_repaired_in_view(letter: str, digit: str):
    raw = bytes.fromhex("01234350000060027d60f01cee016d00c00000008320872015c48f8f8f8f9f8faf8f") + bytes(12)
    rows = raw.hex(" ").upper().split()
    at = next(at for at, byte in enumerate(rows) if digit in byte and at > 7)
    rows[at] = rows[at].replace(digit, letter)
    read = read_configuration("Configuration Zone:\n " + " ".join(rows) + "\n", Likeness.LIKELY)
    assert read.some == dict(enumerate(raw))
    assert any(rows[at] in remark for remark in read.remarks)
