"""A configuration in every form that people print, and what comes with a text on its way to a reader."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

Writer = Callable[[bytes], str]
_WIDTHS = (16, 8, 32)


def _rows(data: bytes, width: int = 16) -> list[tuple[int, bytes]]:
    return [(start, data[start : start + width]) for start in range(0, len(data), width)]


def _decimal(data: bytes) -> str:
    return ", ".join(map(str, data))


def _hex(data: bytes, form: str = "02X", separator: str = " ") -> str:
    return separator.join(format(byte, form) for byte in data)


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _with_offset(offset: str, row: Callable[[bytes], str], width: int = 16) -> Writer:
    return lambda data: "\n".join(offset.format(start) + row(line) for start, line in _rows(data, width))


def _characters(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def _c(data: bytes, width: int = 16, head: str = "static const uint8_t config[] = {", end: str = "};") -> str:
    rows = [f"    {_hex(row, '#04x', ', ')}," for _, row in _rows(data, width)]
    return "\n".join([head, *rows, end])


def _c_with_names(data: bytes) -> str:
    body = _c(data[1:], 16).split("\n", 1)[1]
    first = f"#define OWN_START ((uint8_t)(0x{data[0]:02X}))\n"
    return f"{first}uint8_t g_config[] = {{\n    OWN_START,\n{body}"


def _c_in_ranges(data: bytes) -> str:
    half = len(data) // 2
    one, other = _hex(data[:half], "#04x", ", "), _hex(data[half:], "#04x", ", ")
    return f"#define CFG_LOW {one}\n#define CFG_HIGH {other}\nconst uint8_t cfg[] = {{ CFG_LOW, CFG_HIGH }};"


def _c_with_comments(data: bytes) -> str:
    lines = [
        f"  0x{one:02X}, 0x{two:02X}, /* {at}-{at + 1}  0x{two:02X}{one:02X}: bits {two:08b} {one:08b}, table 2-5 */"
        for at, (one, two) in zip(range(0, len(data), 2), zip(data[::2], data[1::2], strict=True), strict=True)
    ]
    return "\n".join(["uint8_t cfg[] = {", *lines, "};"])


def _fields_under_comments(data: bytes) -> str:
    """No array around it, a comment before each field, many of one byte."""
    edges = (0, 4, 8, 13, 14, 15, 16, 17, 18, 19, 20, 36, 52, 60, 68, 84, 85, 86, 87, 88, 90, 92, 96, 112, 128)
    return "\n".join(
        f"//[{start}:{end - 1}] part\n{''.join(f'0x{byte:x}, ' for byte in data[start:end])}"
        for start, end in pairwise(edges)
    )


def _c_with_conditions(data: bytes) -> str:
    text = _c(data).split("\n")
    text.insert(4, "#if 0\n    0x11, 0x22, 0x33,\n#endif")
    return "\n".join(text)


def _words_turned(data: bytes) -> str:
    words = [data[at : at + 2][::-1].hex() for at in range(0, len(data), 2)]
    return "\n".join(f"{at:07x} {' '.join(words[at // 2 : at // 2 + 8])}" for at in range(0, len(data), 16))


def _index_and_value(data: bytes) -> str:
    cells = [f"{at:03}: {byte:02X}" for at, byte in enumerate(data)]
    return "\n".join("\t\t".join(cells[at : at + 4]) for at in range(0, len(cells), 4))


def _xxd(data: bytes) -> str:
    return "\n".join(f"{start:08x}: {row.hex(' ', -2):<39}  {_characters(row)}" for start, row in _rows(data))


def _hexdump(data: bytes) -> str:
    lines = [f"{a:08x}  {r[:8].hex(' '):<23}  {r[8:].hex(' '):<23}  |{_characters(r)}|" for a, r in _rows(data)]
    return "\n".join([*lines, f"{len(data):08x}"])


def _zephyr(data: bytes) -> str:
    rows = [
        f"                                     {r[:8].hex(' ')}  {r[8:].hex(' ')} |{_characters(r)}"
        for _, r in _rows(data)
    ]
    return "\n".join(["[00:00:00.420,000] <inf> app: config", *rows])


def _nrf(data: bytes) -> str:
    return "\n".join(f"<info> app:  {_hex(row)}|{_characters(row)}" for _, row in _rows(data, 8))


def _table_of_rows(data: bytes) -> str:
    head = "   " + " ".join(f"{at:02X}" for at in range(16)) + "\n" + "-" * 50 + "\n"
    return head + "\n".join(f"{start // 16:X}x {_hex(row)}" for start, row in _rows(data))


def _calls(form: str) -> Writer:
    """Four bytes a call, each with its address; what is no whole zone goes behind the chip's own bytes."""

    def write(data: bytes) -> str:
        start = 128 - len(data)
        return "\n".join(
            form.format(
                at=at, block=at // 32, word=at % 32 // 4, bytes=_hex(data[at - start : at - start + 4], "#04x", ", ")
            )
            for at in range(start, 128, 4)
        )

    return write


FORMS: Mapping[str, Sequence[Writer]] = {
    "decimal list": (
        lambda data: f"[{_decimal(data)}]",
        lambda data: f"bytes: {_decimal(data)}",
        lambda data: " ".join(map(str, data)),
        lambda data: "\n".join(_decimal(row) + "," for _, row in _rows(data)),
    ),
    "JSON array": (
        lambda data: json.dumps({"serial": "x", "configZone": list(data)}),
        lambda data: json.dumps(list(data), indent=2),
        lambda data: json.dumps({"type": "Buffer", "data": list(data)}),
    ),
    "Elixir and Erlang": (
        lambda data: f"{{:ok, <<{_decimal(data)}>>}}",
        lambda data: f"<<{_hex(data, '#04x', ', ')}>>",
        lambda data: "iex> config\n<<" + ",\n  ".join(_decimal(row) for _, row in _rows(data, 18)) + ">>",
    ),
    "Rust": (
        lambda data: f"config = [{_decimal(data)}]",
        lambda data: "[\n" + "".join(f"    {byte},\n" for byte in data) + "]",
        lambda data: f"[{_hex(data, '02x', ', ')}]",
        lambda data: "[\n" + "".join(f"    {byte:#04x},\n" for byte in data) + "]",
        lambda data: f"const CONFIG: [u8; {len(data)}] = [\n    {_hex(data, '#04x', ', ')},\n];",
    ),
    "signed bytes of Java": (
        lambda data: "[" + ", ".join(str(_signed(byte)) for byte in data) + "]",
        lambda data: "config: " + " ".join(str(_signed(byte)) for byte in data),
        lambda data: "byte[] config = {" + ", ".join(str(_signed(byte)) for byte in data) + "};",
    ),
    "hex without leading zeros": (
        lambda data: _hex(data, "X"),
        lambda data: "\n".join(_hex(row, "X") for _, row in _rows(data)),
        lambda data: _hex(data, "x", ","),
        lambda data: _hex(data, "#x"),
        lambda data: f"[{_hex(data, 'x', ', ')}]",
    ),
    "rows with a decimal offset": (
        _with_offset("{:7d} ", lambda row: row.hex(" ")),
        _with_offset("[{:03d}] ", _hex),
        _with_offset("[{:3d}] ", _hex, 32),
        _with_offset("{:5d}: ", lambda row: row.hex(" ")),
        _with_offset("{:04d} | ", _hex, 8),
        _with_offset("{}-: ", _hex),
    ),
    "rows with a hex offset": (
        _with_offset("{:04X}: ", _hex),
        _with_offset("0x{:02x}: ", lambda row: _hex(row, "#04x", ", ")),
        _with_offset("0x2000{:04X} : ", _hex),
        _with_offset("{:02x} | ", _hex, 8),
        _with_offset("0x{:02X}  ", _hex, 32),
    ),
    "rows with an octal offset": (
        _with_offset("{:07o} ", lambda row: row.hex(" ")),
        _with_offset("{:06o}  ", lambda row: row.hex(" ")),
        _with_offset("{:07o} ", lambda row: " " + row.hex(" "), 8),
    ),
    "rows that are numbered": (
        _table_of_rows,
        lambda data: "\n".join(f"Block {n}: {_hex(row)}" for n, (_, row) in enumerate(_rows(data, 32))),
        lambda data: "\n".join(f"Row {n:02}: {_hex(row)}" for n, (_, row) in enumerate(_rows(data))),
        lambda data: "\n".join(f"{at // 4:02X}: {_hex(row)}" for at, row in _rows(data, 4)),
    ),
    "index and value": (
        _index_and_value,
        lambda data: "\n".join(f"config[{at}] = 0x{byte:02X};" for at, byte in enumerate(data)),
        lambda data: "\n".join(f"[{at}] {byte:02X}" for at, byte in enumerate(data)),
        lambda data: "\n".join(f"byte {at}: {byte:02x}" for at, byte in enumerate(data)),
        lambda data: "\n".join(f"cfg[0x{at:02X}]: 0x{byte:02X}" for at, byte in enumerate(data)),
    ),
    "spreadsheets and tables": (
        lambda data: "byte,value\n" + "\n".join(f"{at},0x{byte:02X}" for at, byte in enumerate(data)),
        lambda data: "index\tvalue\n" + "\n".join(f"{at}\t{byte:02X}" for at, byte in enumerate(data)),
        lambda data: (
            "| Byte | Value |\n|---|---|\n" + "\n".join(f"| {at} | {byte:02X} |" for at, byte in enumerate(data))
        ),
        lambda data: "\n".join(",".join(f"{byte:02X}" for byte in row) for _, row in _rows(data)),
        lambda data: "\n".join("\t".join(f"0x{byte:02X}" for byte in row) for _, row in _rows(data, 8)),
    ),
    "tables with more columns": (
        lambda data: "addr,name,value,default\n" + "\n".join(f"{a},b{a},0x{b:02X},0x00" for a, b in enumerate(data)),
        lambda data: (
            "| Byte | Default | Value |\n|---|---|---|\n"
            + "\n".join(f"| {a} | 00 | {b:02X} |" for a, b in enumerate(data))
        ),
        lambda data: "Offset;Dec;Hex\n" + "\n".join(f"0x{a:02X};{b};0x{b:02X}" for a, b in enumerate(data)),
        lambda data: "Offset\tExpected\tActual\n" + "\n".join(f"{a}\t0xFF\t0x{b:02X}" for a, b in enumerate(data)),
    ),
    "writes as calls": (
        _calls("write_config({at}, {bytes});"),
        _calls("device.write_config({at}, &[{bytes}])?;"),
        _calls("  ret = atcab_write_bytes_zone(ATCA_ZONE_CONFIG, 0, {at}, (uint8_t[]){{{bytes}}}, 4);\n  check(ret);"),
        _calls("atcab_write_zone(ATCA_ZONE_CONFIG, 0, {block}, {word}, (uint8_t[]){{ {bytes} }}, 4);"),
        _calls("ecc_write_config(0x{at:02X}, {bytes});"),
    ),
    "first token bare": (
        lambda data: f"{data[0]:02x} " + _hex(data[1:], "#04x"),
        lambda data: "\n".join(f"{row[0]:02X}, {_hex(row[1:], '#04x', ', ')}" for _, row in _rows(data)),
        lambda data: "0x" + "0x".join(f"{byte:02x}" for byte in data),
    ),
    "tools": (
        _xxd,
        _hexdump,
        _words_turned,
        lambda data: "\n".join([*(f"{a:07o} {r.hex(' ')}" for a, r in _rows(data)), f"{len(data):07o}"]),
        lambda data: "\n".join([*(f"{a:07d} {r.hex(' ')}" for a, r in _rows(data)), f"{len(data):07d}"]),
        lambda data: "\n".join(f"{a:06x} {r.hex(' '):<47}  >{_characters(r)}<" for a, r in _rows(data)),
        _zephyr,
        _nrf,
        lambda data: "\n".join(
            f"0x2000{a:04X} : " + " ".join(r[i : i + 4].hex().upper() for i in range(0, 16, 4)) for a, r in _rows(data)
        ),
    ),
    "C arrays": (
        _c,
        lambda data: _c(data, 8, "uint8_t test_ecc_configdata[ATCA_ECC_CONFIG_SIZE] = {"),
        _c_with_names,
        _c_in_ranges,
        _c_with_comments,
        _fields_under_comments,
        _c_with_conditions,
        lambda data: _c(data, 4, "var cfg = []byte{", "}"),
        lambda data: _c(data, 16, "_CONFIG = bytes((", "))"),
    ),
    "strings": (
        lambda data: f"config = {data!r}",
        lambda data: f'bytearray.fromhex("{data.hex()}")',
        lambda data: data.hex(":").upper(),
        lambda data: data.hex("-"),
        lambda data: f'{{"config_zone": "{data.hex()}"}}',
        lambda data: "\n".join(f'    "{row.hex()}"' for _, row in _rows(data)),
        lambda data: '"' + "".join(f"\\x{byte:02x}" for byte in data) + '"',
    ),
    "Base64": (
        lambda data: base64.b64encode(data).decode("ascii"),
        lambda data: f'config: "{base64.b64encode(data).decode("ascii")}"',
        lambda data: base64.encodebytes(data).decode("ascii"),
        lambda data: base64.urlsafe_b64encode(data).decode("ascii").rstrip("="),
    ),
}
"""Forms, each with at least three ways in which people write it."""

VARIANTS: Mapping[str, Writer] = {
    f"{form} {number}": writer for form, writers in FORMS.items() for number, writer in enumerate(writers, 1)
}


def _around(text: str) -> str:
    return (
        "Hello all, my chip answers 0x0F to every Sign, what is wrong here?\n"
        "ATECC Serial Number:  0123 (see below), address 0x60, I asked twice in 2021.\n\n"
        f"{text}\n\nThanks for 3 ideas in advance!\n-- \nSent from my phone\n"
    )


NOISES: Mapping[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "text around it": _around,
    "carriage returns": lambda text: text.replace("\n", "\r\n") + "\r\n",
    "tabs": lambda text: text.replace("  ", "\t"),
    "non-breaking spaces": lambda text: text.replace(" ", "\u00a0"),
    "smart quotes": lambda text: text.replace('"', "\u201d"),
    "byte order mark": lambda text: "\ufeff" + text,
    "quoted in a mail": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
    "time of a monitor": lambda text: "\n".join(
        f"12:03:44.{n % 1000:03} -> {line}" for n, line in enumerate(text.split("\n"))
    ),
    "indented": lambda text: "\n".join(f"        {line}" for line in text.split("\n")),
}
