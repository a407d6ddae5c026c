"""Bytes written down as people send them, and the noise that comes with it."""

from collections.abc import Callable, Mapping

Writer = Callable[[bytes], str]


def firmware_comparison(expected: bytes, stored: bytes, which: str = "Device") -> str:
    """What the provisioning firmware prints: as many bytes as were expected, stars where it saw a difference.

    Its star counts the first byte of the row that follows, and the last row has none.
    """
    text = f"Comparing {which} Certificate\r\n{which} certificate missmatch\r\n"
    differs = False
    for index, byte in enumerate(expected):
        other = stored[index] if index < len(stored) else 0
        differs |= byte != other
        if index % 16 == 0:
            text += f"{'*' if differs else ''}\r\n{index:04X}: "
            differs = False
        text += f"{byte:02X}|{other:02X} "
    return text


def _rows(data: bytes, width: int = 16) -> list[tuple[int, bytes]]:
    return [(start, data[start : start + width]) for start in range(0, len(data), width)]


def _characters(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def xxd(data: bytes) -> str:
    return "\n".join(f"{start:08x}: {row.hex(' ', -2):<39}  {_characters(row)}" for start, row in _rows(data))


def hexdump_canonical(data: bytes) -> str:
    lines = [
        f"{start:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  |{_characters(row)}|"
        for start, row in _rows(data)
    ]
    return "\n".join([*lines, f"{len(data):08x}"])


def hexdump_words(data: bytes) -> str:
    lines: list[str] = []
    for start, row in _rows(data):
        words = [row[index : index + 2].ljust(2, b"\0")[::-1].hex() for index in range(0, len(row), 2)]
        lines.append(f"{start:07x} {' '.join(words)}")
    return "\n".join([*lines, f"{len(data):07x}"])


def od(data: bytes) -> str:
    lines = [f"{start:06x} {row.hex(' '):<47}  >{_characters(row)}<" for start, row in _rows(data)]
    return "\n".join([*lines, f"{len(data):06x}"])


def c_array(data: bytes) -> str:
    lines = ["    " + ", ".join(f"0x{byte:02X}" for byte in row) + "," for _, row in _rows(data, 12)]
    return "\n".join(["const uint8_t g_data[] = {", *lines, "};"])


def c_string(data: bytes) -> str:
    lines = ['    "' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for _, row in _rows(data)]
    return "\n".join(["static const char data[] =", *lines]) + ";"


def python_bytes(data: bytes) -> str:
    return f"certificate = {data!r}"


def python_bytes_in_rows(data: bytes) -> str:
    return "data = (\n" + "\n".join(f"    {row!r}" for _, row in _rows(data)) + "\n)"


def colons(data: bytes) -> str:
    return "\n".join("    " + row.hex(":") + ":" for _, row in _rows(data, 15)).removesuffix(":")


def dashes(data: bytes) -> str:
    return data.hex("-").upper()


def bare_digits(data: bytes) -> str:
    return "\n".join(row.hex() for _, row in _rows(data, 30))


def printbin(data: bytes) -> str:
    """As `atcab_printbin_sp` prints it."""
    return "\r\n".join("".join(f"{byte:02X} " for byte in row) for _, row in _rows(data))


def esp_log(data: bytes) -> str:
    """As `ESP_LOG_BUFFER_HEX` prints it."""
    return "\n".join(f"I ({4711 + start}) atecc: {row.hex(' ')}" for start, row in _rows(data))


def esp_log_dump(data: bytes) -> str:
    """As `ESP_LOG_BUFFER_HEXDUMP` prints it, with addresses of the ESP32's RAM."""
    return "\n".join(
        f"I (4711) atecc: 0x{0x3FFB1C40 + start:08x}   {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  "
        f"|{_characters(row)}|"
        for start, row in _rows(data)
    )


SHAPES: Mapping[str, Writer] = {
    writer.__name__: writer
    for writer in (
        xxd,
        hexdump_canonical,
        hexdump_words,
        od,
        c_array,
        c_string,
        python_bytes,
        python_bytes_in_rows,
        colons,
        dashes,
        bare_digits,
        printbin,
        esp_log,
        esp_log_dump,
    )
}


def _each_line(change: Callable[[int, str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(number, line) for number, line in enumerate(text.split("\n")))


NOISES: Mapping[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "carriage returns": lambda text: text.replace("\r", "").replace("\n", "\r\n"),
    "log around": lambda text: f"I (312) boot: ESP-IDF v5.1\nW (400) wifi: connected\n{text}\nI (999) main: done\n",
    "arduino time": _each_line(lambda n, line: f"12:03:{n % 60:02}.{n:03} -> {line}"),
    "logger time": _each_line(lambda n, line: f"[2026-03-14 09:00:{n % 60:02},{n:03}] {line}"),
    "seconds": _each_line(lambda n, line: f"[{n:5}.{n:06}] {line}"),
    "syslog": _each_line(lambda n, line: f"Mar 14 09:00:{n % 60:02} bench minicom[77]: {line}"),
    "line numbers": _each_line(lambda n, line: f"{n + 1:4}\t{line}"),
    "editor numbers": _each_line(lambda n, line: f"{n + 7}: {line}"),
    "colours": _each_line(lambda n, line: f"\x1b[0;3{n % 8}m{line}\x1b[0m"),
    "colours without escape": _each_line(lambda n, line: f"[0;3{n % 8}m{line}[0m"),
    "quoted": _each_line(lambda _, line: f"> {line}"),
    "indented": _each_line(lambda _, line: f"      {line}"),
}
