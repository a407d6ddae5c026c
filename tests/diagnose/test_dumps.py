"""Hex dumps as people paste them."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.paste.hex_dump import parse_hex_dump
from atecc_bench.errors import InputError

data = st.binary(min_size=1, max_size=140)


def rows(raw: bytes, width: int = 16) -> list[tuple[int, bytes]]:
    return [(start, raw[start : start + width]) for start in range(0, len(raw), width)]


def text_of(raw: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in raw)


@given(raw=data)
def test_bare_digits(raw: bytes):
    assert parse_hex_dump(raw.hex()) == raw
    assert parse_hex_dump(raw.hex(" ").upper() + "\n") == raw
    assert parse_hex_dump(raw.hex(":")) == raw


@given(raw=data, width=st.sampled_from([4, 8, 16, 32]))
def test_rows_with_and_without_offsets(raw: bytes, width: int):
    assert parse_hex_dump("\n".join(row.hex(" ") for _, row in rows(raw, width))) == raw
    assert parse_hex_dump("\r\n".join(f"{start:04x}: {row.hex(' ')}" for start, row in rows(raw, width))) == raw
    assert parse_hex_dump("\n".join(f"  0x{start:02X}:  {row.hex(' ')}" for start, row in rows(raw, width))) == raw


@given(raw=data)
def test_an_array_in_source_text(raw: bytes):
    numbers = ", ".join(f"0x{byte:02X}" for byte in raw)
    assert parse_hex_dump("{\n  " + numbers + ",  // as read\n}; /* the end */") == raw
    assert parse_hex_dump("# pasted by hand\n[" + numbers + "]") == raw


@given(raw=data)
def test_what_hexdump_writes(raw: bytes):
    lines = [
        f"{start:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  |{text_of(row)}|" for start, row in rows(raw)
    ]
    assert parse_hex_dump("\n".join([*lines, f"{len(raw):08x}"])) == raw


@given(raw=data)
def test_what_xxd_writes(raw: bytes):
    lines = [f"{start:08x}: {row.hex(' ', -2):<39}  {text_of(row)}" for start, row in rows(raw)]
    # A text column that happens to read like bytes cannot be told from bytes.
    if not any(_reads_like_bytes(text_of(row)) for _, row in rows(raw)):
        assert parse_hex_dump("\n".join(lines)) == raw


def _reads_like_bytes(text: str) -> bool:
    words = text.split()
    return bool(words) and all(len(word) == 2 and set(word) <= set("0123456789abcdefABCDEF") for word in words)


@pytest.mark.parametrize("command", [["xxd"], ["xxd", "-g1"], ["xxd", "-i"], ["xxd", "-p"], ["hexdump", "-C"]])
def test_the_tools_themselves(command: list[str]):
    raw = bytes.fromhex("0123A1B200006002C3D4E5F6EE016100C0000000") + bytes(range(0x20, 0x7F))
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    dumped = subprocess.run(command, input=raw, capture_output=True, check=True).stdout.decode()
    assert parse_hex_dump(dumped) == raw


def test_nothing_is_no_bytes():
    assert parse_hex_dump("") == parse_hex_dump("\n \n# nothing\n") == b""


@pytest.mark.parametrize(
    ("text", "said"), [("hello", "“h”"), ("01 02 0", "odd number of digits (5)"), ("01 02 zz", "“z”"), ("01-02", "“-”")]
)
def test_anything_else_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(InputError) as caught:
        parse_hex_dump(text)
    assert caught.value.id == "not-hex"
    assert said in caught.value.message
    assert caught.value.exit_code == 2


@given(text=st.text(max_size=200))
def test_any_text_is_bytes_or_an_input_error(text: str):
    try:
        parse_hex_dump(text)
    except InputError as error:
        assert error.id == "not-hex"  # noqa: PT017 - either way is right
