"""Step 4: how the rehearsal went.

The plan ran on a software twin of the chip; what the chip will be like afterwards is shown.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QFormLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from atecc_bench.chip.config.slot_matrix import slot_matrix
from atecc_bench.errors import BenchError
from atecc_bench.provision.model.step import Step
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.preview import STAND_INS, Preview, preview_of
from atecc_bench.provision.run.rehearse import Rehearsal, RehearsalFailedError
from atecc_bench.ui.pages.provision.confirm_and_run_steps import planned_row
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.scroll_area import Scroller
from atecc_bench.ui.widgets.tables.plan_table import PlanRow, PlanStatus, PlanTable
from atecc_bench.ui.widgets.tables.slot_table import SlotTable

_CERTIFICATE = ("Subject", "Issuer", "Valid from", "Valid until", "Extensions")


def _rehearsed(step: Step) -> PlanRow:
    return replace(planned_row(step), status=PlanStatus.DONE)  # on a twin it took no time: what is shown is the chip's


class RehearsalStep(QWidget):
    """The steps, slots, certificate and what is for ever.

    Slots are shown before and after.
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = paragraph("", TextRole.HEADING)
        self._banner = Banner()
        self._refusal = Banner()
        self._refused = Scroller(self._refusal)  # bytes that stand in the way may be many
        self._table = PlanTable()
        self._before, self._after = SlotTable(), SlotTable()
        self._values = [paragraph("") for _ in _CERTIFICATE]
        self._stand_ins = paragraph(STAND_INS, TextRole.MUTED)
        self._for_ever, self._open = paragraph(""), paragraph("")
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName("What the rehearsal showed")
        for name, widget in (
            ("Steps", Scroller(self._table)),
            ("Slots before", self._before),
            ("Slots after", self._after),
            ("Certificate", Scroller(_form(_CERTIFICATE, self._values), self._stand_ins)),
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
        column.addWidget(self._refused, 1)
        column.addWidget(self._tabs, 1)
        column.addStretch()  # for when there are no tabs

    def set_waiting(self) -> None:
        """Nothing is known yet."""
        self._title.setText("Rehearsal")
        self._banner.set_message(BannerKind.INFO, "Looking at the chip and rehearsing on a software twin of it…", "")
        self._show(self._banner)

    def set_refusal(self, error: BenchError) -> None:
        """Show why there is no plan, or a failed rehearsal."""
        rehearsed = isinstance(error, RehearsalFailedError)
        self._title.setText("The rehearsal failed" if rehearsed else "This chip cannot become what the profile says")
        self._refusal.set_message(BannerKind.IRREVERSIBLE, error.message, error.hint)
        self._show(self._refused)

    def set_rehearsal(self, plan: Plan, rehearsal: Rehearsal | None) -> None:
        """Show how it went; None when there was nothing to rehearse."""
        self._show(self._banner, self._tabs)
        self._tabs.setCurrentIndex(0)
        preview = preview_of(plan, rehearsal)
        if rehearsal is None:
            self._title.setText("This chip holds all that the profile wants")
            text = "It will be checked, and nothing will be written to it."
            self._banner.set_message(BannerKind.GOOD, "Nothing to write", text)
            self._table.set_plan([planned_row(step) for step in plan.steps])
        else:
            self._title.setText("The rehearsal passed on a software twin of this chip")
            self._banner.set_message(BannerKind.GOOD, "Every step and every proof passed. Nothing was written.", "")
            self._table.set_plan([_rehearsed(step) for step in plan.steps])
        self._before.set_slots(slot_matrix(preview.before), {})
        self._after.set_slots(slot_matrix(preview.after), preview.uses)
        self._for_ever.setText(_list(preview.for_ever))
        self._open.setText(_list(preview.stays_open) or "Nothing.")
        self._show_certificate(preview)

    def _show(self, *shown: QWidget) -> None:
        for widget in (self._banner, self._refused, self._tabs):
            widget.setVisible(widget in shown)

    def _show_certificate(self, preview: Preview) -> None:
        texts = preview.certificate_texts
        for name, value in zip(_CERTIFICATE, self._values, strict=True):
            value.setText(texts.get(name, ""))
        self._stand_ins.setVisible(preview.stand_ins)
        self._tabs.setTabVisible(3, bool(texts))


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
