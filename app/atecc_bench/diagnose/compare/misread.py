"""Digits of a pasted comparison that were misread or garbled.

Told from bytes that do differ.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.errors import BenchError
from atecc_bench.pki.encoding.certificate_fields import CertificateField, certificate_fields, field_at

_RANDOM = (
    "tbsCertificate.serialNumber",
    "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey",
    "tbsCertificate.extensions.subjectKeyIdentifier",
    "tbsCertificate.extensions.authorityKeyIdentifier",
    "signatureValue",
)
_READABLE = ("tbsCertificate.issuer.", "tbsCertificate.subject.", "tbsCertificate.validity.")
_FEWEST_OF_A_HASH = 8


def misread_bytes(expected: bytes, stored: bytes) -> tuple[Span, ...]:
    """Single bytes whose one differing digit no cause explains.

    They lie where no cause changes just that: in the structure, or within a hash, a key or a signature that is equal
    otherwise. None when nothing else differs.
    """
    if len(expected) != len(stored):
        return ()
    differing = [i for i, (one, other) in enumerate(zip(expected, stored, strict=True)) if one != other]
    single = [i for i in _alone(differing) if _in_one_digit(expected[i] ^ stored[i])]
    fields = _fields(expected, stored, single)
    found = [i for i in single if _is_misread(i, differing, fields)]
    return tuple(Span(i, i + 1) for i in found) if found and len(found) < len(differing) else ()


def differ_in_one_digit(expected: bytes, stored: bytes) -> bool:
    """Whether one hex digit is all that differs."""
    if len(expected) != len(stored):
        return False
    differing = [one ^ other for one, other in zip(expected, stored, strict=True) if one != other]
    return len(differing) == 1 and _in_one_digit(differing[0])


def _alone(differing: Sequence[int]) -> Iterator[int]:
    around = [-2, *differing, (differing[-1] if differing else 0) + 2]
    gaps = [after - before for before, after in pairwise(around)]
    yield from (i for i, before, after in zip(differing, gaps, gaps[1:], strict=False) if before > 1 < after)


def _in_one_digit(difference: int) -> bool:
    return not difference & 0xF0 or not difference & 0x0F


def _fields(expected: bytes, stored: bytes, single: Sequence[int]) -> tuple[CertificateField, ...]:
    """The fields of the side that can be read.

    If none can be read, it is tried with the single digits of the other side.
    """
    one, other = bytearray(expected), bytearray(stored)
    for i in single:
        one[i], other[i] = stored[i], expected[i]
    for data in (expected, stored, bytes(one), bytes(other)):
        try:
            return certificate_fields(data)
        except BenchError:
            continue
    return ()


def _is_misread(position: int, differing: Sequence[int], fields: tuple[CertificateField, ...]) -> bool:
    field = field_at(fields, position)
    if field is None:
        return bool(fields)
    if field.path in _RANDOM:
        others = sum(field.start <= i < field.end for i in differing)
        return others == 1 and field.end - field.start >= _FEWEST_OF_A_HASH
    return not field.path.startswith(_READABLE)
