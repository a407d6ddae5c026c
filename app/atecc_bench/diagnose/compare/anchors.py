"""Fields of a certificate with gaps.

They are found by the constant bytes beside them rather than by counting from its start.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.pki.encoding.certificate_fields import CertificateField

_TBS = "tbsCertificate."
_KEY = _TBS + "subjectPublicKeyInfo.subjectPublicKey"
_FEWEST_KNOWN = 5  # of a pattern, so that it is no chance
_LONGEST = 4096  # bytes of a certificate that are searched
_FIRST_OF_NUMBER = 15  # two long headers, the version, tag and length of the serial number


@dataclass(frozen=True)
class _Pattern:
    """A pattern of bytes, and the fields in it.

    None stands where any byte may stand; a field is name, path, start and end counted from the pattern's start.
    """

    parts: tuple[int | None, ...]
    fields: tuple[tuple[str, str, int, int], ...]


def _parts(text: str) -> tuple[int | None, ...]:
    """`30 ?? *20`: a byte, any byte, any 20 bytes."""
    found: list[int | None] = []
    for word in text.split():
        if word.startswith("*"):
            found += [None] * int(word[1:])
        else:
            found.append(None if word == "??" else int(word, 16))
    return tuple(found)


_SUBJECT_KEY = ("subjectKeyIdentifier", _TBS + "extensions.subjectKeyIdentifier")
_AUTHORITY_KEY = ("authorityKeyIdentifier", _TBS + "extensions.authorityKeyIdentifier")
_DATES = (("notBefore", _TBS + "validity.notBefore"), ("notAfter", _TBS + "validity.notAfter"))
_UTC, _GENERAL = "17 0d *12 5a", "18 0f *14 5a"
_SPKI = "30 59 30 13 06 07 2a 86 48 ce 3d 02 01 06 08 2a 86 48 ce 3d 03 01 07 03 42 00 04 *64"
_SUBJECT_KEY_EXTENSION = "30 1d 06 03 55 1d 0e 04 16 04 14 *20"
_AUTHORITY_KEY_EXTENSION = "30 1f 06 03 55 1d 23 04 18 30 16 80 14 *20"
_PATTERNS = (
    _Pattern(
        _parts(f"{_SPKI} a3 ?? 30 ?? {_SUBJECT_KEY_EXTENSION}"),
        (("subjectPublicKey", _KEY, 27, 91), (*_SUBJECT_KEY, 106, 126)),
    ),
    _Pattern(_parts(f"{_SPKI} a3 ?? 30 ?? 30 ?? 06 03 55 1d"), (("subjectPublicKey", _KEY, 27, 91),)),
    _Pattern(
        _parts(f"{_SUBJECT_KEY_EXTENSION} {_AUTHORITY_KEY_EXTENSION}"),
        ((*_SUBJECT_KEY, 11, 31), (*_AUTHORITY_KEY, 44, 64)),
    ),
    _Pattern(_parts(_SUBJECT_KEY_EXTENSION), ((*_SUBJECT_KEY, 11, 31),)),
    _Pattern(_parts(_AUTHORITY_KEY_EXTENSION), ((*_AUTHORITY_KEY, 13, 33),)),
    _Pattern(_parts(f"30 1e {_UTC} {_UTC} 30"), ((*_DATES[0], 4, 17), (*_DATES[1], 19, 32))),
    _Pattern(_parts(f"30 20 {_UTC} {_GENERAL} 30"), ((*_DATES[0], 4, 17), (*_DATES[1], 19, 34))),
    _Pattern(_parts(f"30 22 {_GENERAL} {_GENERAL} 30"), ((*_DATES[0], 4, 19), (*_DATES[1], 21, 36))),
)
_ALGORITHM = _parts("30 0a 06 08 2a 86 48 ce 3d 04 03 02 30")
_SIGNATURE = _parts("30 0a 06 08 2a 86 48 ce 3d 04 03 02 03 ?? 00 30")
_ATTRIBUTE = _parts("31 ?? 30 ?? 06 03 55 04 ?? ?? ??")
_ATTRIBUTE_NAMES = {3: "commonName", 10: "organizationName", 11: "organizationalUnitName", 6: "countryName"}


def anchored_fields(data: bytes, unknown: Sequence[Span]) -> tuple[CertificateField, ...]:
    """Fields whose place is sure although `unknown` bytes are missing.

    The fields are in order and do not overlap. Both sides of a comparison have their bytes at the same offsets. A field
    may lie in unknown bytes in part, and end behind the data.
    """
    context = _Known(data[:_LONGEST], unknown)
    found: dict[str, CertificateField] = {}
    for pattern in _PATTERNS:
        place = context.best(pattern.parts)
        for name, path, start, end in pattern.fields if place is not None else ():
            found.setdefault(path, CertificateField(name, path, (place or 0) + start, (place or 0) + end))
    for field in (*_serial_number(context), *_names(context, found), *_signature(context)):
        found.setdefault(field.path, field)
    result: list[CertificateField] = []
    for field in sorted(found.values(), key=lambda one: (one.start, one.end)):
        if not result or result[-1].end <= field.start:
            result.append(field)
    return tuple(field for field in result if field.start < len(data))


class _Known:
    """Bytes of which some are unknown, searched for patterns."""

    def __init__(self, data: bytes, unknown: Sequence[Span]) -> None:
        self.bytes: list[int | None] = list(data)
        for span in unknown:
            end = min(span.end, len(data))
            if span.start < end:
                self.bytes[span.start : end] = [None] * (end - span.start)

    def at(self, position: int) -> int | None:
        return self.bytes[position] if 0 <= position < len(self.bytes) else None

    def matches(self, parts: Sequence[int | None]) -> Iterator[tuple[int, int]]:
        """Yield positions where a pattern may stand.

        Each comes with the number of its bytes that are known there.
        """
        fixed = [(index, part) for index, part in enumerate(parts) if part is not None]
        for place in range(-len(parts) + 1, len(self.bytes)):
            count = 0
            for index, part in fixed:
                there = self.at(place + index)
                if there is None:
                    continue
                if there != part:
                    break
                count += 1
            else:
                if count >= _FEWEST_KNOWN:
                    yield place, count

    def best(self, parts: Sequence[int | None]) -> int | None:
        """Position where most of a pattern is known.

        None also when two places are as good.
        """
        found = sorted(self.matches(parts), key=lambda match: -match[1])
        if not found or (len(found) > 1 and found[0][1] == found[1][1]):
            return None
        return found[0][0]


def _serial_number(context: _Known) -> Iterator[CertificateField]:
    start = _FIRST_OF_NUMBER
    head = [context.at(index) for index in range(start)]
    if any(there not in (None, wanted) for there, wanted in zip(head[8:14], b"\xa0\x03\x02\x01\x02\x02", strict=True)):
        return
    if any(head[index] not in (None, byte) for index, byte in ((0, 0x30), (1, 0x82), (4, 0x30), (5, 0x82))):
        return
    length = head[14]
    end = start + length if length is not None else next((place for place, _ in context.matches(_ALGORITHM)), 0)
    if start < end <= start + 20:
        yield CertificateField("serialNumber", _TBS + "serialNumber", start, end)


def _names(context: _Known, found: dict[str, CertificateField]) -> Iterator[CertificateField]:
    """Attributes of names, before and behind the dates.

    Nothing where the dates are not found.
    """
    dates, key = found.get(_DATES[0][1]), found.get(_KEY)
    if dates is None:
        return
    for place, _ in context.matches(_ATTRIBUTE):
        length, kind = context.at(place + 10), context.at(place + 8)
        around = context.at(place + 1)
        if length is None and around is not None:
            length = around - 9
        if length is None or length <= 0 or kind is None or (key is not None and place > key.start):
            continue
        which = "issuer" if place < dates.start else "subject"
        name = f"{which}.{_ATTRIBUTE_NAMES.get(kind, f'2.5.4.{kind}')}"
        yield CertificateField(name, _TBS + name, place + 11, place + 11 + length)


def _signature(context: _Known) -> Iterator[CertificateField]:
    place = context.best(_SIGNATURE)
    if place is None:
        return
    length = context.at(place + 13)
    end = place + 14 + length if length is not None else len(context.bytes)
    yield CertificateField("signatureValue", "signatureValue", place + 15, max(end, place + 15))
