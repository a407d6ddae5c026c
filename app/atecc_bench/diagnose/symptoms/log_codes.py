"""Codes and raw frames in the lines of a log.

A number is a code only where words beside it say so: logs are full of other numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from atecc_bench.chip.console.byte_text import bytes_of_text
from atecc_bench.chip.console.reply_frames import ReplyFrame, ReplyKind, read_reply
from atecc_bench.diagnose.codes.code_table import CodeRow, Layer
from atecc_bench.diagnose.codes.spellings import named_rows, readings_of

_NAME = re.compile(
    r"\b(?:(?:ATCA|SHA204|ECC[15]08|C508)_[A-Z_]{4,}|ATCACERT_E_[A-Z_]+|MBEDTLS_ERR_[A-Z0-9_]+|ESP_(?:ERR_[A-Z0-9_]+|FAIL\b)|PSA_ERROR_[A-Z_]+|CKR_[A-Z0-9_]{4,}"
    r"|An error occurred on the device|PKCS ?#11 error in device"
    r"|NETWORK_[A-Z0-9_]+|SSL_CONNECTION_ERROR|MQTT_[A-Z_]+ERROR|TCP_CONNECTION_ERROR|E(?:IO|NXIO"
    r"|REMOTEIO"
    r"|TIMEDOUT|BUSY|NODEV|NOTSUPP|ACCES)\b|Atca[A-Z][A-Za-z]+)"
)
_EXCEPTION = re.compile(
    r"(?:exceptions\.|^\s*|Err\()((?:[A-Z][a-z]+){1,4}(?:Error|Failure))\b|(?:Device|Simple|Err)\(([A-Z][A-Za-z]+)\)"
)
_TRACE = re.compile(r"\b[\w./\\-]+\.(?:c|h|cpp|cc):\d+:(?:[Ff]{6})?([0-9A-Fa-f]{2}):")
_TOLD = re.compile(
    r"(?<!os\.)\b(?:status|stat|ret(?:urn(?:s|ed|ing)?)?(?: value| code)?|rc|err(?:or|no)?(?: ?code| ?number"
    r"| ?flag)?|code|result|reason"
    r"|fail(?:ed|s|ure)?(?: with| code| error)?|answer(?:ed|s)?|atca_status|exception|flags?)(?=[\s:=(\[→>-])"
    r"(?:\s+(?:code|ret|status|value|is|was|are|of|with|as|by|error|err)\b)?\s*[:=(\[→>]{0,3}\s*[\"'`]?\s*"
    r"(?:(?:code|ret|status|err|rc|error)\s*[:=]?\s*)?(-?0[xX][0-9A-Fa-f]{1,8}|-?\d{1,10}|[0-9A-F]{2}"
    r"|[0-9a-f]{2})\b(?![.:]\d|[\s,]+0[xX][0-9A-Fa-f]{1,2}\b)",
    re.IGNORECASE,
)
_GOT = re.compile(
    r"\b(?:unable|fail\w*|could ?n.t|cannot|can't|error|expected)\b[^\n]{0,80}\bgot:?\s+"
    r"(0[xX][0-9A-Fa-f]{1,8})\b(?![\s,]+0x)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\((0[xX][0-9A-Fa-f]{2})\b[^()]{0,30}(?:cryptoauth|atca)", re.IGNORECASE)
_RUST = re.compile(r"\becc error ([A-Z][A-Za-z]+)")
_OF_LIBP11 = re.compile(r"PKCS ?#?11 module:\w+:([A-Z][a-z]+(?: [a-z]+){0,3})")
_UNITY = re.compile(r"\bexpected:?\s+0(?:x0+)?,?\s+(?:but\s+)?was:?\s+(0[xX][0-9A-Fa-f]{1,8}|\d{1,3})\b", re.IGNORECASE)
_OF_LIBRARY = re.compile(r"atca|calib_|cryptoauth", re.IGNORECASE)
_BARE_MBEDTLS = re.compile(r"-0[xX][0-9A-Fa-f]{2,8}\b|(?<=handshake )-\d{4,5}\b")
_KERNEL = re.compile(r"\[\s*\d+\.\d+\]|\b(?:atmel|atsha|atecc|i2c)[\w-]* \d+-00[0-9a-f]{2}:")
_KERNEL_CODE = re.compile(r"(?:error|failed|err|ret|:|with)\s*\(?(-\d{1,3})\)?\b|probe .{0,40}error (-?\d{1,3})")
_HEX = r"0[xX][0-9A-Fa-f]{1,2}"
_ITEM = rf"'?(?:{_HEX}|\d{{1,3}})'?"
_BYTES = re.compile(
    r"(?:bytearray\()?b'(?:[^\\'\n]|\\.){4,120}'\)?"
    rf"|{_HEX}(?:[\s,;:]+{_HEX}\b){{3,79}}"
    r"|(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}[ ,:-]{1,3}){3,79}[0-9A-Fa-f]{2}(?![0-9A-Za-z])"
    rf"|\[\s*{_ITEM}(?:\s*,\s*{_ITEM}){{3,79}}\s*,?\s*\]"
)
_RECEIVED = re.compile(
    r"(?:hal_i2c|\brx|\bi2c r:|\b(?:rec(?:ei)?v\w*|resp\w*|repl\w*|answer\w*|read|got|returns?|wake)\b)", re.IGNORECASE
)
_SENT = re.compile(r"\b(?:tx|send\w*|sent|writ\w*|command packet|txdata)\b", re.IGNORECASE)
_SMALLEST_TOLD = 0x02
_OF_CHIP = re.compile(r"atca|calib|ecc|cert|crypto|chip|sha204", re.IGNORECASE)
_OF_CERTIFICATES = re.compile(r"\batcacert_\w+\(?", re.IGNORECASE)
_OF_AWS = re.compile(r"aws|iot|mqtt|subpub|endpoint|subscrib|publish|shadow", re.IGNORECASE)
_STATEMENT = re.compile(r"^(?:\s+|.*[;{:)] *)return [^:=]*$")  # of a program, which is no output of one
_SAYS_TLS = re.compile(r"mbedtls|ssl|tls|x\.?509|\bpk_|handshake", re.IGNORECASE)
_LOW_PART = 0x80  # below it are codes that mbedTLS adds to others
_OF_WOLFSSL = re.compile(r"wolf ?(?:ssl|crypt)", re.IGNORECASE)
_OF_OTHERS = re.compile(r"mqtt|https?\b|broker|wi-?fi|dhcp|socket", re.IGNORECASE)
_OTHER_NUMBERS = re.compile(
    r"\baddress\b.{0,12}--\s*error|unknown error at address|endtransmission", re.IGNORECASE
)  # what scanners of a bus print: results of Wire
_CHIP_ONLY_HEX = frozenset((Layer.CHIP, Layer.ATCACERT))
_PLAIN_WORDS = frozenset({"Exception", "RuntimeError", "OSError", "ValueError", "Error", "AssertionError"})


@dataclass(frozen=True)
class LoggedCode:
    """A code in a line; lines count from 1."""

    line: int
    text: str
    row: CodeRow


@dataclass(frozen=True)
class LoggedFrame:
    """A raw answer of the chip in a line.

    Lines count from 1.
    """

    line: int
    frame: ReplyFrame
    is_answer: bool


def codes_in(line: str, number: int) -> Iterator[LoggedCode]:
    """The codes of a line."""
    seen: set[tuple[Layer, int | None]] = set()
    for text, row in _rows_of(line):
        if (row.layer, row.value) not in seen:
            seen.add((row.layer, row.value))
            yield LoggedCode(number, text, row)


def _rows_of(line: str) -> Iterator[tuple[str, CodeRow]]:
    for match in _NAME.finditer(line):
        for row in named_rows(match[0])[:1]:
            yield match[0], row
    for match in _EXCEPTION.finditer(line):
        name = match[1] or match[2]
        if name not in _PLAIN_WORDS:
            for row in [row for row in named_rows(name) if row.layer is Layer.CRYPTOAUTHLIB][:1]:
                yield name, row
    for match in _TRACE.finditer(line):
        yield from _told(match[1], "atca", line)
    kernel = _KERNEL.search(line) is not None
    if kernel:
        for match in _KERNEL_CODE.finditer(line):
            yield from _told(match[1] or f"-{match[2].lstrip('-')}", "kernel linux", line)
    scanner = _OTHER_NUMBERS.search(line) is not None or _STATEMENT.search(line) is not None
    for match in _TOLD.finditer(line):
        if not kernel and not scanner and _is_told(match[1]):
            yield from _told(match[1], line, line)
    for match in _RUST.finditer(line):
        for row in [row for row in named_rows(match[1]) or named_rows(match[0]) if row.layer is Layer.CHIP][:1]:
            yield match[1], row
    for match in _OF_LIBP11.finditer(line):
        for row in [row for row in named_rows(match[1]) if row.layer is Layer.PKCS11][:1]:
            yield match[1], row
    for pattern in (_UNITY, _IN_BRACKETS):
        for match in pattern.finditer(line):
            if _is_told(match[1]):
                yield from _told(match[1], "atca", line)
    for match in _GOT.finditer(line):
        if _OF_CHIP.search(line):
            yield from _told(match[1], line, line)
    for match in _BARE_MBEDTLS.finditer(line):
        yield from _told(match[0], line, line)


def unknown_codes_in(line: str, number: int) -> Iterator[str]:
    """Say which numbers stand as codes of CryptoAuthLib, and are none."""
    if _OF_LIBRARY.search(line) is None or _OTHER_NUMBERS.search(line) is not None:
        return
    for match in _TOLD.finditer(line):
        if _is_told(match[1]) and not readings_of(match[1], line):
            hint = ""
            if match[1].isdigit() and int(match[1]) <= 0xFF:
                hint = f" ({int(match[1]):02X})"
            yield f"Line {number}: {match[1]}{hint} is no code that is known of CryptoAuthLib or the layers around it."


def _is_told(text: str) -> bool:
    """Whether a number beside a word may be a code.

    It is none when it says success.
    """
    if re.fullmatch(r"[0-9A-Fa-f]{2}", text) and not text.isdigit():
        return True
    value = (
        int(text, 16) if text.lower().lstrip("-").startswith("0x") else (int(text) if text.lstrip("-").isdigit() else 0)
    )
    return abs(value) >= _SMALLEST_TOLD


def _told(text: str, context: str, line: str) -> Iterator[tuple[str, CodeRow]]:
    readings = readings_of(text, context)
    if not readings or (readings[0].row.causes == () and readings[0].row.status is None):
        return
    row = readings[0].row
    if row.layer is Layer.MBEDTLS and "x" not in text.lower() and not _SAYS_TLS.search(line) and _is_small(row):
        return  # -2 is what every client calls something
    if row.layer is Layer.CRYPTOAUTHLIB and text.startswith("-") and _OF_WOLFSSL.search(line):
        return  # its own numbers are below -100, and those that are not known are not the library's either
    if row.layer is Layer.CRYPTOAUTHLIB and _OF_OTHERS.search(line) and not _OF_CHIP.search(line):
        return
    if row.layer is Layer.CRYPTOAUTHLIB and text.startswith("-") and not _OF_CHIP.search(line):
        readings = tuple(one for one in readings if one.row.layer is Layer.AWS and _OF_AWS.search(line))
        if not readings:
            return
        yield text, readings[0].row
        return
    decimal_too = row.layer is Layer.ATCACERT and _OF_CERTIFICATES.search(line) is not None
    is_hex = (
        decimal_too or text.lower().lstrip("-").startswith("0x") or not text.lstrip("-").isdigit() or len(text) == 2
    )
    if row.layer in _CHIP_ONLY_HEX and not (is_hex and _of_this_field(line)):
        return
    if row.layer in (Layer.ARDUINO, Layer.AWS, Layer.PSA) and not re.search(
        row.layer.value.split()[0], line, re.IGNORECASE
    ):
        row = next((one.row for one in readings if one.row.layer not in (Layer.ARDUINO, Layer.AWS, Layer.PSA)), row)
        if row.layer is Layer.ARDUINO:
            return
    yield text, row
    if row.layer is Layer.MBEDTLS and len(readings) > 1 and "lower part" in readings[1].how:
        yield text, readings[1].row


def _is_small(row: CodeRow) -> bool:
    return row.value is not None and row.value < _LOW_PART


def _of_this_field(line: str) -> bool:
    return re.search(r"atca|atcab|calib|ecc|cert|chip|secure|status|0x", line, re.IGNORECASE) is not None


def frames_in(line: str, number: int) -> Iterator[LoggedFrame]:
    """Answers of the chip as raw bytes in a line."""
    for match in _BYTES.finditer(line):
        raw = bytes_of_text(match[0].strip().rstrip(",;:"))
        if raw is None or len(raw) < 4:
            continue
        before = line[max(0, match.start() - 60) : match.start()]
        frame = read_reply(raw)
        received = _RECEIVED.search(before) is not None and _SENT.search(before) is None
        if frame.kind in (ReplyKind.BUS_HIGH, ReplyKind.BUS_LOW):
            if received:
                yield LoggedFrame(number, frame, is_answer=True)
        elif frame.kind is ReplyKind.STATUS and (
            frame.crc_fits or (received and frame.status in (0x00, 0x0F, 0x11, 0x03))
        ):
            yield LoggedFrame(number, frame, is_answer="wake" not in before.lower())
        elif frame.kind is ReplyKind.DATA and frame.crc_fits:
            yield LoggedFrame(number, frame, is_answer=True)
