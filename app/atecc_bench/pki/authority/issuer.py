"""The issuing side of an authority, without its key.

The certificates, and the organization that goes into a device's name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.encoding.distinguished_names import organization_of
from atecc_bench.pki.x509.chain_checks import check_issued_by, check_may_issue, check_valid_at


def on_the_hour(now: datetime) -> datetime:
    """Return the last full hour, when a device certificate begins.

    The 72 bytes know no minutes.
    """
    return now.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Issuer:
    """Certificates of an authority, and the organization of its devices.

    The organization stands in the names of the devices.
    """

    root: x509.Certificate
    signer: x509.Certificate
    organization: str


def issuer_of(root: x509.Certificate, signer: x509.Certificate, organization: str | None) -> Issuer:
    """The issuer; the organization is the signer's unless given.

    Raises:
        InputError: `organization-needed` when neither the operator nor the signer names one.

    """
    organization = organization_of(signer.subject) if organization is None else organization
    if not organization:
        raise InputError(
            "organization-needed",
            "The signer's name holds no organization, so the device's cannot be taken from it.",
            "Give one with --organization.",
        )
    return Issuer(root, signer, organization)


def check_issuer(issuer: Issuer, now: datetime) -> None:
    """Check that issuing will succeed.

    Issuing comes after the locks, when a chip can no longer be anything else.

    Raises:
        RefusedError: `chain-broken`, `not-a-ca`, `certificate-expired`, `certificate-not-yet-valid` or
            `signer-too-new`.
    """
    check_issued_by(issuer.signer, issuer.root, "signer", "the root")
    check_may_issue(issuer.signer, "signer", authorities_below=0)
    for certificate, which in ((issuer.root, "root"), (issuer.signer, "signer")):
        check_valid_at(certificate, now, which)
    begins = issuer.signer.not_valid_before_utc
    if begins > on_the_hour(now):
        raise RefusedError(
            "signer-too-new",
            f"The signer is valid from {begins:%H:%M:%S} UTC, and a device certificate begins on the full hour, "
            "which was before that.",
            f"Try again after {on_the_hour(now) + timedelta(hours=1):%H:%M} UTC.",
        )
