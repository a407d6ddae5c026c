"""Causes: why a stored certificate is not the one that was expected."""

from dataclasses import dataclass
from enum import StrEnum


class CauseId(StrEnum):
    """Stable ids of causes."""

    PUBLIC_KEY_MISMATCH = "public-key-mismatch"
    AUTHORITY_KEY_MISMATCH = "authority-key-mismatch"
    AUTHORITY_KEY_IS_SUBJECT_KEY = "authority-key-is-subject-key"
    SIGNATURE_ONLY = "signature-only"
    ISSUE_DATE_MISMATCH = "issue-date-mismatch"
    DATE_NOT_REPRESENTABLE = "date-not-representable"
    SERIAL_SOURCE_MISMATCH = "serial-source-mismatch"
    SUBJECT_MISMATCH = "subject-mismatch"
    ISSUER_MISMATCH = "issuer-mismatch"
    TEMPLATE_MISMATCH = "template-mismatch"
    OTHER_DEVICE = "other-device"
    NOT_A_CERTIFICATE = "not-a-certificate"
    TRUNCATED_INPUT = "truncated-input"


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
