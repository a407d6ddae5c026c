"""What each cause says of the fields.

Which must differ, and which must not be seen to be equal. A cause whose claim is contradicted by what is shown is never
offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from atecc_bench.diagnose.causes.cause import CauseId
from atecc_bench.diagnose.compare.comparison_facts import (
    AUTHORITY_KEY_IDENTIFIER,
    ISSUER,
    NOT_AFTER,
    NOT_BEFORE,
    PUBLIC_KEY,
    SERIAL_NUMBER,
    SIGNATURE,
    SUBJECT,
    SUBJECT_KEY_IDENTIFIER,
    Facts,
)

_NAMED: Mapping[str, str] = MappingProxyType({
    PUBLIC_KEY: "public key", SERIAL_NUMBER: "serial number", SUBJECT_KEY_IDENTIFIER: "subject key identifier",
    AUTHORITY_KEY_IDENTIFIER: "authority key identifier", ISSUER: "issuer", SUBJECT: "subject", NOT_BEFORE: "notBefore",
    NOT_AFTER: "notAfter", SIGNATURE: "signature",
})  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """Fields that a cause needs to differ or to be equal.

    One of `differ` has to differ or not be seen, and none of `not_equal` may be seen equal. `equal` are fields that the
    cause needs to be equal, or not seen.
    """

    differ: tuple[str, ...] = ()
    not_equal: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()

    def fits(self, facts: Facts) -> bool:
        """Whether nothing that is shown contradicts it."""
        if self.differ and all(facts.equal(path) for path in self.differ):
            return False
        if any(facts.equal(path) for path in self.not_equal):
            return False
        return not any(facts.differ(path) for path in self.equal)


CLAIMS: Mapping[CauseId, Claim] = MappingProxyType({
    CauseId.PUBLIC_KEY_MISMATCH: Claim((PUBLIC_KEY, SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER), not_equal=(PUBLIC_KEY,)),
    CauseId.OTHER_DEVICE: Claim((PUBLIC_KEY, SUBJECT, SERIAL_NUMBER), not_equal=(PUBLIC_KEY,)),
    CauseId.AUTHORITY_KEY_MISMATCH: Claim(not_equal=(AUTHORITY_KEY_IDENTIFIER,)),
    CauseId.AUTHORITY_KEY_IS_SUBJECT_KEY: Claim(not_equal=(AUTHORITY_KEY_IDENTIFIER,)),
    CauseId.ISSUER_MISMATCH: Claim(not_equal=(ISSUER,)),
    CauseId.SUBJECT_MISMATCH: Claim(not_equal=(SUBJECT,)),
    CauseId.ISSUE_DATE_MISMATCH: Claim((NOT_BEFORE, NOT_AFTER)),
    CauseId.DATE_NOT_REPRESENTABLE: Claim((NOT_BEFORE, NOT_AFTER)),
    CauseId.SERIAL_SOURCE_MISMATCH: Claim(not_equal=(SERIAL_NUMBER,)),
    CauseId.SIGNATURE_ONLY: Claim(
        not_equal=(SIGNATURE,),
        equal=(PUBLIC_KEY, SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER, ISSUER, SUBJECT, NOT_BEFORE,
               NOT_AFTER),
    ),
})  # fmt: skip
"""Of causes that lie in fields; the others lie in the input or in the structure."""


def is_contradicted(cause: CauseId, facts: Facts) -> bool:
    """Whether what is shown contradicts a cause."""
    claim = CLAIMS.get(cause)
    return claim is not None and not claim.fits(facts)


def what_is_equal(facts: Facts) -> str:
    """The fields that are equal on both sides, in a sentence.

    Empty when none is.
    """
    names = [name for path, name in _NAMED.items() if facts.equal(path)]
    if not names:
        return ""
    return f"Equal on both sides: {', '.join(names)}."
