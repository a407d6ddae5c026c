"""Issuing device certificates of the structure that the chip's layout can rebuild."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_ca import SERIAL_NUMBER_LENGTH, sign
from atecc_bench.pki.compressed.format import FormatVersion, encode_dates
from atecc_bench.pki.compressed.massprovisioning import COMMON_NAME_LENGTH
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS, DateFormat, latest_date
from atecc_bench.pki.encoding.distinguished_names import distinguished_name, organization_of
from atecc_bench.pki.keys.key_files import certificate_public_key, public_key_from_bytes
from atecc_bench.pki.x509.chain_checks import check_valid_at


def issue_device_certificate(
    authority: CertificateAuthority,
    public_key: bytes,
    *,
    organization: str,
    common_name: str,
    not_before: datetime,
) -> bytes:
    """Issue a device certificate (DER) for X‖Y that never expires.

    `common_name` is 18 characters, as slot 8 holds them; `not_before` is on the hour.

    Raises:
        InputError: `name-not-usable` or `not-a-public-key`.
        RefusedError: `date-not-representable`; `certificate-expired` or `certificate-not-yet-valid` when the signer is
            not valid at `not_before`.
    """
    if len(common_name.encode("utf-8")) != COMMON_NAME_LENGTH:
        raise InputError(
            "name-not-usable",
            f"The common name {common_name!r} does not have {COMMON_NAME_LENGTH} characters, as slot 8 holds.",
            "Use the chip's serial number, 18 lower-case hex digits.",
        )
    subject = distinguished_name(organization, common_name)
    key = public_key_from_bytes(public_key)
    check_valid_at(authority.signer, not_before, "signer")
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(_serial_number(public_key, not_before)))
        .subject_name(subject)
        .issuer_name(authority.signer.subject)
        .public_key(key)
        .not_valid_before(not_before)
        .not_valid_after(latest_date(DateFormat.RFC5280_GEN))
    )
    signer_public_key = certificate_public_key(authority.signer)
    return sign(builder, public_key, signer_public_key, authority.signer_key).public_bytes(Encoding.DER)


def signer_organization(authority: CertificateAuthority) -> str | None:
    """Return the organization in the signer's name, or None."""
    return organization_of(authority.signer.subject)


def _serial_number(public_key: bytes, not_before: datetime) -> bytes:
    dates = encode_dates(not_before, NO_EXPIRY_YEARS, FormatVersion.for_dates(not_before, NO_EXPIRY_YEARS))
    return hashed_serial_number(SerialSource.PUB_KEY_HASH, public_key, dates, SERIAL_NUMBER_LENGTH)
