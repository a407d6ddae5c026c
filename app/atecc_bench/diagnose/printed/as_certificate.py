"""A printed certificate in the bytes of another one.

So the two can be compared: what the print shows otherwise takes the place of the other's value; what it does not show
stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.diagnose.printed.printed_text import Attributes, PrintedCertificate
from atecc_bench.pki.encoding.certificate_fields import CertificateField, certificate_fields
from atecc_bench.pki.encoding.dates import parse_date
from atecc_bench.pki.encoding.der import DerNode, encode_length, parse_der
from atecc_bench.pki.x509.csr import subject_of_text
from atecc_bench.resources import resource_path

_LONG_NAMES: Mapping[str, str] = {
    "CN": "commonName", "SN": "surname", "C": "countryName", "L": "localityName", "ST": "stateOrProvinceName",
    "S": "stateOrProvinceName", "street": "streetAddress", "O": "organizationName", "OU": "organizationalUnitName",
    "UID": "userId", "DC": "domainComponent", "organizationIdentifier": "2.5.4.97",
}  # fmt: skip
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION_TAG = 0xA0
_LAST_OF_UTC_TIME = 2049


def as_certificate(printed: PrintedCertificate, model: bytes) -> bytes:
    """Put printed values into the DER of another certificate.

    Raises:
        InputError: What `certificate_fields` raises for a model that is no whole certificate, `name-not-usable` for
            names with attributes that are unknown.
    """
    fields = certificate_fields(model)
    root = parse_der(model)
    first = 1 if root.children[0].children[0].tag == _VERSION_TAG else 0
    body = root.children[0].children[first:]
    changes = dict(_values(printed, model, fields))
    whole: dict[int, bytes] = {}
    for which, node, shown in (("issuer", body[2], printed.issuer), ("subject", body[4], printed.subject)):
        if shown is not None:
            changes |= _name(which, node, shown, (model, fields), whole)
    for node, date in zip(body[3].children, (printed.not_before, printed.not_after), strict=False):
        if date is not None:
            whole |= _date(node, date, model)
    return _rebuilt(root, model, changes, whole)


def beside_another_print(printed: PrintedCertificate, other: PrintedCertificate) -> bytes:
    """Put printed values into a certificate that shows what another print shows.

    What neither shows is equal in the certificates of both.

    Raises:
        InputError: What `as_certificate` raises.
    """
    anybody = resource_path("scenarios", "mismatch", "device.pem").read_bytes()
    model = x509.load_pem_x509_certificate(anybody).public_bytes(Encoding.DER)
    return as_certificate(printed, as_certificate(other, model))


def _values(
    printed: PrintedCertificate, model: bytes, fields: Sequence[CertificateField]
) -> Iterator[tuple[tuple[int, int], bytes]]:
    shown = {
        "subjectPublicKey": printed.public_key,
        "subjectKeyIdentifier": printed.subject_key,
        "authorityKeyIdentifier": printed.authority_key,
        "signatureValue": printed.signature,
        "serialNumber": None if printed.serial_number is None else _integer(printed.serial_number),
    }
    for field in fields:
        value = shown.get(field.name)
        is_key_id = field.name.endswith("KeyIdentifier")
        if value is None or (is_key_id and len(value) != field.end - field.start):
            continue
        if value != model[field.start : field.end]:
            yield (field.start, field.end), value


def _integer(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, signed=True)


def _name(
    which: str,
    node: DerNode,
    shown: Attributes,
    of_model: tuple[bytes, Sequence[CertificateField]],
    whole: dict[int, bytes],
) -> dict[tuple[int, int], bytes]:
    """The values that differ.

    A name of other attributes goes into `whole` as it is.
    """
    model, fields = of_model
    own = [field for field in fields if field.name.startswith(f"{which}.")]
    names = [field.name.partition(".")[2] for field in own]
    if names == [_LONG_NAMES.get(key, key) for key, _ in reversed(shown)]:
        shown = shown if names == names[::-1] else shown[::-1]  # RFC 2253 writes names from their end
    if names != [_LONG_NAMES.get(key, key) for key, _ in shown]:
        text = ",".join(f"{key}={_escaped(value)}" for key, value in reversed(shown))
        whole[node.start] = subject_of_text(text).public_bytes()
        return {}
    return {
        (field.start, field.end): value.encode("utf-8")
        for field, (_, value) in zip(own, shown, strict=True)
        if value != model[field.start : field.end].decode("utf-8", "replace")
    }


def _escaped(value: str) -> str:
    return "".join(f"\\{one}" if one in ',+"\\<>;=#' else one for one in value)


def _date(node: DerNode, date: datetime, model: bytes) -> dict[int, bytes]:
    own = node.value(model)
    if parse_date(own) == date:
        return {}
    short = node.tag == _UTC_TIME and date.year <= _LAST_OF_UTC_TIME
    tag = _UTC_TIME if short else _GENERALIZED_TIME
    content = date.strftime("%y%m%d%H%M%SZ" if short else "%Y%m%d%H%M%SZ").encode("ascii")
    return {node.start: bytes([tag, len(content)]) + content}


def _rebuilt(node: DerNode, data: bytes, changes: Mapping[tuple[int, int], bytes], whole: Mapping[int, bytes]) -> bytes:
    if node.start in whole:
        return whole[node.start]
    if node.children:
        content = b"".join(_rebuilt(child, data, changes, whole) for child in node.children)
    else:
        content = node.value(data)
        for (start, end), value in changes.items():
            if node.value_start <= start and end <= node.end:
                content = data[node.value_start : start] + value + data[end : node.end]
    return bytes([node.tag]) + encode_length(len(content)) + content
