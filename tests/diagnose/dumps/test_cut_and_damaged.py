"""Dumps that were cut, copied by hand or written down twice."""

from contextlib import suppress

import pytest

from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from atecc_bench.errors import InputError
from tests.diagnose.dumps.test_every_form import CHIPS
from tests.support.cases.brought_dumps import VARIANTS

CHIP = CHIPS[0]
WITH_PLACES = [
    name
    for name in VARIANTS
    if name != "rows with a hex offset 3"  # addresses in memory: what is cut off in front leaves no trace
    and name.startswith(("rows with", "index and value", "spreadsheets and tables 1", "spreadsheets and tables 2"))
]
SLOT_5 = {30: 0xCF, 31: 0x46, 106: 0x1C, 107: 0x00}
IN_ROWS = [name for name in VARIANTS if len(VARIANTS[name](CHIP).split("\n")) in (8, 9, 16, 17)]


@pytest.mark.parametrize("variant", WITH_PLACES)
def test_what_is_cut_off_in_front_is_not_guessed(variant: str):
    lines = VARIANTS[variant](CHIP).split("\n")
    read = read_configuration("\n".join(lines[len(lines) // 2 :]))
    assert all(CHIP[at] == value for at, value in read.some.items())
    assert 16 <= len(read.some) <= 80
    assert 0 in read.unknown


@pytest.mark.parametrize("variant", IN_ROWS)
def test_what_is_cut_off_at_the_end_is_not_guessed(variant: str):
    lines = VARIANTS[variant](CHIP).split("\n")
    read = read_configuration("\n".join(lines[: len(lines) // 2 + 1]))
    assert all(CHIP[at] == value for at, value in read.some.items())
    assert {0, 1, 40} <= read.some.keys()
    assert 127 in read.unknown


def test_a_list_that_a_shell_cut_short_is_read_as_far_as_it_goes():
    shown = ", ".join(map(str, CHIP[:50]))
    read = read_configuration(f"iex> NervesKey.config()\n{{:ok, <<{shown}, ...>>}}")
    assert read.some == dict(enumerate(CHIP[:50]))


@pytest.mark.parametrize(
    ("right", "wrong"), [("F0", "FO"), ("00", "OO"), ("C1", "Cl"), ("1C", "IC"), ("55", "S5"), ("0", "O"), ("20", "Z0")]
)
def test_letters_for_digits_are_repaired_in_view(right: str, wrong: str):
    chip = bytearray(CHIP)
    chip[10] = int(right, 16)
    cells = [f"{byte:X}" if len(right) == 1 else f"{byte:02X}" for byte in chip]
    cells[10] = wrong
    text = "\n".join(" ".join(cells[at : at + 16]) for at in range(0, 128, 16))
    read = read_configuration(f"Configuration Zone:\n{text}")
    assert read.config.to_bytes() == bytes(chip)
    assert any(f"line 2: “{wrong}” is read as {right}" in remark for remark in read.remarks)


def test_an_error_names_line_and_token_and_no_control_character():
    rows = [" ".join(f"{byte:02X}" for byte in CHIP[at : at + 16]) for at in range(0, 128, 16)]
    rows[3] = rows[3].replace("FF", "F\x07", 1)
    with pytest.raises(InputError) as caught:
        read_configuration("\n".join(rows))
    assert "Line 4" in caught.value.message
    assert "“F<07>”" in caught.value.message
    assert caught.value.message.isprintable()


def test_of_two_dumps_the_last_counts_and_the_other_is_named():
    before = bytearray(CHIP)
    before[30:32] = b"\x83\x20"
    texts = [VARIANTS["rows with a hex offset 1"](bytes(data)) for data in (before, CHIP)]
    read = read_configuration("before the lock\n" + "\n\nafter the lock:\n".join(texts))
    assert read.config.to_bytes() == CHIP
    assert any("lines 12–19, the last of the text" in r and "lines 2–9" in r for r in read.remarks)


def test_a_byte_whose_name_is_not_defined_is_unknown_and_said_so():
    cells = [f"0x{byte:02X}" for byte in CHIP]
    cells[16] = "BOARD_I2C_ADDRESS"
    read = read_configuration(f"uint8_t config[128] = {{ {', '.join(cells)} }};")
    assert read.unknown == {16}
    assert any("BOARD_I2C_ADDRESS" in remark and "byte 16" in remark for remark in read.remarks)


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("#define ADDR 0x58\n", 0xB0), ("#define ADDR (0x60U)\n#define OTHER 1\n", 0xC0),
        ("static const uint8_t ADDR = 0x35;\n", 0x6A), ("#define RAW 0x36\n#define ADDR (uint8_t)(RAW)\n", 0x6C),
    ],
)  # fmt: skip
def test_a_named_constant_is_looked_up(definition: str, value: int):
    cells = [f"0x{byte:02X}" for byte in CHIP]
    cells[16] = "(ADDR << 1)"
    read = read_configuration(f"{definition}uint8_t config[128] = {{ {', '.join(cells)} }};")
    assert read.some[16] == value


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("SlotConfig[5]: 0xCF 0x46", {30: 0xCF, 31: 0x46}),
        ("I set slot 0A as follows: SlotConfig: 0x0020; KeyConfig: 0x3000.", {40: 0, 41: 0x20, 116: 0x30, 117: 0}),
        ("slot 0xb: SlotConfig: 0x80 0x80", {42: 0x80, 43: 0x80}),
        ("slot 5: SlotConfig = 0x46CF, KeyConfig = 0x001C", SLOT_5),
        ('{"slot": 5, "slot_config": "0x46CF", "key_config": "0x001C"}', SLOT_5),
        ("slot: 5\nslot_config: CF 46\nkey_config: 1C 00\n", SLOT_5),
        ("| Slot | SlotConfig | KeyConfig |\n|---|---|---|\n| 5 | CF 46 | 1C 00 |", SLOT_5),
        ("=== Slot: 5 ===\nDecoding SlotConfig value = 0x46CF\nDecoding KeyConfig value = 0x001C", SLOT_5),
        ("slot;SlotConfig;KeyConfig\n5;0x46CF;0x001C", SLOT_5),
        ("KeyConfig<5>: 1C00", {106: 0x1C, 107: 0}),
    ],
)  # fmt: skip
def test_one_slot_alone_is_read(text: str, some: dict[int, int]):
    assert dict(read_configuration(text).some) == some


@pytest.mark.parametrize("bits", [16, 8])
def test_lists_of_words_are_read(bits: int):
    def listed(name: str, data: bytes) -> str:
        if bits == 8:
            pairs = ", ".join(f"{{0x{a:02X}, 0x{b:02X}}}" for a, b in zip(data[::2], data[1::2], strict=True))
            return f"static const uint8_t {name}[16][2] = {{ {pairs} }};"
        words = ", ".join(f"0x{int.from_bytes(data[at : at + 2], 'little'):04X}" for at in range(0, 32, 2))
        return f"static const uint16_t {name}[16] = {{ {words} }};"

    text = f"{listed('slot_config', CHIP[20:52])}\n{listed('key_config', CHIP[96:])}\n"
    read = read_configuration(text)
    assert dict(read.some) == {at: CHIP[at] for at in (*range(20, 52), *range(96, 128))}


def test_words_alone_may_be_meant_in_the_order_of_the_chip_and_that_is_said():
    read = read_configuration("SlotConfig[0] = 8320")
    assert any("As bytes in their order on the chip" in remark for remark in read.remarks)


def test_what_nobody_called_a_configuration_needs_more():
    numbers = ", ".join(str(at * 7 % 256) for at in range(128))
    with pytest.raises(InputError):
        read_configuration(f"[{numbers}]", Likeness.LIKELY)


@pytest.mark.parametrize("word", ["9" * 400 + "g", "0x" * 400, "0123456789abcdef" * 40 + "}", "0," * 400 + ";;"])
def test_a_long_word_that_is_nearly_bytes_is_refused_at_once(word: str):
    with pytest.raises(InputError, match=r"configuration|hexadecimal|bytes"):
        read_configuration(word)


def test_a_long_word_of_digits_that_ends_in_no_digit_is_refused_at_once():
    """Two ways to read each pair of digits would take as many steps as 2 has powers."""
    with pytest.raises(InputError, match="line 1 holds"):
        read_configuration("0" * 64 + "\u00e9")


@pytest.mark.parametrize(
    "line", ["\n", "a\n", "1, 35, 255, 4,\n", "slot 1 slotconfig 0x8f20\n", "# | address | value\n"]
)
def test_a_text_of_two_megabytes_ends(line: str):
    with suppress(InputError):
        read_configuration(line * ((2 << 20) // len(line)))
