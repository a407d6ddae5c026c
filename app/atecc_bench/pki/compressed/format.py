"""The 72 bytes the chip stores of a certificate: CryptoAuthLib's compressed certificate.

Layout, from CryptoAuthLib's atcacert_def.c and atcacert_date.c:

    0..63   signature R‖S
    64..66  issue year − 2000 (5 bits), month 1..12 (4), day (5), hour (5), expire years (5)
    67..68  signer id
    69      template id (high nibble), chain id (low nibble)
    70      serial number source (high nibble), format version (low nibble)
    71      formats 1 and 2: bits 6..5 of the issue year and of the expire years, then 4 reserved bits
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.encoding.dates import check_on_the_hour, not_representable

COMPRESSED_LENGTH: Final = 72
SIGNATURE_LENGTH: Final = 64


class FormatVersion(IntEnum):
    """The low nibble of byte 70."""

    SHORT_DATES = 0
    EXTENDED_DATES = 1
    HIGHER_CURVES = 2

    @property
    def latest_year(self) -> int:
        """The last issue year this format can hold; the first is 2000."""
        return 2031 if self is FormatVersion.SHORT_DATES else 2127

    @property
    def most_years(self) -> int:
        """The longest validity this format can hold, in years."""
        return 31 if self is FormatVersion.SHORT_DATES else 127

    @classmethod
    def for_dates(cls, issue_date: datetime, expire_years: int) -> "FormatVersion":
        """Return the format CryptoAuthLib writes for these dates of a P-256 certificate."""
        short = cls.SHORT_DATES
        fits = issue_date.year <= short.latest_year and expire_years <= short.most_years
        return short if fits else cls.EXTENDED_DATES


@dataclass(frozen=True, kw_only=True)
class CompressedCertificate:
    """A compressed certificate, decoded; `parse(x).to_bytes()` is `x`.

    `issue_date` is in UTC and on the hour. `expire_years` 0 means no expiry. `reserved` are the bits
    of byte 71 that the format gives no meaning (all eight in format 0).
    """

    signature: bytes
    issue_date: datetime
    expire_years: int
    template_id: int
    chain_id: int
    sn_source: SerialSource
    format_version: FormatVersion
    signer_id: bytes = bytes(2)
    reserved: int = 0
    serial_dates: bytes = field(init=False, compare=False, repr=False)
    """The dates as a hashed serial number takes them in: 3 bytes, and from format 1 a fourth."""

    def __post_init__(self) -> None:
        dates = encode_dates(self.issue_date, self.expire_years, self.format_version)
        object.__setattr__(self, "serial_dates", dates)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Decode 72 bytes.

        Raises:
            InputError: `not-a-compressed-certificate` for a wrong length, an unknown format or serial source, or a date
                that does not exist, as in a slot that was never written.
        """
        if len(data) != COMPRESSED_LENGTH:
            raise _not_compressed(f"they are {len(data)} bytes, not {COMPRESSED_LENGTH}")
        try:
            format_version = FormatVersion(data[70] & 0x0F)
            sn_source = SerialSource(data[70] >> 4)
        except ValueError as error:
            raise _not_compressed(f"byte 70 is {data[70]:02X}, which is no known format") from error
        dates = int.from_bytes(data[64:67])
        year, expire_years, reserved = dates >> 19, dates & 0x1F, data[71]
        if format_version is not FormatVersion.SHORT_DATES:
            year |= (data[71] & 0xC0) >> 1
            expire_years |= (data[71] & 0x30) << 1
            reserved &= 0x0F
        try:
            issue_date = datetime(2000 + year, dates >> 15 & 0x0F, dates >> 10 & 0x1F, dates >> 5 & 0x1F, tzinfo=UTC)
        except ValueError as error:
            raise _not_compressed(f"its date {data[64:67].hex(' ').upper()} does not exist") from error
        return cls(
            signature=data[:SIGNATURE_LENGTH],
            issue_date=issue_date,
            expire_years=expire_years,
            template_id=data[69] >> 4,
            chain_id=data[69] & 0x0F,
            sn_source=sn_source,
            format_version=format_version,
            signer_id=data[67:69],
            reserved=reserved,
        )

    @property
    def der_signature(self) -> bytes:
        """The signature as it stands in the certificate.

        DER of r and s (RFC 3279, section 2.2.3).
        """
        return encode_dss_signature(int.from_bytes(self.signature[:32]), int.from_bytes(self.signature[32:]))

    def to_bytes(self) -> bytes:
        """Encode to 72 bytes.

        Raises:
            RefusedError: `format-not-written` for format 2 (P-384, P-521).
        """
        if self.format_version is FormatVersion.HIGHER_CURVES:
            raise RefusedError(
                "format-not-written",
                "Format 2 of the compressed certificate is for P-384 and P-521, which this chip cannot do.",
                "Use a P-256 certificate.",
            )
        dates = self.serial_dates.ljust(4, b"\0")
        return (
            self.signature
            + dates[:3]
            + self.signer_id
            + bytes(
                [
                    self.template_id << 4 | self.chain_id,
                    self.sn_source << 4 | self.format_version,
                    dates[3] | self.reserved,
                ]
            )
        )


def encode_dates(issue_date: datetime, expire_years: int, format_version: FormatVersion) -> bytes:
    """Encode the dates as bytes 64 to 66.

    From format 1 the high nibble of byte 71 follows as a fourth.

    Raises:
        RefusedError: `date-not-representable`.
    """
    check_on_the_hour(issue_date)
    utc = issue_date.astimezone(UTC)
    latest, most = format_version.latest_year, format_version.most_years
    if not 2000 <= utc.year <= latest:
        raise not_representable(
            f"notBefore is in {utc.year}; the 72 bytes hold the years 2000 to {latest}.",
            "Issue from a date in that range.",
        )
    if not 0 <= expire_years <= most:
        raise not_representable(
            f"The certificate is valid for {expire_years} years; the 72 bytes count to {most}.",
            f"Choose at most {most} years, or no expiry.",
        )
    year = utc.year - 2000
    dates = (year & 0x1F) << 19 | utc.month << 15 | utc.day << 10 | utc.hour << 5 | expire_years & 0x1F
    encoded = dates.to_bytes(3)
    if format_version is FormatVersion.SHORT_DATES:
        return encoded
    return encoded + bytes([(year & 0x60) << 1 | (expire_years & 0x60) >> 1])


def _not_compressed(why: str) -> InputError:
    return InputError(
        "not-a-compressed-certificate",
        f"These bytes are not a compressed certificate: {why}.",
        "The slot may never have been written, or it holds something else; provision the chip first.",
    )
