"""A certificate request held against a certificate or live keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.diagnose.paste.pki_objects import objects_of_kind
from atecc_bench.diagnose.printed.printed_text import PrintedCertificate, printed_certificates
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.keys.key_files import public_key_bytes
from atecc_bench.pki.x509.csr import load_request
from atecc_bench.text_files import text_of


@dataclass(frozen=True)
class ShownRequest:
    """What is known of a request.

    `public_key` is X and Y of a P-256 key, None for another; `is_whole` says that its bytes are there, so that its
    signature was checked.
    """

    subject: str
    public_key: bytes | None
    is_whole: bool


@dataclass(frozen=True)
class RequestMatch:
    """Whether a request belongs to what it was held against.

    `fits` speaks of its key alone: a subject may be changed by who issues the certificate.
    """

    request: ShownRequest
    fits: bool
    sentences: tuple[str, ...]
    fix: str


def request_in(data: bytes) -> ShownRequest | None:
    """The request in a file.

    It may be in any wrapping, or printed by a tool.

    Raises:
        InputError: `not-a-request` for one whose signature is not that of its key.
    """
    whole = objects_of_kind(data, DerKind.REQUEST)
    if whole:
        request = load_request(whole[0])
        return ShownRequest(request.subject.rfc4514_string(), _point(request.public_key()), is_whole=True)
    printed = [one for one in printed_certificates(text_of(data, "replace")) if one.is_request]
    return _of_print(printed[0]) if printed else None


def lone_request(data: bytes) -> ShownRequest | None:
    """The request in a file without a certificate.

    Raises:
        InputError: What `request_in` raises.
    """
    return None if objects_of_kind(data, DerKind.CERTIFICATE) else request_in(data)


def _of_print(printed: PrintedCertificate) -> ShownRequest:
    return ShownRequest(printed.name, printed.public_key, is_whole=False)


def match_certificate(request: ShownRequest, certificate: bytes) -> RequestMatch:
    """Hold a request against a certificate (DER).

    Raises:
        InputError: `not-a-certificate`.
    """
    try:
        read = x509.load_der_x509_certificate(certificate)
        subject, key = read.subject.rfc4514_string(), read.public_key()
    except ValueError as error:
        raise InputError(
            "not-a-certificate", "The other side is damaged and cannot be read.", "Give a whole certificate."
        ) from error
    same = request.public_key is not None and _point(key) == request.public_key
    sentences = ["The certificate is for the key of the request." if same else "The certificate is for another key."]
    if request.is_whole:
        names = "the same" if subject == request.subject else f"another: {subject} for {request.subject}"
        sentences.append(f"Its subject is {names}.")
    fix = "" if same else "Issue it for this request: atecc-bench ca issue DIR --csr FILE, or ask for a new request."
    return RequestMatch(request, same, tuple(sentences), fix)


def match_slots(request: ShownRequest, keys: Mapping[int, bytes], serial_number: str) -> RequestMatch:
    """Hold a request against the live public keys of a chip.

    They are given by slot.
    """
    slots = [slot for slot, key in keys.items() if key == request.public_key]
    if slots:
        which = f"slot {slots[0]}" if len(slots) == 1 else f"slots {', '.join(map(str, slots))}"
        said = f"Its key is that of {which} of the chip {serial_number}."
        return RequestMatch(request, fits=True, sentences=(said,), fix="")
    seen = f"looked at slots {', '.join(map(str, keys))}" if keys else "none gives a public key"
    return RequestMatch(
        request,
        fits=False,
        sentences=(f"Its key is in no slot of the chip {serial_number}: {seen}.",),
        fix="Make a new one with the chip's key: atecc-bench key csr --port URL --slot N. Generating a "
        "key anew makes every request before it worthless.",
    )


def _point(key: object) -> bytes | None:
    """X and Y of a P-256 key, None for another."""
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return public_key_bytes(key)
    return None
