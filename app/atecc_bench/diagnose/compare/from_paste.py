"""From a pasted log or dump to a comparison.

Two of the things in it are chosen as the two sides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from cryptography import x509

from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.misread import misread_bytes
from atecc_bench.diagnose.paste.content_type import Content, declared_length
from atecc_bench.diagnose.paste.pki_objects import objects_of_kind
from atecc_bench.diagnose.paste.recognise import Found, Progress, Span, recognise, unheard
from atecc_bench.diagnose.printed.as_certificate import as_certificate, beside_another_print
from atecc_bench.diagnose.printed.printed_text import PrintedCertificate, printed_certificates
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.relations import RelationKind, relations
from atecc_bench.text_files import text_of

_CERTIFICATES = (Content.CERTIFICATE, Content.DAMAGED_CERTIFICATE)


class TooFewCertificatesError(InputError):
    """A text with less than the two certificates of a comparison."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("one-certificate", message, hint)


@dataclass(frozen=True)
class PastedComparison:
    """A comparison out of a paste, with all that was recognised.

    Whatever else the paste says that helps is here too. `expected_from` and `stored_from` say which part of the paste,
    or which file, the sides are; `left_out` counts the other comparisons in it. `printed` says that one side
    is what a tool printed of a certificate.
    """

    comparison: Comparison
    context: ComparisonContext
    recognised: tuple[Found, ...]
    expected_from: str
    stored_from: str
    left_out: int = 0
    printed: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Sentences on what was recognised and what was not compared."""
        said = (*(found.sentence for found in self.recognised), *([self.printed] if self.printed else []))
        if not self.left_out:
            return said
        others = "another comparison was" if self.left_out == 1 else f"{self.left_out} other comparisons were"
        return (*said, f"compared is what {self.stored_from.removesuffix(', right')} show; {others} left out")


def comparison_in(
    text: str, expected: bytes | None = None, expected_from: str = "", progress: Progress = unheard
) -> PastedComparison:
    """Compare what a paste holds.

    A comparison that some firmware printed, or two certificates. Of several comparisons the first that differs counts.
    Of two certificates the first is taken to be the expected one, unless `expected` (DER) is given, with where it is
    from. All certificates of the paste count as possible authorities. `progress` is that of `recognise`.

    Raises:
        InputError: `nothing-recognised` or `one-certificate`.
    """
    recognised = recognise(text, progress)
    printed = _beside_print(text, recognised, expected, expected_from)
    if printed is not None:
        return printed
    if not recognised:
        raise InputError(
            "nothing-recognised",
            "There are no bytes in this text: no hex dump, no comparison and no PEM.",
            "Paste the part of the log with the bytes; line numbers, time stamps and colours may stay.",
        )
    context = ComparisonContext(authority_keys=_public_keys(recognised))
    pairs = [found for found in recognised if found.stored is not None]
    if pairs:
        pair = next((found for found in pairs if found.data != found.stored), pairs[0])
        left, right = f"{_place(pair)}, left", f"{_place(pair)}, right"
        stored = pair.stored or b""
        comparison = _beside(expected, stored, pair.unknown) if expected else _printed(pair.data, stored, pair.unknown)
        context = replace(context, printed=expected is None)
        return PastedComparison(comparison, context, recognised, expected_from or left, right, len(pairs) - 1)
    if expected is not None:
        shown = next((found for found in recognised if found.content in _CERTIFICATES), recognised[0])
        comparison = _beside(expected, shown.data, shown.unknown)
        return PastedComparison(comparison, context, recognised, expected_from, _place(shown))
    certificates = [found for found in recognised if found.content in _CERTIFICATES]
    if len(certificates) < 2:
        one = "one certificate" if certificates else "no certificate"
        raise TooFewCertificatesError(
            f"There is {one} in this text, and two are needed to compare. Recognised: "
            + "; ".join(found.sentence for found in recognised[:5]),
            "Give the expected certificate beside it (--expected), or paste both.",
        )
    first, second = _two_of(certificates)
    comparison = _compared(first, second)
    return PastedComparison(comparison, context, recognised, _place(first), _place(second))


def _beside_print(
    text: str, recognised: tuple[Found, ...], expected: bytes | None, expected_from: str
) -> PastedComparison | None:
    """Compare a printed certificate with one whose bytes are there.

    That one is `expected`, or the only one in the text that is no print's own PEM. None where there is no such pair.
    """
    prints = [one for one in printed_certificates(text) if not one.is_request]
    certificates = [found for found in recognised if found.content is Content.CERTIFICATE]
    context = ComparisonContext(authority_keys=_public_keys(recognised))
    if not prints or any(found.stored is not None for found in recognised):
        return None
    if expected is None and not certificates and len(prints) > 1:
        return _two_prints(*_two_versions(prints), context, recognised)
    if expected is not None and not certificates:
        shown, model, model_from = prints[-1], expected, expected_from
    elif expected is None and len(prints) == len(certificates) == 1:
        shown, model, model_from = prints[0], certificates[0].data, _place(certificates[0])
    else:
        return None
    try:
        as_printed = as_certificate(shown, model)
    except InputError:
        return None  # the other one is damaged, or a name has attributes that nobody knows
    if expected is None and as_printed == model and shown.first_line <= certificates[0].first_line:
        return None  # one certificate with its own print above it
    if expected is None and _are_strangers(as_printed, model):
        return None
    place = f"line {shown.first_line}"
    said = f"{place}: what a tool prints of a certificate of {shown.name}; what it does not show counts as equal"
    is_first = expected is None and shown.first_line < certificates[0].first_line
    sides = (as_printed, model) if is_first else (model, as_printed)
    places = (place, model_from) if is_first else (model_from, place)
    return PastedComparison(compare(*sides), context, recognised, *places, printed=said)


def _two_versions(prints: Sequence[PrintedCertificate]) -> tuple[PrintedCertificate, PrintedCertificate]:
    """Choose the two prints to compare.

    Two of one subject or key, else two of one issuer, else the first two.

    Raises:
        TooFewCertificatesError: for a chain, whose certificates are no two versions of anything.
    """
    pairs = list(combinations(prints, 2))
    for one, other in pairs:
        if one.subject == other.subject or (one.public_key is not None and one.public_key == other.public_key):
            return one, other
    for one, other in pairs:
        if one.issuer == other.issuer and one.issuer not in (one.subject, other.subject):
            return one, other
    if any(one.issuer == other.subject or other.issuer == one.subject for one, other in pairs):
        raise _chain_only(one.name for one in prints)
    return pairs[0]


def _two_prints(
    one: PrintedCertificate, other: PrintedCertificate, context: ComparisonContext, recognised: tuple[Found, ...]
) -> PastedComparison | None:
    try:
        sides = beside_another_print(one, other), beside_another_print(other, one)
    except InputError:
        return None  # a name has attributes that nobody knows
    places = f"line {one.first_line}", f"line {other.first_line}"
    said = f"lines {one.first_line} and {other.first_line}: what a tool prints of two certificates; " + (
        "what one of them does not show counts as equal"
    )
    return PastedComparison(compare(*sides), context, recognised, *places, printed=said)


def _chain_only(names: Iterable[str]) -> TooFewCertificatesError:
    return TooFewCertificatesError(
        f"The certificates in this text are a chain, and no two versions of one certificate: {', '.join(names)}.",
        "Give the expected certificate beside it (--expected), or show the chain: atecc-bench cert show FILE",
    )


def certificate_bytes(data: bytes, name: str) -> tuple[bytes, tuple[bytes, ...]]:
    """The bytes of a certificate in a file, and all public keys.

    The certificate is whole or damaged; the keys are those of all certificates in the file. DER is taken as it is, also
    when it is cut; PEM and dumps are read out of any text.

    Raises:
        InputError: `not-a-certificate` for a text with nothing of the kind in it.
    """
    try:
        text = text_of(data)
    except UnicodeDecodeError:
        return data, ()
    recognised = recognise(text)
    found = next((one for one in recognised if one.content in _CERTIFICATES), None)
    if found is None:
        others = objects_of_kind(data, DerKind.CERTIFICATE)
        if others:
            return others[0], ()
        raise InputError(
            "not-a-certificate",
            f"{name} is not a certificate, and there is none in it.",
            "Give an X.509 certificate as PEM or DER, or a dump of one.",
        )
    return found.data, _public_keys(recognised)


def _are_strangers(one: bytes, other: bytes) -> bool:
    """Whether two certificates have neither subject nor issuer in common."""
    first, second = _read(one), _read(other)
    return (
        first is not None and second is not None and first.subject != second.subject and first.issuer != second.issuer
    )


def lone_print(data: bytes) -> PrintedCertificate | None:
    """The printed certificate of a file without its bytes."""
    try:
        text = text_of(data)
    except UnicodeDecodeError:
        return None
    prints = [one for one in printed_certificates(text) if not one.is_request]
    if not prints or objects_of_kind(data, DerKind.CERTIFICATE):
        return None
    return prints[0]


def certificate_or_print(data: bytes, name: str, other: bytes, other_name: str) -> tuple[bytes, tuple[bytes, ...]]:
    """The certificate in a file, and all public keys.

    Of a print it is the other side's certificate with the values that are printed.

    Raises:
        InputError: What `certificate_bytes` and `as_certificate` raise.
    """
    printed = lone_print(data)
    if printed is None:
        return certificate_bytes(data, name)
    beside = lone_print(other)
    if beside is not None:
        return beside_another_print(printed, beside), ()
    return as_certificate(printed, certificate_bytes(other, other_name)[0]), ()


def _printed(expected: bytes, stored: bytes, unknown: Sequence[Span]) -> Comparison:
    """Compare what was printed.

    Digits that were garbled on the way are known of neither side. A firmware that prints buffers of one size fills the
    shorter certificate up with zeros.
    """
    ends = [declared_length(side) or 0 for side in (expected, stored)]
    if not unknown and all(ends) and not any(expected[ends[0] :]) and not any(stored[ends[1] :]):
        expected, stored = expected[: ends[0]], stored[: ends[1]]
    misread = () if unknown else misread_bytes(expected, stored)
    one, other = bytearray(expected), bytearray(stored)
    for span in misread:
        one[span.start] = other[span.start] = 0
    return compare(bytes(one), bytes(other), (*unknown, *misread))


def _beside(expected: bytes, stored: bytes, unknown: Sequence[Span]) -> Comparison:
    """Compare a file with the stored side that a paste shows.

    What the paste does not show is known of neither then.
    """
    filled = bytearray(stored)
    for span in unknown:
        filled[span.start : span.end] = expected[span.start : span.end].ljust(span.end - span.start, b"\0")
    return compare(expected, bytes(filled), unknown)


def _compared(first: Found, second: Found) -> Comparison:
    """Compare two dumps.

    What one of them does not show is known of neither.
    """
    one, other = bytearray(first.data), bytearray(second.data)
    unknown = tuple(sorted({*first.unknown, *second.unknown}, key=lambda span: span.start))
    for span in unknown:
        for side in (one, other):
            part = side[span.start : span.end]
            side[span.start : span.end] = bytes(len(part))
    return compare(bytes(one), bytes(other), unknown)


def _two_of(certificates: Sequence[Found]) -> tuple[Found, Found]:
    """Choose the two certificates to compare.

    What they are to each other decides: two versions of one certificate, else two of one issuer. A log often shows a
    whole chain before it shows what was read back.

    Raises:
        TooFewCertificatesError: for a chain, whose certificates are no two versions of anything.
    """
    readable = [(found, read) for found in certificates if (read := _read(found.data)) is not None]
    related = relations([read for _, read in readable])
    for first, second in combinations(readable, 2):
        if first[0].data != second[0].data and first[1].subject == second[1].subject:
            return first[0], second[0]
    unreadable = [found for found in certificates if _read(found.data) is None]
    if unreadable:
        return _with_damaged(readable, unreadable[0]) or (certificates[0], certificates[1])
    for first, second in combinations(readable, 2):
        if first[1].issuer == second[1].issuer and first[1].subject != first[1].issuer != second[1].subject:
            return first[0], second[0]
    if any(relation.kind in (RelationKind.ISSUED_BY, RelationKind.NAMED_ISSUER) for relation in related):
        raise _chain_only(read.subject.rfc4514_string() for _, read in readable)
    return certificates[0], certificates[1]


def _with_damaged(readable: Sequence[tuple[Found, x509.Certificate]], damaged: Found) -> tuple[Found, Found] | None:
    """The certificate that a damaged one is most like.

    The two are in the order of the text.
    """
    if len(readable) < 2:
        return None
    best = max(readable, key=lambda one: _equal_bytes(one[0].data, damaged.data))[0]
    first, second = sorted((best, damaged), key=lambda found: found.first_line)
    return first, second


def _equal_bytes(one: bytes, other: bytes) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))


def _read(data: bytes) -> x509.Certificate | None:
    try:
        certificate = x509.load_der_x509_certificate(data)
        _ = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    except (ValueError, x509.InvalidVersion):
        return None
    return certificate


def _public_keys(recognised: Sequence[Found]) -> tuple[bytes, ...]:
    keys: list[bytes] = []
    for found in recognised:
        for data in (found.data, found.stored or b""):
            if found.content is not Content.CERTIFICATE:
                continue
            try:
                keys.append(certificate_public_key(x509.load_der_x509_certificate(data)))
            except (ValueError, BenchError):
                continue  # a certificate with a key of another kind signs nothing here
    return tuple(dict.fromkeys(keys))


def _place(found: Found) -> str:
    return f"lines {found.first_line}–{found.last_line}"
