"""Certificates through the library: compressed, written, read back, and the key behind them challenged."""

# pyright: reportMissingImports=false
# The library has no wheel for every Python; without it nothing here runs.

import ctypes
import hashlib
from datetime import UTC, datetime
from typing import Any

import cryptoauthlib as cal
from client import Client
from cryptoauthlib import atcacert
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from key_flows import DIGEST, check

from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.keys.key_files import certificate_public_key


def entropy(size: int) -> bytes:
    return hashlib.shake_256(b"authority").digest(size)


def location(of: DeviceLocation) -> dict[str, int]:
    return {
        "zone": int(of.zone), "slot": of.slot, "is_genkey": int(of.is_genkey), "offset": of.offset, "count": of.count
    }  # fmt: skip


def c_definition(definition: CertificateDefinition) -> Any:
    elements = (atcacert.atcacert_cert_element_t * len(definition.cert_elements))(*(
        atcacert.atcacert_cert_element_t(
            id=element.id, device_loc=location(element.device_loc),
            cert_loc={"offset": element.cert_loc.offset, "count": element.cert_loc.count},
        )
        for element in definition.cert_elements
    ))  # fmt: skip
    template = (ctypes.c_uint8 * len(definition.cert_template))(*definition.cert_template)
    return atcacert.atcacert_def_t(
        type=0, template_id=definition.template_id, chain_id=definition.chain_id,
        private_key_slot=definition.private_key_slot, sn_source=int(definition.sn_source),
        cert_sn_dev_loc=location(definition.cert_sn_dev_loc),
        issue_date_format=int(definition.issue_date_format), expire_date_format=int(definition.expire_date_format),
        tbs_cert_loc={"offset": definition.tbs_cert_loc.offset, "count": definition.tbs_cert_loc.count},
        expire_years=definition.expire_years, public_key_dev_loc=location(definition.public_key_dev_loc),
        comp_cert_dev_loc=location(definition.comp_cert_dev_loc),
        std_cert_elements=[
            {"offset": place.offset, "count": place.count}
            for _, place in sorted(definition.std_cert_elements.items())
        ],
        cert_elements=ctypes.cast(elements, ctypes.POINTER(atcacert.atcacert_cert_element_t)),
        cert_elements_count=len(elements), cert_template=ctypes.cast(template, ctypes.POINTER(ctypes.c_uint8)),
        cert_template_size=len(template),
    )  # fmt: skip


def flow_a_certificate_written_and_read_back(chip: Client) -> None:
    point = chip.read("genkey", 0, size=64)
    now = datetime(2026, 3, 14, 9, tzinfo=UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now, entropy=entropy)
    der = issue_device_certificate(
        authority, point, organization="Nordlys AS", common_name=chip.serial_number.hex(), not_before=now
    )
    definition = c_definition(device_definition(der))
    assert atcacert.atcacert_write_cert(definition, der, len(der)) == 0
    read, size = bytearray(1024), cal.AtcaReference(1024)
    signer_key = certificate_public_key(authority.signer)
    assert atcacert.atcacert_read_cert(definition, bytearray(signer_key), read, size) == 0
    assert bytes(read) == der
    certificate = x509.load_der_x509_certificate(bytes(read))
    signer = authority.signer.public_key()
    assert isinstance(signer, ec.EllipticCurvePublicKey)
    assert certificate.signature_hash_algorithm is not None
    signer.verify(
        certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(certificate.signature_hash_algorithm)
    )
    response = bytearray(64)
    assert atcacert.atcacert_get_response(0, bytearray(DIGEST), response) == 0
    check(point, bytes(response), DIGEST)
