"""Extensions of Microchip's certificates, whose MAC address no strict reader takes."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.x509.chain_checks import extension_of
from atecc_bench.pki.x509.extensions import readable_extensions
from atecc_bench.resources import resource_path


@pytest.fixture
def with_mac() -> x509.Certificate:
    return x509.load_pem_x509_certificate(resource_path("scenarios", "trustgo", "device.pem").read_bytes())


def test_a_mac_address_as_microchip_writes_it_hides_no_other_extension(with_mac: x509.Certificate) -> None:
    with pytest.raises(ValueError, match="PrintableString"):
        _ = with_mac.extensions
    found = readable_extensions(with_mac)
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DirectoryName)
    assert [attribute.value for name in names for attribute in name] == ["eui48_02006A000001"]
    assert extension_of(with_mac, x509.AuthorityKeyIdentifier) is not None


def test_another_malformed_extension_stays_malformed(with_mac: x509.Certificate) -> None:
    broken = with_mac.public_bytes(Encoding.DER).replace(b"eui48_02006A000001", b"eui48_02006a00_0_1")
    with pytest.raises(ValueError, match="PrintableString"):
        readable_extensions(x509.load_der_x509_certificate(broken))
