"""The fields of a certificate that may be damaged.

Cut at either end, with bytes behind it, or none at all.
"""

import re
from collections.abc import Sequence

from atecc_bench.diagnose.compare.anchors import anchored_fields
from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.errors import BenchError
from atecc_bench.pki.encoding.certificate_fields import CertificateField, certificate_fields, readable_fields
from atecc_bench.pki.encoding.der import SEQUENCE, encode_length

_ALGORITHM = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256, as the chip's certificates have it
_VALIDITY = re.compile(rb"\x30[\x1e\x20\x22](?=\x17\x0d|\x18\x0f)")
_P256_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_FEWEST_FIELDS = 3  # less may be any DER
_LONGEST = b"\xff\xff"
_SERIAL_NUMBER_START = 15  # two long headers, the version, tag and length of the number
_USUAL_SERIAL_NUMBER = 16
_TIMES = b"\x30\x1e" + 2 * (b"\x17\x0d" + bytes(13))


def fields_of(data: bytes, unknown: Sequence[Span] = ()) -> tuple[CertificateField, ...]:
    """Fields of a certificate, as far as they can be told.

    `unknown` bytes are zeros whose place alone is known. When the beginning is missing, what stands before the first
    field that can be recognised is taken to be as long as in the chip's certificates.
    """
    if not unknown:
        try:
            return certificate_fields(data)
        except BenchError:
            found = readable_fields(data)
            return found if len(found) >= _FEWEST_FIELDS else ()
    first = unknown[0].end if unknown[0].start == 0 else 0
    if any(0 < span.start < len(data) for span in unknown):
        return anchored_fields(data, unknown)
    found = readable_fields(_with_head(data, first) if first else data)
    found = tuple(field for field in found if field.end > first and not _covered(field, unknown))
    anchored = anchored_fields(data, unknown)
    return anchored if len(anchored) > len(found) else found


def _covered(field: CertificateField, unknown: Sequence[Span]) -> bool:
    return any(span.start <= field.start and field.end <= span.end for span in unknown)


def _with_head(data: bytes, first: int) -> bytes:
    """The data with a beginning of the usual structure.

    What follows can then be read.
    """
    algorithm = data.find(_ALGORITHM, _SERIAL_NUMBER_START)
    end = data.rfind(_ALGORITHM)
    tbs_length = (end - 8).to_bytes(2) if end > max(first, algorithm) else _LONGEST
    head = b"\x30\x82" + _LONGEST + b"\x30\x82" + tbs_length + bytes.fromhex("a00302010202")
    if 0 < algorithm - _SERIAL_NUMBER_START <= 20 and algorithm + len(_ALGORITHM) > first:
        head += bytes([algorithm - _SERIAL_NUMBER_START])
        return head[:first].ljust(min(first, algorithm), b"\0") + data[min(first, algorithm) :]
    head += bytes([_USUAL_SERIAL_NUMBER]) + bytes(_USUAL_SERIAL_NUMBER) + _ALGORITHM
    validity = _VALIDITY.search(data, max(first, len(head)))
    if validity is not None:
        return head + _filler(validity.start() - len(head)) + data[validity.start() :]
    key = data.find(_P256_KEY, first)
    head += b"\x30\x00" + _TIMES
    return head + _filler(key - len(head)) + data[key:] if key > len(head) else data


def _filler(length: int) -> bytes:
    """A sequence of so many bytes with nothing to read in it."""
    for header in range(2, 5):
        encoded = bytes([SEQUENCE]) + encode_length(max(0, length - header))
        if len(encoded) == header and length >= header:
            return encoded + bytes(length - header)
    return bytes(length)
