"""Gathering a support bundle.

It holds all that may be read of a chip, and what is believed to be on it.
"""

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledBoard, BundledExchange, new_bundle
from atecc_bench.diagnose.bundle.collect import collect
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.logs import log_tail
from atecc_bench.records.run_records import ChipRecords, Records
from atecc_bench.workflows.comparison.certificates_on_chip import FiledDevice, certificates_on_chip
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates


def gather(
    session: ChipSession, board: BundledBoard, trace: tuple[BundledExchange, ...], records: Records, notes: str = ""
) -> Bundle:
    """Read all that may be read of a chip for a bundle.

    The end of this program's log is added. Changes nothing on the chip.

    Raises:
        DeviceError: The link fails.
    """
    contents = collect(session)
    certificates, log = _certificates(session, records.for_chip(contents.info.serial_number, virtual=board.virtual))
    return new_bundle(
        revision=contents.info.revision,
        config=contents.config,
        otp=contents.otp,
        slots=contents.slots,
        public_keys=contents.public_keys,
        board=board,
        trace=trace,
        log=log + log_tail(),
        notes=notes,
        certificates=certificates,
    )


def _certificates(session: ChipSession, records: ChipRecords) -> tuple[dict[str, bytes], str]:
    try:
        found = certificates_on_chip(session, records)
    except RefusedError as error:
        return {}, f"{error.message}\n"
    except InputError as error:
        return {}, f"What is known of this chip could not be read: {error.id}: {error.message}\n"
    if found.best is None:
        return ({}, "No certificates are known of this chip.\n") if found.filed is None else _kept(found.filed)
    best = found.best
    expected = {} if best.known.pattern else _expected(best.known)
    told = f"Layout {best.layout}, by {best.known.source}.\n"
    if best.certificates is None:
        return expected, f"{told}The certificates could not be rebuilt.\n"
    return {**expected, "device": best.certificates.device, "signer": best.certificates.signer}, told


def _kept(filed: FiledDevice) -> tuple[dict[str, bytes], str]:
    agrees = "" if filed.key_agrees else "not "
    return _expected(filed.known), f"Kept as a file in {filed.known.source}; {agrees}for the key in the chip.\n"


def _expected(known: KnownCertificates) -> dict[str, bytes]:
    found = {"expected-device": known.device, "expected-signer": known.signer, "expected-root": known.root}
    return {name: der for name, der in found.items() if der is not None}
