"""Certificate requests (PKCS #10, RFC 2986).

Requests may have any subject, alternative names and extensions.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import parse_der
from atecc_bench.pki.encoding.pem import pem_blocks

REQUEST_LABELS = frozenset({"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"})
"""Labels of PEM that a request has."""
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

_PURPOSES = {
    "serverAuth": ExtendedKeyUsageOID.SERVER_AUTH,
    "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING,
    "emailProtection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "timeStamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "OCSPSigning": ExtendedKeyUsageOID.OCSP_SIGNING,
}
# What RFC 4514 has no short name for, and people write all the same.
_SHORT_NAMES = {
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "title": NameOID.TITLE,
    "GN": NameOID.GIVEN_NAME,
    "SN": NameOID.SURNAME,
    "dnQualifier": NameOID.DN_QUALIFIER,
}
# UTF8String, NumericString, PrintableString, TeletexString, IA5String, UniversalString, BMPString; uniqueIdentifier is
# a BIT STRING.
_STRING_TAGS = (0x0C, 0x12, 0x13, 0x14, 0x16, 0x1C, 0x1E, 0x03)
_ENCODED_VALUE = re.compile(r"(?:^|[,+])\s*[^=,+]+=\s*#[0-9A-Fa-f]")
_OID = re.compile(r"[0-2](\.\d{1,39}){1,30}")


@dataclass(frozen=True)
class RequestedExtension:
    """An extension that a request asks for."""

    value: x509.ExtensionType
    critical: bool = False


def make_request(
    key: ec.EllipticCurvePrivateKey, subject: x509.Name, extensions: Iterable[RequestedExtension] = ()
) -> bytes:
    """Make a request (PEM), signed with ECDSA and SHA-256.

    A key that is elsewhere signs there.

    Raises:
        InputError: `extension-not-usable` for two extensions of a kind, `name-not-usable` for a name with strings that
            no name has (X.520, DirectoryString, and what RFC 5280 adds to it).
    """
    _check_strings(subject)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    try:
        for extension in extensions:
            builder = builder.add_extension(extension.value, critical=extension.critical)
    except ValueError as error:
        raise _extension_not_usable("one of them is given twice") from error
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def load_request(data: bytes) -> x509.CertificateSigningRequest:
    """Read a request, PEM or DER, and check its signature.

    It shows that who made the request has its key.

    Raises:
        InputError: `not-a-request`.
    """
    blocks = [block for block in pem_blocks(data) if block.label in REQUEST_LABELS]
    try:
        if blocks:
            request = x509.load_pem_x509_csr(blocks[0].pem.replace(b" NEW CERT", b" CERT"))
        else:
            request = x509.load_der_x509_csr(data)
        if not request.is_signature_valid:
            raise _not_a_request("its signature is not that of its key")
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise _not_a_request("it is neither PEM nor DER of one, or of a kind that is not known") from error
    return request


def subject_of_text(text: str) -> x509.Name:
    """Read a name as RFC 4514 writes it.

    Such as `CN=device 1,O=ACME Ltd`; the most significant part is last. Empty text is the empty name.

    Raises:
        InputError: `name-not-usable`.
    """
    if not text:
        return x509.Name([])
    try:
        if _ENCODED_VALUE.search(text):
            raise ValueError("values as encoded bytes (#…) are not read")
        return x509.Name.from_rfc4514_string(text, _SHORT_NAMES)
    except (ValueError, KeyError) as error:
        why = str(error).rstrip(".") or "it is not written as RFC 4514 has it"
        raise InputError(
            "name-not-usable",
            f"{text!r} is no name that a certificate can have: {why}.",
            r"Write it like CN=device 1,O=ACME Ltd,C=DE, with \, for a comma in a value.",
        ) from error


def alternative_names(texts: Sequence[str]) -> RequestedExtension:
    """Read alternative names as openssl writes them.

    `DNS:…`, `IP:…`, `URI:…`, `email:…`, `RID:…`, `dirName:…`.

    Raises:
        InputError: `extension-not-usable` or `name-not-usable`.
    """
    return RequestedExtension(x509.SubjectAlternativeName([_general_name(text) for text in texts]))


def key_usage(names: Sequence[str]) -> RequestedExtension:
    """Read a keyUsage by the names of RFC 5280.

    Such as `digitalSignature`.

    Raises:
        InputError: `extension-not-usable`.
    """
    by_name = {_camel(usage): usage for usage in KEY_USAGES} | {"nonRepudiation": "content_commitment"}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise _extension_not_usable(f"there is no keyUsage {unknown[0]!r}; there are {', '.join(by_name)}")
    chosen = {by_name[name] for name in names}
    try:
        return RequestedExtension(x509.KeyUsage(**{usage: usage in chosen for usage in KEY_USAGES}), critical=True)
    except ValueError as error:
        raise _extension_not_usable(str(error).rstrip(".")) from error


def extended_key_usage(names: Sequence[str]) -> RequestedExtension:
    """Read an extendedKeyUsage by names such as `clientAuth`, or by OIDs.

    Raises:
        InputError: `extension-not-usable`.
    """
    return RequestedExtension(x509.ExtendedKeyUsage([_PURPOSES.get(name) or _oid(name) for name in names]))


def any_extension(text: str) -> RequestedExtension:
    """Read `OID=HEX` or `OID=critical,HEX`: any extension's value in DER.

    Raises:
        InputError: `extension-not-usable`.
    """
    name, _, value = text.partition("=")
    digits = value.removeprefix("critical,")
    try:
        content = bytes.fromhex(digits)
        parse_der(content)
    except (ValueError, InputError) as error:
        raise _extension_not_usable(f"{text!r} is not OID=HEX with the hexadecimal digits of DER") from error
    return RequestedExtension(x509.UnrecognizedExtension(_oid(name), content), critical=digits != value)


def _check_strings(name: x509.Name) -> None:
    der = name.public_bytes()
    for rdn in parse_der(der).children:
        for attribute in rdn.children:
            if attribute.children[1].tag not in _STRING_TAGS:
                raise InputError(
                    "name-not-usable",
                    f"The name {name.rfc4514_string()!r} has a string of a type that names do not have.",
                    "Use UTF8String or PrintableString.",
                )


def _general_name(text: str) -> x509.GeneralName:
    kind, _, value = text.partition(":")
    try:
        if not value:
            raise ValueError("it names nothing")
        match kind:
            case "DNS":
                return x509.DNSName(value)
            case "IP":
                return x509.IPAddress(ipaddress.ip_address(value))
            case "URI":
                return x509.UniformResourceIdentifier(value)
            case "email":
                return x509.RFC822Name(value)
            case "RID":
                return x509.RegisteredID(_oid(value))
            case "dirName":
                return x509.DirectoryName(subject_of_text(value))
            case _:
                raise ValueError("it begins with none of DNS: IP: URI: email: RID: dirName:")
    except ValueError as error:
        raise _extension_not_usable(f"{text!r} is no alternative name: {str(error).rstrip('.')}") from error


def _oid(text: str) -> x509.ObjectIdentifier:
    try:
        if _OID.fullmatch(text) is None:
            raise ValueError(text)
        return x509.ObjectIdentifier(text)
    except ValueError as error:
        raise _extension_not_usable(f"{text!r} is no object identifier") from error


def _camel(name: str) -> str:
    first, *rest = name.replace("crl_sign", "cRL_sign").split("_")
    return first + "".join(part.title() for part in rest)


def _extension_not_usable(why: str) -> InputError:
    return InputError(
        "extension-not-usable",
        f"The extensions of this request cannot be made: {why}.",
        "Correct it; `atecc-bench key csr --help` shows how each is written.",
    )


def _not_a_request(why: str) -> InputError:
    return InputError(
        "not-a-request",
        f"This is not a certificate request: {why}.",
        "Give a PKCS #10 request as PEM (-----BEGIN CERTIFICATE REQUEST-----) or DER.",
    )
