"""What certificates and requests that lie together are to each other.

A chain, two versions of one certificate, a request and its certificate, or strangers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class RelationKind(StrEnum):
    """How two of them belong together."""

    ISSUED_BY = "was issued by"
    NAMED_ISSUER = "names as its issuer, whose key did not sign it,"
    VERSION_OF = "is another version of"
    SAME_KEY = "has the key of"
    REQUESTED = "is the certificate for the request"


@dataclass(frozen=True)
class Relation:
    """One relation between two of a list.

    They are named by their positions.
    """

    kind: RelationKind
    one: int
    other: int


Item = x509.Certificate | x509.CertificateSigningRequest


def relations(items: Sequence[Item]) -> tuple[Relation, ...]:
    """All relations between certificates and requests."""
    return tuple(
        relation
        for one in range(len(items))
        for other in range(len(items))
        if one != other
        for relation in _between(items, one, other)
    )


def _between(items: Sequence[Item], at: int, other_at: int) -> Iterator[Relation]:
    one, other = items[at], items[other_at]
    if isinstance(one, x509.Certificate) and isinstance(other, x509.Certificate):
        if one.subject != other.subject and one.issuer == other.subject:
            kind = RelationKind.ISSUED_BY if _signed_by(one, other) else RelationKind.NAMED_ISSUER
            yield Relation(kind, at, other_at)
        elif at < other_at and one.subject == other.subject and one.issuer == other.issuer:
            yield Relation(RelationKind.VERSION_OF, at, other_at)
        elif at < other_at and _key(one) == _key(other):
            yield Relation(RelationKind.SAME_KEY, at, other_at)
    elif _key(one) == _key(other):
        if isinstance(one, x509.Certificate):
            yield Relation(RelationKind.REQUESTED, at, other_at)
        elif at < other_at and isinstance(other, x509.CertificateSigningRequest):
            yield Relation(RelationKind.SAME_KEY, at, other_at)


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _key(item: Item) -> bytes:
    """The public key in DER.

    One that nobody can read is nobody else's.
    """
    try:
        return item.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return b"unreadable" + item.public_bytes(Encoding.DER)
