"""A ledger on a server that several stations share.

When the server is away an outbox takes its place: the database in the station's own folder. What happens meanwhile is
in the files as always; when the server answers again it takes it over in its order, and what contradicts another
station is kept as a conflict.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import select

from atecc_bench.file_checks import exists
from atecc_bench.ledger.database import Database, ServerAwayError, server_url
from atecc_bench.ledger.folder_ledger import DATABASE
from atecc_bench.ledger.open_ledger import LedgerSide, OpenLedger
from atecc_bench.ledger.side import place_in, set_place
from atecc_bench.ledger.tables import devices, runs

AGAIN_S: Final = 20.0
"""How long a server that was away is not asked again."""

Answer = TypeVar("Answer")
_OUTBOX = "outbox"
_logger = logging.getLogger(__name__)


class SharedLedger:
    """The ledger of all stations where it answers.

    Where it does not, the outbox.
    """

    def __init__(self, data_folder: Path, records: Path, url: str) -> None:
        self.server = OpenLedger(data_folder, records, Database(server_url(url)))
        self.outbox = OpenLedger(data_folder, records)
        self._outbox_file = data_folder / DATABASE
        self._turn = threading.Lock()
        self._not_before = 0.0
        self._away: ServerAwayError | None = None
        self._behind = True  # at first, and when the server was away

    @property
    def away(self) -> str:
        """Why the server cannot be asked, as it was found out last."""
        return "" if self._away is None else self._away.message

    def current(self) -> OpenLedger:
        """The ledger that answers now.

        It is the server's, with all that waited for it, or the outbox.
        """
        with self._turn:
            if time.monotonic() < self._not_before:
                return self.outbox
            try:
                if self._behind:
                    self._deliver()
            except ServerAwayError as error:
                self._note_away(error)
                return self.outbox
            self._away, self._behind = None, False
            return self.server

    def ask(self, asked: Callable[[LedgerSide], Answer], *, virtual: bool) -> Answer:
        """Ask the server, or the outbox where the server goes away meanwhile."""
        ledger = self.current()
        try:
            return asked(ledger.side(virtual=virtual))
        except ServerAwayError as error:
            with self._turn:
                self._note_away(error)
        return asked(self.outbox.side(virtual=virtual))

    def leave_run(self, serial_number: str, run: str, *, virtual: bool) -> None:
        """Let go of a chip, wherever it was kept."""
        for ledger in (self.server, self.outbox):
            ledger.side(virtual=virtual).leave_run(serial_number, run)

    def _note_away(self, error: ServerAwayError) -> None:
        _logger.warning("%s", error.message)
        self._away, self._behind, self._not_before = error, True, time.monotonic() + AGAIN_S

    def _deliver(self) -> None:
        """Hand the server what it has not heard of.

        Those are devices in their order, then runs in theirs.
        """
        for virtual in (False, True):
            side = self.server.side(virtual=virtual)
            side.count()
            if not exists(self._outbox_file):
                continue
            with self.server.database.reading() as connection:
                done, _ = place_in(connection, side.rows, _OUTBOX)
            for number, serial_number in self._waiting(done, virtual=virtual):
                side.index_chip(serial_number)
                with self.server.database.writing() as connection:
                    set_place(connection, side.rows, _OUTBOX, number, "")

    def _waiting(self, done: int, *, virtual: bool) -> list[tuple[int, str]]:
        """Runs that the outbox heard of: number and chip."""
        with self.outbox.database.reading() as connection:
            found = connection.execute(
                select(runs.c.id, devices.c.serial_number)
                .join(devices, devices.c.id == runs.c.device_id)
                .where(runs.c.id > done, runs.c.virtual == virtual)
                .order_by(runs.c.id)
            )
            return [(row.id, row.serial_number) for row in found]
