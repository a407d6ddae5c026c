"""Facts about the two sides of a comparison.

What they say of themselves: values, dates, and what derives from what.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from atecc_bench.diagnose.compare.compare import Comparison, DifferingRange
from atecc_bench.diagnose.paste.content_type import declared_length
from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.errors import BenchError
from atecc_bench.pki.compressed.format import FormatVersion, encode_dates
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.encoding.certificate_fields import CertificateField
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS, DateFormat, parse_date, whole_years
from atecc_bench.pki.encoding.der import parse_der
from atecc_bench.pki.keys.key_files import PUBLIC_KEY_LENGTH, key_identifier
from atecc_bench.pki.x509.chain_checks import verify_signature

PUBLIC_KEY = "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey"
SERIAL_NUMBER = "tbsCertificate.serialNumber"
SUBJECT_KEY_IDENTIFIER = "tbsCertificate.extensions.subjectKeyIdentifier"
AUTHORITY_KEY_IDENTIFIER = "tbsCertificate.extensions.authorityKeyIdentifier"
NOT_BEFORE = "tbsCertificate.validity.notBefore"
NOT_AFTER = "tbsCertificate.validity.notAfter"
SIGNATURE = "signatureValue"
ISSUER = "tbsCertificate.issuer."
SUBJECT = "tbsCertificate.subject."

_CHIP_SERIAL_NUMBER = re.compile(r"(?<![0-9a-f])0123[0-9a-f]{14}(?![0-9a-f])", re.IGNORECASE)
_KEY_HASHES = (SerialSource.PUB_KEY_HASH, SerialSource.PUB_KEY_HASH_POS, SerialSource.PUB_KEY_HASH_RAW)
_CHIP_HASHES = (SerialSource.DEVICE_SN_HASH, SerialSource.DEVICE_SN_HASH_POS, SerialSource.DEVICE_SN_HASH_RAW)


@dataclass(frozen=True, kw_only=True)
class ComparisonContext:
    """Knowledge beside the two certificates."""

    key_slot: int | None = None
    slot_keys: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    chip_serial_number: str | None = None
    authority_keys: tuple[bytes, ...] = ()
    remarks: tuple[str, ...] = ()
    wrong_template: str | None = None
    printed: bool = False

    @property
    def where(self) -> str:
        """The place of the live key, for people."""
        return f"slot {self.key_slot}" if self.key_slot is not None else "the chip"


class Side:
    """One of the two certificates.

    What cannot be read of it is None.
    """

    def __init__(self, data: bytes, fields: tuple[CertificateField, ...], unknown: Sequence[Span]) -> None:
        self.data = data
        self._fields = {f.path: f for f in fields}
        self._unknown = unknown

    def paths(self, prefix: str) -> tuple[str, ...]:
        """The paths of its fields that begin so."""
        return tuple(path for path in self._fields if path.startswith(prefix))

    def value(self, path: str) -> bytes | None:
        """The bytes of a field, if all of them are known."""
        found = self._fields.get(path)
        return self.data[found.start : found.end] if found and self._is_known(found) else None

    def _is_known(self, found: CertificateField) -> bool:
        return not any(span.start < found.end and found.start < span.end for span in self._unknown)

    def text(self, prefix: str) -> str:
        """All attributes of a name, for people."""
        values = [
            self.data[f.start : f.end]
            for path, f in self._fields.items()
            if path.startswith(prefix) and self._is_known(f)
        ]
        return ", ".join(value.decode("utf-8", "replace") for value in values)

    @cached_property
    def public_key(self) -> bytes | None:
        """X‖Y."""
        value = self.value(PUBLIC_KEY)
        return value if value is not None and len(value) == PUBLIC_KEY_LENGTH else None

    @cached_property
    def not_before(self) -> datetime | None:
        """The date, in UTC."""
        return _date(self.value(NOT_BEFORE))

    @cached_property
    def not_after(self) -> datetime | None:
        """The date, in UTC."""
        return _date(self.value(NOT_AFTER))

    @property
    def years(self) -> int | None:
        """The years that the 72 bytes would hold for the dates.

        None when they cannot hold them.
        """
        text = self.value(NOT_AFTER)
        if self.not_before is None or self.not_after is None or text is None:
            return None
        return whole_years(self.not_before, self.not_after, DateFormat.of_length(len(text)))

    @property
    def identifies_own_key(self) -> bool | None:
        """Whether the subjectKeyIdentifier is the SHA-1 of its own key.

        None when one of them is not there.
        """
        identifier = self.value(SUBJECT_KEY_IDENTIFIER)
        if identifier is None or self.public_key is None:
            return None
        return identifier == key_identifier(self.public_key)

    @property
    def authority_is_itself(self) -> bool:
        """Whether the authorityKeyIdentifier is the SHA-1 of the subject's own key."""
        return self.public_key is not None and self.value(AUTHORITY_KEY_IDENTIFIER) == key_identifier(self.public_key)

    def serial_number_hashes(self, chip_serial_number: str | None = None) -> tuple[FormatVersion, ...]:
        """Format versions under which the serial number is a hash.

        The hash is that of the key, or of the chip, with the dates.
        """
        field = self._fields.get(SERIAL_NUMBER)
        if field is None or self.not_before is None:
            return ()
        serial_number = self.data[field.start : field.end]
        hidden = frozenset(
            position - field.start
            for span in self._unknown
            for position in range(max(span.start, field.start), min(span.end, field.end))
        )
        hashed = [(source, self.public_key) for source in _KEY_HASHES]
        if chip_serial_number is not None:
            hashed += [(source, bytes.fromhex(chip_serial_number)) for source in _CHIP_HASHES]
        found: list[FormatVersion] = []
        for version in (FormatVersion.SHORT_DATES, FormatVersion.EXTENDED_DATES):
            for source, what in hashed:
                expected = self._hash(source, what, version, len(serial_number))
                if expected is not None and _same(expected, serial_number, hidden):
                    found.append(version)
                    break
        return tuple(found)

    def _hash(self, source: SerialSource, what: bytes | None, version: FormatVersion, length: int) -> bytes | None:
        if what is None or self.not_before is None:
            return None
        hour = self.not_before.replace(minute=0, second=0)
        years = self.years
        try:
            dates = encode_dates(hour, NO_EXPIRY_YEARS if years is None else years, version)
            return hashed_serial_number(source, what, dates, length)
        except BenchError:
            return None

    @property
    def device(self) -> str | None:
        """The chip's serial number that the certificate names.

        18 digits, in its subject or its serial number.
        """
        match = _CHIP_SERIAL_NUMBER.search(self.text(SUBJECT))
        if match is not None:
            return match[0].lower()
        serial_number = self.value(SERIAL_NUMBER)
        if serial_number is not None and len(serial_number) == 10 and serial_number[:3] == b"\x40\x01\x23":
            return serial_number[1:].hex()
        return None

    def signature_is_valid(self, authority_keys: tuple[bytes, ...]) -> bool | None:
        """Whether one of these keys made the signature.

        None when that cannot be checked.
        """
        signature = self.value(SIGNATURE)
        if not authority_keys or signature is None:
            return None
        try:
            tbs = parse_der(self.data).children[0]
            r, s = decode_dss_signature(signature)
            plain = r.to_bytes(32) + s.to_bytes(32)
            message = self.data[tbs.start : tbs.end]
            return any(verify_signature(key, message, plain) for key in authority_keys)
        except (BenchError, ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Facts:
    """The two sides of a comparison, and the paths that differ."""

    comparison: Comparison
    expected: Side
    stored: Side
    differing: frozenset[str]
    context: ComparisonContext

    @classmethod
    def of(cls, comparison: Comparison, context: ComparisonContext) -> "Facts":
        """Collect them."""
        unknown = comparison.unknown
        return cls(
            comparison,
            Side(comparison.expected, comparison.expected_fields, unknown),
            Side(comparison.stored, comparison.stored_fields, unknown),
            frozenset(r.path for r in comparison.ranges if r.path and not _is_cut(r, comparison)),
            context,
        )

    def differ(self, *prefixes: str) -> bool:
        """Whether a field differs whose path begins so."""
        return any(path.startswith(prefixes) for path in self.differing)

    def equal(self, prefix: str) -> bool:
        """Whether all fields whose path begins so are seen, and equal."""
        paths = self.expected.paths(prefix)
        if not paths or paths != self.stored.paths(prefix) or self.differ(prefix):
            return False
        return all(
            (value := self.expected.value(path)) is not None and value == self.stored.value(path) for path in paths
        )

    @property
    def same_signature(self) -> bool:
        """Whether both have a signature and it is the same."""
        return SIGNATURE not in self.differing and self.expected.value(SIGNATURE) is not None

    @property
    def key_is_seen(self) -> bool:
        """Whether all of the public key is known, on both sides."""
        return self.expected.public_key is not None and self.stored.public_key is not None

    @property
    def names_are_seen(self) -> bool:
        """Whether all between the dates and the public key is known."""
        if not self.comparison.unknown:
            return True
        paths = {found.path: found for found in self.comparison.expected_fields}
        dates, key = paths.get(NOT_AFTER), paths.get(PUBLIC_KEY)
        if dates is None or key is None:
            return False
        return not any(span.start < key.start and dates.end < span.end for span in self.comparison.unknown)

    @property
    def complete(self) -> bool:
        """Whether all bytes of both sides are known."""
        sides = (self.expected, self.stored)
        return not self.comparison.unknown and all(side.value(SIGNATURE) is not None for side in sides)


def _is_cut(found: DifferingRange, comparison: Comparison) -> bool:
    """True when a field differs only because one side ends.

    Within it, or before.
    """
    one = comparison.expected[found.start : found.end + 1]
    other = comparison.stored[found.stored_start : found.stored_end + 1]
    sides = ((one, other, comparison.stored, found.stored_end), (other, one, comparison.expected, found.end))
    return any(
        whole.startswith(part)
        and len(part) < len(whole)
        and (not part or end + 1 >= len(data))
        and (declared_length(data) or 0) > len(data)
        for whole, part, data, end in sides
    )


def _date(text: bytes | None) -> datetime | None:
    try:
        return parse_date(text) if text is not None else None
    except BenchError:
        return None


def _same(one: bytes, other: bytes, hidden: frozenset[int]) -> bool:
    seen = [(a, b) for index, (a, b) in enumerate(zip(one, other, strict=True)) if index not in hidden]
    return bool(seen) and all(a == b for a, b in seen)
