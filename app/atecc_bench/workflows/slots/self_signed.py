"""A self-signed certificate made with a key in a chip."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError
from atecc_bench.onchip.read_certificates import chip_private_key
from atecc_bench.onchip.slot_access import write_slot_bytes
from atecc_bench.pki.compressed.arduino_self_signed import (
    FIRST_SLOT,
    LAST_SLOT,
    arduino_name,
    check_dates,
    signed,
    stored,
    unsigned,
)
from atecc_bench.pki.compressed.serial_source import positive_serial_number
from atecc_bench.pki.keys.key_files import key_identifier
from atecc_bench.workflows.slots.sign_with_chip import sign_digest

_SERIAL_NUMBER_LENGTH = 16


@dataclass(frozen=True)
class SelfSignedRequest:
    """A self-signed certificate that is asked for.

    It has a name, begins on the hour, lasts whole years, and says where it is stored, if anywhere.
    """

    name: x509.Name
    start: datetime
    years: int
    store_slot: int | None = None


def check_self_signed(asked: SelfSignedRequest) -> SelfSignedRequest:
    """Check what can be checked without the chip.

    The name comes back as it will be.

    Raises:
        InputError: `name-not-usable`, `usage`.
        RefusedError: `date-not-representable`.
    """
    if asked.store_slot is None:
        return asked
    if not FIRST_SLOT <= asked.store_slot <= LAST_SLOT:
        raise InputError(
            "usage",
            f"ArduinoECCX08 keeps signature and dates in slots {FIRST_SLOT} to {LAST_SLOT}, not in {asked.store_slot}.",
            f"Give --store {FIRST_SLOT}, as its sketches do.",
        )
    check_dates(asked.start, asked.years)
    return SelfSignedRequest(arduino_name(asked.name), asked.start, asked.years, asked.store_slot)


def make_self_signed(
    session: ChipSession, config: ConfigZone, slot: int, asked: SelfSignedRequest, save: Callable[[bytes], None]
) -> bytes:
    """Make the certificate (DER), and store it where that is asked for.

    `save` is given what the slot held before, where that can be read. The chip signs; nothing else on it changes.

    Raises:
        RefusedError: `slot-not-writable`, `challenge-failed`.
        ChipStatusError: The chip refuses.
    """
    if asked.store_slot is None:
        return _usual(session, slot, asked)
    body = unsigned(asked.name, session.public_key(slot), asked.start, asked.years)
    signature = sign_digest(session, slot, hashlib.sha256(body).digest()).raw
    content = stored(signature, asked.start, asked.years)
    write_slot_bytes(session, config, asked.store_slot, 0, content, None, save)
    return signed(body, signature)


def _usual(session: ChipSession, slot: int, asked: SelfSignedRequest) -> bytes:
    key = chip_private_key(session, slot)
    point = session.public_key(slot)
    serial_number = positive_serial_number(
        hashlib.sha256(point + str(asked.start).encode()).digest()[:_SERIAL_NUMBER_LENGTH]
    )
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(serial_number))
        .subject_name(asked.name)
        .issuer_name(asked.name)
        .public_key(key.public_key())
        .not_valid_before(asked.start)
        .not_valid_after(asked.start.replace(year=asked.start.year + asked.years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier(key_identifier(point)), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)
