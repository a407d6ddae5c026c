"""TrustFLEX and Trust&GO as they are shipped, with certificates of our own."""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.identity import Part, Variant, variant_of_address
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.diagnose.config.identify import identify
from atecc_bench.onchip.read_certificates import location_reader
from atecc_bench.pki.compressed.definition import (
    NOT_ON_DEVICE,
    CertificateDefinition,
    CertificateElement,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
    element_locations,
    tbs_location,
)
from atecc_bench.pki.compressed.format import CompressedCertificate
from atecc_bench.pki.compressed.rebuild import rebuild
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.dates import DateFormat
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.resources import resource_path
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.preset_chips import scenario_chip
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.tools.make_scenarios import ISSUED, make_scenario

# Bytes 16 to 127, read from an ATECC608A-TNGTLS and an ECC608-TFLXTLS and published by their owners; slot 5 of the
# Trust&GO is as its certificate needs it.
SHIPPED = {
    "trustgo": (
        "6A 00 00 01 85 00 82 00 85 20 85 20 85 20 0F 8F 8F 0F 9F 8F 0F 0F 8F 0F 0F 8F 0F 8F 0F 8F 0F 0F"
        "0D 1F 0F 0F FF FF FF FF 00 00 00 00 FF FF FF FF 00 00 00 00 00 00 03 F7 00 69 76 00 00 00 00 00"
        "00 00 00 00 00 00 00 00 FF FF 0E 60 00 00 00 00 53 00 53 00 73 00 73 00 73 00 1C 00 7C 00 1C 00"
        "3C 00 1A 00 1C 00 10 00 1C 00 30 00 12 00 30 00"
    ),
    "trustflex": (
        "6C 00 00 01 85 00 82 00 85 20 85 20 85 20 8F 46 8F 0F 9F 8F 0F 0F 8F 0F 0F 0F 0F 0F 0F 0F 0F 0F"
        "0D 1F 0F 0F FF FF FF FF 00 00 00 00 FF FF FF FF 00 00 00 00 00 00 03 F7 00 69 76 00 00 00 00 00"
        "00 00 00 00 00 00 00 00 FF FF 0E 60 00 00 00 00 53 00 53 00 73 00 73 00 73 00 38 00 7C 00 1C 00"
        "3C 00 1A 00 3C 00 30 00 3C 00 30 00 12 00 30 00"
    ),
}
OTP = {"trustgo": "7836746A755A4D79", "trustflex": "77644E78416A6165"}
TEMPLATES = {"trustgo": 3, "trustflex": 2}
VARIANTS = {"trustgo": Variant.TRUST_AND_GO, "trustflex": Variant.TRUST_FLEX}

both = pytest.mark.parametrize("name", SHIPPED)


def open_scenario(name: str) -> tuple[SecureElement, ChipSession]:
    element = SecureElement(scenario_chip(name), seeded_entropy(1))
    return element, ChipSession(DirectTransport(element))


def certificate(name: str, which: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(resource_path("scenarios", name, f"{which}.pem").read_bytes())


@both
def test_the_files_are_what_the_flow_makes(name: str) -> None:
    made = make_scenario(name)
    assert made == {file: resource_path("scenarios", name, file).read_bytes() for file in made}


@both
def test_configuration_and_otp_are_as_shipped_and_both_zones_locked(name: str) -> None:
    memory = open_scenario(name)[0].memory
    assert memory.contents(Zone.CONFIG)[16:] == bytes.fromhex(SHIPPED[name])
    assert memory.contents(Zone.OTP) == bytes.fromhex(OTP[name]).ljust(64, b"\0")
    config = memory.config
    assert (config.config_locked, config.data_locked, config.slot_locked) == (True, True, 0xFFFF)
    assert config.part is Part.ATECC608A
    assert variant_of_address(config.effective_i2c_address()) is VARIANTS[name]
    assert identify(config, memory.contents(Zone.OTP)).variant is VARIANTS[name]
    assert (config.serial_number[:2], config.serial_number[8]) == (b"\x01\x23", 0x01)


@both
def test_the_chain_is_whole_and_nobody_elses(name: str) -> None:
    device, signer, root = (certificate(name, which) for which in ("device", "signer", "root"))
    check_chain(device, signer, root, ISSUED)
    for one in (device, signer, root):
        assert "Microchip" not in one.subject.rfc4514_string() + one.issuer.rfc4514_string()
        assert "Nordlys AS" in one.subject.rfc4514_string()


@both
def test_both_certificates_can_be_rebuilt_from_the_chip(name: str) -> None:
    _, session = open_scenario(name)
    read = location_reader(session)
    for which, template_id, years, key, slot, issuer in (
        ("device", TEMPLATES[name], 28, DeviceLocation(slot=0, is_genkey=True, count=64), 10, "signer"),
        ("signer", 1, 31, DeviceLocation(slot=11, count=72), 12, "root"),
    ):
        der = certificate(name, which).public_bytes(Encoding.DER)
        definition = definition_of(der, template_id, years, key, slot, f"{'issuer' if slot == 10 else 'subject'}")
        authority = certificate_public_key(certificate(name, issuer))
        assert rebuild(definition, read, authority) == der


def definition_of(
    der: bytes, template_id: int, years: int, key: DeviceLocation, slot: int, named_signer: str
) -> CertificateDefinition:
    """A definition whose template has nothing of what the chip has to give, signer id included."""
    elements = element_locations(der)
    name = next(field for field in certificate_fields(der) if field.name == f"{named_signer}.commonName")
    elements[StandardElement.SIGNER_ID] = CertificateLocation(name.end - 4, 4)
    template = bytearray(der)
    for mac in _mac_element(der):
        template[mac.cert_loc.slice] = b"F" * mac.cert_loc.count
    for element in (StandardElement.SIGNER_ID, StandardElement.PUBLIC_KEY, StandardElement.CERT_SN):
        template[elements[element].slice] = b"F" * elements[element].count
    return CertificateDefinition(
        template_id=template_id,
        chain_id=0,
        private_key_slot=0,
        sn_source=SerialSource.PUB_KEY_HASH,
        cert_sn_dev_loc=NOT_ON_DEVICE,
        issue_date_format=DateFormat.RFC5280_UTC,
        expire_date_format=DateFormat.RFC5280_GEN,
        tbs_cert_loc=tbs_location(der),
        expire_years=years,
        public_key_dev_loc=key,
        comp_cert_dev_loc=DeviceLocation(slot=slot, count=72),
        std_cert_elements=elements,
        cert_elements=_mac_element(der),
        cert_template=bytes(template),
    )


def _mac_element(der: bytes) -> tuple[CertificateElement, ...]:
    at = der.find(b"eui48_")
    if at < 0:
        return ()
    place = CertificateLocation(at + len("eui48_"), 12)
    return (CertificateElement(id="EUI-48", device_loc=DeviceLocation(slot=5, count=12), cert_loc=place),)


@both
def test_otp_names_the_template_of_the_certificate(name: str) -> None:
    memory = open_scenario(name)[0].memory
    compressed = CompressedCertificate.parse(memory.contents(Zone.DATA, 10))
    said = next(e.sentence for e in identify(memory.config, memory.contents(Zone.OTP)).evidence if "OTP" in e.where)
    assert said.endswith(f"certificate template {compressed.template_id}.")


@both
def test_private_keys_are_in_slots_0_to_4_and_only_2_to_4_can_be_made_again(name: str) -> None:
    _, session = open_scenario(name)
    assert len({session.public_key(slot) for slot in range(5)}) == 5
    for slot in (2, 3, 4):
        assert session.generate_key(slot) == session.public_key(slot)
    for slot in (0, 1):
        refused(lambda slot=slot: session.generate_key(slot))


@pytest.mark.parametrize("slot", [10, 11, 12])
def test_certificates_of_a_trust_and_go_never_change_and_those_of_a_trustflex_can(slot: int) -> None:
    refused(lambda: open_scenario("trustgo")[1].write_slot(slot, bytes(72)))
    _, session = open_scenario("trustflex")
    session.write_slot(slot, bytes(72))
    assert session.read_slot(slot, 0, 72) == bytes(72)


def refused(action: Callable[[], object]) -> None:
    with pytest.raises(ChipStatusError) as caught:
        action()
    assert caught.value.code == Status.EXECUTION_ERROR
