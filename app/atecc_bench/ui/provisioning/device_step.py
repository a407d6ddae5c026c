"""Step 2: which chip."""

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from atecc_bench.ui.device_worker import DeviceFacts
from atecc_bench.ui.serial_text import grouped_serial
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.scroller import Scroller


class DeviceStep(QWidget):
    """The chip that is connected, and the state it is in."""

    def __init__(self) -> None:
        super().__init__()
        self._banner = Banner()
        facts = QWidget()
        self._form = QFormLayout(facts)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(24)
        self._form.setVerticalSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(paragraph("This is the chip", TextRole.HEADING))
        column.addWidget(Scroller(self._banner, facts), 1)

    def set_facts(self, facts: DeviceFacts) -> None:
        """Show a chip."""
        while self._form.rowCount():
            self._form.removeRow(0)
        chip = facts.chip
        serial = text_label(grouped_serial(chip.serial_number), TextRole.MONO)
        self._form.addRow(text_label("Serial number", TextRole.MUTED), serial)
        for name, value in (
            ("Part", f"{chip.part.value}, {chip.variant.value}"),
            ("Port", facts.port),
            ("Configuration zone", "locked, for ever" if chip.config_locked else "open"),
            ("Data zone and OTP", "locked, for ever" if chip.data_locked else "open"),
        ):
            self._form.addRow(text_label(name, TextRole.MUTED), paragraph(value))
        kind = BannerKind.VIRTUAL if facts.virtual else BannerKind.INFO
        title = {
            (False, False): "A new chip: nothing is locked yet.",
            (True, False): "The configuration is locked, the data zone is not.",
            (True, True): "Both zones are locked: only what the configuration leaves open can be written.",
        }.get((chip.config_locked, chip.data_locked), "The data zone is locked, the configuration is not.")
        where = "It is a chip in software: nothing can be spoilt. " if facts.virtual else ""
        self._banner.set_message(kind, title, f"{where}This run has written nothing so far.")
