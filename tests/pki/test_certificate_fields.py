from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.certificate_fields import certificate_fields, field_at


def ranges(der: bytes) -> dict[str, tuple[int, int]]:
    """First and last byte of each field, by path."""
    return {field.path: (field.start, field.end - 1) for field in certificate_fields(der)}


def test_a_device_certificate_has_the_offsets_of_the_known_case(chain: Any):
    found = ranges(chain.device_der)
    assert found["tbsCertificate.serialNumber"] == (15, 30)
    assert found["tbsCertificate.subjectPublicKeyInfo.subjectPublicKey"] == (200, 263)
    assert found["tbsCertificate.extensions.subjectKeyIdentifier"] == (279, 298)


def test_values_are_those_that_cryptography_reads(chain: Any):
    der = chain.device_der
    certificate = x509.load_der_x509_certificate(der)
    value = {field.path: der[field.start : field.end] for field in certificate_fields(der)}
    assert value["tbsCertificate.version"] == b"\x02"
    assert int.from_bytes(value["tbsCertificate.serialNumber"]) == certificate.serial_number
    assert value["tbsCertificate.issuer.organizationName"] == b"Nordlys AS"
    assert value["tbsCertificate.issuer.commonName"] == b"Signer 001"
    assert value["tbsCertificate.validity.notBefore"] == b"260314090000Z"
    assert value["tbsCertificate.validity.notAfter"] == b"99991231235959Z"
    assert value["tbsCertificate.subject.commonName"] == b"0123a1b2c3d4e5f6ee"
    assert value["tbsCertificate.subjectPublicKeyInfo.subjectPublicKey"] == chain.device_public_key
    identifier = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert value["tbsCertificate.extensions.authorityKeyIdentifier"] == identifier
    assert value["signatureValue"] == certificate.signature


def test_the_extensions_of_a_signer_have_names(chain: Any):
    found = ranges(chain.signer_der)
    assert "tbsCertificate.extensions.basicConstraints" in found
    assert "tbsCertificate.extensions.keyUsage" in found


def test_fields_are_in_order_and_do_not_overlap(chain: Any):
    for der in (chain.device_der, chain.signer_der):
        fields = certificate_fields(der)
        assert all(before.end <= after.start for before, after in pairwise(fields))
        assert fields[-1].end == len(der)


def test_a_byte_belongs_to_its_field_or_to_none(chain: Any):
    fields = certificate_fields(chain.device_der)
    field = field_at(fields, 30)
    assert field is not None
    assert field.name == "serialNumber"
    assert field_at(fields, 31) is None


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_certificates_of_other_keys_have_fields_too(chain: Any, kind: str):
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Other")])
    root = chain.authority.root
    certificate = (
        x509.CertificateBuilder()
        .serial_number(1)
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
        .sign(chain.root_key, root.signature_hash_algorithm)
    )
    assert "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey" in ranges(certificate.public_bytes(Encoding.DER))


def test_repeated_attributes_and_unknown_extensions_can_be_told_apart(chain: Any):
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in ("East", "West")]
    root = chain.authority.root
    certificate = (
        x509.CertificateBuilder()
        .serial_number(1)
        .subject_name(x509.Name(units))
        .issuer_name(root.subject)
        .public_key(root.public_key())
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.840.99999.7"), b"\x05\x00"), False)
        .sign(chain.root_key, root.signature_hash_algorithm)
    )
    der = certificate.public_bytes(Encoding.DER)
    value = {field.path: der[field.start : field.end] for field in certificate_fields(der)}
    assert value["tbsCertificate.subject.organizationalUnitName"] == b"East"
    assert value["tbsCertificate.subject.organizationalUnitName[2]"] == b"West"
    assert value["tbsCertificate.extensions.1.2.840.99999.7"] == b"\x05\x00"


@given(st.data())
def test_a_damaged_certificate_is_read_or_refused(chain: Any, data: Any):
    der = bytearray(chain.device_der)
    for position in data.draw(st.lists(st.integers(0, len(der) - 1), min_size=1, max_size=4)):
        der[position] = data.draw(st.integers(0, 255))
    with suppress(InputError):
        fields = certificate_fields(bytes(der))
        assert all(before.end <= after.start for before, after in pairwise(fields))


@pytest.mark.parametrize("data", ["3000", "0500", "3009 3000 3000 030100"])
def test_der_that_is_no_certificate_is_refused(data: str):
    with pytest.raises(InputError) as error:
        certificate_fields(bytes.fromhex(data))
    assert error.value.id in ("not-a-certificate", "truncated-input")
