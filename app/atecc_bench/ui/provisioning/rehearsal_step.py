"""Step 4: how the plan went on a software twin of the chip, and what the chip will be like afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from cryptography import x509
from PySide6.QtWidgets import QFormLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from atecc_bench.chip.slot_matrix import slot_matrix
from atecc_bench.diagnose.stays_open import what_locks_protect, what_stays_open
from atecc_bench.errors import BenchError
from atecc_bench.pki.layout import SLOT_USES
from atecc_bench.provision.plan import Plan
from atecc_bench.provision.rehearse import Rehearsal
from atecc_bench.provision.step import Step
from atecc_bench.ui.provisioning.plan_steps import planned_row
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.plan_table import PlanRow, PlanStatus, PlanTable
from atecc_bench.ui.widgets.scroller import Scroller
from atecc_bench.ui.widgets.slot_table import SlotTable

_CERTIFICATE = ("Subject", "Issuer", "Valid from", "Valid until", "Extensions")
_STAND_INS = "Key, serial number and signature are the twin's: the real ones come from the chip and from the CA."


def _rehearsed(step: Step) -> PlanRow:
    return replace(planned_row(step), status=PlanStatus.DONE)  # on a twin it took no time: what is shown is the chip's


class RehearsalStep(QWidget):
    """The steps, the slots before and after, the certificate, and what is for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._title = paragraph("", TextRole.HEADING)
        self._banner = Banner()
        self._table = PlanTable()
        self._before, self._after = SlotTable(), SlotTable()
        self._values = [paragraph("") for _ in _CERTIFICATE]
        self._for_ever, self._open = paragraph(""), paragraph("")
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName("What the rehearsal showed")
        for name, widget in (
            ("Steps", Scroller(self._table)),
            ("Slots before", self._before),
            ("Slots after", self._after),
            ("Certificate", Scroller(_form(_CERTIFICATE, self._values), paragraph(_STAND_INS, TextRole.MUTED))),
            (
                "For ever",
                Scroller(
                    paragraph("Never changeable again", TextRole.STRONG),
                    self._for_ever,
                    paragraph("Stays open", TextRole.STRONG),
                    self._open,
                ),
            ),
        ):
            self._tabs.addTab(_below_tabs(widget), name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._banner)
        column.addWidget(self._tabs, 1)

    def set_waiting(self) -> None:
        """Nothing is known yet."""
        self._title.setText("Rehearsal")
        self._banner.set_message(BannerKind.INFO, "Looking at the chip and rehearsing on a software twin of it…", "")
        self._tabs.hide()

    def set_refusal(self, error: BenchError) -> None:
        """The profile can never be reached from the chip's state, or the rehearsal failed."""
        self._title.setText("This chip cannot become what the profile says")
        self._banner.set_message(BannerKind.IRREVERSIBLE, error.message, error.hint)
        self._tabs.hide()

    def set_rehearsal(self, plan: Plan, rehearsal: Rehearsal | None) -> None:
        """Show how it went; None when there was nothing to rehearse."""
        self._tabs.show()
        self._tabs.setCurrentIndex(0)
        config = plan.survey.config if rehearsal is None else rehearsal.config_after
        if rehearsal is None:
            self._title.setText("This chip holds all that the profile wants")
            text = "It will be checked, and nothing will be written to it."
            self._banner.set_message(BannerKind.GOOD, "Nothing to write", text)
            self._table.set_plan([planned_row(step) for step in plan.steps])
        else:
            self._title.setText("The rehearsal passed on a software twin of this chip")
            self._banner.set_message(BannerKind.GOOD, "Every step and every proof passed. Nothing was written.", "")
            self._table.set_plan([_rehearsed(step) for step in plan.steps])
        self._before.set_slots(slot_matrix(plan.survey.config), {})
        self._after.set_slots(slot_matrix(config), SLOT_USES)
        self._for_ever.setText(_list(what_locks_protect(config)))
        self._open.setText(_list(what_stays_open(config)) or "Nothing.")
        self._show_certificate(_device_certificate(plan, rehearsal))

    def _show_certificate(self, device: x509.Certificate | None) -> None:
        texts = [""] * len(_CERTIFICATE) if device is None else _certificate_texts(device)
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
        self._tabs.setTabVisible(3, device is not None)


def _device_certificate(plan: Plan, rehearsal: Rehearsal | None) -> x509.Certificate | None:
    certificates = plan.certificates if rehearsal is None else rehearsal.outcome.certificates
    return x509.load_der_x509_certificate(certificates.device) if certificates else None


def _certificate_texts(device: x509.Certificate) -> tuple[str, ...]:
    extensions = "\n".join(
        f"{extension.oid._name}{', critical' if extension.critical else ''}" for extension in device.extensions
    )
    return (
        device.subject.rfc4514_string(),
        device.issuer.rfc4514_string(),
        f"{device.not_valid_before_utc:%Y-%m-%d %H:%M} UTC",
        f"{device.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
        extensions,
    )


def _list(sentences: Sequence[str]) -> str:
    return "\n".join(f"•  {sentence}" for sentence in sentences)


def _form(names: Sequence[str], values: Sequence[QLabel]) -> QWidget:
    widget = QWidget()
    form = QFormLayout(widget)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(24)
    form.setVerticalSpacing(8)
    for name, value in zip(names, values, strict=True):
        form.addRow(text_label(name, TextRole.MUTED), value)
    return widget


def _below_tabs(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 12, 0, 0)
    column.addWidget(widget)
    return page
