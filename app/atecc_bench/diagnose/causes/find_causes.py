"""From differing fields to one root cause.

The cause comes with its evidence and the step that mends it.
"""

from collections.abc import Iterator
from dataclasses import replace

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.causes.claims import is_contradicted, what_is_equal
from atecc_bench.diagnose.causes.date_causes import date_causes
from atecc_bench.diagnose.causes.input_causes import input_causes, too_little_is_shown
from atecc_bench.diagnose.causes.key_causes import (
    authority_key_causes,
    is_for_another_device,
    other_device,
    public_key_mismatch,
    speaks_for_another_key,
)
from atecc_bench.diagnose.causes.name_causes import issuer_mismatch, subject_mismatch
from atecc_bench.diagnose.causes.template_causes import has_other_structure, serial_source_mismatch, template_mismatch
from atecc_bench.diagnose.compare.compare import Comparison
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
    ComparisonContext,
    Facts,
)
from atecc_bench.diagnose.compare.misread import differ_in_one_digit
from atecc_bench.diagnose.paste.content_type import declared_length

_NOTHING = ComparisonContext()
_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)


def causes(comparison: Comparison, context: ComparisonContext = _NOTHING) -> tuple[Cause, ...]:
    """Causes for the differences, best first.

    None when the data is equal and the chip says nothing against it.
    """
    if comparison.equal and context.wrong_template is None:
        return ()
    facts = Facts.of(comparison, context)
    roots = tuple(cause for cause in _roots(facts) if not is_contradicted(cause.id, facts))
    found = (*input_causes(comparison), *_with_what_is_equal(roots, facts))
    if comparison.unknown:
        found = tuple(sorted(found, key=lambda cause: _ORDER.index(cause.confidence)))
        if found and found[0].id is CauseId.PUBLIC_KEY_MISMATCH and speaks_for_another_key(facts):
            found = (found[0], too_little_is_shown(comparison), *found[1:])
        elif not found or found[0].confidence is Confidence.POSSIBLE:
            found = (too_little_is_shown(comparison), *found)
    if context.printed and differ_in_one_digit(comparison.expected, comparison.stored):
        found = tuple(_doubted(cause) for cause in found)
    return tuple({cause.id: cause for cause in reversed(found)}.values())[::-1]


def _with_what_is_equal(found: tuple[Cause, ...], facts: Facts) -> tuple[Cause, ...]:
    """The causes, the first with the fields that are equal.

    They are evidence too.
    """
    equal = what_is_equal(facts)
    if not found or not equal or (facts.same_signature and facts.complete):
        return found
    return (replace(found[0], evidence=(*found[0].evidence, equal)), *found[1:])


def _doubted(cause: Cause) -> Cause:
    evidence = (*cause.evidence, "It is one digit of the text: a garbled one would look the same.")
    certain = cause.confidence is Confidence.CERTAIN
    return replace(cause, evidence=evidence, confidence=Confidence.LIKELY if certain else cause.confidence)


def _roots(facts: Facts) -> Iterator[Cause]:
    """Differences that no other explains, the more fundamental first."""
    if not (facts.comparison.expected_fields and facts.comparison.stored_fields):
        return
    if has_other_structure(facts):
        yield template_mismatch(facts)
    another_device = is_for_another_device(facts)
    if another_device:
        yield other_device(facts)
    elif facts.differ(PUBLIC_KEY) or _key_may_differ(facts):
        yield public_key_mismatch(facts)
    if facts.differ(ISSUER):
        yield issuer_mismatch(facts)
    if facts.differ(AUTHORITY_KEY_IDENTIFIER):
        yield from authority_key_causes(facts)
    if facts.differ(SUBJECT) and not another_device:
        yield subject_mismatch(facts)
    if facts.differ(NOT_BEFORE, NOT_AFTER) and not (another_device and not facts.same_signature):
        yield from date_causes(facts)
    if facts.differ(SERIAL_NUMBER) and not _serial_number_is_explained(facts):
        yield serial_source_mismatch(facts)
    if facts.comparison.unknown:
        return  # what differs alone may not do so where nothing is seen
    if facts.differing == frozenset((SIGNATURE,)):
        yield _signature_only(facts)
    elif facts.differing == frozenset((SUBJECT_KEY_IDENTIFIER,)):
        yield template_mismatch(facts)


def _key_may_differ(facts: Facts) -> bool:
    """True when only what derives from the key is seen to differ.

    Not all of the key is seen.
    """
    if facts.key_is_seen or facts.differ(NOT_BEFORE, NOT_AFTER):
        return False
    return bool(facts.comparison.unknown) and facts.differ(SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER)


def _serial_number_is_explained(facts: Facts) -> bool:
    """Whether the number differs because what it is made of differs."""
    if not facts.differ(PUBLIC_KEY, NOT_BEFORE, NOT_AFTER):
        return is_for_another_device(facts)
    stored = facts.stored.serial_number_hashes(facts.context.chip_serial_number)
    return bool(stored) or not facts.same_signature


def _signature_only(facts: Facts) -> Cause:
    keys = facts.context.authority_keys
    expected, stored = facts.expected.signature_is_valid(keys), facts.stored.signature_is_valid(keys)
    evidence = ["All that is signed is equal; only the signature differs."]
    confidence = Confidence.CERTAIN
    fix = "Nothing has to be mended: keep the file that belongs to the chip, or write the other certificate again."
    if expected and stored:
        evidence.append("Both signatures are valid: an ECDSA signature is another one each time.")
        summary = "The same certificate was signed twice, and the chip holds the other signature."
    elif stored is False and expected:
        evidence.append("The expected signature is valid; the stored one is not.")
        summary = "The signature on the chip is not valid; the expected certificate's is."
        fix = "Write the expected certificate to the chip again."
    elif expected is False and stored:
        evidence.append("The stored signature is valid; the expected one is not.")
        summary = "The expected certificate's signature is not valid; the one on the chip is."
        fix = "Take the certificate out of the chip: `atecc-bench cert read`; the file is damaged or forged."
    else:
        if expected is False:
            evidence.append("Neither signature is that of an authority whose key is known.")
        else:
            evidence.append("Which of them is valid cannot be told without the public key of the one who signed.")
            confidence = Confidence.LIKELY
        summary = "The same certificate was signed twice, or one of the signatures is damaged."
        fix = "Check both with the signer's certificate: `atecc-bench cert verify`."
    declared = declared_length(facts.comparison.expected)
    if declared is not None and declared != len(facts.comparison.expected):
        confidence = Confidence.LIKELY
    return Cause(CauseId.SIGNATURE_ONLY, summary, tuple(evidence), fix, confidence)
