"""Obstacles to storing a certificate in 72 bytes.

They are said all at once.

Rules: "ATECC Compressed Certificate Definition", and CryptoAuthLib's `atcacert`.
"""

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import SignatureAlgorithmOID

from atecc_bench.errors import RefusedError
from atecc_bench.pki.compressed.definition import NOWHERE, CertificateDefinition, StandardElement
from atecc_bench.pki.compressed.format import FormatVersion, encode_dates
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS, DateFormat, latest_date, parse_date, whole_years
from atecc_bench.pki.keys.key_files import describe_key, key_identifier, public_key_bytes

_NOT_BEFORE, _NOT_AFTER = "tbsCertificate.validity.notBefore", "tbsCertificate.validity.notAfter"
_OF_KEY = (SerialSource.PUB_KEY_HASH, SerialSource.PUB_KEY_HASH_POS, SerialSource.PUB_KEY_HASH_RAW)
_SERIAL = "tbsCertificate.serialNumber"


def storage_obstacles(der: bytes, source: SerialSource = SerialSource.PUB_KEY_HASH) -> tuple[str, ...]:
    """Sentences on every rule that a certificate breaks.

    `source` is where its serial number is to come from.

    Raises:
        InputError: `not-a-certificate` for what is none.
    """
    certificate = x509.load_der_x509_certificate(der)
    fields = {field.path: der[field.start : field.end] for field in certificate_fields(der)}
    return tuple(_obstacles(certificate, fields, source))


def date_limits(definition: CertificateDefinition) -> tuple[str, ...]:
    """Sentences on the dates that certificates by a definition can have.

    CryptoAuthLib changes silently what does not fit, so firmware has to keep to them when it issues certificates.
    """
    short = FormatVersion.SHORT_DATES
    limits = ["notBefore is a full hour: CryptoAuthLib drops minutes and seconds without a word."]
    if definition.expire_years > short.most_years:
        limits.append(
            f"{definition.expire_years} years need format 1 of the 72 bytes: a CryptoAuthLib without "
            "atcacert_date_enc_compcert_ext reads other dates out of them."
        )
    else:
        limits.append(
            f"From {short.latest_year + 1} on, the year of notBefore needs format 1 of the 72 bytes: a CryptoAuthLib "
            "without atcacert_date_enc_compcert_ext reads another year out of them."
        )
    if definition.expire_years == NO_EXPIRY_YEARS:
        latest = latest_date(definition.expire_date_format)
        limits.append(f"0 years mean no expiry: notAfter is {latest:%Y-%m-%d %H:%M:%S}.")
    elif definition.std_cert_elements[StandardElement.EXPIRE_DATE] != NOWHERE:
        latest = latest_date(definition.expire_date_format)
        last = latest.year - definition.expire_years
        if last < FormatVersion.EXTENDED_DATES.latest_year:
            limits.append(
                f"notAfter is {definition.expire_date_format.specification_name}, which ends with {latest.year}: with "
                f"{definition.expire_years} years, certificates can be issued up to {last}."
            )
        limits.append("Nothing is issued on a 29 February whose anniversary does not exist.")
    return tuple(limits)


def _obstacles(certificate: x509.Certificate, fields: dict[str, bytes], source: SerialSource) -> Iterator[str]:
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        yield "It is not signed by ECDSA with SHA-256: the 72 bytes hold no signature of another key."
    start = certificate.not_valid_before_utc
    if start.minute or start.second:
        yield f"notBefore is {start:%Y-%m-%d %H:%M:%S}; minutes and seconds are not kept, so it has to be a full hour."
    years = _years(fields)
    if years is None:
        yield (
            f"notAfter is {certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S}, which is neither a whole number of "
            "years after notBefore, 127 at most, nor the latest date (no expiry)."
        )
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        yield "Its own key is of a kind that is not known, or no point of its curve."
        return
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        yield f"Its own key is {describe_key(key)}, and the chip only has NIST P-256."
        if source in _OF_KEY:
            yield (
                f"Its serial number has to be the hash of key and dates ({source.specification_name}), unless the chip "
                "holds the number (--sn-source STORED)."
            )
        return
    point = public_key_bytes(key)
    number = fields.get(_SERIAL, b"")
    if source in _OF_KEY and (years is None or not _is_hash(number, point, start, years, source)):
        yield (
            f"Its serial number is not the hash of key and dates ({source.specification_name}): issue it so, or "
            "let the chip hold the number (--sn-source STORED)."
        )
    try:
        identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return
    if identifier != key_identifier(point):
        yield "Its subjectKeyIdentifier is not the SHA-1 of its key, so it cannot be computed and is the template's."


def _years(fields: dict[str, bytes]) -> int | None:
    issue, expire = fields.get(_NOT_BEFORE), fields.get(_NOT_AFTER)
    if issue is None or expire is None:
        return None
    return whole_years(parse_date(issue), parse_date(expire), DateFormat.of_length(len(expire)))


def _is_hash(number: bytes, point: bytes, start: datetime, years: int, source: SerialSource) -> bool:
    try:
        dates = encode_dates(start, years, FormatVersion.for_dates(start, years))
        return hashed_serial_number(source, point, dates, len(number)) == number
    except RefusedError:
        return False
