"""Microchip's structures as this product knows them against those that Microchip has published."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError
from atecc_bench.pki.c_source.cert_def_import import import_c
from atecc_bench.pki.compressed.definition import CertificateDefinition, StandardElement
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.chain.microchip_chain import (
    device_definition,
    microchip_chain,
    microchip_samples,
    signer_definition_of,
)
from atecc_bench.provision.model.chip_survey import Survey, survey
from atecc_bench.resources import resource_path
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.preset_chips import scenario_chip
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.boards.twin_desk import NOW
from tests.support.external.vendor_sources import VendorSources

PUBLISHED = {
    "g_tngtls_cert_def_2_device": 0,
    "g_tflxtls_cert_def_4_device": 1,
    "g_tngtls_cert_def_3_device": 2,
}


def constant_parts(definition: CertificateDefinition) -> bytes:
    """The signed part of the template, zeroed wherever a chip or a key has its say."""
    template = bytearray(definition.cert_template)
    locations = [location for part, location in definition.std_cert_elements.items() if location.count]
    locations += [element.cert_loc for element in definition.stored_elements]
    for location in locations:
        template[location.slice] = bytes(len(template[location.slice]))
    start = definition.tbs_cert_loc.offset
    return bytes(template[start : start + definition.tbs_cert_loc.count])


def agree(ours: CertificateDefinition, theirs: CertificateDefinition) -> None:
    assert constant_parts(ours) == constant_parts(theirs)
    for name in ("template_id", "chain_id", "sn_source", "comp_cert_dev_loc", "public_key_dev_loc", "expire_years"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.stored_elements == theirs.stored_elements
    signature = StandardElement.SIGNATURE
    assert {**ours.std_cert_elements, signature: None} == {**theirs.std_cert_elements, signature: None}


@pytest.fixture(scope="module")
def published(vendor_sources: VendorSources) -> dict[str, CertificateDefinition]:
    text = "\n".join(path.read_text() for path in vendor_sources.microchip_definitions.glob("t*tls_cert_def*.c"))
    found = {one.name: one.definition for one in import_c(text)}
    return {name: one for name, one in found.items() if isinstance(one, CertificateDefinition)}


@pytest.mark.parametrize(("name", "number"), PUBLISHED.items())
def test_device_certificates_are_as_microchip_defines_them(
    published: dict[str, CertificateDefinition], name: str, number: int
):
    agree(device_definition(list(microchip_samples(virtual=False))[number].device), published[name])


def test_the_signers_certificate_is_as_microchip_defines_it(published: dict[str, CertificateDefinition]):
    agree(
        signer_definition_of(next(iter(microchip_samples(virtual=False))).signer),
        published["g_tngtls_cert_def_1_signer"],
    )


def test_the_root_is_microchips(vendor_sources: VendorSources):
    pem = resource_path("certificates", "microchip-crypto-authentication-root-ca-002.pem").read_bytes()
    root = load_certificate(pem)
    text = (vendor_sources.microchip_definitions / "tng_root_cert.c").read_text()
    array = text[text.index("root_ca_002_cert[") : text.index("};")].split("{")[1]
    assert root.public_bytes(Encoding.DER) == bytes(int(number, 16) for number in array.split(",") if number.strip())
    root.verify_directly_issued_by(root)


def look(memory: Eeprom) -> Survey:
    element = SecureElement(memory, seeded_entropy(3))
    return survey(ChipSession(DirectTransport(element)), load_profile("trust-and-go"))


def test_a_scenarios_chain_is_the_makers_on_a_virtual_chip_only():
    found = look(scenario_chip("trustgo"))
    chain = microchip_chain(found, NOW, microchip_samples(virtual=True))
    root = x509.load_pem_x509_certificate(resource_path("scenarios", "trustgo", "root.pem").read_bytes())
    assert chain.issuer.root == root
    with pytest.raises(RefusedError) as caught:
        microchip_chain(found, NOW, microchip_samples(virtual=False))
    assert caught.value.id == "not-the-makers"


@pytest.mark.parametrize("slot", [10, 11, 12])
def test_certificates_that_were_changed_are_not_the_makers(slot: int):
    memory = scenario_chip("trustgo")
    memory.write(Zone.DATA, slot, 20, b"\x00\x01\x02\x03")
    with pytest.raises(RefusedError) as caught:
        microchip_chain(look(memory), NOW, microchip_samples(virtual=True))
    assert caught.value.id == "not-the-makers"


def test_another_chips_certificates_are_not_the_makers():
    found = look(scenario_chip("trustgo"))
    other = look(scenario_chip("trustflex"))
    with pytest.raises(RefusedError) as caught:
        microchip_chain(replace(found, slots=other.slots), NOW, microchip_samples(virtual=True))
    assert caught.value.id == "not-the-makers"


def test_an_expired_chain_is_called_expired():
    with pytest.raises(RefusedError) as caught:
        microchip_chain(look(scenario_chip("trustgo")), NOW.replace(year=2090), microchip_samples(virtual=True))
    assert caught.value.id == "certificate-expired"
