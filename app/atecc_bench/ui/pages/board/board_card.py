"""Card of the board that answers at the port.

The board, its chip, and what runs on it now.
"""

from PySide6.QtWidgets import QFormLayout

from atecc_bench.link.board.connection import NoBridgeError
from atecc_bench.link.flash.images import image_text
from atecc_bench.link.transports.boot_log import BootLog
from atecc_bench.link.transports.connection import BoardInfo
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph, text_label

_LOG_LINES = 4
_LOG_WIDTH = 58
_DIGITS = 16  # of a digest: enough to tell two apart
_VIRTUAL = ", in software (VIRTUAL)"
_RUNS = {
    BootLog.NOTHING: "It says nothing.",
    BootLog.BLANK_FLASH: "Nothing: its ROM starts again and again and finds an empty flash.",
    BootLog.DOWNLOAD_MODE: "Its ROM, which waits for a download.",
    BootLog.APPLICATION: "Another application.",
    BootLog.NOISE: "Something that is no Kit Protocol.",
}


def _image(bridge: BoardInfo) -> str:
    """What a bridge says of its image."""
    told = f"{bridge.image[:_DIGITS]}…, as it says itself: " if bridge.image else ""
    return told + image_text(bridge.image)


class BoardCard(Card):
    """Facts about the board at the present port.

    It shows as many as are known.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Board", "what answers")
        self._app_state = app_state
        self._facts = QFormLayout()
        self._facts.setContentsMargins(16, 12, 16, 12)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self.body.addLayout(self._facts)
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in self._board_facts():
            self._facts.addRow(text_label(name, TextRole.MUTED), paragraph(value))
        log = self._log()
        if log:
            shown = paragraph(log, TextRole.MONO)
            shown.setAccessibleName("What the board says")
            self._facts.addRow(text_label("It says", TextRole.MUTED), shown)

    def _board_facts(self) -> list[tuple[str, str]]:
        app_state = self._app_state
        chip = app_state.board_chips.get(app_state.port)
        rows = [("Port", app_state.port or "none chosen")]
        if app_state.bridge is not None:
            old = ", older than this program needs: flash it again" if app_state.bridge.too_old else ""
            rows.append(("Runs", f"{app_state.bridge.name} {app_state.bridge.version}".strip() + old))
            rows.append(("Image", _image(app_state.bridge)))
        elif isinstance(app_state.error, NoBridgeError):
            rows.append(("Runs", _RUNS[app_state.error.kind]))
        else:
            rows.append(("Link", app_state.summary.link.value))
        if chip is not None:
            rows.append(("Board", f"{chip.description}{_VIRTUAL if chip.virtual else ''}"))
            rows.append(("MAC", chip.mac))
            rows.append(("Flash", f"{chip.flash_size // 1024} KB" if chip.flash_size else "does not say its size"))
        elif app_state.bridge is not None:
            rows.append(("Board", f"{app_state.bridge.chip}{_VIRTUAL if app_state.bridge.virtual else ''}"))
        if app_state.facts is not None:
            element = app_state.facts.chip
            rows.append(("Rate", f"{app_state.facts.baud} baud"))
            rows.append(("Chip", f"{element.name} at I2C address 0x{element.i2c_address >> 1:02X}"))
        return rows

    def _log(self) -> str:
        error = self._app_state.error
        if not isinstance(error, NoBridgeError):
            return ""
        text = error.received.decode("latin-1")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        printable = ["".join(c if c.isprintable() else "·" for c in line)[:_LOG_WIDTH] for line in lines]
        return "\n".join(printable[-_LOG_LINES:])
