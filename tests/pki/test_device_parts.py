"""Parts of a sample that are one device's are found, and come from the chip instead."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.compressed.definition import DeviceLocation, DeviceZone
from atecc_bench.pki.compressed.definition_check import check_definition
from atecc_bench.pki.compressed.device_parts import device_parts, with_device_parts
from atecc_bench.pki.compressed.obstacles import date_limits
from atecc_bench.pki.compressed.template_builder import device_placement, template_from_sample
from atecc_bench.pki.keys.key_files import private_key_from_entropy
from atecc_bench.twin.state.entropy import seeded_entropy

KEY = private_key_from_entropy(seeded_entropy(5))


def sample(name: str, *alternative: x509.GeneralName) -> bytes:
    subject, start = x509.Name.from_rfc4514_string(name), datetime(2026, 3, 14, 9, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        subject, subject, KEY.public_key(), 0x40123456789ABCDEF, start, start.replace(year=2030)
    )
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=False)
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("CN=sn0123A1B2C3D4E5F6EE", ["0123A1B2C3D4E5F6EE"]),
        ("CN=0123a1b2c3d4e5f6ee,O=ACME", ["0123a1b2c3d4e5f6ee"]),
        ("CN=eui48_0004A30B001C,O=ACME", ["0004A30B001C"]),
        ("CN=pump-00417733", ["00417733"]),
        ("CN=sensor,O=ACME 2026", []),
        ("CN=facade,O=decade", []),
        ("CN=sn012301020304050601,O=Microchip Technology Inc", ["012301020304050601"]),  # app/tng of CryptoAuthLib
        ("CN=eui48_682719000000", ["682719000000"]),
        ("CN=Signer 001", []),
    ],
)
def test_what_is_one_devices_is_found_in_names(name: str, texts: list[str]):
    assert [part.text for part in device_parts(sample(name))] == texts


def test_alternative_names_are_looked_at_too():
    other = x509.Name.from_rfc4514_string("CN=eui48_0004A30B001C")
    found = device_parts(
        sample("CN=sn0123A1B2C3D4E5F6EE", x509.DirectoryName(other), x509.DNSName("0123a1b2c3d4e5f6ee.local"))
    )
    assert [part.what.split(" ")[0] for part in found] == ["the", "the", "a"]
    ids = [one.id for part in found for one in part.placeholders]
    assert len(set(ids)) == len(ids) == 5


def test_as_placeholders_they_come_from_the_chip():
    der = sample("CN=sn0123A1B2C3D4E5F6EE", x509.DNSName("eui48_0004A30B001C"))
    definition = with_device_parts(template_from_sample(der, device_placement()))
    check_definition(definition)
    places = {one.id: one.device_loc for one in definition.cert_elements}
    assert places["SN03"] == DeviceLocation(zone=DeviceZone.CONFIG, slot=0, offset=0, count=4)
    assert places["SN48"] == DeviceLocation(zone=DeviceZone.CONFIG, slot=0, offset=8, count=5)
    number = bytes.fromhex("0123A1B2C3D4E5F6EE")
    chip = number[:4] + bytes(4) + number[4:]
    for one in definition.cert_elements[:2]:
        value = chip[one.device_loc.offset : one.device_loc.offset + one.device_loc.count]
        for transform in one.transforms:
            value = transform.apply(value)
        assert value == der[one.cert_loc.slice]
    assert {part.field for part in device_parts(der)} >= {"tbsCertificate.subject.commonName[2:20]"}


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (4, ["full hour", "From 2032 on", "ends with 2049", "29 February"]),
        (40, ["full hour", "40 years need format 1", "up to 2009", "29 February"]),
        (0, ["full hour", "From 2032 on", "no expiry"]),
    ],
)
def test_the_limits_of_its_dates_are_told(years: int, expected: list[str]):
    definition = replace(template_from_sample(sample("CN=device"), device_placement()), expire_years=years)
    limits = date_limits(definition)
    assert len(limits) == len(expected)
    assert all(part in limit for part, limit in zip(expected, limits, strict=True))
