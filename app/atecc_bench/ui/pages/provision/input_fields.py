"""Part of step 3: the inputs of each device.

They are texts with a pattern, and files with keys or a certificate.
"""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QWidget

from atecc_bench.errors import BenchError, InputError
from atecc_bench.profiles.model import OperatorField, Profile
from atecc_bench.profiles.proofs_and_layouts import KeySource, Layout
from atecc_bench.provision.model.device_inputs import DeviceInputs, device_inputs_from
from atecc_bench.ui.widgets.basics import TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.workflows.brought_files import read_brought

_CERTIFICATE, _MASTER_KEY = -1, -2  # among the files, which else are numbered by slot


class InputFields(QWidget):
    """One line for each text and each file.

    They are hidden when the profile asks for nothing.
    """

    entered = Signal(object)
    """Enter was pressed in this field."""

    def __init__(self) -> None:
        super().__init__()
        self._profile: Profile | None = None
        self._texts: list[tuple[OperatorField, QLineEdit]] = []
        self._files: dict[int, QLineEdit] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(24)
        self._form.setVerticalSpacing(12)

    def set_profile(self, profile: Profile) -> None:
        """Ask for what this profile needs.

        What was typed stays when it is the same as before.
        """
        if self._profile is not None and self._profile.sha256 == profile.sha256:
            return
        self._profile = profile
        while self._form.rowCount():
            self._form.removeRow(0)
        self._texts = [(one, self._add_text(one)) for one in profile.operator_fields]
        self._files = {}
        for key in profile.keys:
            if key.source is KeySource.IMPORT:
                self._files[key.slot] = self._add_file(f"{key.title}, slot {key.slot}", "file with the key")
        if any(key.source is KeySource.DERIVE for key in profile.keys):
            self._files[_MASTER_KEY] = self._add_file("Master key", "file from which the keys of each chip are derived")
        if profile.layout is Layout.FILE:
            hint = "file; leave it empty to get the request first"
            self._files[_CERTIFICATE] = self._add_file("Certificate from outside", hint)
        self.setVisible(bool(self.lines()))

    def lines(self) -> list[QLineEdit]:
        """The fields, in order."""
        return [*(line for _, line in self._texts), *self._files.values()]

    def problem(self) -> BenchError | None:
        """The first text that is not as the profile wants it."""
        for one, line in self._texts:
            text = line.text().strip()
            if not text and one.default is None:
                line.setFocus()
                return InputError("field-needed", f"{one.title} is empty.", f"Type it, for example {one.example}.")
            if text and not one.accepts(text):
                line.setFocus()
                line.selectAll()
                return InputError(
                    "field-not-usable",
                    f"{one.title} “{text}” is not as the profile wants it: {one.pattern}",
                    f"Type something like {one.example}.",
                )
        return None

    def inputs(self) -> DeviceInputs:
        """What was typed and what is in the files. Raises `InputError`."""
        if self._profile is None:
            return DeviceInputs()
        fields = {one.id: line.text().strip() for one, line in self._texts if line.text().strip()}
        contents = {key: _read(line.text().strip()) for key, line in self._files.items() if line.text().strip()}
        certificate, master_key = contents.pop(_CERTIFICATE, None), contents.pop(_MASTER_KEY, None)
        return device_inputs_from(self._profile, fields, certificate, contents, master_key)

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Fill in these texts, by the id of their field."""
        for one, line in self._texts:
            line.setText(texts.get(one.id, ""))

    def forget_device(self) -> None:
        """Empty what belongs to one device alone.

        That is texts that differ, a certificate, and the file of a private key.
        """
        private = self._profile.private_slots if self._profile else ()
        for one, line in self._texts:
            if one.differs:
                line.clear()
        for key, line in self._files.items():
            if key == _CERTIFICATE or key in private:
                line.clear()

    def _add_text(self, one: OperatorField) -> QLineEdit:
        line = self._line(one.title)
        default = (one.default or "").replace("{serial_number}", "the serial number")
        line.setPlaceholderText(f"for example {one.example}" if one.default is None else f"{default} unless typed")
        self._form.addRow(text_label(one.title, TextRole.MUTED), line)
        return line

    def _add_file(self, title: str, hint: str) -> QLineEdit:
        line = self._line(title)
        line.setPlaceholderText(hint)
        browse = DeliberateButton("Browse…")
        browse.clicked.connect(lambda: self._browse(title, line))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(line, 1)
        row.addWidget(browse)
        self._form.addRow(text_label(title, TextRole.MUTED), row)
        return line

    def _line(self, title: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(title)
        line.returnPressed.connect(lambda: self.entered.emit(line))
        return line

    def _browse(self, title: str, line: QLineEdit) -> None:
        name = QFileDialog.getOpenFileName(self, title)[0]
        if name:
            line.setText(name)


def _read(name: str) -> bytes:
    content = read_brought(Path(name))
    if not content:
        raise InputError("not-a-key", f"{name} holds neither a key nor a certificate.", "Check the name of the file.")
    return content
