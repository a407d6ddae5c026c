"""The one thread that talks to a device.

Pages hand it operations and hear back on the window's thread.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from atecc_bench.defects import note_defect
from atecc_bench.errors import BenchError, DeviceError
from atecc_bench.link.transports.errors import CancelledError, LinkError, NoChipError
from atecc_bench.link.transports.trace import Exchange, Trace
from atecc_bench.workflows.connected_chip import ConnectedChip

# Imported on the device's thread when it is first asked to connect: the first paint does not need them.
if TYPE_CHECKING:
    from atecc_bench.chip.config.config_zone import ConfigZone
    from atecc_bench.chip.session.chip_info import ChipInfo
    from atecc_bench.chip.session.chip_session import ChipSession
    from atecc_bench.link.transports.connection import BoardInfo, Connection

_logger = logging.getLogger(__name__)

LOOK_S = 0.4  # between two looks whether an idle board is still there

# A cancelled exchange ends within this; what cannot be cut short, such as asking a name server, ends with the process.
SHUTDOWN_S = 1.0


@dataclass(frozen=True)
class DeviceAccess(ConnectedChip):
    """An open board and its chip, on the worker thread.

    Operations get it. `report` hands a value to the operation's `progress` on the window's thread, `cancelled` tells
    whether to stop, for what waits for something else than the board.
    """

    report: Callable[[Any], None]
    cancelled: Callable[[], bool]


@dataclass(frozen=True)
class DeviceFacts:
    """Everything known of a connected device.

    After it was connected or looked at again.
    """

    port: str
    virtual: bool
    board_name: str
    board_version: str
    board_chip: str
    baud: int
    chip: "ChipInfo"
    config: "ConfigZone"


@dataclass(frozen=True)
class PortAccess:
    """A port for operations on a board.

    There may be a bridge and a chip, or neither. `report` hands a value to the operation's `progress` on the window's
    thread, `cancelled` tells whether to stop.
    """

    port: str
    trace: Trace
    cancelled: Callable[[], bool]
    report: Callable[[Any], None]


@dataclass(frozen=True)
class _Task:
    label: str
    run: Callable[[Callable[[Any], None]], Any]
    done: Callable[[Any], None]
    failed: Callable[[BenchError], None]
    progress: Callable[[Any], None]
    cancelled: threading.Event


def _ignore(value: Any) -> None:
    del value


class DeviceWorker(QObject):
    """Runs operations one after the other on its own thread.

    Every signal arrives on the window's thread.
    """

    started = Signal(str)
    """An operation began; its label."""

    finished = Signal(str, float)
    """An operation ended, well or not; its label and the seconds it took."""

    lost = Signal(object)
    """The board went away while nothing was asked of it; the `LinkError`."""

    exchanged = Signal(object)
    """A new `Exchange` of the trace."""

    _deliver = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._pending: list[_Task] = []  # of the window's thread, as is the next: the cancel of the last `connect_to`
        self._connecting = threading.Event()
        self._running: _Task | None = None  # of the device's thread
        # Kept until the device's thread has surely let go of it: with the last reference to its callables a dialog may
        # go, and that has to happen on the window's thread.
        self._ended: _Task | None = None
        self._board: Connection | None = None
        self._session: ChipSession | None = None
        self._thread = threading.Thread(target=self._work, name="device", daemon=True)
        # Explicitly queued: the callables that travel here run on the thread this object lives in.
        self._deliver.connect(self._call, Qt.ConnectionType.QueuedConnection)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether an operation runs or waits."""
        return bool(self._pending)

    def connect_to(
        self,
        port: str,
        done: Callable[[DeviceFacts], None],
        failed: Callable[[BenchError], None],
        progress: "Callable[[BoardInfo], None]" = _ignore,
    ) -> None:
        """Let go of the present board and connect to another.

        `progress` hears of its bridge. An earlier call that has not ended is given up, and nobody hears of it any more.
        """
        self._connecting.set()
        turn = self._connecting = threading.Event()

        def if_latest(hear: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: hear(value) if turn is self._connecting else None

        run = self._taking(port, _connect)
        self._submit("Connect", run, if_latest(done), if_latest(failed), if_latest(progress), turn)

    def connect_by(
        self,
        label: str,
        port: str,
        make: "Callable[[PortAccess], Connection]",
        done: Callable[[DeviceFacts], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Replace the present board by the one that `make` connects to.

        At a port; then its chip is looked for. `progress` hears what `make` reports, and then the bridge's `BoardInfo`.
        A board without a chip stays open.
        """
        self._submit(label, self._taking(port, make), done, failed, progress)

    def run_without_board(
        self,
        label: str,
        function: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
    ) -> None:
        """Run something that needs no board on the worker thread.

        It leaves the present board alone.
        """
        self._submit(label, lambda report: function(), done, failed, _ignore)

    def let_go(self, done: Callable[[Any], None], failed: Callable[[BenchError], None]) -> None:
        """Release the port of the present board."""
        self._submit("Let go of the board", lambda report: self._close(), done, failed, _ignore)

    def use_port(
        self,
        label: str,
        port: str,
        operation: Callable[[PortAccess], Any],
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Run an operation that opens and closes the port itself.

        The present board is let go of first.
        """

        def let_go_and_run(report: Callable[[Any], None]) -> Any:
            self._close()
            return operation(self._access(port, report))

        self._submit(label, let_go_and_run, done, failed, progress)

    def use_bridge(
        self,
        label: str,
        port: str,
        operation: "Callable[[Connection, PortAccess], Any]",
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Run an operation on the bridge at a port.

        There may be a chip or not; the board stays open.
        """

        def with_bridge(report: Callable[[Any], None]) -> Any:
            access = self._access(port, report)
            if self._board is not None and self._board.url != port:
                self._close()
            if self._board is None:
                self._board = _connect(access)
            return operation(self._board, access)

        self._submit(label, with_bridge, done, failed, progress)

    def meet_chip(self, done: Callable[[DeviceFacts], None], failed: Callable[[BenchError], None]) -> None:
        """Look for the chip behind the present board again."""
        self._connecting = threading.Event()
        self._submit("Look for the chip", self._meet_chip, done, failed, _ignore, self._connecting)

    def look(self, done: Callable[[DeviceFacts], None], failed: Callable[[BenchError], None]) -> None:
        """Read the identification and the configuration again."""
        self.run("Read configuration", _look, done, failed)

    def run(
        self,
        label: str,
        operation: Callable[[DeviceAccess], Any],
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Run an operation on the worker thread.

        `done` or `failed`, and `progress`, run on the window's.
        """

        def with_device(report: Callable[[Any], None]) -> Any:
            if self._board is None or self._session is None:
                raise DeviceError("not-connected", "No board is connected.", "Choose a port first.")
            return operation(DeviceAccess(self._board, self._session, report, self._is_cancelled))

        self._submit(label, with_device, done, failed, progress)

    def cancel_connecting(self) -> None:
        """Give up connecting.

        The last `connect_to` or `meet_chip`, if it has not ended; nothing else is touched.
        """
        self._connecting.set()

    def cancel(self) -> None:
        """Stop the operation under way at the next safe point.

        Those that wait are stopped before they begin.
        """
        for task in self._pending:
            task.cancelled.set()

    def shut_down(self) -> None:
        """Cancel everything, release the port and end the thread.

        What runs and what waits is cancelled.
        """
        self.cancel()
        self._tasks.put(None)
        self._thread.join(SHUTDOWN_S)

    def _submit(
        self,
        label: str,
        run: Callable[[Callable[[Any], None]], Any],
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None],
        cancelled: threading.Event | None = None,
    ) -> None:
        task = _Task(label, run, done, failed, progress, cancelled or threading.Event())
        self._pending.append(task)
        self._tasks.put(task)

    def _call(self, function: Callable[[], None]) -> None:
        function()

    def _work(self) -> None:
        try:
            while (task := self._next_task()) is not None:
                self._run(task)
        finally:
            self._close()

    def _next_task(self) -> _Task | None:
        """Wait for a task; an idle board is looked at meanwhile."""
        while self._board is not None:
            try:
                return self._tasks.get(timeout=LOOK_S)
            except queue.Empty:
                self._look_whether_there(self._board)
        return self._tasks.get()

    def _look_whether_there(self, board: "Connection") -> None:
        try:
            board.check_there()
        except LinkError as error:
            _logger.info("%s: %s", error.id, error.message)
            self._close()
            lost = error
            self._deliver.emit(lambda: self.lost.emit(lost))

    def _run(self, task: _Task) -> None:
        self._running = task
        _logger.info("%s: begins", task.label)
        self._deliver.emit(lambda: self.started.emit(task.label))
        began = time.monotonic()
        outcome: Callable[[], None]
        try:
            if task.cancelled.is_set():
                raise CancelledError
            result = task.run(lambda value: self._deliver.emit(lambda: task.progress(value)))
            outcome = _bound(task.done, result)
            _logger.info("%s: done", task.label)
        except BenchError as error:
            self._tell_cause(error)
            outcome = _bound(task.failed, error)
            _logger.info("%s: %s: %s", task.label, error.id, error.message)
        except Exception as error:  # noqa: BLE001 - a defect of ours must reach the operator, not end the thread
            outcome = _bound(task.failed, note_defect(error, f"“{task.label}”"))
        seconds = time.monotonic() - began

        def deliver() -> None:
            self._pending.remove(task)
            self._ended = task
            self.finished.emit(task.label, seconds)
            outcome()

        self._deliver.emit(deliver)

    def _tell_cause(self, error: BenchError) -> None:
        """Say why the chip refused, where a refusal is behind an error."""
        if self._session is not None:
            from atecc_bench.workflows.refusal_told import tell_cause

            tell_cause(error, self._session)

    def _access(self, port: str, report: Callable[[Any], None]) -> PortAccess:
        from atecc_bench.twin.ports.registration import register_virtual_scheme

        register_virtual_scheme()
        trace = Trace()
        trace.listen(self._tell_exchange)
        return PortAccess(port, trace, self._is_cancelled, report)

    def _is_cancelled(self) -> bool:
        # A board outlives the operation that connected to it: what counts is the one that uses it now.
        return self._running is not None and self._running.cancelled.is_set()

    def _taking(
        self, port: str, make: "Callable[[PortAccess], Connection]"
    ) -> Callable[[Callable[[Any], None]], DeviceFacts]:
        def take_and_meet(report: Callable[[Any], None]) -> DeviceFacts:
            self._close()
            self._board = make(self._access(port, report))
            return self._meet_chip(report)

        return take_and_meet

    def _meet_chip(self, report: Callable[[Any], None]) -> DeviceFacts:
        board = self._board
        if board is None:
            raise DeviceError("not-connected", "No board is connected.", "Choose a port first.")
        report(board.info)
        try:
            self._session = board.open_chip()
            return _look(DeviceAccess(board, self._session, _ignore, self._is_cancelled))
        except BaseException as error:
            # A bridge without a chip is of use: its wiring can be tested.
            self._session = None
            if not (isinstance(error, NoChipError)):
                self._close()
            raise

    def _tell_exchange(self, exchange: Exchange) -> None:
        self._deliver.emit(lambda: self.exchanged.emit(exchange))

    def _close(self) -> None:
        board, self._board, self._session = self._board, None, None
        if board is not None:
            board.close()


def _connect(access: PortAccess) -> "Connection":
    from atecc_bench.link.board.connection import connect

    return connect(access.port, access.trace, access.cancelled)


def _bound(function: Callable[[Any], None], value: Any) -> Callable[[], None]:
    return lambda: function(value)


def _look(device: DeviceAccess) -> DeviceFacts:
    from atecc_bench.chip.session.chip_info import ChipInfo

    revision = device.session.revision()
    config = device.session.read_config()
    info = device.board.info
    return DeviceFacts(
        port=device.board.url,
        virtual=info.virtual,
        board_name=info.name,
        board_version=info.version,
        board_chip=info.chip,
        baud=device.board.baud,
        chip=ChipInfo.of(revision, config),
        config=config,
    )
