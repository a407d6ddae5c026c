"""The silicon check of a connected chip.

Window and command line both ask for it here.
"""

from collections.abc import Callable

from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.silicon.findings import Depth
from atecc_bench.workflows.silicon.report_document import SiliconReport, make_report
from atecc_bench.workflows.silicon.silicon_check import (
    CheckProgress,
    check_blank,
    check_part,
    check_silicon,
    rehearse_sacrifice,
)

SACRIFICE_INTENT = "use this chip up: it is locked for ever, with keys that everybody knows"
"""What has to be confirmed before a sacrifice; an infinitive without "to"."""


def prepare_sacrifice(chip: ConnectedChip, depth: Depth = Depth.SACRIFICE) -> str:
    """Rehearse the sacrifice of a chip that may be sacrificed.

    Returns the serial number that confirms it. Changes nothing on the chip.

    Raises:
        InputError: `not-blank`, `no-use-lock`.
        RefusedError: `unknown-part`.
        DefectError: The rehearsal went wrong.
        DeviceError: The link fails.
    """
    check_part(chip.session.revision())
    config = chip.session.read_config()
    check_blank(config, depth)
    rehearse_sacrifice(config, depth)
    return config.serial_number.hex()


def check_chip(
    chip: ConnectedChip, depth: Depth, progress: Callable[[CheckProgress], None], date_code: str = ""
) -> SiliconReport:
    """Ask a chip all that `depth` allows and report on it.

    A sacrifice was prepared and confirmed before. What ends it early is in the report.

    Raises:
        InputError: `not-blank`, `no-use-lock`.
        DeviceError: The chip could not be read at all.
    """
    return make_report(check_silicon(chip.session, depth, progress, virtual=chip.virtual), chip.board.info, date_code)
