"""Distinguished names as this project writes them."""

import re
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.x509.name import _ASN1Type  # pyright: ignore[reportPrivateUsage] - it has no public name
from cryptography.x509.oid import NameOID

from atecc_bench.errors import InputError

# Upper bounds ub-organization-name and ub-common-name of RFC 5280, appendix A.1.
_LONGEST = 64
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]+")  # X.680, section 41.4

NAME_PARTS: Final = {
    "C": ("country", NameOID.COUNTRY_NAME),
    "ST": ("state", NameOID.STATE_OR_PROVINCE_NAME),
    "L": ("locality", NameOID.LOCALITY_NAME),
    "O": ("organization", NameOID.ORGANIZATION_NAME),
    "OU": ("organizational unit", NameOID.ORGANIZATIONAL_UNIT_NAME),
    "CN": ("common name", NameOID.COMMON_NAME),
    "serialNumber": ("serial number", NameOID.SERIAL_NUMBER),
}
"""Parts of a name by what RFC 4514 calls them: in words, and their object identifiers."""


def distinguished_name(organization: str | None, common_name: str, *, printable: bool = False) -> x509.Name:
    """Make a name of an optional organization and a common name.

    Its strings are UTF8String or PrintableString.

    Raises:
        InputError: `name-not-usable` for a part that is empty, longer than 64 characters or holds control characters.
    """
    parts = [("O", organization)] if organization is not None else []
    return name_of_parts([*parts, ("CN", common_name)], printable=printable)


def name_of_parts(parts: Iterable[tuple[str, str]], *, printable: bool = False) -> x509.Name:
    """Make a name of parts such as `("O", "ACME Ltd")`.

    Each is its own relative name, in this order.

    Raises:
        InputError: `name-not-usable` as `distinguished_name` does, for a country that is not two letters, and for a
            `printable` one with characters that PrintableString does not have.
    """
    attributes: list[x509.NameAttribute[str]] = []
    for part, text in parts:
        words, oid = NAME_PARTS[part]
        _check(words, text)
        if printable and not _PRINTABLE.fullmatch(text):
            raise InputError(
                "name-not-usable",
                f"The {words} {text!r} is no PrintableString.",
                "Use letters, digits, blanks and '()+,-./:=? only.",
            )
        try:
            kind = _ASN1Type.PrintableString if printable else None
            attributes.append(x509.NameAttribute(oid, text, kind))
        except ValueError as error:
            raise InputError(
                "name-not-usable", f"The {words} {text!r} cannot stand in a certificate: {error}.", "Give another."
            ) from error
    return x509.Name(attributes)


def common_name_of(certificate: x509.Certificate) -> str:
    """The common name of a certificate; empty without one."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[-1].value) if names else ""


def organization_of(name: x509.Name) -> str | None:
    """Return the first organization of a name, or None."""
    for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME):
        if isinstance(attribute.value, str):
            return attribute.value
    return None


def _check(part: str, text: str) -> None:
    if text.strip() and len(text) <= _LONGEST and text.isprintable():
        return
    raise InputError(
        "name-not-usable",
        f"The {part} {text!r} cannot stand in a certificate: it has {len(text)} characters.",
        f"Give 1 to {_LONGEST} printable characters.",
    )
