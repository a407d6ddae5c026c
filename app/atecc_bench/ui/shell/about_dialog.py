"""Version, licences, and what this computer is, to copy into a report."""

import platform
import sys

import PySide6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from atecc_bench import __version__
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.basics import ButtonKind, push_button
from atecc_bench.ui.widgets.dialog_frame import frame_dialog
from atecc_bench.workflows.shipped_licences import shipped_licences

_WORDS = (
    "Provisioning, inspection and diagnosis of ATECC508A and ATECC608 secure elements over an ESP32. Free software "
    "under the GNU General Public License, version 3 or later, without any warranty."
)


class AboutDialog(QDialog):
    """Dialog that says what this program is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About ATECC Bench")
        licences = QPlainTextEdit()
        licences.setReadOnly(True)
        licences.setFont(mono_font())
        licences.setAccessibleName("Licences of what ships with it")
        licences.setTabChangesFocus(True)
        licences.setMinimumHeight(200)
        rows = (f"{part.name} {part.version}".strip() + f"  {part.licence}" for part in shipped_licences())
        licences.setPlainText("\n".join(rows))
        self.copy = push_button("Copy system information")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(system_information()))
        close = push_button("Close", ButtonKind.PRIMARY)
        close.clicked.connect(self.accept)
        frame_dialog(self, f"ATECC Bench {__version__}", _WORDS, [licences], [self.copy, close])


def system_information() -> str:
    """Versions that a report of a problem needs.

    There are no names of people or computers in it.
    """
    screen = QGuiApplication.primaryScreen()
    size = screen.geometry().size().toTuple() if screen else ()
    ratio = screen.devicePixelRatio() if screen else 1
    return "\n".join((
        f"ATECC Bench {__version__}",
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}",
        f"{platform.system()} {platform.release()} {platform.machine()} ({sys.platform})",
        f"Qt platform {QGuiApplication.platformName()}, screen {size} × {ratio:g}",
    ))  # fmt: skip
