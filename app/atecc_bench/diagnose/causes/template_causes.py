"""Causes that lie in the template.

Another structure, another format, another source of the serial number.
"""

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
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

_CHANGING = frozenset(
    {PUBLIC_KEY, SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER, NOT_BEFORE, NOT_AFTER, SIGNATURE}
)
_DATES = (NOT_BEFORE, NOT_AFTER)


def has_other_structure(facts: Facts) -> bool:
    """Whether the two are not of one template, names aside."""
    return bool(_what_differs(facts))


def _what_differs(facts: Facts) -> list[str]:
    if facts.comparison.unknown:  # which fields can be found is no matter of the template then
        return [facts.context.wrong_template] if facts.context.wrong_template is not None else []
    paths, stored_paths = (
        [f.path for f in fields if not f.path.startswith((ISSUER, SUBJECT))]
        for fields in (facts.comparison.expected_fields, facts.comparison.stored_fields)
    )
    if not facts.complete:
        # Where one side ends early, what is missing is no other structure.
        shortest = min(len(paths), len(stored_paths))
        paths, stored_paths = paths[:shortest], stored_paths[:shortest]
    said = [facts.context.wrong_template] if facts.context.wrong_template is not None else []
    only = [path.rpartition(".")[2] for path in paths if path not in stored_paths]
    other = [path.rpartition(".")[2] for path in stored_paths if path not in paths]
    if only:
        said.append(f"Only the expected certificate has {', '.join(only)}.")
    if other:
        said.append(f"Only the stored certificate has {', '.join(other)}.")
    if not only and not other and paths != stored_paths:
        said.append("The parts stand in another order.")
    fixed = [r.field for r in facts.comparison.ranges if r.path and not _changes(r.path) and r.path in paths]
    if fixed and not only and not other:
        said.append(f"{', '.join(fixed)} differ, which are fixed in a template.")
    said += [
        f"{r.field} is written in another format."
        for r in facts.comparison.ranges
        if r.path in _DATES and r.length != r.stored_length and r.stored_length and facts.complete
    ]
    if not said and facts.complete and _encoded_differently(facts):
        said.append("The fields are equal and their encoding is not: tags, flags or string types differ.")
    return said


def _changes(path: str) -> bool:
    return path in _CHANGING or path.startswith((ISSUER, SUBJECT))


def _encoded_differently(facts: Facts) -> bool:
    """True when bytes outside the fields differ by encoding.

    No field of another length explains it.
    """
    ranges = facts.comparison.ranges
    longer = any(r.path and r.length != r.stored_length for r in ranges)
    names = any(r.path.startswith((ISSUER, SUBJECT)) for r in ranges)
    behind = len(facts.comparison.expected)
    return not longer and not names and any(not r.path and r.start < behind and r.stored_length for r in ranges)


def template_mismatch(facts: Facts) -> Cause:
    """The two were made from different templates."""
    evidence = _what_differs(facts) or ["The subjectKeyIdentifier is not made from the key as the template says."]
    if facts.same_signature:
        evidence.append("The signature is equal: it is the same certificate, rebuilt by another template.")
    elif facts.complete:
        evidence.append("The signatures differ too: they are two different certificates.")
    return Cause(
        CauseId.TEMPLATE_MISMATCH,
        "The certificates are of different kinds: the template is not the one that the certificate was made for.",
        (*evidence, *facts.context.remarks),
        "Use the template that belongs to this certificate: `atecc-bench template` makes one from a sample.",
        Confidence.CERTAIN if facts.complete else Confidence.LIKELY,
    )


def serial_source_mismatch(facts: Facts) -> Cause:
    """The serial number comes from elsewhere than the template says."""
    chip = facts.context.chip_serial_number
    expected, stored = (bool(side.serial_number_hashes(chip)) for side in (facts.expected, facts.stored))
    evidence = ["Key and dates, from which it may be made, do not explain it."]
    if not facts.key_is_seen:
        evidence = ["The public key is not in the paste, or not all of it."]
    if stored and not expected:
        evidence = [
            "The stored number is the hash of the key and the dates, and the expected one is not.",
            "The certificate was issued with a number of its own; the template computes one.",
        ]
    elif expected and not stored:
        evidence = [
            "The expected number is the hash of the key and the dates, and the stored one is not.",
            "The template takes the number from a slot, or from the chip; the certificate was issued with a hash.",
        ]
    elif facts.stored.device is not None:
        evidence = [f"The stored number is that of the chip {facts.stored.device}; the expected one is not."]
    certain = facts.complete and (facts.same_signature or expected != stored)
    return Cause(
        CauseId.SERIAL_SOURCE_MISMATCH,
        "The serial number is not made the way the template makes it.",
        (*evidence, *facts.context.remarks),
        "Use a template with the serial number source of the certificate, or issue the certificate by this template.",
        Confidence.CERTAIN if certain else _likely_or_less(facts),
    )


def _likely_or_less(facts: Facts) -> Confidence:
    """Not likely while what the number may be made of is unseen."""
    dates = (facts.expected.not_before, facts.expected.not_after, facts.stored.not_before, facts.stored.not_after)
    sure = facts.key_is_seen and not facts.differ(PUBLIC_KEY) and None not in dates
    return Confidence.LIKELY if sure or not facts.comparison.unknown else Confidence.POSSIBLE
