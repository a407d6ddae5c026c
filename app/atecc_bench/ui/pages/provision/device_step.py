"""Step 2: which chip.

A board is recognised when it is plugged in.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.ui.pages.device_states import DeviceStates
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.scroll_area import Scroller

_FACTS = ("Serial number", "Part", "Port", "Configuration zone", "Data zone and OTP")


class DeviceStep(QWidget):
    """The chip that is connected, and its state.

    Without one it says what to do to get one.
    """

    virtual_wanted = Signal()
    """Somebody wants a new chip in software."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self._app_state = app_state
        self._awaited = self._awaits_another_than = ""
        self._banner = Banner()
        facts = QWidget()
        form = QFormLayout(facts)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        self._values = [text_label("", TextRole.MONO), *(paragraph("") for _ in _FACTS[1:])]
        for name, value in zip(_FACTS, self._values, strict=True):
            form.addRow(text_label(name, TextRole.MUTED), value)
        known = QWidget()
        inner = QVBoxLayout(known)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(Scroller(self._banner, facts))
        empty = ("Plug in a board", "It is recognised by itself. A port that is not found can be chosen at the top.")
        self._states = DeviceStates(app_state, Icon.PROVISION, known, empty)
        self._heading = paragraph("", TextRole.HEADING)
        self._last = paragraph("", TextRole.STRONG)
        self._last.hide()
        virtual = DeliberateButton("Take a new virtual chip")
        virtual.clicked.connect(self.virtual_wanted)
        self._offer = QWidget()
        row = QHBoxLayout(self._offer)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(
            paragraph("Nothing to plug in? Try it on a chip in software: nothing can be spoilt.", TextRole.MUTED)
        )
        row.addWidget(virtual)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._heading)
        column.addWidget(self._last)
        column.addWidget(self._states, 1)
        column.addWidget(self._offer)

    def await_chip(self, serial_number: str) -> None:
        """Wait for the chip with this number.

        A run of it is to be taken up.
        """
        self._awaited, self._awaits_another_than = serial_number, ""
        self.refresh()

    def await_another_than(self, serial_number: str) -> None:
        """The chip with this number is done; empty: any will do."""
        self._awaited, self._awaits_another_than = "", serial_number
        self.refresh()

    def is_wrong(self, facts: DeviceFacts) -> bool:
        """True for another chip than the one that is waited for.

        A run of that one is to be taken up.
        """
        return self._awaited not in ("", facts.chip.serial_number)

    def is_awaited(self, facts: DeviceFacts) -> bool:
        """True for a chip that may be provisioned next.

        It is not the one that has just passed, nor one in software where only silicon counts, nor one of silicon where
        only training is meant.
        """
        return facts.chip.serial_number != self._awaits_another_than and self._counts(facts)

    def _counts(self, facts: DeviceFacts) -> bool:
        return not self._app_state.frozen or facts.virtual == self._app_state.training

    def tell_last(self, text: str) -> None:
        """Say how the run before ended, whose page has gone."""
        self._last.setText(text)
        self._last.setVisible(bool(text))

    def refresh(self) -> None:
        """Show what is known now."""
        facts = self._app_state.facts
        self._states.refresh()
        open_to_virtual = not self._app_state.frozen or (self._app_state.training and self._app_state.job is not None)
        self._offer.setVisible(open_to_virtual and not self._awaited and (facts is None or facts.virtual))
        error = self._app_state.line_error
        if error is not None:
            self._heading.setText(f"{error.message} {error.hint}")
        elif self._app_state.frozen and self._app_state.job is None:
            self._heading.setText("This line is frozen: a supervisor begins the batch")
        elif self._awaited and (facts is None or self.is_wrong(facts)):
            self._heading.setText(f"Plug in the chip {grouped_serial(self._awaited)}: its provisioning was cut off")
        elif facts is None:
            self._heading.setText("Plug in the next device" if self._app_state.frozen else "Which chip?")
        elif facts.chip.serial_number == self._awaits_another_than:
            self._heading.setText("Plug in the next device")
        else:
            self._heading.setText("This is the chip")
        if facts is not None:
            self._show(facts)

    def _show(self, facts: DeviceFacts) -> None:
        chip = facts.chip
        texts = (
            grouped_serial(chip.serial_number),
            f"{chip.name}, {chip.variant.value}",
            facts.port,
            "locked, for ever" if chip.config_locked else "open",
            "locked, for ever" if chip.data_locked else "open",
        )
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
        if not self._counts(facts) and facts.virtual:
            title = "This is a chip in software: on a frozen line it does not count."
            self._banner.set_message(BannerKind.VIRTUAL, title, "Plug in a board with a chip.")
            return
        if not self._counts(facts):
            title = "This line is for TRAINING: a chip of silicon does not count, and nothing is written to it."
            self._banner.set_message(BannerKind.VIRTUAL, title, "Take a virtual chip.")
            return
        if self.is_wrong(facts):
            title = "This is another chip: what was cut off cannot be taken up with it."
            self._banner.set_message(BannerKind.WARNING, title, "To provision this one, go back and choose a profile.")
            return
        if chip.serial_number == self._awaits_another_than:
            title = "This chip has just passed. Take it away and plug in the next one: it is recognised by itself."
            self._banner.set_message(BannerKind.GOOD, title, "")
            return
        kind = BannerKind.VIRTUAL if facts.virtual else BannerKind.INFO
        title = {
            (False, False): "A new chip: nothing is locked yet.",
            (True, False): "The configuration is locked, the data zone is not.",
            (True, True): "Both zones are locked: only what the configuration leaves open can be written.",
        }.get((chip.config_locked, chip.data_locked), "The data zone is locked, the configuration is not.")
        where = "It is a chip in software: nothing can be spoilt. " if facts.virtual else ""
        self._banner.set_message(kind, title, f"{where}This run has written nothing so far.")
