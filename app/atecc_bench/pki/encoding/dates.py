"""Certificate dates: their text, and what of them fits the compressed certificate.

The 72 bytes hold the issue date to the hour and the validity in whole years; 0 years stand for the
latest date of the template's notAfter format (CryptoAuthLib, atcacert_date.h). CryptoAuthLib changes
silently what does not fit. Here it is refused, with what to choose instead.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Final, Literal

from atecc_bench.errors import InputError, RefusedError

NO_EXPIRY_YEARS: Final = 0
LATEST_EXPIRE_YEARS: Final = 127


class DateFormat(IntEnum):
    """Formats of a date in a certificate, with CryptoAuthLib's values.

    X.509 itself knows two of them.
    """

    ISO8601_SEP = 0
    RFC5280_UTC = 1
    POSIX_UINT32_BE = 2
    POSIX_UINT32_LE = 3
    RFC5280_GEN = 4

    @property
    def specification_name(self) -> str:
        """The name in CryptoAuthLib, such as `DATEFMT_RFC5280_UTC`."""
        return f"DATEFMT_{self.name}"

    @property
    def length(self) -> int:
        """Length of the date, in bytes."""
        return _LENGTHS[self]

    @classmethod
    def of_length(cls, length: int) -> "DateFormat":
        """Return the X.509 format whose text has this length.

        Raises:
            InputError: `not-a-certificate`.
        """
        for date_format in (cls.RFC5280_UTC, cls.RFC5280_GEN):
            if date_format.length == length:
                return date_format
        raise _not_a_date(f"a date of {length} characters")


_LENGTHS: Final = {
    DateFormat.ISO8601_SEP: 20,
    DateFormat.RFC5280_UTC: 13,
    DateFormat.POSIX_UINT32_BE: 4,
    DateFormat.POSIX_UINT32_LE: 4,
    DateFormat.RFC5280_GEN: 15,
}
_POSIX_ORDERS: Final[Mapping[DateFormat, Literal["big", "little"]]] = MappingProxyType(
    {DateFormat.POSIX_UINT32_BE: "big", DateFormat.POSIX_UINT32_LE: "little"}
)
_LATEST_UTC: Final = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_LATEST_POSIX: Final = datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 14
_ISO_SHAPE = re.compile(rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\dZ)")


def parse_date(date: bytes, date_format: DateFormat | None = None) -> datetime:
    """Read a date of a certificate to UTC.

    Without a format the date is one of the two that RFC 5280 allows.

    Raises:
        InputError: `not-a-certificate`.
    """
    if date_format is None:
        date_format = DateFormat.of_length(len(date))
    if len(date) != date_format.length:
        raise _not_a_date(f"a date of {len(date)} bytes")
    if date_format in _POSIX_ORDERS:
        return _EPOCH + timedelta(seconds=int.from_bytes(date, _POSIX_ORDERS[date_format]))
    try:
        text = date if date_format is not DateFormat.ISO8601_SEP else _ISO_SHAPE.sub(rb"\1\2\3\4\5\6", date)
        digits = text.decode("ascii")
        if not digits[:-1].isdigit():
            raise ValueError(digits)
        if date_format is DateFormat.RFC5280_UTC:
            digits = ("20" if digits < "5" else "19") + digits
        if len(digits) != _DIGITS + 1 or digits[-1] != "Z":
            raise ValueError(digits)
        # Not strptime: it takes longer than all the rest of rebuilding a certificate.
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
        return datetime(year, month, day, int(digits[8:10]), int(digits[10:12]), int(digits[12:14]), tzinfo=UTC)
    except ValueError as error:
        raise _not_a_date(f"the date {date!r}") from error


def format_date(date: datetime, date_format: DateFormat) -> bytes:
    """Write a date.

    Raises:
        RefusedError: `date-not-representable` when the format has no room for its year.
    """
    utc = date.astimezone(UTC)
    if date_format in _POSIX_ORDERS:
        if not _EPOCH <= utc <= _LATEST_POSIX:
            raise not_representable(
                f"The template writes this date as seconds since 1970 in 32 bits; it is {_readable(utc)}.",
                f"Choose a date up to {_readable(_LATEST_POSIX)}, or a template with GeneralizedTime.",
            )
        seconds = (utc - _EPOCH) // timedelta(seconds=1)
        return seconds.to_bytes(4, _POSIX_ORDERS[date_format])
    # strftime("%Y") does not pad the year on every system.
    if date_format is DateFormat.ISO8601_SEP:
        return f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}Z".encode("ascii")
    text = b"%04d%02d%02d%02d%02d%02dZ" % (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
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
    if date_format in _POSIX_ORDERS:
        return _LATEST_POSIX
    return _LATEST_UTC if date_format is DateFormat.RFC5280_UTC else _LATEST


def expiry_date(issue_date: datetime, expire_years: int, date_format: DateFormat) -> datetime:
    """Return notAfter as the 72 bytes mean it.

    `expire_years` later, or the format's latest date for 0.

    Raises:
        RefusedError: `date-not-representable` for a 29 February that does not exist.
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
    """Return the years that stand for `expire_date` in the 72 bytes.

    None if none do.
    """
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
    """Return the refusal of an expiry date that cannot be stored.

    `whole_years` found none for it; the nearest choices are named.
    """
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
