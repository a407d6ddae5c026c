"""A chip at an open board, as workflows get it.

The command line and the window hand it to them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window shows itself before it loads what opens ports
    from atecc_bench.chip.session.chip_session import ChipSession
    from atecc_bench.link.transports.connection import Connection
    from atecc_bench.records.run_records import ChipRecords, Records


@dataclass(frozen=True)
class ConnectedChip:
    """An open board and the chip on it."""

    board: "Connection"
    session: "ChipSession"

    @property
    def virtual(self) -> bool:
        """Whether board and chip are software."""
        return self.board.info.virtual

    def records_in(self, records: "Records") -> "ChipRecords":
        """The records of this chip, which is asked for its serial number."""
        return records.for_chip(self.session.serial_number().hex(), virtual=self.virtual)
