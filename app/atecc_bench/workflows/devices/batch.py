"""Provision many devices as one batch.

Devices follow one after the other at each port, at all ports at once, by one job that was confirmed once.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import BenchError, DeviceError, ExitCode, InputError
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import Connection
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.provision.model.results import StepResult, Verdict
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.run_records import Records
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.ports.url_scheme import is_virtual_url
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job

POLL_S = 0.5  # between two looks whether the next device is there


@dataclass(frozen=True)
class Batch:
    """Size and timing of a batch.

    There are `count` devices at each port, at `baud`. A port without a next one gives up after `wait_s`.
    """

    job: ProvisioningJob
    records: Records
    baud: int
    count: int
    wait_s: float | None = None


@dataclass(frozen=True)
class DeviceResult:
    """Outcome of one device in a batch.

    It is a report, or the error that came before the run. `serial_number` may be empty.
    """

    port: str
    serial_number: str
    virtual: bool
    report: Report | None
    error: BenchError | None

    @property
    def passed(self) -> bool:
        """Whether it is a PASS."""
        return self.report is not None and self.report.outcome.verdict is Verdict.PASS

    @property
    def exit_code(self) -> int:
        """What `provision` would have ended with for this device alone."""
        return self.error.exit_code if self.error else ExitCode.DONE

    def document(self) -> dict[str, object]:
        """Build the JSON document for this device.

        It is the document of `provision --json`, with the port and the exit code of the device.
        """
        error = self.error
        found: dict[str, object] = {"virtual": self.virtual, "serial_number": self.serial_number}
        if self.report is not None:
            found = self.report.document().to_json()
        elif error is not None:
            found |= {"verdict": Verdict.FAIL.value}
            found |= {"error": error.document}
        return {"port": self.port, "exit_code": int(self.exit_code), **found}


def run_batch(
    batch: Batch,
    ports: Sequence[str],
    on_result: Callable[[DeviceResult], None],
    cancelled: Callable[[], bool],
) -> list[DeviceResult]:
    """Provision `batch.count` devices at each port, all ports at once.

    The results are in the order in which the devices ended. The next device at a port is the one with another serial
    number. `on_result` gets each as it ends, one at a time. `cancelled` ends it at the next safe point. Nothing is
    raised for what happens at a port.
    """
    register_virtual_scheme()
    results: list[DeviceResult] = []
    turn = threading.Lock()

    def ended(result: DeviceResult) -> None:
        with turn:
            results.append(result)
            on_result(result)

    with ThreadPoolExecutor(len(ports), thread_name_prefix="port") as threads:
        for future in [threads.submit(_Port(port, batch, cancelled).work, ended) for port in ports]:
            future.result()
    return results


class _Port:
    def __init__(self, port: str, batch: Batch, cancelled: Callable[[], bool]) -> None:
        self._port = port
        self._batch = batch
        self._cancelled = cancelled
        self._last = ""  # serial number of the device that was done last

    def work(self, ended: Callable[[DeviceResult], None]) -> None:
        for _ in range(self._batch.count):
            try:
                board, session, serial = self._next_device()
            except BenchError as error:
                ended(DeviceResult(self._port, "", is_virtual_url(self._port), None, error))
                return
            with board:
                result = self._provision(board, session, serial)
            self._last = serial
            ended(result)
            if self._cancelled():
                return

    def _provision(self, board: Connection, session: ChipSession, serial: str) -> DeviceResult:
        virtual, now, batch = board.info.virtual, datetime.now(UTC), self._batch
        chip = ConnectedChip(board, session)
        try:
            board.set_baud(batch.baud)
            planned = preview_job(batch.job, chip, batch.records, now)
            planned.check_clock(now)
            report = run_job(planned, chip, now, _silent)
        except BenchError as error:
            return DeviceResult(self._port, serial, virtual, None, error)
        return DeviceResult(self._port, serial, virtual, report, report.error)

    def _next_device(self) -> tuple[Connection, ChipSession, str]:
        """Wait until a device other than the last one is there.

        The caller closes the board. Trouble with the port before the first device ends the wait: nothing is known to be
        there.
        """
        wait_s = self._batch.wait_s
        deadline = None if wait_s is None else time.monotonic() + wait_s
        while True:
            try:
                board = connect(self._port, cancelled=self._cancelled)
                try:
                    return board, *self._await_other(board, deadline)
                except BaseException:
                    board.close()
                    raise
            except CancelledError:
                raise
            except DeviceError:
                if not self._last:
                    raise
            self._pause(deadline)

    def _await_other(self, board: Connection, deadline: float | None) -> tuple[ChipSession, str]:
        # The port stays open meanwhile: opening it resets many boards.
        while True:
            session = board.open_chip()
            serial = session.serial_number().hex()
            if serial != self._last:
                return session, serial
            self._pause(deadline)

    def _pause(self, deadline: float | None) -> None:
        if self._cancelled():
            raise CancelledError
        if deadline is not None and time.monotonic() > deadline:
            raise NoNextDeviceError(self._port)
        time.sleep(POLL_S)


class NoNextDeviceError(InputError):
    """Nobody plugged the next device in in time."""

    def __init__(self, port: str) -> None:
        super().__init__(
            "no-next-device",
            f"The next device did not come to {port} in time.",
            "Plug it in, and give the rest of the batch again; or wait longer with --wait.",
        )


def _silent(result: StepResult) -> None:
    del result
