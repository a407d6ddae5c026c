"""Microchip's signed device manifest: what clouds know devices by.

Trust Platform Manifest File Format: a JSON array with one JWS (RFC 7515, flattened, ES256) for each device. Its payload
names the chip by `uniqueId`, its serial number in lower-case hexadecimal, and holds the public key of each slot as JWK
(RFC 7517), with the certificate chain of the slot that has one.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.keys.key_files import certificate_public_key, key_identifier, public_key_from_bytes
from atecc_bench.pki.x509.chain_checks import check_issued_by, extension_of, verify_signature
from atecc_bench.plain_json import load_json

_VERSION = 1
_LARGEST = 256 << 20
_ENTRY = re.compile(r"[^\s,]")


@dataclass(frozen=True, kw_only=True)
class ManifestDevice:
    """One device of a manifest.

    `public_keys` are X‖Y by slot, `chains` certificates by slot, the device's own first.
    """

    serial_number: bytes
    model: str
    part_number: str
    organization: str
    unit: str
    provisioned: datetime
    public_keys: Mapping[int, bytes]
    chains: Mapping[int, tuple[x509.Certificate, ...]] = field(default_factory=dict[int, tuple[x509.Certificate, ...]])


def make_manifest(
    devices: Sequence[ManifestDevice], signing_key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> str:
    """Write the manifest of one device or many.

    Each entry is signed with the key of `certificate`.
    """
    header = {
        "typ": "JWT",
        "alg": "ES256",
        "kid": _base64url(_key_id(certificate)),
        "x5t#S256": _base64url(certificate.fingerprint(SHA256())),
    }
    protected = _base64url(json.dumps(header).encode())
    return json.dumps([_signed(device, protected, signing_key) for device in devices], indent=2) + "\n"


def check_manifest(text: str | bytes, certificate: x509.Certificate) -> tuple[ManifestDevice, ...]:
    """Read a manifest and check every entry.

    Signature, who signed, and that keys and chains belong together.

    Raises:
        InputError: `not-a-manifest`.
        RefusedError: `manifest-not-valid` with the entry and the reason.
    """
    if len(text) > _LARGEST:
        raise NotAManifestError(f"it has more than {_LARGEST} bytes")
    devices = [_checked(entry, n, certificate) for n, entry in enumerate(_entries(text), 1)]
    counted = Counter(device.serial_number for device in devices)
    repeated = [number.hex() for number, count in counted.items() if count > 1]
    if repeated:
        raise RefusedError(
            "manifest-not-valid",
            f"The manifest holds the device {repeated[0]} more than once.",
            "Ask whoever made it for one entry a device.",
        )
    return tuple(devices)


def _entries(text: str | bytes) -> list[object]:
    """The entries of a manifest.

    Tools and people also keep them one by one: a single entry, entries in a row or with commas between them, all
    without the brackets of the array.
    """
    entries: list[object] = []
    try:
        said = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        decoder = json.JSONDecoder()
        start = _ENTRY.search(said)
        while start is not None:
            entry, end = decoder.raw_decode(said, start.start())
            entries.append(entry)
            start = _ENTRY.search(said, end)
    except (ValueError, RecursionError) as error:
        raise NotAManifestError("it is no JSON") from error
    if len(entries) == 1 and isinstance(entries[0], list):
        entries = cast("list[object]", entries[0])
    if not entries:
        raise NotAManifestError("it holds no device")
    if not all(isinstance(entry, dict) for entry in entries):
        raise NotAManifestError("it is neither a JSON array of entries nor one entry")
    return entries


def _signed(device: ManifestDevice, protected: str, signing_key: ec.EllipticCurvePrivateKey) -> dict[str, object]:
    who = {"organizationName": device.organization, "organizationalUnitName": device.unit}
    provisioned = device.provisioned.astimezone(UTC)
    body = {
        "version": _VERSION,
        "model": device.model,
        "partNumber": device.part_number,
        "manufacturer": {
            "organizationName": "Microchip Technology Inc",
            "organizationalUnitName": "Secure Products Group",
        },
        "provisioner": who,
        "distributor": who,
        "provisioningTimestamp": f"{provisioned:%Y-%m-%dT%H:%M:%S}.{provisioned.microsecond // 1000:03}Z",
        "uniqueId": device.serial_number.hex(),
        "publicKeySet": {
            "keys": [_jwk(slot, key, device.chains.get(slot, ())) for slot, key in sorted(device.public_keys.items())]
        },
    }
    payload = _base64url(json.dumps(body).encode())
    der = signing_key.sign(f"{protected}.{payload}".encode("ascii"), ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    return {
        "payload": payload,
        "protected": protected,
        "header": {"uniqueId": device.serial_number.hex()},
        "signature": _base64url(r.to_bytes(32) + s.to_bytes(32)),
    }


def _jwk(slot: int, public_key: bytes, chain: Sequence[x509.Certificate]) -> dict[str, object]:
    jwk: dict[str, object] = {
        "kid": str(slot),
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(public_key[:32]),
        "y": _base64url(public_key[32:]),
    }
    if chain:
        # RFC 7517 wants plain Base64 here, and nowhere else.
        jwk["x5c"] = [base64.b64encode(link.public_bytes(Encoding.DER)).decode("ascii") for link in chain]
    return jwk


def _checked(entry: object, number: int, certificate: x509.Certificate) -> ManifestDevice:
    try:
        return _device(_mapping(entry), certificate)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise NotAManifestError(f"entry {number} lacks a part, or has one of another form") from error
    except NotAManifestError:
        raise
    except BenchError as error:
        raise RefusedError("manifest-not-valid", f"Entry {number}: {error.message}", error.hint) from error


def _device(entry: Mapping[str, Any], certificate: x509.Certificate) -> ManifestDevice:
    protected, payload = str(entry["protected"]), str(entry["payload"])
    header = _mapping(load_json(_from_base64url(protected)))
    if header["alg"] != "ES256":
        raise _invalid(f"it is signed with {header['alg']!r}, and a manifest is signed with ES256")
    thumbprint = header.get("x5t#S256", _base64url(certificate.fingerprint(SHA256())))
    if header["kid"] != _base64url(_key_id(certificate)) or thumbprint != _base64url(certificate.fingerprint(SHA256())):
        raise _invalid("it names another certificate as its signer's")
    signed = f"{protected}.{payload}".encode("ascii")
    if not verify_signature(certificate_public_key(certificate), signed, _from_base64url(str(entry["signature"]))):
        raise _invalid("its signature is wrong: it was changed after it was signed, or another key signed it")
    body = _mapping(load_json(_from_base64url(payload)))
    if _mapping(entry["header"])["uniqueId"] != body["uniqueId"]:
        raise _invalid("its header and what is signed name different chips")
    keys = [_mapping(key) for key in _mapping(body["publicKeySet"])["keys"]]
    device = ManifestDevice(
        serial_number=bytes.fromhex(body["uniqueId"]),
        model=str(body["model"]),
        part_number=str(body["partNumber"]),
        organization=str(_mapping(body["provisioner"])["organizationName"]),
        unit=str(_mapping(body["provisioner"]).get("organizationalUnitName", "")),
        provisioned=datetime.fromisoformat(str(body["provisioningTimestamp"])),
        public_keys={int(key["kid"]): _from_base64url(key["x"]) + _from_base64url(key["y"]) for key in keys},
        chains={int(key["kid"]): _chain(key["x5c"]) for key in keys if key.get("x5c")},
    )
    _check_chains(device)
    return device


def _chain(encoded: Sequence[str]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_der_x509_certificate(base64.b64decode(link, validate=True)) for link in encoded)


def _check_chains(device: ManifestDevice) -> None:
    for public_key in device.public_keys.values():
        public_key_from_bytes(public_key)
    for slot, chain in device.chains.items():
        if certificate_public_key(chain[0]) != device.public_keys[slot]:
            raise _invalid(f"the certificate of slot {slot} is for another key than the one listed")
        for subject, issuer in pairwise(chain):
            check_issued_by(subject, issuer, "device", "the certificate that follows it")


def _key_id(certificate: x509.Certificate) -> bytes:
    identifier = extension_of(certificate, x509.SubjectKeyIdentifier)
    return key_identifier(certificate_public_key(certificate)) if identifier is None else identifier.digest


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return cast("Mapping[str, Any]", value)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _invalid(why: str) -> RefusedError:
    return RefusedError(
        "manifest-not-valid",
        f"{why}.",
        "Check it against the certificate of the key that signed it, and get the file anew if it was damaged.",
    )


class NotAManifestError(InputError):
    """A file of another form than a manifest's."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "not-a-manifest",
            f"This is not a manifest of secure elements: {why}.",
            "Give the JSON file that Microchip or `atecc-bench manifest make` wrote.",
        )
