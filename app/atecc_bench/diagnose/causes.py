"""From differing fields to one root cause, with its evidence and the step that mends it."""

from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.diagnose.compare import Comparison
from atecc_bench.errors import BenchError
from atecc_bench.pki.certificate_fields import certificate_fields
from atecc_bench.pki.keys import key_identifier
from atecc_bench.pki.layout import device_definition
from atecc_bench.pki.rebuild import compress

PUBLIC_KEY = "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey"
SERIAL_NUMBER = "tbsCertificate.serialNumber"
SUBJECT_KEY_IDENTIFIER = "tbsCertificate.extensions.subjectKeyIdentifier"


class CauseId(StrEnum):
    """Stable ids of causes."""

    PUBLIC_KEY_MISMATCH = "public-key-mismatch"


class Confidence(StrEnum):
    """How sure a cause is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Cause:
    """Why the stored data is not the expected data."""

    id: CauseId
    summary: str
    evidence: tuple[str, ...]
    fix: str
    confidence: Confidence


_DERIVED = (SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER)


def causes(comparison: Comparison, key_slot: int | None = None) -> tuple[Cause, ...]:
    """Causes for the differences, best first; none when the data is equal or no known cause fits.

    `key_slot` is the slot whose live key went into the stored certificate, if that is known.
    """
    differing = {difference.path for difference in comparison.ranges}
    if PUBLIC_KEY in differing and differing <= {PUBLIC_KEY, *_DERIVED}:
        return (_public_key_mismatch(comparison, differing, key_slot),)
    return ()


def _public_key_mismatch(comparison: Comparison, differing: set[str], key_slot: int | None) -> Cause:
    where = f"slot {key_slot}" if key_slot is not None else "the chip"
    names = [d.field for d in comparison.ranges]
    evidence = [
        f"{_joined(names)} differ" + (", and all of them derive from the public key." if len(names) > 1 else "."),
        "Names, dates and signature are equal: it is the same certificate, rebuilt around another key.",
    ]
    explained = True
    if SUBJECT_KEY_IDENTIFIER in differing:
        fits = all(_identifier_fits(der) for der in (comparison.expected, comparison.stored))
        explained &= fits
        if fits:
            evidence.append("Each subjectKeyIdentifier is the SHA-1 of the public key beside it.")
    if SERIAL_NUMBER in differing:
        fits = all(_serial_number_fits(der) for der in (comparison.expected, comparison.stored))
        explained &= fits
        if fits:
            evidence.append("Each serialNumber is the SHA-256 of the public key beside it and the dates.")
    return Cause(
        id=CauseId.PUBLIC_KEY_MISMATCH,
        summary=f"The certificate was signed for another key than the one in {where}.",
        evidence=tuple(evidence),
        fix=f"Issue the certificate again for the key that is in {where} now, and write it to the chip. "
        "A key that was generated over cannot be brought back.",
        confidence=Confidence.CERTAIN if explained else Confidence.LIKELY,
    )


def _identifier_fits(der: bytes) -> bool:
    values = {field.path: der[field.start : field.end] for field in certificate_fields(der)}
    return values[SUBJECT_KEY_IDENTIFIER] == key_identifier(values[PUBLIC_KEY])


def _serial_number_fits(der: bytes) -> bool:
    try:
        compress(der, device_definition(der))
    except BenchError:
        return False
    return True


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
