"""Distinguished names as this project writes them: organization and common name."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from atecc_bench.errors import InputError

# Upper bounds ub-organization-name and ub-common-name of RFC 5280, appendix A.1.
_LONGEST = 64


def distinguished_name(organization: str | None, common_name: str) -> x509.Name:
    """Make a name of an organization, if there is one, and a common name, as UTF8String.

    Raises `InputError` (`name-not-usable`) for a part that is empty, longer than 64 characters or holds
    control characters.
    """
    attributes: list[x509.NameAttribute[str]] = []
    if organization is not None:
        _check("organization", organization)
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    _check("common name", common_name)
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(attributes)


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
