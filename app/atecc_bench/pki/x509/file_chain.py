"""Chains out of files.

Their order and length are any.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.pki.keys.key_files import OTHER_ISSUER, describe_key, is_p256
from atecc_bench.pki.x509.chain_checks import check_issued_by, check_may_issue, check_valid_at


def chain_of(certificates: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Put certificates in the order of their chain, the root last.

    Raises:
        RefusedError: `chain-broken` for certificates that are no single chain up to a root.
    """
    left = list({one.public_bytes(Encoding.DER): one for one in certificates}.values())
    below = [one for one in left if not any(other is not one and other.issuer == one.subject for other in left)]
    if len(below) != 1:
        names = ", ".join(one.subject.rfc4514_string() for one in below[:4]) or "every one issued another"
        raise _no_chain(f"not one of them alone is at the end: {names}", "Give the certificates of one chain.")
    chain = below
    left.remove(below[0])
    while chain[-1].issuer != chain[-1].subject:
        above = [one for one in left if one.subject == chain[-1].issuer]
        if not above:
            raise _no_chain(
                f"the issuer of {chain[-1].subject.rfc4514_string()}, {chain[-1].issuer.rfc4514_string()}, is missing",
                "Give the certificates up to the root, which issued itself.",
            )
        # Of several versions of an issuer the one whose key signed.
        chain.append(next((one for one in above if _signed(chain[-1], one)), above[0]))
        left.remove(chain[-1])
    if left:
        names = ", ".join(one.subject.rfc4514_string() for one in left[:4])
        raise _no_chain(f"these are no part of it: {names}", "Give the certificates of one chain alone.")
    return tuple(chain)


def check_whole_chain(chain: Sequence[x509.Certificate], at: datetime) -> None:
    """Check every link of a chain, the root last, at a moment.

    Raises:
        RefusedError: `chain-broken`, `certificate-expired`, `certificate-not-yet-valid` or `not-a-ca`.
    """
    names = ["device", *(["signer"] if len(chain) == 3 else [f"{n}." for n in range(1, len(chain) - 1)]), "root"]
    names = names if len(chain) > 1 else ["root"]
    check_issued_by(chain[-1], chain[-1], "root", "itself")
    for below in range(len(chain) - 1):
        subject, issuer = chain[below : below + 2]
        check_issued_by(subject, issuer, names[below], f"the {names[below + 1]}")
        check_may_issue(issuer, names[below + 1], authorities_below=below)
    for certificate, name in zip(chain, names, strict=True):
        check_valid_at(certificate, at, name)


def foreign_issuers(chain: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """Sentences on issuers whose key no chip can use.

    They say what can be done.
    """
    return tuple(
        f"The key of the issuer {one.subject.rfc4514_string()} is {describe_key(one.public_key())}. {OTHER_ISSUER}"
        for one in chain[1:]
        if not is_p256(one.public_key())
    )


def _signed(subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        check_issued_by(subject, issuer, "", "")
    except BenchError:
        return False
    return True


def _no_chain(why: str, hint: str) -> RefusedError:
    return RefusedError("chain-broken", f"The certificates in these files are no chain: {why}.", hint)
