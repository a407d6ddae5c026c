"""The verb `provision` for many devices.

The CA is unlocked once, the batch is confirmed once, and each device is told as it ends.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import typer

from atecc_bench.cli.common.confirm import confirm_profile
from atecc_bench.cli.common.output import console, print_error, print_json, wrapping_table
from atecc_bench.cli.common.passphrase import existing_passphrase, new_escrow_passphrase
from atecc_bench.errors import BenchError, ExitCode, InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.records.batch_record import keep_batch
from atecc_bench.twin.ports.presets import parse_virtual_url
from atecc_bench.twin.ports.url_scheme import SCHEME, is_virtual_url
from atecc_bench.user_folders import data_folder
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.confirmation import batch_effects_text
from atecc_bench.workflows.devices.batch import Batch, DeviceResult, run_batch
from atecc_bench.workflows.devices.provisioning import ProvisioningJob


def unlocked_for_batch(
    job: ProvisioningJob, access: CaAccess | None, passphrase_file: Path | None, escrow_file: Path | None
) -> ProvisioningJob:
    """The job for every device, its CA unlocked.

    Raises:
        InputError: `usage` when something was given, or is wanted, that belongs to one device.

    """
    if job.asks_for_each_device or job.for_batch() != job:
        raise InputError(
            "usage",
            f"The profile {job.profile.name} wants something of its own for each device, and this is a batch.",
            "Provision the devices one by one, or in the window.",
        )
    if access is not None:
        job = job.unlocked(replace(access, passphrase=existing_passphrase(access.folder, passphrase_file)))
    return replace(job, escrow_passphrase=new_escrow_passphrase(escrow_file) if job.fill_keys else b"")


def check_ports(ports: Sequence[str]) -> None:
    """Raise `InputError` (`port-repeated`) when a device is given twice, by whatever names."""
    seen: dict[str, str] = {}
    for port in ports:
        device = _device_behind(port)
        before = seen.get(device)
        seen[device] = port
        if before is not None:
            raise InputError(
                "port-repeated",
                f"The port {port} is given twice{'' if port == before else f', the other time as {before}'}.",
                "Give each port once; --count is for several devices, one after the other, at a port.",
            )


def _device_behind(port: str) -> str:
    if is_virtual_url(port):
        state = parse_virtual_url(port).state
        return port if state is None else f"{SCHEME}:{os.path.realpath(state)}"
    if "://" in port:
        return port.partition("?")[0].casefold()
    return port.upper().removeprefix("\\\\.\\") if sys.platform == "win32" else os.path.realpath(port)


def confirm_batch(job: ProvisioningJob, ports: Sequence[str], count: int, *, json: bool) -> None:
    """Let somebody confirm once, for all devices.

    Raises:
        InputError: `confirmation-needed` where a program reads the answer.
        NotConfirmedError: `not-confirmed`.

    """
    if not json:
        console().print(f"{job.profile.title}: {_how_many(ports, count)}, each rehearsed on a twin first.")
    confirm_profile(job.profile.name, batch_effects_text(job.profile, ports, count), json=json)


def _how_many(ports: Sequence[str], count: int) -> str:
    return f"{count} at {ports[0]}" if len(ports) == 1 else f"{count} at each of {len(ports)} ports"


def provision_batch(
    job: ProvisioningJob,
    ports: Sequence[str],
    cancelled: Callable[[], bool],
    *,
    count: int,
    baud: int,
    wait_s: float | None,
    json: bool,
) -> NoReturn:
    """Run the batch and exit with its exit code.

    The code is 0 when all passed, else the gravest exit code of a device; a batch that was cancelled before all was
    done is always cancelled.
    """
    begun = datetime.now(UTC)
    batch = Batch(job, user_records(), baud, count, wait_s)
    results = run_batch(batch, ports, _ignore if json else _tell, cancelled)
    left = not_begun(ports, count, results)
    stopped = cancelled() and (bool(left) or any(isinstance(one.error, CancelledError) for one in results))
    error: BenchError | None = _stopped(left) if stopped else None
    document = batch_document(results, left, error)
    try:
        kept = keep_batch(data_folder(), document, begun)
    except InputError as unkept:
        kept, error = None, error or unkept
        document = batch_document(results, left, error)
    if json:
        print_json({**document, "record": str(kept) if kept else None})
    else:
        _print_summary(results, left)
        if kept:
            console().print(str(kept))
        if error:
            print_error(error)
    codes = [result.exit_code for result in results] + ([error.exit_code] if error else [])
    raise typer.Exit(max(codes, default=ExitCode.DONE))


def not_begun(ports: Sequence[str], count: int, results: Sequence[DeviceResult]) -> dict[str, int]:
    """How many devices of the batch were not begun, by port.

    Ports without any are left out.
    """
    begun = Counter(result.port for result in results if result.serial_number)
    return {port: count - begun[port] for port in ports if count > begun[port]}


def _stopped(left: Mapping[str, int]) -> CancelledError:
    places = ", ".join(f"{number} at {port}" for port, number in left.items())
    return CancelledError(f"Cancelled. Devices that were not begun: {places}." if left else "Cancelled.")


def batch_document(
    results: Sequence[DeviceResult], left: Mapping[str, int], error: BenchError | None
) -> dict[str, object]:
    """Build the one JSON document of a batch.

    It has a document for each device, in the order in which they ended, and what was not begun by port.
    """
    return {
        "virtual": any(result.virtual for result in results),
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "not_begun": dict(left),
        "devices": [result.document() for result in results],
        **({"error": error.document} if error else {}),
    }


def _ignore(result: DeviceResult) -> None:
    del result


def _tell(result: DeviceResult) -> None:
    word = "PASS" if result.passed else "FAIL"
    mark = " VIRTUAL" if result.virtual else ""
    seconds = f"{result.report.outcome.timing.total_s:.2f} s" if result.report else ""
    said = result.error.message if result.error else ""
    colour = "red" if not result.passed else "magenta" if result.virtual else "green"
    line = f"{result.port}  {result.serial_number or 'no chip':<18}  {word}{mark}  {seconds}  {said}"
    console().print(line.rstrip(), style=colour)


def _print_summary(results: Sequence[DeviceResult], left: Mapping[str, int]) -> None:
    table = wrapping_table("Port", "PASS", "FAIL", "Not begun")
    for port in dict.fromkeys([*(result.port for result in results), *left]):
        mine = [result for result in results if result.port == port]
        passed = sum(result.passed for result in mine)
        table.add_row(port, str(passed), str(len(mine) - passed), str(left.get(port, 0)))
    console().print(table)
