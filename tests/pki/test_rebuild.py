from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.definition import DeviceZone, StandardElement, element_locations
from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition, slot_14
from atecc_bench.pki.compressed.rebuild import compress, rebuild, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.encoding.certificate_fields import certificate_fields, field_at
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    pad_public_key,
    private_key_from_entropy,
    public_key_bytes,
)


def test_the_device_definition_is_that_of_deployed_firmware(chain: Any):
    definition = device_definition(chain.device_der)
    assert (definition.template_id, definition.chain_id, definition.private_key_slot) == (2, 0, 0)
    assert definition.sn_source is SerialSource.PUB_KEY_HASH
    assert definition.cert_sn_dev_loc.zone is DeviceZone.NONE
    assert definition.public_key_dev_loc.is_genkey
    assert (definition.public_key_dev_loc.slot, definition.public_key_dev_loc.count) == (0, 64)
    assert (definition.comp_cert_dev_loc.slot, definition.comp_cert_dev_loc.count) == (10, 72)
    assert definition.expire_years == 0
    assert definition.std_cert_elements[StandardElement.EXPIRE_DATE].count == 0
    assert definition.std_cert_elements[StandardElement.SIGNER_ID].count == 0
    [common_name] = definition.cert_elements
    assert (common_name.id, common_name.device_loc.slot, common_name.device_loc.offset) == ("common_name", 8, 0)
    assert chain.device_der[common_name.cert_loc.slice] == b"0123a1b2c3d4e5f6ee"


def test_the_signer_definition_is_that_of_deployed_firmware(chain: Any):
    definition = signer_definition(chain.signer_der)
    assert (definition.template_id, definition.chain_id, definition.expire_years) == (1, 0, 10)
    assert definition.sn_source is SerialSource.STORED
    assert (definition.public_key_dev_loc.slot, definition.public_key_dev_loc.count) == (11, 72)
    assert (definition.comp_cert_dev_loc.slot, definition.comp_cert_dev_loc.count) == (12, 72)
    stored = [definition.cert_sn_dev_loc, *(element.device_loc for element in definition.cert_elements)]
    assert [(location.slot, location.offset + location.count) for location in stored] == [(14, 20), (14, 35), (14, 50)]
    assert [element.id for element in definition.cert_elements] == ["IssueDate", "ExpireDate"]


def test_slot_14_holds_serial_number_and_dates_up_to_their_ends(chain: Any):
    content = slot_14(chain.signer_der)
    assert len(content) == 64
    assert int.from_bytes(content[4:20]) == chain.authority.signer.serial_number
    assert content[20:50] == b"\0\x00260314090000Z\0\x00360314090000Z"
    assert not any(content[:4] + content[50:])


def test_elements_are_found_where_cryptography_sees_them(chain: Any):
    locations = element_locations(chain.device_der)
    signature = chain.device_der[locations[StandardElement.SIGNATURE].slice]
    assert signature[0] == 0x03
    assert locations[StandardElement.SIGNATURE].slice.stop == len(chain.device_der)
    certificate = x509.load_der_x509_certificate(chain.device_der)
    assert signature.endswith(certificate.signature)


def test_a_device_certificate_comes_back_from_its_slots(chain: Any):
    definition = device_definition(chain.device_der)
    contents = slot_contents(chain.device_der, definition)
    assert contents[definition.comp_cert_dev_loc] == compress(chain.device_der, definition)
    authority_key = certificate_public_key(chain.authority.signer)
    assert rebuild(definition, contents.__getitem__, authority_key) == chain.device_der
    assert rebuild(definition, contents.__getitem__, None) == chain.device_der


def test_a_signer_certificate_comes_back_from_its_slots(chain: Any):
    definition = signer_definition(chain.signer_der)
    slots = {
        11: pad_public_key(certificate_public_key(chain.authority.signer)),
        12: compress(chain.signer_der, definition),
        14: slot_14(chain.signer_der),
    }
    assert slots[12][67:69] == bytes(2)
    rebuilt = rebuild(
        definition,
        lambda location: slots[location.slot][location.offset : location.offset + location.count],
        certificate_public_key(chain.authority.root),
    )
    assert rebuilt == chain.signer_der


def test_any_device_certificate_of_an_authority_serves_as_template_for_the_others(chain: Any, entropy: Any):
    definition = device_definition(chain.device_der)
    for number in range(16):
        key = private_key_from_entropy(entropy(f"other {number}"))
        der = issue_device_certificate(
            chain.authority,
            public_key_bytes(key.public_key()),
            organization="Nordlys AS",
            common_name=f"0123{number:012x}ee",
            not_before=datetime(2027, 1, 1, number, tzinfo=UTC),
        )
        contents = slot_contents(der, definition)
        assert rebuild(definition, contents.__getitem__, certificate_public_key(chain.authority.signer)) == der


def test_another_live_key_changes_exactly_what_derives_from_the_key(chain: Any, entropy: Any):
    """The case that began this project: signed for one key, rebuilt with the key in the slot."""
    definition = device_definition(chain.device_der)
    contents = slot_contents(chain.device_der, definition)
    other = private_key_from_entropy(entropy("the key in the slot"))
    contents[definition.public_key_dev_loc] = public_key_bytes(other.public_key())
    rebuilt = rebuild(definition, contents.__getitem__, certificate_public_key(chain.authority.signer))

    assert len(rebuilt) == len(chain.device_der)
    fields = certificate_fields(chain.device_der)
    differing = {
        field_at(fields, index)
        for index, pair in enumerate(zip(chain.device_der, rebuilt, strict=True))
        if pair[0] != pair[1]
    }
    assert sorted((field.start, field.end - 1, field.name) for field in differing if field) == [
        (15, 30, "serialNumber"),
        (200, 263, "subjectPublicKey"),
        (279, 298, "subjectKeyIdentifier"),
    ]


def test_the_authority_key_identifier_follows_the_key_given(chain: Any):
    definition = device_definition(chain.device_der)
    contents = slot_contents(chain.device_der, definition)
    rebuilt = rebuild(definition, contents.__getitem__, chain.device_public_key)
    certificate = x509.load_der_x509_certificate(rebuilt)
    authority = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert authority.key_identifier == subject.digest


def test_bytes_of_another_template_are_refused(chain: Any):
    device, signer = device_definition(chain.device_der), signer_definition(chain.signer_der)
    contents = slot_contents(chain.device_der, device)
    contents[device.comp_cert_dev_loc] = compress(chain.signer_der, signer)
    with pytest.raises(RefusedError) as error:
        rebuild(device, contents.__getitem__, None)
    assert error.value.id == "template-mismatch"


def test_a_certificate_of_another_structure_is_refused(chain: Any):
    der = issue_device_certificate(
        chain.authority,
        chain.device_public_key,
        organization="A longer organization",
        common_name="0123a1b2c3d4e5f6ee",
        not_before=datetime(2026, 3, 14, 9, tzinfo=UTC),
    )
    with pytest.raises(RefusedError) as error:
        compress(der, device_definition(chain.device_der))
    assert error.value.id == "template-mismatch"


def test_an_unwritten_slot_is_said_to_hold_no_certificate(chain: Any):
    with pytest.raises(InputError) as error:
        rebuild(device_definition(chain.device_der), lambda location: b"\xff" * location.count, None)
    assert error.value.id == "not-a-compressed-certificate"


def device_like(
    chain: Any,
    *,
    start: datetime,
    end: datetime,
    serial_number: int = 1 << 126,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """A device certificate made without regard to what the chip can hold."""
    subject = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Nordlys AS"),
        x509.NameAttribute(NameOID.COMMON_NAME, "0123a1b2c3d4e5f6ee"),
    ]
    builder = (
        x509.CertificateBuilder()
        .serial_number(serial_number)
        .subject_name(x509.Name(subject))
        .issuer_name(chain.authority.signer.subject)
        .public_key(chain.device_key.public_key())
        .not_valid_before(start)
        .not_valid_after(end)
    )
    return builder.sign(key or chain.authority.signer_key, SHA256()).public_bytes(Encoding.DER)


START = datetime(2026, 3, 14, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START.replace(minute=30), START.replace(minute=30, year=2036)),
        (START, START + timedelta(days=3650)),
        (START.replace(year=2028, month=2, day=29), datetime(2033, 2, 28, 9, tzinfo=UTC)),
        (START.replace(year=1999), START.replace(year=2020)),
        (START.replace(year=2128), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_that_would_silently_change_are_refused(chain: Any, start: datetime, end: datetime):
    der = device_like(chain, start=start, end=end)
    with pytest.raises(RefusedError) as error:
        compress(der, device_definition(der))
    assert error.value.id == "date-not-representable"
    assert error.value.hint


def test_a_serial_number_that_is_not_the_hash_is_refused_by_name(chain: Any):
    der = device_like(chain, start=START, end=START.replace(year=2036))
    with pytest.raises(RefusedError, match="serialNumber") as error:
        compress(der, device_definition(der))
    assert error.value.id == "not-rebuildable"


def test_a_signature_by_a_longer_curve_is_refused(chain: Any):
    der = device_like(chain, start=START, end=START.replace(year=2036), key=ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(RefusedError, match="P-256") as error:
        compress(der, device_definition(der))
    assert error.value.id == "not-rebuildable"


def test_a_certificate_that_does_not_fit_the_layout_is_refused(chain: Any):
    with pytest.raises(InputError, match="common name of 18 bytes") as error:
        device_definition(chain.signer_der)
    assert error.value.id == "not-this-layout"
