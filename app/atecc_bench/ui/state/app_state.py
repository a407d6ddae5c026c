"""State that all pages share.

The worker, the ports, and what is known of the device.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atecc_bench.errors import BenchError
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.link.transports.trace import KEPT, Exchange
from atecc_bench.twin.ports.url_scheme import SCHEME, is_virtual_url
from atecc_bench.ui.state.absence import is_absence
from atecc_bench.ui.state.background import Background
from atecc_bench.ui.state.device_summary import NO_DEVICE, DeviceSummary, LinkState, PortChoice, summary_of
from atecc_bench.ui.state.device_worker import DeviceWorker
from atecc_bench.ui.state.work_under_way import WorkUnderWay

# What the first paint does not need is imported where it is used: ports, virtual boards, the chip.
if TYPE_CHECKING:
    from pathlib import Path

    from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
    from atecc_bench.link.flash.rom_loader import ChipFacts
    from atecc_bench.link.transports.connection import BoardInfo, Connection
    from atecc_bench.link.transports.serial_ports import PortInfo
    from atecc_bench.provision.model.step import StepId
    from atecc_bench.records.journal import PastRun
    from atecc_bench.records.run_records import Records
    from atecc_bench.ui.state.device_worker import DeviceAccess, DeviceFacts, PortAccess
    from atecc_bench.ui.state.subject import Subject
    from atecc_bench.workflows.comparison.compare_chip import Expected
    from atecc_bench.workflows.devices.frozen_line import FrozenLine
    from atecc_bench.workflows.devices.provisioning import ProvisioningJob

LAST_EXCHANGES = 6
NOT_REACHED = "The board could not be reached."
GONE = "The board is gone."
GIVEN_UP = "Connecting was cancelled."
NEW_VIRTUAL_PORT = f"{SCHEME}://fresh"
FIRST_VIRTUAL_PORT = f"{SCHEME}://provisioned"


class AppState(QObject):
    """The device at hand, for all pages."""

    device_changed = Signal()
    """`facts`, `error` or `summary` is not what it was."""

    summary_changed = Signal()
    """`summary` says more of the same chip than before."""

    ports_changed = Signal()
    """`hardware` is not what it was."""

    subject_changed = Signal()
    """Another bundle or dump, or the chip again, is looked at."""

    work_changed = Signal()
    """`work` began, went on or ended."""

    line_changed = Signal()
    """The line was frozen, a batch was begun on it, or the frozen mode was left."""

    page_wanted = Signal(str)
    """Somebody wants to see the page of this name."""

    comparison_wanted = Signal(object, object)
    """Somebody wants to see two certificates (`Expected`) side by side: the expected one and the stored one."""

    brought = Signal(object)
    """Somebody dropped or pasted something (`Path`s, or a text) that is to be looked at."""

    resume_wanted = Signal(object)
    """Somebody wants to take up an interrupted provisioning (`PastRun`)."""

    def __init__(self, records: "Records") -> None:
        super().__init__()
        self.records = records
        self.worker = DeviceWorker()
        self.background = Background()
        self.opening = Background()  # of bundles and dumps; none of these supersedes what another does
        self.explaining = Background()  # of refusals
        self.searching = Background()  # of the records
        self.workers = (self.worker, self.background, self.opening, self.explaining, self.searching)
        self.hardware: tuple[PortInfo, ...] = ()
        self.facts: DeviceFacts | None = None
        self.looks = 0  # how often the chip was to be read anew, since it may not be what it was
        self.error: BenchError | None = None
        self.what_failed = NOT_REACHED
        self.bridge: BoardInfo | None = None
        self.subject: Subject | None = None  # a bundle or a dump that is looked at instead of the chip
        self.opened: ChipEvidence | None = None  # what it says of the chip, and the exchanges in it
        self.opened_trace: tuple[Exchange, ...] = ()
        self.board_chips: dict[str, ChipFacts] = {}  # by port, of boards whose ROM was asked
        self.summary: DeviceSummary = NO_DEVICE
        self.work: WorkUnderWay | None = None  # that nothing may disturb
        self.port = ""
        self.line: FrozenLine | None = None  # what a supervisor has frozen, if anything
        self.line_error: BenchError | None = None  # why it cannot be read
        # of a batch on a frozen line that was confirmed; the CA is unlocked in it
        self.job: ProvisioningJob | None = None
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self.worker.exchanged.connect(self._exchanges.append)
        self.worker.lost.connect(self._lost)

    def refresh_ports(self) -> None:
        """Look which serial ports there are."""
        from atecc_bench.link.transports.serial_ports import serial_ports

        found = serial_ports()
        if found != self.hardware:
            self.hardware = found
            self.ports_changed.emit()

    def port_choices(self) -> list[PortChoice]:
        """Ports to offer: hardware first, then virtual boards."""
        from atecc_bench.twin.ports.preset_names import Preset

        choices = [
            PortChoice(p.device, f"{p.device} · {p.bridge or p.description or 'serial port'}") for p in self.hardware
        ]
        if not self.frozen or self.training:
            choices += [PortChoice(f"{SCHEME}://{preset}", f"Virtual board · {preset}") for preset in Preset]
        if self.port and all(choice.port != self.port for choice in choices):
            choices.insert(0, PortChoice(self.port, self.port))
        return choices

    def first_port(self) -> str:
        """The port to open with.

        A board that is plugged in, else a virtual one, on a frozen line none.
        """
        if self.training:
            return NEW_VIRTUAL_PORT
        bridges = [port.device for port in self.hardware if port.bridge]
        return bridges[0] if bridges else "" if self.frozen else FIRST_VIRTUAL_PORT

    @property
    def data_folder(self) -> "Path":
        """Folder of this user's records, CA and line."""
        return self.records.folder.parent

    @property
    def frozen(self) -> bool:
        """True when a supervisor has frozen the line.

        Profile, names and CA are the supervisor's, and no virtual board is offered.
        """
        return self.line is not None or self.line_error is not None

    @property
    def training(self) -> bool:
        """True when the line is frozen for training.

        Only chips in software count then.
        """
        return self.line is not None and self.line.training

    @property
    def awaits_next(self) -> bool:
        """True when a frozen line lacks nothing but a chip."""
        return self.frozen and self.facts is None and self.error is not None and is_absence(self.error)

    def load_line(self) -> None:
        """Find out whether the line is frozen."""
        from atecc_bench.workflows.devices.frozen_line import frozen_line

        try:
            self.line, self.line_error = frozen_line(self.data_folder), None
        except BenchError as error:
            self.line, self.line_error = None, error
        if self.frozen:
            self.line_changed.emit()

    def set_line(self, line: "FrozenLine | None", job: "ProvisioningJob | None") -> None:
        """Freeze the line for a job, or release it with None.

        A virtual board is let go of.
        """
        self.line, self.job, self.line_error = line, job, None
        if self._only_silicon and is_virtual_url(self.port):
            self.worker.let_go(lambda _: None, lambda _: None)
            self._let_go("", NOT_REACHED, LinkState.DISCONNECTED)
        self.line_changed.emit()
        self.ports_changed.emit()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchange trace of this window, oldest first."""
        return tuple(self._exchanges)

    def last_exchanges(self) -> list[str]:
        """The end of the trace as text, for error details."""
        return [f"> {e.request}\n< {e.reply or '(no reply)'}" for e in self.exchanges[-LAST_EXCHANGES:]]

    def connect_to(self, port: str) -> None:
        """Connect to another port.

        Pages hear of it by `device_changed`. A frozen line has no virtual ports, and while something is under way that
        nothing may disturb the port stays.
        """
        if not port or self.work is not None or (self._only_silicon and is_virtual_url(port)):
            return
        self._let_go(port, NOT_REACHED, LinkState.CONNECTING)
        self.worker.connect_to(port, self._connected, self._not_reached, self._met_bridge)

    @property
    def _only_silicon(self) -> bool:
        return self.frozen and not self.training

    def cancel(self) -> None:
        """Do what Cancel does.

        Stop the work under way at the next safe point, else give up connecting.
        """
        if self.work is not None:
            self.worker.cancel()
        else:
            self.cancel_connecting()

    def cancel_connecting(self) -> None:
        """Give up connecting; whatever else runs goes on."""
        self.worker.cancel_connecting()

    def connect_by(
        self,
        label: str,
        make: "Callable[[PortAccess], Connection]",
        progress: Callable[[Any], None],
        what_failed: str,
    ) -> None:
        """Do something to the board that ends in a connection to it.

        At the present port. `progress` hears what `make` reports; `what_failed` stands above the error if it does not
        end well.
        """
        from atecc_bench.link.transports.connection import BoardInfo

        def on_progress(value: Any) -> None:
            if isinstance(value, BoardInfo):
                self._met_bridge(value)
            else:
                progress(value)

        def connected(facts: "DeviceFacts") -> None:
            self.end_work()
            self._connected(facts)

        self.begin_work(label, "Board")
        self._let_go(self.port, what_failed, LinkState.AT_WORK)
        self.worker.connect_by(label, self.port, make, connected, self._work_failed, on_progress)

    def use_port(
        self,
        label: str,
        operation: "Callable[[PortAccess], Any]",
        done: Callable[[Any], None],
        progress: Callable[[Any], None],
        what_failed: str,
    ) -> None:
        """Run an operation that opens and closes the port itself.

        The present port; afterwards connect again when it ended well.
        """

        def ended(result: Any) -> None:
            self.end_work()
            done(result)
            self.connect_to(self.port)

        self.begin_work(label, "Board")
        self._let_go(self.port, what_failed, LinkState.AT_WORK)
        self.worker.use_port(label, self.port, operation, ended, self._work_failed, progress)

    def chip_moved(self) -> None:
        """Look for the chip again.

        The bridge is still connected, and its pins are others.
        """
        self.facts = self.error = None
        self._show(LinkState.CONNECTING)
        self.worker.meet_chip(self._connected, self._not_reached)

    def look_again(self) -> None:
        """Read the chip's identification and configuration again.

        Pages read what they show again, too.
        """
        self.looks += 1
        self.worker.look(self._connected, self._failed)

    def check_presence(self) -> None:
        """Ask whether the same chip is still there.

        It is asked for its serial number alone.
        """
        at_hand = self.facts

        def found(serial_number: str) -> None:
            if at_hand is not None and at_hand is self.facts and serial_number != at_hand.chip.serial_number:
                self.look_again()

        self.worker.run("Look for the chip", lambda device: device.session.serial_number().hex(), found, self._failed)

    def run(
        self,
        label: str,
        operation: "Callable[[DeviceAccess], Any]",
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[Any], None] | None = None,
    ) -> None:
        """Run an operation on the device's thread."""
        if progress is None:
            self.worker.run(label, operation, done, failed)
        else:
            self.worker.run(label, operation, done, failed, progress)

    def begin_work(self, label: str, page: str) -> None:
        """Note that something begins which nothing may disturb.

        `page` is the one on which it shows.
        """
        self.work = WorkUnderWay(label, page)
        self.work_changed.emit()

    def note_work(self, progress: str) -> None:
        """Say how far the work is."""
        if self.work is not None and self.work.progress != progress:
            self.work = replace(self.work, progress=progress)
            self.work_changed.emit()

    def note_lock(self, step: "StepId") -> None:
        """Say that a step of the work locked a zone."""
        zone = "config_locked" if step.value == "lock-config" else "data_locked"
        self.summary = replace(self.summary, **{zone: True})
        self.summary_changed.emit()

    def end_work(self) -> None:
        """Note that the work ended, well or not."""
        self.work = None
        self.work_changed.emit()

    def look_at(self, subject: "Subject | None") -> None:
        """Look at a bundle or a dump instead of the chip.

        It holds for every page; None goes back to the chip.
        """
        self.subject = subject
        self.opened = None if subject is None else subject.evidence()
        self.opened_trace = () if subject is None else subject.trace()
        self.subject_changed.emit()

    @property
    def busy(self) -> bool:
        """True while something runs or waits.

        It may be on the device's thread or in the background.
        """
        return any(worker.busy for worker in self.workers)

    def shut_down(self) -> None:
        """Cancel what runs, release the port and end the threads."""
        for worker in reversed(self.workers):
            worker.shut_down()

    def compare(self, expected: "Expected", stored: "Expected") -> None:
        """Show two certificates on the page Compare."""
        self.page_wanted.emit("Compare")  # makes the page, if it was not there yet
        self.comparison_wanted.emit(expected, stored)

    def resume(self, run: "PastRun") -> None:
        """Take up an interrupted provisioning on the page Provision."""
        self.page_wanted.emit("Provision")  # makes the page, if it was not there yet
        self.resume_wanted.emit(run)

    def _let_go(self, port: str, what_failed: str, link: LinkState) -> None:
        self.port, self.what_failed = port, what_failed
        self.facts = self.error = self.bridge = None
        self._show(link)

    def _met_bridge(self, bridge: "BoardInfo") -> None:
        self.bridge = bridge

    def _connected(self, facts: "DeviceFacts") -> None:
        if facts.port != self.port:
            return  # of a board that has been let go of since
        self.facts, self.error = facts, None
        self._show(LinkState.CONNECTED)

    def _work_failed(self, error: BenchError) -> None:
        self.end_work()
        self._failed(error)

    def _not_reached(self, error: BenchError) -> None:
        if isinstance(error, CancelledError):
            self.what_failed = GIVEN_UP
        self._failed(error)

    def _lost(self, error: BenchError) -> None:
        if self.summary.link in (LinkState.CONNECTED, LinkState.FAILED):  # else another board is wanted already
            self.what_failed = GONE
            self._failed(error)

    def _failed(self, error: BenchError) -> None:
        self.facts, self.error = None, error
        quiet = isinstance(error, CancelledError) or error.id == "port-lost" or self.awaits_next
        self._show(LinkState.DISCONNECTED if quiet else LinkState.FAILED)

    def _show(self, link: LinkState) -> None:
        label = next((c.label for c in self.port_choices() if c.port == self.port), self.port)
        self.summary = summary_of(label, link, self.facts, virtual=is_virtual_url(self.port))
        self.device_changed.emit()
