"""Gathering a support bundle.

It holds all that may be read of a chip, and what is believed to be on it.
"""

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledBoard, BundledExchange, new_bundle
from atecc_bench.diagnose.bundle.collect import collect
from atecc_bench.errors import BenchError
from atecc_bench.logs import log_tail
from atecc_bench.onchip.read_certificates import location_reader, rebuild_certificates
from atecc_bench.records.run_records import ChipRecords, Records
from atecc_bench.workflows.comparison.known_certificates import known_certificates


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
        known = known_certificates(records, session)
    except BenchError as error:
        return {}, f"What is known of this chip could not be read: {error.id}: {error.message}\n"
    if known is None:
        return {}, "No certificates are known of this chip.\n"
    expected = {"expected-device": known.device, "expected-signer": known.signer, "expected-root": known.root}
    try:
        rebuilt = rebuild_certificates(location_reader(session), known.device, known.signer)
    except BenchError as error:
        return expected, f"The certificates could not be rebuilt: {error.id}: {error.message}\n"
    return {**expected, "device": rebuilt.device, "signer": rebuilt.signer}, f"Expected by {known.source}.\n"
