"""Settings of the window: theme, text size, and where files lie."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFormLayout, QWidget

from atecc_bench.ui.state.preferences import TEXT_SIZES, Preferences
from atecc_bench.ui.style.theme import Scheme
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button, text_label
from atecc_bench.ui.widgets.combo_box import ComboBox
from atecc_bench.ui.widgets.dialog_frame import frame_dialog

_WORDS = "Everything here takes effect at once and is remembered."
_FOLDER = "Records, CA and frozen line lie here. The variable ATECC_BENCH_DATA makes it another folder."
_NAMES = {Scheme.SYSTEM: "As the system", Scheme.LIGHT: "Light", Scheme.DARK: "Dark"}


class SettingsDialog(QDialog):
    """Dialog for what the window remembers of its user."""

    changed = Signal()
    """A preference is not what it was."""

    def __init__(self, preferences: Preferences, data_folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._preferences = preferences
        self.theme, self.text = ComboBox(), ComboBox()
        for scheme, name in _NAMES.items():
            self.theme.addItem(name, scheme.value)
        for percent in TEXT_SIZES:
            self.text.addItem(f"{percent} %", percent)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        for name, box, value in (
            ("Theme", self.theme, preferences.theme), ("Text size", self.text, preferences.text_percent),
        ):  # fmt: skip
            box.setAccessibleName(name)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.activated.connect(self._change)
            form.addRow(text_label(name, TextRole.MUTED), box)
        folder = paragraph(str(data_folder), TextRole.MONO)
        form.addRow(text_label("Data folder", TextRole.MUTED), folder)
        show = push_button("Open folder")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(data_folder))))
        close = push_button("Close", ButtonKind.PRIMARY)
        close.clicked.connect(self.accept)
        frame_dialog(self, "Settings", _WORDS, [form, paragraph(_FOLDER, TextRole.MUTED)], [show, close])

    def _change(self) -> None:
        self._preferences.theme = self.theme.currentData()
        self._preferences.text_percent = self.text.currentData()
        self.changed.emit()
