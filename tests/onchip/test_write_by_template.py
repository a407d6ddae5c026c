"""Any certificate onto a chip by its template, and off it again; what cannot be is said before anything is written."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.write_by_template import Template, read_by_template, write_by_template
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone, StandardElement
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.issue import Particulars, issue_by_template
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import device_placement, template_from_sample, with_element
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import certificate_public_key, public_key_from_bytes
from tests.support.boards.twin_desk import NOW, TwinDesk
from tests.support.external.issuing import device_template
from tests.support.probes import snapshot

START = NOW.replace(minute=0, second=0, microsecond=0)
NAME = "tbsCertificate.subject.commonName"
WHOLE = FullStoredDefinition(comp_cert_dev_loc=DeviceLocation(slot=8, count=416))


@pytest.fixture
def desk() -> TwinDesk:
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    desk.session.generate_key(0)
    return desk


@pytest.fixture
def plain(authority: CertificateAuthority) -> CertificateDefinition:
    return device_template(authority.signer, SerialSource.PUB_KEY_HASH, signer_id=False)


def issue(
    desk: TwinDesk, template: CertificateDefinition, authority: CertificateAuthority, **elements: bytes
) -> x509.Certificate:
    particulars = Particulars(
        public_key=desk.session.public_key(0),
        not_before=START,
        expire_years=10,
        chip_serial_number=bytes.fromhex(desk.serial_number),
        elements=elements,
    )
    signer_key = certificate_public_key(authority.signer)
    return x509.load_der_x509_certificate(issue_by_template(template, particulars, authority.signer_key, signer_key))


def write(
    desk: TwinDesk, certificate: x509.Certificate, template: Template, authority: CertificateAuthority
) -> dict[int, bytes]:
    """Write, read back as another run would, and give what was saved."""
    saved: dict[int, bytes] = {}
    written = write_by_template(desk.session, certificate, template, authority.signer, NOW, saved.update)
    assert written.compared
    assert written.slots == tuple(saved)
    der = certificate.public_bytes(Encoding.DER)
    assert read_by_template(desk.session, template, authority.signer) == der
    return saved


def refused(
    desk: TwinDesk, certificate: x509.Certificate, template: Template, authority: CertificateAuthority
) -> RefusedError:
    before = snapshot(desk.memory)

    def must_not_save(slots: Mapping[int, bytes]) -> None:
        pytest.fail(f"slots {list(slots)} were to be overwritten")

    with pytest.raises(RefusedError) as error:
        write_by_template(desk.session, certificate, template, authority.signer, NOW, must_not_save)
    assert snapshot(desk.memory) == before
    return error.value


def foreign(
    desk: TwinDesk, authority: CertificateAuthority, *, days: int = 3652, minutes: int = 0, extension: int = 0
) -> x509.Certificate:
    """A device certificate that another's tools issued for the live key."""
    builder = (
        x509.CertificateBuilder()
        .serial_number(0x7F01)
        .subject_name(distinguished_name(None, "device"))
        .issuer_name(authority.signer.subject)
        .public_key(public_key_from_bytes(desk.session.public_key(0)))
        .not_valid_before(START + timedelta(minutes=minutes))
        .not_valid_after(START + timedelta(days=days))
    )
    if extension:
        value = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x04\x82" + bytes(2) + bytes(extension))
        builder = builder.add_extension(value, critical=False)
    return builder.sign(authority.signer_key, SHA256())


def test_what_is_written_comes_back_and_a_second_time_nothing_is_written(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    certificate, old = issue(desk, plain, authority), desk.memory.contents(Zone.DATA, 10)
    assert write(desk, certificate, plain, authority) == {10: old}
    before = snapshot(desk.memory)
    assert write(desk, certificate, plain, authority) == {}
    assert snapshot(desk.memory) == before


def test_the_common_name_comes_from_slot_8_as_text_and_its_neighbours_stay(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    template = with_element(plain, "name", NAME, slot=8, offset=5)
    certificate = issue(desk, template, authority, name=desk.serial_number.encode())
    old = desk.memory.contents(Zone.DATA, 8)
    assert set(write(desk, certificate, template, authority)) == {8, 10}
    assert desk.memory.contents(Zone.DATA, 8) == old[:5] + desk.serial_number.encode() + old[23:]


def test_the_common_name_comes_from_the_chips_own_serial_number(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    lower = [Transform.BIN2HEX_LC]
    template = with_element(plain, "SN03", f"{NAME}[0:8]", zone=DeviceZone.CONFIG, offset=0, transforms=lower)
    template = with_element(template, "SN48", f"{NAME}[8:18]", zone=DeviceZone.CONFIG, offset=8, transforms=lower)
    certificate = issue(desk, template, authority)
    assert certificate.subject.rfc4514_string().startswith(f"CN={desk.serial_number}")
    assert set(write(desk, certificate, template, authority)) == {10}


def test_exact_dates_come_from_slot_14(desk: TwinDesk, authority: CertificateAuthority):
    certificate = foreign(desk, authority, days=3700, minutes=7)
    sample = certificate.public_bytes(Encoding.DER)
    stored = replace(device_placement(SerialSource.STORED), cert_sn_dev_loc=DeviceLocation(slot=14, count=2))
    template = template_from_sample(sample, stored)
    assert refused(desk, certificate, template, authority).id == "date-not-representable"
    # With the exact date in slot 14 nothing of it has to be in the 72 bytes.
    template = with_element(template, "IssueDate", "tbsCertificate.validity.notBefore", slot=14, offset=22)
    template = with_element(template, "ExpireDate", "tbsCertificate.validity.notAfter", slot=14, offset=37)
    assert set(write(desk, certificate, template, authority)) == {10, 14}


def test_a_key_identifier_that_is_not_sha_1_stays_fixed_in_the_template(
    desk: TwinDesk, authority: CertificateAuthority
):
    builder = (
        x509.CertificateBuilder()
        .serial_number(0x7F01)
        .subject_name(distinguished_name(None, "device"))
        .issuer_name(authority.signer.subject)
        .public_key(public_key_from_bytes(desk.session.public_key(0)))
        .not_valid_before(START)
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.SubjectKeyIdentifier(bytes(range(20))), critical=False)
    )
    certificate = builder.sign(authority.signer_key, SHA256())
    stored = replace(device_placement(SerialSource.STORED), cert_sn_dev_loc=DeviceLocation(slot=13, count=2))
    template = template_from_sample(certificate.public_bytes(Encoding.DER), stored)
    assert template.std_cert_elements[StandardElement.SUBJ_KEY_ID].count == 0
    write(desk, certificate, template, authority)


def test_a_whole_certificate_goes_to_slot_8(desk: TwinDesk, authority: CertificateAuthority):
    certificate = foreign(desk, authority, days=777, minutes=7)
    assert set(write(desk, certificate, WHOLE, authority)) == {8}


def test_a_certificate_that_is_too_long_is_said_to_be_for_files_only(desk: TwinDesk, authority: CertificateAuthority):
    error = refused(desk, foreign(desk, authority, extension=200), WHOLE, authority)
    assert error.id == "certificate-too-long"
    assert "Keep its file" in error.hint


@pytest.mark.parametrize("whole", [False, True], ids=["compressed", "whole"])
def test_a_certificate_for_another_key_is_refused(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority, whole: bool
):
    certificate = issue(desk, plain, authority)
    desk.session.generate_key(0)
    assert refused(desk, certificate, WHOLE if whole else plain, authority).id == "public-key-mismatch"


def test_a_certificate_of_another_issuer_is_refused(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    certificate = issue(desk, plain, authority)
    assert refused(desk, certificate, plain, replace(authority, signer=authority.root)).id == "chain-broken"


def test_an_expired_certificate_is_refused(desk: TwinDesk, authority: CertificateAuthority):
    assert refused(desk, foreign(desk, authority, days=0), WHOLE, authority).id == "certificate-expired"


def test_an_rsa_signature_is_refused_by_name_where_72_bytes_have_to_hold_it(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    key = rsa.generate_private_key(65537, 2048)
    subject = distinguished_name("AWS", "Amazon-like CA")
    dates = (START, START.replace(year=START.year + 10))
    builder = x509.CertificateBuilder().serial_number(1).not_valid_before(dates[0]).not_valid_after(dates[1])
    ca = builder.subject_name(subject).issuer_name(subject).public_key(key.public_key()).sign(key, SHA256())
    leaf = builder.subject_name(distinguished_name("AWS", "device")).issuer_name(subject)
    certificate = leaf.public_key(public_key_from_bytes(desk.session.public_key(0))).sign(key, SHA256())
    error = refused(desk, certificate, plain, replace(authority, signer=ca))
    assert error.id in ("template-mismatch", "not-rebuildable", "signature-not-storable")


def test_a_slot_that_was_locked_on_its_own_is_refused(
    desk: TwinDesk, plain: CertificateDefinition, authority: CertificateAuthority
):
    desk.session.lock_slot(10)
    assert refused(desk, issue(desk, plain, authority), plain, authority).id == "slot-not-writable"


def test_before_the_data_lock_it_is_written_and_compared_by_whoever_reads_it_after(
    plain: CertificateDefinition, authority: CertificateAuthority
):
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    desk.session.generate_key(0)
    certificate = issue(desk, plain, authority)
    written = write_by_template(desk.session, certificate, plain, authority.signer, NOW, lambda _: None)
    assert (written.slots, written.compared) == ((10,), False)
    desk.session.lock_data()
    der = read_by_template(desk.session, plain, authority.signer)
    assert der == certificate.public_bytes(Encoding.DER)
    assert certificate_public_key(certificate) == desk.session.public_key(0)
