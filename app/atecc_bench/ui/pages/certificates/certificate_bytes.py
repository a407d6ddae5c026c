"""The fields of a certificate as coloured fields of a hex view."""

from atecc_bench.errors import BenchError
from atecc_bench.pki.encoding.certificate_fields import CertificateField, certificate_fields
from atecc_bench.ui.widgets.hex.hex_fields import HexField, HexRole


def certificate_hex_fields(der: bytes) -> list[HexField]:
    """Coloured fields; none for bytes that are not a certificate."""
    try:
        fields = certificate_fields(der)
    except BenchError:
        return []
    return [HexField(f.start, f.end, f.name, _role(f), field_text(der, f)) for f in fields]


def field_text(der: bytes, field: CertificateField) -> str:
    """The value of a field for people.

    Text as text, other bytes as hex.
    """
    value = der[field.start : field.end]
    if value.isascii() and value.decode("ascii").isprintable():
        return value.decode("ascii")
    return value.hex(" ").upper()


def _role(field: CertificateField) -> HexRole:
    if field.name.startswith(("issuer.", "subject.")):
        return HexRole.NAME
    return {
        "serialNumber": HexRole.SERIAL,
        "notBefore": HexRole.DATES,
        "notAfter": HexRole.DATES,
        "subjectPublicKey": HexRole.PUBLIC_KEY,
        "subjectKeyIdentifier": HexRole.KEY_CONFIG,
        "authorityKeyIdentifier": HexRole.CERTIFICATE,
        "signatureValue": HexRole.SIGNATURE,
    }.get(field.name, HexRole.PLAIN)
