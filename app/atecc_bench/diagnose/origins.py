"""Where each field of a rebuilt device certificate comes from, in the layout of ECC608-MassProvisioning."""

from collections.abc import Mapping

from atecc_bench.pki.layout import (
    COMMON_NAME_SLOT,
    DEVICE_CERTIFICATE_SLOT,
    DEVICE_KEY_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
)

_ORIGINS: Mapping[str, str] = {
    "serialNumber": "SHA-256 of public key and dates",
    "notBefore": f"slot {DEVICE_CERTIFICATE_SLOT}, encoded dates",
    "subject.commonName": f"slot {COMMON_NAME_SLOT}, serial number text",
    "subjectPublicKey": f"live key, slot {DEVICE_KEY_SLOT}",
    "subjectKeyIdentifier": "SHA-1 of public key",
    "authorityKeyIdentifier": f"SHA-1 of the public key in slot {SIGNER_PUBLIC_KEY_SLOT}",
    "signatureValue": f"slot {DEVICE_CERTIFICATE_SLOT}, signature",
}


def origin_of(field: str) -> str:
    """Where the field with this name comes from when the certificate is rebuilt."""
    return _ORIGINS.get(field, "template")
