"""Causes that lie in names."""

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.compare.comparison_facts import ISSUER, SUBJECT, Facts

_PLACEHOLDER = "FFFF"


def issuer_mismatch(facts: Facts) -> Cause:
    """The issuers' names differ."""
    expected, stored = facts.expected.text(ISSUER), facts.stored.text(ISSUER)
    evidence = [f"Expected is “{expected}”, stored is “{stored}”."]
    if (_PLACEHOLDER in stored) != (_PLACEHOLDER in expected):
        which = "stored" if _PLACEHOLDER in stored else "expected"
        evidence.append(f"The {which} name still has FFFF where the signer id belongs: it was not filled in.")
    fix = "Make the template from a certificate of this signer, with the signer id where its name has one."
    if facts.same_signature:
        evidence.append("The signature is equal: the template was made from a certificate with another issuer.")
    elif facts.complete:
        evidence.append("The signatures differ too: another signer issued the certificate.")
        fix = "Compare with the certificate of this signer, or issue and write it anew."
    return Cause(
        CauseId.ISSUER_MISMATCH,
        "The certificates have different issuers.",
        (*evidence, *facts.context.remarks),
        fix,
        Confidence.CERTAIN if facts.complete else Confidence.LIKELY,
    )


def subject_mismatch(facts: Facts) -> Cause:
    """The subjects' names differ, and not because they are two devices."""
    evidence = [f"Expected is “{facts.expected.text(SUBJECT)}”, stored is “{facts.stored.text(SUBJECT)}”."]
    fix = "Make the template from a certificate with these names, and write the common name to its slot (8)."
    if facts.same_signature:
        evidence.append("The signature is equal: names in the template, or in a slot, are not those that were signed.")
    elif facts.complete:
        evidence.append("The signatures differ too: the certificate was issued with other names.")
        fix = "Compare with the certificate that was issued last, or write the expected one again."
    return Cause(
        CauseId.SUBJECT_MISMATCH,
        "The certificates have different subjects.",
        (*evidence, *facts.context.remarks),
        fix,
        Confidence.CERTAIN if facts.complete else _seen(facts),
    )


def _seen(facts: Facts) -> Confidence:
    return Confidence.LIKELY if facts.names_are_seen else Confidence.POSSIBLE
