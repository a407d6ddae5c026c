"""What a chip holds, compared with what it should hold."""

from dataclasses import dataclass

from atecc_bench.chip.session import ChipSession
from atecc_bench.diagnose.compare import Comparison, compare
from atecc_bench.errors import InputError
from atecc_bench.pki.on_chip import location_reader, rebuild_device
from atecc_bench.provision.known import known_certificates
from atecc_bench.provision.records import Records


@dataclass(frozen=True)
class ChipComparison:
    """A comparison of the expected device certificate with the one rebuilt from the chip."""

    comparison: Comparison
    serial_number: str
    source: str


@dataclass(frozen=True)
class Expected:
    """A device certificate (DER) that should be on a chip, and where it comes from."""

    certificate: bytes
    source: str


def compare_with_chip(
    session: ChipSession, records: Records, expected: Expected | None, *, virtual: bool
) -> ChipComparison:
    """Rebuild the device certificate from the chip and compare. Changes nothing on the chip.

    Without `expected` the records of earlier runs, or a virtual board's own files, say what should be there.

    Raises:
        InputError: `no-expected` when nothing is known of this chip.

    """
    serial_number = session.serial_number().hex()
    if expected is None:
        known = known_certificates(records, serial_number, virtual=virtual)
        if known is None:
            raise InputError(
                "no-expected",
                f"Nothing is known of the chip {serial_number}: it was not provisioned from this computer.",
                "Give the certificate that should be on it.",
            )
        expected = Expected(known.device, known.source)
    stored = rebuild_device(location_reader(session), expected.certificate)
    return ChipComparison(compare(expected.certificate, stored), serial_number, expected.source)
