from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.encoding.dates import (
    DateFormat,
    expiry_date,
    format_date,
    latest_date,
    parse_date,
    refuse_expiry,
    whole_years,
)

LEAP_DAY = datetime(2028, 2, 29, 10, tzinfo=UTC)
START = datetime(2026, 3, 14, 9, tzinfo=UTC)


def seconds(first: int, last: int) -> st.SearchStrategy[datetime]:
    return st.datetimes(
        datetime(first, 1, 1),
        datetime(last, 12, 31, 23, 59, 59),
        timezones=st.just(UTC),
    ).map(lambda date: date.replace(microsecond=0))


@given(seconds(1, 9999))
def test_generalized_time_comes_back_the_same(date: datetime):
    assert parse_date(format_date(date, DateFormat.RFC5280_GEN)) == date


@given(seconds(1950, 2049))
def test_utc_time_comes_back_the_same(date: datetime):
    assert parse_date(format_date(date, DateFormat.RFC5280_UTC)) == date


@given(st.binary(max_size=16))
def test_any_text_is_read_or_refused(text: bytes):
    with suppress(InputError):
        assert format_date(parse_date(text), DateFormat.of_length(len(text))) == text


@pytest.mark.parametrize("year", [1949, 2050])
def test_a_year_beyond_utc_time_is_refused(year: int):
    with pytest.raises(RefusedError) as error:
        format_date(START.replace(year=year), DateFormat.RFC5280_UTC)
    assert error.value.id == "date-not-representable"


@given(seconds(2000, 2031), st.integers(1, 127))
def test_whole_years_are_counted_and_given_back(issue_date: datetime, years: int):
    if (issue_date.month, issue_date.day) == (2, 29):
        years = min(years - years % 4 + 4, 64)
    expire_date = expiry_date(issue_date, years, DateFormat.RFC5280_GEN)
    assert whole_years(issue_date, expire_date, DateFormat.RFC5280_GEN) == years


@pytest.mark.parametrize("date_format", DateFormat)
def test_zero_years_are_the_latest_date_of_the_format(date_format: DateFormat):
    assert expiry_date(START, 0, date_format) == latest_date(date_format)
    assert whole_years(START, latest_date(date_format), date_format) == 0


def test_a_leap_day_without_an_anniversary_is_refused():
    with pytest.raises(RefusedError) as error:
        expiry_date(LEAP_DAY, 1, DateFormat.RFC5280_UTC)
    assert error.value.id == "date-not-representable"
    assert "28 February" in error.value.hint


@pytest.mark.parametrize(
    ("issue_date", "expire_date", "choice"),
    [
        (START, START.replace(year=2036, day=11), "2036-03-14 09:00:00"),
        (START, START.replace(second=1), "2027-03-14 09:00:00"),
        (START, START.replace(year=2154), "at most 127 years"),
        (LEAP_DAY, LEAP_DAY.replace(year=2029, day=28), "28 February or 1 March"),
    ],
)
def test_an_expiry_that_does_not_fit_is_refused_with_a_choice(issue_date: datetime, expire_date: datetime, choice: str):
    assert whole_years(issue_date, expire_date, DateFormat.RFC5280_GEN) is None
    error = refuse_expiry(issue_date, expire_date, DateFormat.RFC5280_GEN)
    assert error.id == "date-not-representable"
    assert choice in error.hint
