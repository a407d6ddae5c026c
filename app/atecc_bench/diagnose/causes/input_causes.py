"""Causes that lie in what was given.

They are found before any field is looked at.
"""

from collections.abc import Iterator

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.compare.compare import Comparison
from atecc_bench.diagnose.paste.content_type import Content, content_of, declared_length

_WHOLE_LOG = "Take the whole log, from its first row 0000 to its last."


def input_causes(comparison: Comparison) -> Iterator[Cause]:
    """Yield why the input is no certificate, or not all of one.

    A log that shows the same part of both sides is not blamed.
    """
    expected, stored = comparison.expected, comparison.stored
    if comparison.unknown:
        if comparison.same_as_shown:
            yield _equal_as_shown(comparison)
        return
    for which, data, fields in (
        ("expected", expected, comparison.expected_fields),
        ("stored", stored, comparison.stored_fields),
    ):
        declared = declared_length(data)
        if declared is not None and declared > len(data) and (fields or len(data) < declared):
            yield _truncated(which, data, declared, comparison)
        elif not fields:
            yield _not_a_certificate(which, data)
        elif declared is not None and declared < len(data):
            yield _bytes_behind(which, len(data) - declared, equal=expected[:declared] == stored[:declared])


def _equal_as_shown(comparison: Comparison) -> Cause:
    unseen = comparison.unseen
    shown = max(len(comparison.expected), max(span.end for span in comparison.unknown)) - unseen
    missing = f"{unseen} bytes are" if unseen != 1 else "1 byte is"
    return Cause(
        CauseId.TRUNCATED_INPUT,
        f"What is shown is equal; {missing} not in the paste.",
        (f"{shown} bytes could be compared, and none of them differs.", _where(comparison)),
        _WHOLE_LOG,
        Confidence.LIKELY,
    )


def too_little_is_shown(comparison: Comparison) -> Cause:
    """Cause: too little is shown to tell why it differs."""
    return Cause(
        CauseId.TRUNCATED_INPUT,
        f"Too little is shown to say why they differ; {comparison.unseen} bytes are not in the paste.",
        (_where(comparison),),
        _WHOLE_LOG,
        Confidence.LIKELY,
    )


def _where(comparison: Comparison) -> str:
    spans = [f"{span.start}–{span.end - 1}" for span in comparison.unknown]
    return f"Not in the paste: bytes {', '.join(spans[:8])}" + (" and more." if len(spans) > 8 else ".")


def _truncated(which: str, data: bytes, declared: int, comparison: Comparison) -> Cause:
    common = comparison.expected[: len(data)] == comparison.stored[: len(data)]
    evidence = f"It says that it is {declared} bytes long, and {len(data)} are there."
    rest = "What is there is equal." if common else "What is there differs too."
    return Cause(
        CauseId.TRUNCATED_INPUT,
        f"The {which} certificate is not complete: {declared - len(data)} bytes are missing at its end.",
        (evidence, rest),
        "Take the whole file, or the whole log; a buffer in the firmware may be too small for it.",
        Confidence.CERTAIN,
    )


def _not_a_certificate(which: str, data: bytes) -> Cause:
    content = content_of(data)
    seen = "It is empty." if not data else f"Its {len(data)} bytes begin with {data[:8].hex(' ').upper()}."
    if data and not data.strip(b"\xff\x00"):
        seen = "All its bytes are 00 or FF, as in a slot that was never written."
    kind = () if content in (Content.UNKNOWN, Content.DAMAGED_CERTIFICATE) else (f"It is a {content.value}.",)
    return Cause(
        CauseId.NOT_A_CERTIFICATE,
        f"What was {which} is not a certificate." if which == "expected" else "What is stored is not a certificate.",
        (seen, *kind),
        "Give an X.509 certificate as PEM or DER; if it was read from a chip, provision the chip first.",
        Confidence.CERTAIN,
    )


def _bytes_behind(which: str, count: int, *, equal: bool) -> Cause:
    rest = "Up to its end it is equal." if equal else "It differs before its end too."
    return Cause(
        CauseId.NOT_A_CERTIFICATE,
        f"Behind the end of the {which} certificate stand {count} more bytes, which do not belong to it.",
        (rest,),
        "Cut them off: the length that was used is that of the buffer, not that of the certificate.",
        Confidence.CERTAIN if equal else Confidence.LIKELY,
    )
