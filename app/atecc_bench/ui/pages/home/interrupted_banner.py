"""Home's banner about a provisioning that was cut off.

The process died, or the computer did.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from atecc_bench.errors import BenchError
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import ButtonKind, push_button

if TYPE_CHECKING:
    from atecc_bench.records.journal import PastRun


class InterruptedBanner(Banner):
    """Offers to take it up; hidden while there is none.

    That of the chip at hand goes before those of others. Chips in software count only while they are at hand: most are
    gone for good when their board is let go of.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__(BannerKind.WARNING)
        self._app_state = app_state
        self._run: PastRun | None = None
        self._virtual = False
        self._resume = push_button("Resume", ButtonKind.PRIMARY)
        self._resume.clicked.connect(self._take_up)
        aside = push_button("Put aside")
        aside.setToolTip("Do not offer this run again; the chip can be provisioned at any time")
        aside.clicked.connect(self._put_aside)
        self.add_button(aside)
        self.add_button(self._resume)
        self.hide()

    def look(self) -> None:
        """Look into the records, which may be very many.

        The window goes on meanwhile.
        """
        records, facts = self._app_state.records, self._app_state.facts

        def find(report: Callable[[float], None]) -> "tuple[PastRun | None, bool]":
            if facts is not None:
                run = records.for_chip(facts.chip.serial_number, virtual=facts.virtual).interrupted()
                if run is not None:
                    return run, facts.virtual
            return next(iter(records.interrupted_runs(virtual=False, look=lambda: report(0.0))), None), False

        self._app_state.searching.start(
            "Look for interrupted runs", find, self._found, lambda _: self.hide(), lambda _: None
        )

    def _found(self, found: "tuple[PastRun | None, bool]") -> None:
        self._run, self._virtual = found
        self.setVisible(self._run is not None)
        if self._run is None:
            return
        step = f" at “{self._run.under_way.replace('-', ' ')}”" if self._run.under_way else ""
        chip = f"{grouped_serial(self._run.serial_number)}{' (VIRTUAL)' if self._virtual else ''}"
        self.set_message(
            BannerKind.WARNING,
            f"The provisioning of chip {chip} was cut off{step}.",
            f"It began at {self._run.began[:16].replace('T', ' ')} UTC. "
            "Resuming looks at the chip first, and plans only what is left to do.",
        )

    def _take_up(self) -> None:
        if self._run is not None:
            self._app_state.resume(self._run)

    def _put_aside(self) -> None:
        if self._run is None:
            return
        records, serial, virtual = self._app_state.records, self._run.serial_number, self._virtual
        self._app_state.worker.run_without_board(
            "Put a run aside",
            lambda: records.for_chip(serial, virtual=virtual).put_aside(),
            lambda _: self.look(),
            self._not_noted,
        )

    def _not_noted(self, error: BenchError) -> None:
        self.set_message(BannerKind.WARNING, error.message, error.hint)
