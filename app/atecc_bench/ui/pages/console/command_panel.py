"""A form for every command and every parameter of it.

It asks before anything that changes the chip.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import CommandForm, Parameter, Place, parse_command
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.errors import InputError
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button, rule, text_label
from atecc_bench.ui.widgets.combo_box import ComboBox
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial

_FIRST = "Info"


class CommandPanel(QWidget):
    """Form for a command and its parameters.

    The words or the packet can be typed instead; then the form is not shown, and choosing a command drops what was
    typed: what is shown is what is sent.
    """

    send_wanted = Signal(object)
    """The `CommandPacket`."""

    question = Signal(object)
    """The `CommandPacket` of which somebody wants to know what the chip would answer."""

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, QWidget] = {}
        self._serial = ""
        self._choice = ComboBox()
        self._choice.setAccessibleName("Command")
        self._choice.addItems([form.name for form in FORMS.values()])
        self._choice.currentTextChanged.connect(self._show_form)
        self._choice.activated.connect(self._drop_words)
        self._summary = paragraph("", TextRole.MUTED)
        self._form_box = QWidget()
        self._form = QFormLayout(self._form_box)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._words = QLineEdit()
        self._words.setPlaceholderText("or type words, or paste a packet")
        self._words.setAccessibleName("Command as words or packet")
        self._words.textChanged.connect(self._words_changed)
        self._words.returnPressed.connect(self.send)
        self._note = paragraph("", TextRole.MUTED)
        self._confirm = ConfirmSerial()
        self._confirm.confirmed_changed.connect(self._judge)
        self._send = push_button("Send", ButtonKind.PRIMARY)
        self._send.clicked.connect(self.send)
        self._ask = push_button("Would it be refused?")
        self._ask.setToolTip("Asks the twin; nothing is sent.")
        self._ask.clicked.connect(self.ask)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for widget in (self._choice, self._summary, self._form_box, rule(), self._words, self._note, self._confirm):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._send)
        buttons.addWidget(self._ask)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.choose(_FIRST)

    def set_chip(self, serial_number: str) -> None:
        """The chip that commands go to; empty when there is none."""
        if serial_number != self._serial:
            self._serial = serial_number
            if serial_number:
                self._confirm.set_serial(serial_number)
        self._judge()

    def choose(self, name: str) -> None:
        """Choose a command by its name."""
        self._choice.setCurrentText(name)
        self._show_form(name)

    def set_value(self, parameter: str, value: str) -> None:
        """Fill in a parameter of the chosen command."""
        field = self._fields[parameter]
        if isinstance(field, QComboBox):
            field.setCurrentText(value)
        elif isinstance(field, QLineEdit):
            field.setText(value)

    def packet(self, filler: int | None = None) -> CommandPacket:
        """The command as it stands in the form.

        With a `filler`, data that is missing is made of that byte.

        Raises:
            InputError: What is missing or wrong.
        """
        if self._words.text().strip():
            return parse_command(self._words.text(), FORMS, filler=filler)
        values = {name: text for name, field in self._fields.items() if (text := _text(field))}
        return self._chosen().build(values, filler=filler)

    def send(self) -> None:
        """Send the command, if it is complete and confirmed.

        Only what changes the chip has to be confirmed.
        """
        if self._judge():
            self.send_wanted.emit(self.packet())
            self._confirm.clear()

    def ask(self) -> None:
        """Ask the twin what the chip would answer.

        Nothing is sent; what is missing of the data is made up.
        """
        try:
            self.question.emit(self.packet(filler=0))
        except InputError as error:
            self._note.setText(f"{error.message} {error.hint}")

    def _words_changed(self) -> None:
        typed = bool(self._words.text().strip())
        self._form_box.setVisible(not typed)
        self._summary.setText("What is typed below is sent." if typed else self._chosen().summary)
        self._judge()

    def _drop_words(self) -> None:
        self._words.clear()

    def _chosen(self) -> CommandForm:
        return next(form for form in FORMS.values() if form.name == self._choice.currentText())

    def _show_form(self, name: str) -> None:
        form = next(form for form in FORMS.values() if form.name == name)
        while self._form.rowCount():
            self._form.removeRow(0)
        self._fields = {}
        for parameter in form.parameters:
            field = self._field(parameter)
            field.setToolTip(parameter.meaning)
            field.setAccessibleName(parameter.name)
            field.setAccessibleDescription(parameter.meaning)
            self._fields[parameter.name] = field
            self._form.addRow(text_label(parameter.name, TextRole.MUTED), field)
        self._summary.setText(form.summary)
        self._judge()

    def _field(self, parameter: Parameter) -> QWidget:
        if len(parameter.choices) > 1 and parameter.place is not Place.PARAM2:
            combo = ComboBox()
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            combo.addItems(list(parameter.choices))
            usual = parameter.default if parameter.default in parameter.choices else list(parameter.choices)[-1]
            combo.setCurrentText(usual or "")
            combo.currentTextChanged.connect(self._judge)
            return combo
        field = QLineEdit()
        if parameter.place is Place.DATA:
            sizes = " or ".join(map(str, parameter.lengths)) or "some"
            field.setPlaceholderText(f"{sizes} bytes in hex" + ("" if parameter.default is None else ", optional"))
        else:
            field.setPlaceholderText("needed" if parameter.default is None else parameter.default)
        field.textChanged.connect(self._judge)
        return field

    def _judge(self) -> bool:
        """Say what is missing, or what the command does.

        Returns whether it may be sent.
        """
        try:
            effect = effect_of(self.packet())
        except InputError as error:
            self._confirm.hide()
            self._note.setText(f"{error.message} {error.hint}")
            self._send.setEnabled(False)
            return False
        changes = effect is not CommandEffect.NOTHING
        self._confirm.setVisible(changes and bool(self._serial))
        self._note.setText("" if self._serial else "Connect a chip to send it.")
        if changes:
            self._note.setText(f"This {effect.value}.")
        may = bool(self._serial) and (not changes or self._confirm.is_confirmed())
        self._send.setProperty("kind", (ButtonKind.DANGER if changes else ButtonKind.PRIMARY).value)
        self._send.style().polish(self._send)
        self._send.setEnabled(may)
        return may


def _text(field: QWidget) -> str:
    if isinstance(field, QComboBox):
        return field.currentText()
    return field.text().strip() if isinstance(field, QLineEdit) else ""
