"""Card of the board's firmware.

Put the bridge on the board, into flash or RAM; save and restore what was there.
"""

import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
)

from atecc_bench.errors import BenchError
from atecc_bench.link.board.connection import NoBridgeError
from atecc_bench.link.flash.targets import NOT_SEEN
from atecc_bench.link.transports.boot_log import BootLog
from atecc_bench.ui.state.app_state import NOT_REACHED, AppState
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.basics import ButtonKind, Card, TextRole, paragraph, push_button, text_label
from atecc_bench.ui.widgets.flow_row import FlowRow
from atecc_bench.user_folders import overwritten_folder

# esptool takes a while to import, so it is imported on the device's thread.
if TYPE_CHECKING:
    from atecc_bench.link.flash.rom_loader import ChipFacts, FlashEvent
    from atecc_bench.link.transports.connection import Connection
    from atecc_bench.ui.state.device_worker import PortAccess

_STEPS = 1000
_LOG_HEIGHT = 66
_READY = "The bridge is a small program on the ESP32 that lets this computer talk to the chip."
_INSTALL = "Install bridge"
_FOREIGN = "This board runs an application that is not ours. "
_UNKNOWN = "What the flash of this board holds is not known. "
_OVERWRITES = (
    "Installing the bridge saves the few sectors that it takes the place of, and Restore brings them back. An image of "
    "your own may overwrite all of it: back it up first, which takes some minutes for each 4 MB."
)


class FirmwareCard(Card):
    """Buttons, progress, log and cancel. Every operation runs on the device's thread."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Firmware", "the bridge on the board")
        self._app_state = app_state
        self._port = self._at_port = ""
        self._running = False  # from the click on
        self._at_work = False  # from when the board is let go of until it is connected again, or that failed
        self._words = paragraph(_READY, TextRole.MUTED)
        self.image = QLineEdit()
        self.image.setPlaceholderText("the bundled bridge")
        self.image.setToolTip("Or a build folder, or a merged .bin")
        self.image.setAccessibleName("Firmware image or build folder")
        choose = push_button("Choose…")
        choose.clicked.connect(self._choose)
        self.flash_button = push_button(_INSTALL)
        self.flash_button.clicked.connect(self.flash)
        self.ram_button = push_button("Start bridge in RAM (keeps what is on the board)", ButtonKind.PRIMARY)
        self.ram_button.setToolTip("Takes about a second and leaves the flash alone; a reset ends it.")
        self.ram_button.clicked.connect(self.run_in_ram)
        self.backup_button = push_button("Back up…")
        self.backup_button.clicked.connect(self._ask_backup)
        self.restore_button = push_button("Restore…")
        self.restore_button.clicked.connect(self._ask_restore)
        self.identify_button = push_button("Read chip")
        self.identify_button.setToolTip("Name, MAC and flash size. Resets the board and writes nothing.")
        self.identify_button.clicked.connect(self.identify)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(app_state.worker.cancel)
        self._stage = text_label("", TextRole.MUTED)
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFont(mono_font())
        self.log.setAccessibleName("Log")
        self.log.setTabChangesFocus(True)
        self.log.setFixedHeight(_LOG_HEIGHT)
        self._lay_out(choose)
        app_state.device_changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Before the first click wants it: half a second that nobody has to wait for.
        threading.Thread(target=import_module, args=("atecc_bench.link.flash.flasher",), daemon=True).start()

    def refresh(self) -> None:
        """Offer what makes sense for the present board."""
        error = self._app_state.error
        if self._app_state.port != self._port:
            # Another board knows nothing of what was done to the last one.
            self._port = self._app_state.port
            self._show_progress(shown=False)
        if self._at_work and (error is not None or self._app_state.facts is not None):
            self._end()
        words = _before_flashing(error)
        foreign = words != _READY
        if not self._running:
            self._words.setText(words)
        self._words.setVisible(not self._running)  # what was to be weighed before makes room for what happens
        self.flash_button.setText("Overwrite with the bridge" if foreign else _INSTALL)
        self.flash_button.setProperty("kind", (ButtonKind.DANGER if foreign else ButtonKind.NORMAL).value)
        self.flash_button.style().unpolish(self.flash_button)
        self.flash_button.style().polish(self.flash_button)
        for button in self._buttons():
            button.setEnabled(bool(self._app_state.port) and not self._running)

    def flash(self) -> None:
        """Read and check the image, then write it."""
        path = self._path()

        def read() -> Any:
            from atecc_bench.link.flash.images import read_flash_images

            return read_flash_images(path)

        def write(images: Any) -> None:
            def make(access: "PortAccess") -> "Connection":
                from atecc_bench.link.flash.flasher import flash_bridge

                done = flash_bridge(
                    access.port,
                    images,
                    access.report,
                    trace=access.trace,
                    keep_in=overwritten_folder(),
                    cancelled=access.cancelled,
                )
                access.report(done.chip)
                return done.board

            self._app_state.connect_by("Flash", make, self._progress, "The bridge could not be flashed.")
            self._at_work = True

        self._begin("Checking the image…")
        self._app_state.worker.run_without_board("Check image", read, write, self._refused)

    def run_in_ram(self) -> None:
        """Read and check the image, then load it into RAM."""
        path = self._path()

        def read() -> Any:
            from atecc_bench.link.flash.images import read_ram_images

            return read_ram_images(path)

        def load(images: Any) -> None:
            def make(access: "PortAccess") -> "Connection":
                from atecc_bench.link.flash.flasher import run_in_ram

                done = run_in_ram(access.port, images, access.report, trace=access.trace, cancelled=access.cancelled)
                access.report(done.chip)
                return done.board

            self._app_state.connect_by(
                "Load into RAM", make, self._progress, "The bridge could not be loaded into RAM."
            )
            self._at_work = True

        self._begin("Checking the image…")
        self._app_state.worker.run_without_board("Check image", read, load, self._refused)

    def back_up(self, file: Path) -> None:
        """Save the whole flash to a new file."""

        def operation(access: "PortAccess") -> "ChipFacts":
            from atecc_bench.link.flash.flasher import back_up

            return back_up(access.port, file, access.report, access.cancelled)

        self._use_port("Back up", operation, f"Saved to {file}.", "The flash could not be saved.")

    def restore(self, file: Path) -> None:
        """Write a backup back."""

        def operation(access: "PortAccess") -> "ChipFacts":
            from atecc_bench.link.flash.flasher import restore

            return restore(access.port, file, access.report, access.cancelled)

        self._use_port("Restore", operation, f"Restored from {file}.", "The backup could not be restored.")

    def identify(self) -> None:
        """Ask the ROM for name, MAC and flash size."""

        def operation(access: "PortAccess") -> "ChipFacts":
            from atecc_bench.link.flash.flasher import identify

            return identify(access.port, access.report, access.cancelled)

        self._use_port("Read chip", operation, "The chip was read and the board reset.", "The chip could not be read.")

    def _use_port(self, label: str, operation: Any, said: str, what_failed: str) -> None:
        def done(chip: "ChipFacts") -> None:
            self._progress(chip)
            self.log.appendPlainText(said)

        self._begin(f"{label}…")
        self._app_state.use_port(label, operation, done, self._progress, what_failed)
        self._at_work = True

    def _begin(self, words: str) -> None:
        self._running = True
        self._at_port = self._app_state.port
        self.log.clear()
        self._stage.setText(words)
        self._bar.setValue(0)
        self._show_progress(shown=True)
        self.refresh()

    def _refused(self, error: BenchError) -> None:
        self._running = False
        self.refresh()
        self._words.setText(f"{error.message} {error.hint}")
        self._show_progress(shown=False)

    def _progress(self, value: "FlashEvent | ChipFacts") -> None:
        from atecc_bench.link.flash.rom_loader import FlashEvent

        if not isinstance(value, FlashEvent):
            self._app_state.board_chips[self._at_port] = value
        elif value.line:
            self.log.appendPlainText(value.line)
        else:
            self._stage.setText(value.stage.value)
            self._bar.setValue(round(value.done * _STEPS))
            self._app_state.note_work(f"{value.stage.value} {value.done:.0%}")

    def _end(self) -> None:
        self._running = self._at_work = False
        self.cancel_button.setEnabled(False)
        if self._app_state.error is not None and self._app_state.what_failed != NOT_REACHED:
            self.log.appendPlainText(f"{self._app_state.error.message} {self._app_state.error.hint}")

    def _show_progress(self, *, shown: bool) -> None:
        for widget in (self._stage, self._bar, self.cancel_button, self.log):
            widget.setVisible(shown)
        self.cancel_button.setEnabled(shown)

    def _path(self) -> Path | None:
        text = self.image.text().strip()
        return Path(text) if text else None

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Build folder of ESP-IDF (with flasher_args.json)")
        if folder:
            self.image.setText(folder)

    def _ask_backup(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the flash to a new file", "flash-backup.bin")
        if name:
            self.back_up(Path(name))

    def _ask_restore(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Backup to restore", "", "Backups and what was overwritten (*.bin *.hex);;All files (*)"
        )
        if name:
            self.restore(Path(name))

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.flash_button, self.ram_button, self.backup_button, self.restore_button, self.identify_button)

    def _lay_out(self, choose: QPushButton) -> None:
        image = QHBoxLayout()
        image.setSpacing(8)
        image.addWidget(self.image, 1)
        image.addWidget(choose)
        start = FlowRow(self.ram_button, Badge(NOT_SEEN, BadgeKind.WARNING))
        others = FlowRow(self.flash_button, self.backup_button, self.restore_button, self.identify_button)
        progress = QHBoxLayout()
        progress.setSpacing(8)
        progress.addWidget(self._stage)
        progress.addWidget(self._bar, 1)
        progress.addWidget(self.cancel_button)
        column = QVBoxLayout()
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addLayout(image)
        column.addWidget(start)
        column.addWidget(others)
        column.addLayout(progress)
        column.addWidget(self.log)
        self.body.addLayout(column)


def _before_flashing(error: BenchError | None) -> str:
    if not isinstance(error, NoBridgeError) or not error.flash_may_hold_something:
        return _READY
    return (_FOREIGN if error.kind is BootLog.APPLICATION else _UNKNOWN) + _OVERWRITES
