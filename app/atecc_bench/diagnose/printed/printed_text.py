"""What openssl and mbedTLS print of a certificate or request.

Formats: `openssl x509 -text`, `openssl req -text` (1.0 to 3.5) and `mbedtls_x509_crt_info`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, islice, pairwise

from atecc_bench.text_files import plain

Attributes = tuple[tuple[str, str], ...]

_HEAD = re.compile(r"^[ \t]*(Certificate Request|Certificate):[ \t]*$|^[ \t]*cert\. version[ \t]*:", re.MULTILINE)
_DIGITS = r"((?:[ \t]*(?:[0-9A-Fa-f]{2}:?)+[ \t]*(?:\n|$))+)"
_SHORT_SERIAL = re.compile(r"^[ \t]*Serial Number:[ \t]*(-?\d+)[ \t]*\(-?0x", re.MULTILINE | re.IGNORECASE)
_SERIAL = re.compile(
    r"^[ \t]*Serial Number[ \t]*:\s*((?:[0-9A-F]{2}:)*[0-9A-F]{2})[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ISSUER = re.compile(r"^[ \t]*Issuer(?: name)?[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_SUBJECT = re.compile(r"^[ \t]*Subject(?: name)?[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_START = re.compile(r"^[ \t]*(?:Not Before|issued[ \t]+on)[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_END = re.compile(r"^[ \t]*(?:Not After|expires[ \t]+on)[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_POINT = re.compile(r"^[ \t]*pub:[ \t]*\n" + _DIGITS, re.MULTILINE)
_SUBJECT_KEY = re.compile(r"Subject Key Identifier:.*\n[ \t]*((?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2})")
_AUTHORITY_KEY = re.compile(r"Authority Key Identifier:.*\n[ \t]*(?:keyid:)?((?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2})")
_SIGNATURE = re.compile(
    r"^[ \t]*Signature (?:Algorithm:.*\n(?:[ \t]*Signature Value:[ \t]*\n)?|Value:[ \t]*\n)" + _DIGITS, re.MULTILINE
)
_ATTRIBUTE = re.compile(
    r"\s*([A-Za-z][A-Za-z0-9.]*|[0-2](?:\.\d+)+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|(?:\\.|[^,+\\])*)[,+]?"
)
_SLASHES = re.compile(r"/([A-Za-z][A-Za-z0-9.]*)=([^/]*)")
_DATES = ("%b %d %H:%M:%S %Y GMT", "%Y-%m-%d %H:%M:%S")
_P256_POINT = 65


@dataclass(frozen=True)
class PrintedCertificate:
    """The values that a print shows; None for those it does not.

    `public_key` is X and Y of a P-256 key (64 bytes), `signature` the DER of r and s.
    """

    is_request: bool
    subject: Attributes | None
    issuer: Attributes | None
    serial_number: int | None
    not_before: datetime | None
    not_after: datetime | None
    public_key: bytes | None
    subject_key: bytes | None
    authority_key: bytes | None
    signature: bytes | None
    first_line: int

    @property
    def name(self) -> str:
        """Its subject, as one line."""
        return ", ".join(f"{key}={value}" for key, value in self.subject or ())


def printed_certificates(text: str) -> tuple[PrintedCertificate, ...]:
    """Find everything of the kind in a text, in its order."""
    text = plain(text).replace("\r", "")
    starts = [match.start() for match in _HEAD.finditer(text)]
    lines = accumulate((text.count("\n", *span) for span in pairwise([0, *starts])), initial=1)
    found = (
        _read(text[start:end], line)
        for (start, end), line in zip(pairwise([*starts, len(text)]), islice(lines, 1, None), strict=True)
    )
    return tuple(one for one in found if one.subject is not None or one.public_key is not None)


def _read(part: str, first_line: int) -> PrintedCertificate:
    point = _hex_of(_POINT, part)
    return PrintedCertificate(
        is_request="Certificate Request" in part.split("\n", 1)[0],
        subject=_name_of(_SUBJECT, part),
        issuer=_name_of(_ISSUER, part),
        serial_number=_serial(part),
        not_before=_date_of(_START, part),
        not_after=_date_of(_END, part),
        public_key=point[1:] if point is not None and len(point) == _P256_POINT and point[0] == 4 else None,
        subject_key=_hex_of(_SUBJECT_KEY, part),
        authority_key=_hex_of(_AUTHORITY_KEY, part),
        signature=_signature(part),
        first_line=first_line,
    )


def _serial(part: str) -> int | None:
    short = _SHORT_SERIAL.search(part)
    if short is not None:
        return int(short[1]) if len(short[1]) < 50 else None
    match = _SERIAL.search(part)
    return None if match is None else int(match[1].replace(":", ""), 16)


def _name_of(pattern: re.Pattern[str], part: str) -> Attributes | None:
    match = pattern.search(part)
    return None if match is None else tuple(_attributes(match[1].strip()))


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    if text.startswith("/"):
        yield from ((match[1], match[2]) for match in _SLASHES.finditer(text))
        return
    for match in _ATTRIBUTE.finditer(text):
        value = match[2].strip()
        if value.startswith('"'):
            value = value[1:-1]
        yield match[1], _unescaped(value)


def _unescaped(value: str) -> str:
    """The characters of a value.

    Bytes above 7F are printed as `\\C3\\A4`.
    """
    raw = re.sub(
        rb"\\([0-9A-F]{2}|.)", lambda found: bytes.fromhex(found[1].decode()) if len(found[1]) == 2 else found[1],
        value.encode("utf-8"),
    )  # fmt: skip
    return raw.decode("utf-8", "replace")


def _date_of(pattern: re.Pattern[str], part: str) -> datetime | None:
    match = pattern.search(part)
    if match is None:
        return None
    said = " ".join(match[1].split())
    for form in _DATES:
        try:
            return datetime.strptime(said, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _hex_of(pattern: re.Pattern[str], part: str) -> bytes | None:
    match = pattern.search(part)
    return None if match is None else _bytes(match[1])


def _signature(part: str) -> bytes | None:
    """The last one.

    The name of the algorithm stands at the top, too.
    """
    found = [match[1] for match in _SIGNATURE.finditer(part)]
    return _bytes(found[-1]) if found else None


def _bytes(digits: str) -> bytes | None:
    digits = re.sub(r"[^0-9A-Fa-f]", "", digits)
    return bytes.fromhex(digits) if len(digits) % 2 == 0 else None
