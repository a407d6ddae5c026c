"""What Microchip's own library computes, and what we compute, is the same."""

import ctypes
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion, encode_dates
from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.encoding.dates import DateFormat
from atecc_bench.pki.keys.key_files import certificate_public_key, private_key_from_entropy, public_key_bytes
from tests.support.external.cryptoauthlib_definitions import c_definition, device_location

library = pytest.importorskip("cryptoauthlib.library")
atcacert = pytest.importorskip("cryptoauthlib.atcacert")

hours = st.datetimes(datetime(2000, 1, 1), datetime(2127, 12, 31)).map(
    lambda date: date.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def lib() -> Any:
    library.load_cryptoauthlib()
    return library.get_cryptoauthlib()


def device_structure() -> Any:
    """A stand-in for an ATCADevice: every pointer in it leads to a configuration that says ATECC608."""
    configuration = (ctypes.c_uint8 * 256)()
    configuration[4] = 3
    return (ctypes.c_void_p * 32)(*[ctypes.addressof(configuration)] * 32), configuration


def rebuilt_by_library(
    lib: Any, definition: CertificateDefinition, contents: dict[DeviceLocation, bytes], authority_key: bytes
) -> bytes:
    certificate = (ctypes.c_uint8 * 1024)()
    size = ctypes.c_size_t(len(certificate))
    state = (ctypes.c_uint8 * lib.atcacert_build_state_t_size())()
    key = library.cal_buffer(len(authority_key), bytearray(authority_key))
    device, _configuration = device_structure()
    c_def = c_definition(definition)
    assert not lib.atcacert_cert_build_start(
        device, state, ctypes.byref(c_def), certificate, ctypes.byref(size), ctypes.byref(key)
    )
    for location, content in contents.items():
        c_location = atcacert.atcacert_device_loc_t(**device_location(location))
        assert not lib.atcacert_cert_build_process(state, ctypes.byref(c_location), content)
    assert not lib.atcacert_cert_build_finish(state)
    return bytes(certificate[: size.value])


# atcacert_tm_utc_t: second, minute, hour, day, month from 0, year from 1900. The wheel's own class for it
# refuses years from 2100 and the 31st of a month, which the library itself takes.
tm_utc = ctypes.c_int * 6


@given(issue_date=hours, expire_years=st.integers(0, 127))
def test_dates_are_encoded_as_the_library_does(lib: Any, issue_date: datetime, expire_years: int):
    version = FormatVersion.for_dates(issue_date, expire_years)
    theirs = (ctypes.c_uint8 * 72)()
    theirs[70] = version
    tm = tm_utc(0, 0, issue_date.hour, issue_date.day, issue_date.month - 1, issue_date.year - 1900)
    assert not lib.atcacert_date_enc_compcert_ext(tm, expire_years, theirs)

    ours = encode_dates(issue_date, expire_years, version)
    assert ours[:3] == bytes(theirs[64:67])
    assert ours[3:].ljust(1, b"\0") == bytes(theirs[71:72])


@given(issue_date=hours, expire_years=st.integers(0, 127))
def test_dates_are_decoded_as_the_library_does(lib: Any, issue_date: datetime, expire_years: int):
    ours = CompressedCertificate(
        signature=bytes(64),
        issue_date=issue_date,
        expire_years=expire_years,
        template_id=2,
        chain_id=0,
        sn_source=SerialSource.PUB_KEY_HASH,
        format_version=FormatVersion.for_dates(issue_date, expire_years),
    )
    issued, expires = tm_utc(), tm_utc()
    assert not lib.atcacert_date_dec_compcert_ext(ours.to_bytes(), int(DateFormat.RFC5280_GEN), issued, expires)
    assert list(issued) == [0, 0, issue_date.hour, issue_date.day, issue_date.month - 1, issue_date.year - 1900]
    assert expires[5] == (issue_date.year + expire_years if expire_years else 9999) - 1900


@pytest.mark.parametrize("year", [2026, 2031, 2032, 2049, 2050, 2100])
def test_a_device_certificate_is_compressed_and_rebuilt_as_the_library_does(lib: Any, entropy: Any, year: int):
    now = datetime(year, 3, 14, 9, tzinfo=UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now, entropy=entropy("year"))
    for number in range(8):  # signatures differ in length
        key = private_key_from_entropy(entropy(f"{year} {number}"))
        der = issue_device_certificate(
            authority,
            public_key_bytes(key.public_key()),
            organization="Nordlys AS",
            common_name=f"0123{number:012x}ee",
            not_before=now,
        )
        assert_agreement(lib, der, device_definition(der), certificate_public_key(authority.signer))


def test_a_signer_certificate_is_compressed_and_rebuilt_as_the_library_does(lib: Any, chain: Any):
    assert_agreement(
        lib, chain.signer_der, signer_definition(chain.signer_der), certificate_public_key(chain.authority.root)
    )


@pytest.mark.parametrize("days", [1, 365, 3650, 9000, 14000, 40000])
def test_a_signer_with_odd_dates_is_compressed_and_rebuilt_as_the_library_does(lib: Any, chain: Any, days: int):
    start = datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC)
    signer = (
        x509.CertificateBuilder()
        .serial_number(0x7F)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Odd dates")]))
        .issuer_name(chain.authority.root.subject)
        .public_key(chain.authority.signer_key.public_key())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .sign(chain.root_key, SHA256())
    )
    der = signer.public_bytes(Encoding.DER)
    assert_agreement(lib, der, signer_definition(der), certificate_public_key(chain.authority.root))


def assert_agreement(lib: Any, der: bytes, definition: CertificateDefinition, authority_key: bytes) -> None:
    contents = slot_contents(der, definition)
    theirs = (ctypes.c_uint8 * 72)()
    assert not lib.atcacert_get_comp_cert(ctypes.byref(c_definition(definition)), der, len(der), theirs)
    assert contents[definition.comp_cert_dev_loc] == bytes(theirs)
    assert rebuild(definition, contents.__getitem__, authority_key) == der
    assert rebuilt_by_library(lib, definition, contents, authority_key) == der
