"""The fields of an X.509 certificate as byte ranges.

Ranges of its DER (RFC 5280, section 4.1).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import BIT_STRING, BOOLEAN, SEQUENCE, SET, DerNode, parse_damaged_der, parse_der

_ATTRIBUTE_NAMES = {
    "2.5.4.3": "commonName",
    "2.5.4.4": "surname",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "countryName",
    "2.5.4.7": "localityName",
    "2.5.4.8": "stateOrProvinceName",
    "2.5.4.9": "streetAddress",
    "2.5.4.10": "organizationName",
    "2.5.4.11": "organizationalUnitName",
    "2.5.4.12": "title",
    "2.5.4.46": "dnQualifier",
    "0.9.2342.19200300.100.1.1": "userId",
    "0.9.2342.19200300.100.1.25": "domainComponent",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_EXTENSION_NAMES = {
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
}
_VERSION_TAG = 0xA0
_EXTENSIONS_TAG = 0xA3
_KEY_IDENTIFIER_TAG = 0x80
_UNIQUE_ID_NAMES = {0x81: "issuerUniqueID", 0x82: "subjectUniqueID"}
_P256_POINT_LENGTH = 65
_UNCOMPRESSED = 4


@dataclass(frozen=True)
class CertificateField:
    """The value of one field: `der[start:end]`, without its tag and length.

    `name` is what a person calls it (`subject.commonName`), `path` where it stands; a repeated
    attribute has its number, from 1, at the end of its path.
    """

    name: str
    path: str
    start: int
    end: int


def certificate_fields(der: bytes) -> tuple[CertificateField, ...]:
    """Return the fields of a certificate in order, without overlap.

    The subject public key of an uncompressed P-256 key is only X and Y (64 bytes); key identifiers are their bare
    octets; a BIT STRING is counted without its unused-bits byte.

    Raises:
        InputError: `not-a-certificate` or `truncated-input`.
    """
    certificate = parse_der(der)
    if certificate.tag != SEQUENCE or len(certificate.children) != 3:
        raise _not_a_certificate("it is not a sequence of three parts")
    tbs, _, signature = certificate.children
    if tbs.tag != SEQUENCE or signature.tag != BIT_STRING or signature.length < 1:
        raise _not_a_certificate("its three parts are not what they should be")
    return tuple(_fields(der, certificate))


def readable_fields(der: bytes) -> tuple[CertificateField, ...]:
    """Return the fields of a certificate up to the first damage.

    A field that is cut off ends where the data ends; there are none in what is no certificate.
    """
    found: list[CertificateField] = []
    with suppress(InputError):  # the damage; what was found before it is kept
        found.extend(_fields(der, parse_damaged_der(der)))
    return tuple(found)


def field_at(fields: tuple[CertificateField, ...], position: int) -> CertificateField | None:
    """Return the field that holds the byte at `position`.

    None for tags, lengths and the like.
    """
    return next((field for field in fields if field.start <= position < field.end), None)


def _fields(der: bytes, certificate: DerNode) -> Iterator[CertificateField]:
    if certificate.tag != SEQUENCE or not certificate.children or certificate.children[0].tag != SEQUENCE:
        raise _not_a_certificate("it is not a sequence with a sequence in it")
    tbs, *signed = certificate.children
    yield from _tbs_fields(der, tbs)
    for name, part, skipped in zip(("signatureAlgorithm", "signatureValue"), signed, (0, 1), strict=False):
        yield CertificateField(name, name, min(part.value_start + skipped, part.end), part.end)


def _tbs_fields(der: bytes, tbs: DerNode) -> Iterator[CertificateField]:
    parts = list(tbs.children)
    path = "tbsCertificate."
    if parts and parts[0].tag == _VERSION_TAG:
        wrapper = parts.pop(0)
        if len(wrapper.children) != 1:
            raise _not_a_certificate("its version is not one number")
        yield _whole("version", path + "version", wrapper.children[0])
    for number, part in enumerate(parts[:6]):
        match number:
            case 0:
                yield _whole("serialNumber", path + "serialNumber", part)
            case 1:
                yield _whole("signature", path + "signature", part)
            case 2:
                yield from _name_fields(der, part, "issuer", path)
            case 3:
                yield from _validity_fields(part, path + "validity.")
            case 4:
                yield from _name_fields(der, part, "subject", path)
            case _:
                yield from _key_fields(der, part, path + "subjectPublicKeyInfo.")
    if len(parts) < 6:
        raise _not_a_certificate("fields every certificate has are missing")
    for part in parts[6:]:
        if part.tag == _EXTENSIONS_TAG and len(part.children) == 1:
            yield from _extension_fields(der, part.children[0], path + "extensions.")
        elif part.tag in _UNIQUE_ID_NAMES:
            name = _UNIQUE_ID_NAMES[part.tag]
            yield _whole(name, path + name, part)
        else:
            raise _not_a_certificate(f"it has an unknown part at byte {part.start}")


def _validity_fields(validity: DerNode, path: str) -> Iterator[CertificateField]:
    for name, date in zip(("notBefore", "notAfter"), validity.children, strict=False):
        yield _whole(name, path + name, date)
    if len(validity.children) != 2:
        raise _not_a_certificate("its validity is not two dates")


def _name_fields(der: bytes, name: DerNode, which: str, path: str) -> Iterator[CertificateField]:
    seen: dict[str, int] = {}
    for relative_name in name.children:
        for attribute in relative_name.children:
            if relative_name.tag != SET or len(attribute.children) != 2:
                raise _not_a_certificate(f"its {which} is not a distinguished name")
            oid, value = attribute.children
            label = f"{which}.{_oid_name(der, oid, _ATTRIBUTE_NAMES)}"
            seen[label] = seen.get(label, 0) + 1
            number = f"[{seen[label]}]" if seen[label] > 1 else ""
            yield _whole(label, path + label + number, value)


def _key_fields(der: bytes, key_info: DerNode, path: str) -> Iterator[CertificateField]:
    if len(key_info.children) != 2 or key_info.children[1].tag != BIT_STRING:
        raise _not_a_certificate("its public key is not where it should be")
    algorithm, key = key_info.children
    yield _whole("algorithm", path + "algorithm", algorithm)
    if key.length < 1:
        raise _not_a_certificate("its public key is empty")
    start = key.value_start + 1
    if key.end - start == _P256_POINT_LENGTH and der[start] == _UNCOMPRESSED:
        start += 1
    yield CertificateField("subjectPublicKey", path + "subjectPublicKey", start, key.end)


def _extension_fields(der: bytes, extensions: DerNode, path: str) -> Iterator[CertificateField]:
    for extension in extensions.children:
        parts = list(extension.children)
        if len(parts) == 3 and parts[1].tag == BOOLEAN:
            parts.pop(1)
        if len(parts) != 2:
            raise _not_a_certificate(f"the extension at byte {extension.start} is malformed")
        name = _oid_name(der, parts[0], _EXTENSION_NAMES)
        start, end = _extension_value(der, name, parts[1])
        yield CertificateField(name, path + name, start, end)


def _extension_value(der: bytes, name: str, value: DerNode) -> tuple[int, int]:
    if name == "subjectKeyIdentifier":
        inner = parse_der(der, value.value_start, value.end)
        return inner.value_start, inner.end
    if name == "authorityKeyIdentifier":
        inner = parse_der(der, value.value_start, value.end)
        for part in inner.children:
            if part.tag == _KEY_IDENTIFIER_TAG:
                return part.value_start, part.end
    return value.value_start, value.end


def _oid_name(der: bytes, node: DerNode, names: dict[str, str]) -> str:
    value = node.value(der)
    if node.tag != 0x06 or not value or value[-1] & 0x80:
        raise _not_a_certificate(f"there is no object identifier at byte {node.start}")
    arcs: list[int] = []
    arc = 0
    for byte in value:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    top = min(arcs[0] // 40, 2)
    dotted = ".".join(str(number) for number in (top, arcs[0] - 40 * top, *arcs[1:]))
    return names.get(dotted, dotted)


def _whole(name: str, path: str, node: DerNode) -> CertificateField:
    return CertificateField(name, path, node.value_start, node.end)


def _not_a_certificate(why: str) -> InputError:
    return InputError(
        "not-a-certificate",
        f"This is DER, but not an X.509 certificate: {why}.",
        "Give an X.509 certificate as PEM or DER.",
    )


def common_name(der: bytes) -> str | None:
    """The subject's common name of a certificate (DER)."""
    for field in certificate_fields(der):
        if field.name == "subject.commonName":
            return der[field.start : field.end].decode("utf-8", "replace")
    return None
