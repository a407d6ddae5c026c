"""Causes that lie in dates.

What the 72 bytes cannot hold, and what they hold instead of what was signed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.compare.comparison_facts import NOT_BEFORE, Facts
from atecc_bench.pki.compressed.format import FormatVersion
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS

_FARTHEST_ZONE = timedelta(hours=14)
_QUARTER = timedelta(minutes=15)
_FIRST_YEAR = 2000
_SHORT_YEARS = 32  # five bits


def date_causes(facts: Facts) -> Iterator[Cause]:
    """Why notBefore or notAfter differs; none when a date cannot be read."""
    dates = (facts.expected.not_before, facts.expected.not_after, facts.stored.not_before, facts.stored.not_after)
    if any(date is None for date in dates):
        yield _issue_date_mismatch(facts, "A date cannot be read.")
        return
    lost = _lost(facts)
    if lost is not None:
        yield _not_representable(facts, lost)
    else:
        yield _issue_date_mismatch(facts, _shift(facts))


def _lost(facts: Facts) -> str | None:
    """Name the part of the expected dates that was lost.

    The 72 bytes cannot hold it; None when that is not what happened.
    """
    start, stored_start = facts.expected.not_before, facts.stored.not_before
    end, stored_end = facts.expected.not_after, facts.stored.not_after
    if start is None or stored_start is None or end is None or stored_end is None:
        return None
    if start != stored_start:
        hour = start.replace(minute=0, second=0)
        if hour == stored_start:
            return f"notBefore is {_readable(start)}, and the 72 bytes keep neither minutes nor seconds."
        years = (start.year - _FIRST_YEAR) % _SHORT_YEARS + _FIRST_YEAR
        latest = FormatVersion.SHORT_DATES.latest_year
        if not _FIRST_YEAR <= start.year <= latest and _in_year(hour, years) == stored_start:
            return f"notBefore is in {start.year}; five bits count from {_FIRST_YEAR} to {latest}, and begin again."
        return None
    years, stored_years = facts.expected.years, facts.stored.years
    if years is None:
        return f"notAfter is {_readable(end)}, which is no whole number of years after notBefore."
    if years > FormatVersion.SHORT_DATES.most_years and stored_years is not None:
        if stored_years == NO_EXPIRY_YEARS:
            return f"It is valid for {years} years, and 0 stands in the 72 bytes, which means no expiry."
        if stored_years == years % _SHORT_YEARS:
            return f"It is valid for {years} years; five bits count to {FormatVersion.SHORT_DATES.most_years}."
    return None


def _not_representable(facts: Facts, lost: str) -> Cause:
    evidence = [lost]
    if facts.same_signature:
        evidence.append("The signature is equal: it is the same certificate, and its dates changed on the way.")
    return Cause(
        CauseId.DATE_NOT_REPRESENTABLE,
        "The certificate has a date that the 72 bytes on the chip cannot hold.",
        (*evidence, *facts.context.remarks),
        "Issue it again from a full hour of a year that fits, for a whole number of years or without expiry, and "
        "write it to the chip.",
        Confidence.CERTAIN if facts.complete else Confidence.LIKELY,
    )


def _shift(facts: Facts) -> str:
    start, stored_start = facts.expected.not_before, facts.stored.not_before
    end, stored_end = facts.expected.not_after, facts.stored.not_after
    if start is None or stored_start is None or end is None or stored_end is None or start == stored_start:
        years, stored_years = facts.expected.years, facts.stored.years
        said = [f"for {count} years" if count else "without expiry" for count in (years, stored_years)]
        return f"Issued at the same time, but expected {said[0]} and stored {said[1]}."
    by = stored_start - start
    if abs(by) <= _FARTHEST_ZONE and not by % _QUARTER:
        hours = by / timedelta(hours=1)
        return f"notBefore is shifted by {hours:+g} hours: local time was taken for UTC."
    return f"Expected is {_readable(start)}, stored is {_readable(stored_start)}."


def _issue_date_mismatch(facts: Facts, what: str) -> Cause:
    evidence = [what]
    if facts.same_signature:
        evidence.append("The signature is equal: the dates on the chip are not those that were signed.")
        fix = "Write the certificate to the chip again, with its dates in UTC."
    else:
        evidence.append("The signatures differ too: it was issued more than once.")
        fix = "Use the certificate that was issued last, or write the expected one to the chip again."
    if facts.differ(NOT_BEFORE) and facts.stored.serial_number_hashes(facts.context.chip_serial_number):
        evidence.append("The stored serialNumber is the hash of the stored dates.")
    return Cause(
        CauseId.ISSUE_DATE_MISMATCH,
        "The certificates have different dates.",
        (*evidence, *facts.context.remarks),
        fix,
        Confidence.CERTAIN if facts.complete else Confidence.LIKELY,
    )


def _in_year(date: datetime, year: int) -> datetime | None:
    try:
        return date.replace(year=year)
    except ValueError:
        return None


def _readable(date: datetime) -> str:
    return f"{date.year:04}-{date:%m-%d %H:%M:%S} UTC"
