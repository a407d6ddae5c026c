"""One finding about a configuration."""

from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.twin.rules.refusal_reasons import ByteRanges


class Severity(StrEnum):
    """How much a finding matters."""

    DANGER = "danger"  # a secret is open, or something that is needed will not work
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One finding about a configuration.

    It has the bytes that cause it (inclusive ranges) and what to do.
    """

    id: str
    severity: Severity
    sentence: str
    bytes: ByteRanges
    advice: str
