"""Identity of a device: its chain, and a key that only signs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from cryptography import x509

from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.encoding.distinguished_names import common_name_of
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_issued_by


@dataclass(frozen=True)
class ClientIdentity:
    """The device certificate with its issuers behind it, and its key.

    `sign_digest` gives R‖S of a SHA-256 digest. `place` says in words where the key is.
    """

    chain: tuple[x509.Certificate, ...]
    sign_digest: Callable[[bytes], bytes] = field(repr=False)
    place: str

    @property
    def device(self) -> x509.Certificate:
        """The device's own certificate."""
        return self.chain[0]

    @property
    def sent(self) -> tuple[x509.Certificate, ...]:
        """Certificates that go to the server.

        A root stays behind: the server has to know it by itself.
        """
        issuers = tuple(one for one in self.chain[1:] if one.subject != one.issuer)
        return (self.device, *issuers)

    @property
    def public_key(self) -> bytes:
        """X‖Y of the device certificate's key."""
        return certificate_public_key(self.device)

    @property
    def name(self) -> str:
        """The device's common name, or its whole subject."""
        return common_name_of(self.device) or self.device.subject.rfc4514_string()

    @property
    def missing_issuer(self) -> str | None:
        """Name of the issuer that nobody has a certificate of.

        It issued the last certificate that is sent; None where its certificate is at hand.
        """
        last = self.sent[-1]
        known = {one.subject for one in self.chain}
        return None if last.issuer in known else last.issuer.rfc4514_string()


def identity_of(
    chain: tuple[x509.Certificate, ...], live_key: bytes, sign_digest: Callable[[bytes], bytes], slot: int
) -> ClientIdentity:
    """Make the identity of a device whose certificate fits its key.

    `live_key` is X‖Y as the chip gives it now.

    Raises:
        RefusedError: `public-key-mismatch`, before anything is sent; `chain-broken` when the chain is none.
    """
    try:
        same = certificate_public_key(chain[0]) == live_key
    except InputError:
        same = False  # for no P-256 key at all
    if not same:
        raise RefusedError(
            "public-key-mismatch",
            f"The certificate of {chain[0].subject.rfc4514_string()} is for another key than the one in slot {slot}: "
            "every server would refuse the chip's signature. Nothing was sent.",
            "Give the slot whose key it was issued for, or provision the chip again.",
        )
    for subject, issuer in pairwise(chain):
        try:
            check_issued_by(subject, issuer, "device" if subject is chain[0] else "issuer's", "the one behind it")
        except RefusedError as error:
            raise RefusedError(
                error.id,
                f"{error.message} Nothing was sent.",
                "Every server would refuse it. See what differs with `atecc-bench diagnose`.",
            ) from error
    return ClientIdentity(chain, sign_digest, f"slot {slot} of the chip")


def ordered(certificates: tuple[x509.Certificate, ...], live_key: bytes) -> tuple[x509.Certificate, ...]:
    """Put certificates of a file in order, that of the key first.

    What does not belong to its chain is left out. Without one for this key the first stays the first.
    """
    leaf = next((one for one in certificates if _is_for(one, live_key)), certificates[0])
    chain = [leaf]
    while len(chain) <= len(certificates):
        last = chain[-1]
        issuer = next((one for one in certificates if one not in chain and _issued(last, one)), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)


def _is_for(certificate: x509.Certificate, public_key: bytes) -> bool:
    try:
        return certificate_public_key(certificate) == public_key
    except InputError:
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        check_issued_by(certificate, issuer, "device", "it")
    except BenchError:
        return False
    return True
