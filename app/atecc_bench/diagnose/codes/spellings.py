"""Every way to spell a code, and the rows it may be.

Numbers in hex and decimal, signed and unsigned in 8 and 32 bits, names of every library, with words around them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from atecc_bench.diagnose.codes.code_table import CodeRow, Layer, code_table

_NUMBER = re.compile(r"([+-]?)(0[xX])?([0-9A-Fa-f]{1,10})[hH]?")
_WORDS = re.compile(
    r"(?:why|what|is|does|mean|means|the|a|an|of|error|err|errno|code|status|ret|returns?|returned|result|rc|answer|"
    r"answered|exception|hex|number|atca_status|psa_status_t|with|failed|got|i|get|esp_err_t|mbedtls|linux|aws"
    r"|arduino)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s=:()\[\]{},;\"'`?!]+|\.(?=[A-Za-z])|\.$")
_HINTS = (
    (re.compile(r"errno|strerror|\blinux\b|\bkernel\b", re.IGNORECASE), Layer.LINUX),
    (re.compile(r"mbed ?tls", re.IGNORECASE), Layer.MBEDTLS),
    (re.compile(r"\besp(?:_err|-idf|-tls)?\b", re.IGNORECASE), Layer.ESP_IDF),
    (re.compile(r"\baws|\biot_error", re.IGNORECASE), Layer.AWS),
    (re.compile(r"\bpsa", re.IGNORECASE), Layer.PSA),
    (re.compile(r"wolf ?(?:ssl|crypt)|\bwc_", re.IGNORECASE), Layer.WOLFSSL),
    (re.compile(r"pkcs ?#?11|\bp11|\bck[rm]?_|\bC_[A-Z][a-z]+", re.IGNORECASE), Layer.PKCS11),
    (re.compile(r"atcacert|cert_def|tng_|_cert\b", re.IGNORECASE), Layer.ATCACERT),
    (re.compile(r"arduino|eccx08", re.IGNORECASE), Layer.ARDUINO),
    (re.compile(r"atca|cryptoauth", re.IGNORECASE), Layer.CRYPTOAUTHLIB),
)
_PREFIXES = ("ATCA", "SHA204", "MBEDTLSERR", "ESPERR", "PSAERROR", "CKR", "STATUS")
_OLD_PREFIX = re.compile("^(?:SHA204|ECC[15]08|C508|ATCASTATUS(?=ATCA))")  # libraries before CryptoAuthLib; bindgen's
_FEWEST_OF_A_NAME = 3
_BY_NAME = "its name"
_LOW, _HIGH = 0x7F, 0xFF80  # parts of a code of mbedTLS
_SMALLEST_MBEDTLS = 0x1000
_FIRST_OF_LIBRARY = 0xD0


@dataclass(frozen=True)
class Reading:
    """A row that a text may mean, and how it was read."""

    row: CodeRow
    how: str


@dataclass(frozen=True)
class _Number:
    value: int
    how: str
    negative: bool
    digits: str
    hexadecimal: bool


def readings_of(text: str, context: str = "") -> tuple[Reading, ...]:
    """Rows that a text may mean, the likeliest first.

    None for what is no code. `context` is what stands around it, such as a line of a log: it may name the layer.
    """
    hints = tuple(layer for pattern, layer in _HINTS if pattern.search(f"{context} {text}"))
    return _readings(text, hints)


@lru_cache(maxsize=1024)  # a log says the same a thousand times
def _readings(text: str, hints: tuple[Layer, ...]) -> tuple[Reading, ...]:
    words = [word for word in _BETWEEN.split(text) if word and not _WORDS.fullmatch(word)]
    bare = " ".join(words)
    found = [reading for name in dict.fromkeys((text, bare, *words)) for reading in _by_name(name)]
    for number in (number for word in words for number in _numbers(word, decimal=Layer.LINUX in hints)):
        found += _by_number(number, hints)
    unique = {(reading.row.layer, reading.row.value, reading.row.names): reading for reading in reversed(found)}
    readings = list(unique.values())[::-1]
    return tuple(sorted(readings, key=lambda reading: _rank(reading, hints, bare)))


def named_rows(name: str) -> tuple[CodeRow, ...]:
    """Rows that have this name, however it is written."""
    plain = _plain(name)
    return _names().get(plain) or _names().get(_OLD_PREFIX.sub("", plain), ())


def _rank(reading: Reading, hints: tuple[Layer, ...], text: str) -> tuple[int, int]:
    row = reading.row
    order = list(Layer).index(row.layer)
    if row.layer in hints:
        order = -2
    elif row.layer is Layer.CHIP and reading.how != _BY_NAME:
        order = -1  # the chip's own bytes are below those of the library, or mean the same
    elif row.layer is Layer.MBEDTLS and text.startswith("-0x"):
        order = -1
    return order, len(row.names)


def _by_name(text: str) -> Iterator[Reading]:
    for row in named_rows(text):
        yield Reading(row, _BY_NAME)


@cache
def _names() -> dict[str, tuple[CodeRow, ...]]:
    names: dict[str, list[CodeRow]] = {}
    for row in code_table():
        for name in row.names:
            plain = _plain(name)
            for key in (plain, *(plain.removeprefix(prefix) for prefix in _PREFIXES if plain.startswith(prefix))):
                if len(key) >= _FEWEST_OF_A_NAME and row not in names.setdefault(key, []):
                    names[key].append(row)
    return {name: tuple(rows) for name, rows in names.items()}


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.rpartition("::")[2].rpartition("exceptions.")[2].upper())


def _numbers(text: str, *, decimal: bool) -> Iterator[_Number]:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return
    sign, prefix, digits = match.groups()
    negative = sign == "-"
    factor = -1 if negative else 1
    as_hex = _Number(factor * int(digits, 16), "in hex", negative, digits, hexadecimal=True)
    if prefix or text.strip().lower().endswith("h") or not digits.isdigit():
        yield as_hex
        return
    as_decimal = _Number(factor * int(digits), "in decimal", negative, digits, hexadecimal=False)
    if negative or decimal or len(digits) not in (2, 4):
        yield as_decimal
    else:  # two digits are a byte in hex, four a code of mbedTLS or ESP-IDF
        yield as_hex
        if int(digits) != int(digits, 16):
            yield as_decimal


def _by_number(number: _Number, hints: tuple[Layer, ...]) -> Iterator[Reading]:
    value = _signed_32(number.value)
    for row in code_table():
        if row.value is None:
            continue
        match row.layer:
            case Layer.CRYPTOAUTHLIB | Layer.CHIP:
                how = _as_byte(row, value, number)
                if how is not None:
                    yield Reading(row, how)
            case Layer.LINUX:
                if value == -row.value or (Layer.LINUX in hints and value == row.value):
                    yield Reading(row, "errno")
            case Layer.AWS | Layer.PSA:
                if value == row.value or (value == -row.value and row.layer in hints):
                    yield Reading(row, number.how)
            case Layer.PKCS11 | Layer.WOLFSSL:
                if value == row.value and row.layer in hints:  # its numbers are those of everything else, too
                    yield Reading(row, number.how)
            case Layer.ESP_IDF:
                if abs(value) == row.value or (row.value < 0 and value == row.value):
                    yield Reading(row, number.how)
            case Layer.MBEDTLS:
                continue
            case _:
                if value == row.value and (number.hexadecimal or not number.negative or row.value < 0):
                    yield Reading(row, number.how)
    yield from _of_mbedtls(value, number)


def _as_byte(row: CodeRow, value: int, number: _Number) -> str | None:
    of_row = row.value or 0
    if value == of_row:
        return number.how
    if row.layer is Layer.CHIP:
        return None
    if value < 0 and value + 0x100 == of_row and of_row >= _FIRST_OF_LIBRARY:
        return f"{value} as a signed byte"
    if value < 0 and -value == of_row and of_row >= _FIRST_OF_LIBRARY:
        return "with its sign turned, as ESP-IDF prints it"
    return None


def _of_mbedtls(value: int, number: _Number) -> Iterator[Reading]:
    size = -value if value < 0 else value
    if value > 0 and size < _SMALLEST_MBEDTLS:
        return
    rows = {row.value: row for row in code_table() if row.layer is Layer.MBEDTLS}
    if size in rows:
        yield Reading(rows[size], number.how)
        return
    high, low = rows.get(size & _HIGH), rows.get(size & _LOW)
    if high is not None and low is not None:
        yield Reading(high, f"the upper part of -0x{size:04X}")
        yield Reading(low, f"the lower part of -0x{size:04X}")


def _signed_32(value: int) -> int:
    """A number as the 32-bit integer that a program printed."""
    if value < -(1 << 31):  # -0xFFFFFF10 is what "-0x%X" makes of a negative number
        value += 1 << 32
    elif 1 << 31 <= value < 1 << 32:
        value -= 1 << 32
    return value
