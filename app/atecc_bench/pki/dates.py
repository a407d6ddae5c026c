"""Certificate dates: their text, and what of them fits the compressed certificate.

The 72 bytes hold the issue date to the hour and the validity in whole years; 0 years stand for the
latest date of the template's notAfter format (CryptoAuthLib, atcacert_date.h). CryptoAuthLib changes
silently what does not fit. Here it is refused, with what to choose instead.
"""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Final

from atecc_bench.errors import InputError, RefusedError

NO_EXPIRY_YEARS: Final = 0
LATEST_EXPIRE_YEARS: Final = 127


class DateFormat(IntEnum):
    """The formats a certificate's dates have, with CryptoAuthLib's values."""

    RFC5280_UTC = 1
    RFC5280_GEN = 4

    @property
    def length(self) -> int:
        """Length of the text, in bytes."""
        return len(_LATEST_TEXT[self])

    @classmethod
    def of_length(cls, length: int) -> "DateFormat":
        """Return the format whose text has this length. Raises `InputError` (`not-a-certificate`)."""
        for date_format in cls:
            if date_format.length == length:
                return date_format
        raise _not_a_date(f"a date of {length} characters")


_LATEST_TEXT: Final = {DateFormat.RFC5280_UTC: b"491231235959Z", DateFormat.RFC5280_GEN: b"99991231235959Z"}
_STRPTIME = "%Y%m%d%H%M%SZ"


def parse_date(text: bytes) -> datetime:
    """Read a UTCTime or GeneralizedTime, as RFC 5280 allows them, to UTC.

    Raises `InputError` (`not-a-certificate`).
    """
    date_format = DateFormat.of_length(len(text))
    try:
        digits = text.decode("ascii")
        if not digits[:-1].isdigit():
            raise ValueError(digits)
        if date_format is DateFormat.RFC5280_UTC:
            digits = ("20" if digits < "5" else "19") + digits
        return datetime.strptime(digits, _STRPTIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise _not_a_date(f"the date {text!r}") from error


def format_date(date: datetime, date_format: DateFormat) -> bytes:
    """Write a date. Raises `RefusedError` (`date-not-representable`) when UTCTime has no room for its year."""
    utc = date.astimezone(UTC)
    # strftime("%Y") does not pad the year on every system.
    text = f"{utc.year:04}{utc:%m%d%H%M%S}Z".encode("ascii")
    if date_format is DateFormat.RFC5280_GEN:
        return text
    if not 1950 <= utc.year <= 2049:
        raise not_representable(
            f"The template writes this date as UTCTime, which ends with 2049; it is {_readable(utc)}.",
            "Choose a date up to 2049, or a template with GeneralizedTime.",
        )
    return text[2:]


def latest_date(date_format: DateFormat) -> datetime:
    """Return the date that stands for 'no expiry' in this format."""
    return parse_date(_LATEST_TEXT[date_format])


def expiry_date(issue_date: datetime, expire_years: int, date_format: DateFormat) -> datetime:
    """Return notAfter as the 72 bytes mean it: `expire_years` later, or the format's latest date for 0.

    Raises `RefusedError` (`date-not-representable`) for a 29 February that does not exist.
    """
    if expire_years == NO_EXPIRY_YEARS:
        return latest_date(date_format)
    anniversary = _anniversary(issue_date, expire_years)
    if anniversary is None:
        raise not_representable(
            f"notBefore is a 29 February, which {issue_date.year + expire_years} does not have.",
            "Issue on 28 February or 1 March, or for a number of years that ends in a leap year.",
        )
    return anniversary


def whole_years(issue_date: datetime, expire_date: datetime, date_format: DateFormat) -> int | None:
    """Return the years that stand for `expire_date` in the 72 bytes, or None if none do."""
    if expire_date == latest_date(date_format):
        return NO_EXPIRY_YEARS
    years = expire_date.year - issue_date.year
    fits = 1 <= years <= LATEST_EXPIRE_YEARS and _anniversary(issue_date, years) == expire_date
    return years if fits else None


def check_on_the_hour(issue_date: datetime) -> None:
    """Raise `RefusedError` (`date-not-representable`) when minutes or seconds would be lost."""
    if issue_date.minute or issue_date.second or issue_date.microsecond:
        hour = issue_date.replace(minute=0, second=0, microsecond=0)
        raise not_representable(
            f"notBefore is {_readable(issue_date)}, and the 72 bytes on the chip keep no minutes or seconds.",
            f"Issue from a full hour, for example {_readable(hour)}.",
        )


def refuse_expiry(issue_date: datetime, expire_date: datetime, date_format: DateFormat) -> RefusedError:
    """Return the refusal of an `expire_date` for which `whole_years` found none, with the nearest choices."""
    years = expire_date.year - issue_date.year
    latest = _readable(latest_date(date_format))
    if years > LATEST_EXPIRE_YEARS:
        return not_representable(
            f"The certificate is valid for {years} years; the 72 bytes count to {LATEST_EXPIRE_YEARS}.",
            f"Choose at most {LATEST_EXPIRE_YEARS} years, or {latest}, which means no expiry.",
        )
    if issue_date.month == 2 and issue_date.day == 29:
        return not_representable(
            f"notBefore is a 29 February, and {_readable(expire_date)} is not its anniversary.",
            "Issue on 28 February or 1 March, or for a number of years that ends in a leap year.",
        )
    anniversary = _anniversary(issue_date, max(years, 1))
    choice = f"{_readable(anniversary)} or " if anniversary else ""
    return not_representable(
        f"notAfter is {_readable(expire_date)}, which is not a whole number of years "
        f"after notBefore ({_readable(issue_date)}).",
        f"Choose {choice}{latest}, which means no expiry.",
    )


def not_representable(message: str, hint: str) -> RefusedError:
    """Return a `date-not-representable` refusal."""
    return RefusedError("date-not-representable", message, hint)


def _anniversary(date: datetime, years: int) -> datetime | None:
    try:
        return date.replace(year=date.year + years)
    except ValueError:
        return None


def _readable(date: datetime) -> str:
    return f"{date.year:04}-{date:%m-%d %H:%M:%S} UTC"


def _not_a_date(what: str) -> InputError:
    return InputError(
        "not-a-certificate",
        f"The certificate has {what}; RFC 5280 allows YYMMDDhhmmssZ and YYYYMMDDhhmmssZ.",
        "Have the certificate issued again with dates in UTC and to the second.",
    )
