from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion, encode_dates
from atecc_bench.pki.compressed.serial_source import SerialSource, check_minimal, hashed_serial_number

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def hours(last_year: int) -> st.SearchStrategy[datetime]:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    count = (datetime(last_year + 1, 1, 1, tzinfo=UTC) - start) // timedelta(hours=1)
    return st.integers(0, count - 1).map(lambda hour: start + timedelta(hours=hour))


@st.composite
def compressed(draw: st.DrawFn) -> CompressedCertificate:
    version = draw(st.sampled_from([FormatVersion.SHORT_DATES, FormatVersion.EXTENDED_DATES]))
    nibble = st.integers(0, 15)
    return CompressedCertificate(
        signature=draw(st.binary(min_size=64, max_size=64)),
        issue_date=draw(hours(version.latest_year)),
        expire_years=draw(st.integers(0, version.most_years)),
        template_id=draw(nibble),
        chain_id=draw(nibble),
        sn_source=draw(st.sampled_from(SerialSource)),
        format_version=version,
        signer_id=draw(st.binary(min_size=2, max_size=2)),
        reserved=draw(nibble if version else st.integers(0, 255)),
    )


@given(compressed())
def test_what_is_encoded_is_decoded_again(certificate: CompressedCertificate):
    encoded = certificate.to_bytes()
    assert len(encoded) == 72
    assert CompressedCertificate.parse(encoded) == certificate


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=8, max_size=8))
def test_any_72_bytes_come_back_the_same_or_are_refused(signature: bytes, rest: bytes):
    with suppress(InputError):
        parsed = CompressedCertificate.parse(signature + rest)
        if parsed.format_version is not FormatVersion.HIGHER_CURVES:
            assert parsed.to_bytes() == signature + rest


@pytest.mark.parametrize(
    ("issue_date", "expire_years", "version", "encoded"),
    [
        (datetime(2026, 3, 14, 12, tzinfo=UTC), 0, 0, "D1 B9 80"),
        (datetime(2031, 12, 31, 23, tzinfo=UTC), 31, 0, "FE 7E FF"),
        (datetime(2000, 1, 1, 0, tzinfo=UTC), 1, 0, "00 84 01"),
        (datetime(2032, 1, 1, 0, tzinfo=UTC), 32, 1, "00 84 00 50"),
        (datetime(2127, 12, 31, 23, tzinfo=UTC), 127, 1, "FE 7E FF F0"),
    ],
)
def test_known_dates(issue_date: datetime, expire_years: int, version: int, encoded: str):
    assert FormatVersion.for_dates(issue_date, expire_years) == version
    assert encode_dates(issue_date, expire_years, FormatVersion(version)) == bytes.fromhex(encoded)


@pytest.mark.parametrize("data", [bytes(72), b"\xff" * 72, bytes(71), bytes(73), b""])
def test_a_slot_that_was_never_written_holds_no_compressed_certificate(data: bytes):
    with pytest.raises(InputError) as error:
        CompressedCertificate.parse(data)
    assert error.value.id == "not-a-compressed-certificate"


@pytest.mark.parametrize(
    ("issue_date", "expire_years", "version"),
    [
        (NOON.replace(year=1999), 1, 0),
        (NOON.replace(year=2032), 1, 0),
        (NOON, 32, 0),
        (NOON.replace(year=2128), 1, 1),
        (NOON, 128, 1),
        (NOON.replace(minute=1), 1, 0),
        (NOON.replace(second=1), 1, 0),
    ],
)
def test_dates_that_do_not_fit_are_refused(issue_date: datetime, expire_years: int, version: int):
    with pytest.raises(RefusedError) as error:
        encode_dates(issue_date, expire_years, FormatVersion(version))
    assert error.value.id == "date-not-representable"
    assert error.value.hint


def test_format_2_is_recognised_and_never_written():
    encoded = bytes(64) + encode_dates(NOON, 1, FormatVersion.EXTENDED_DATES)[:3] + bytes.fromhex("0000 10 A2 00")
    certificate = CompressedCertificate.parse(encoded)
    assert certificate.format_version is FormatVersion.HIGHER_CURVES
    with pytest.raises(RefusedError) as error:
        certificate.to_bytes()
    assert error.value.id == "format-not-written"


@pytest.mark.parametrize("source", [source for source in SerialSource if "HASH" not in source.name])
def test_a_serial_source_that_is_no_hash_is_refused_by_name(source: SerialSource):
    with pytest.raises(RefusedError, match=source.specification_name) as error:
        hashed_serial_number(source, bytes(64), bytes(3), 16)
    assert error.value.id == "serial-source-not-supported"


@pytest.mark.parametrize("start", ["80", "FF", "0001", "007F", "00"])
def test_a_serial_number_that_is_negative_or_not_minimal_is_refused_with_what_to_choose(start: str):
    with pytest.raises(RefusedError) as error:
        check_minimal(bytes.fromhex(start))
    assert error.value.id == "serial-number-not-minimal"
    assert "another hour" in error.value.hint


@pytest.mark.parametrize("start", ["01", "7F", "0080", "40FF"])
def test_a_positive_serial_number_in_its_shortest_form_is_accepted(start: str):
    check_minimal(bytes.fromhex(start))


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=3, max_size=4))
def test_a_hashed_serial_number_is_positive_and_never_shrinks(public_key: bytes, dates: bytes):
    serial_number = hashed_serial_number(SerialSource.PUB_KEY_HASH, public_key, dates, 16)
    assert len(serial_number) == 16
    assert serial_number[0] >> 6 == 0b01
