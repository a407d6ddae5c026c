"""A refusal may name dozens of bytes; all of it can be read, in the smallest window too."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.errors import RefusedError
from atecc_bench.provision.report.run_document import Ending
from atecc_bench.ui.pages.provision.rehearsal_step import RehearsalStep
from atecc_bench.ui.pages.provision.verdict_panel import VerdictPanel

LONG = " ".join(f"byte {place} is 00 and should be FF," for place in range(16, 128))


def refused_rehearsal() -> QWidget:
    step = RehearsalStep()
    step.set_refusal(RefusedError("config-mismatch", LONG, "Use another chip."))
    return step


def failed_run() -> QWidget:
    panel = VerdictPanel()
    panel.set_ending(Ending.FAIL, LONG, "Use another chip.", mark="VIRTUAL")
    return panel


@pytest.mark.parametrize("make", [refused_rehearsal, failed_run])
def test_what_does_not_fit_can_be_scrolled_to(qtbot: QtBot, make: Callable[[], QWidget]):
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(760, 300)
    widget.show()
    label = next(label for label in widget.findChildren(QLabel) if label.text() == LONG)
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    area = next(area for area in widget.findChildren(QScrollArea) if area.isAncestorOf(label))
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    bottom = label.mapTo(area.viewport(), label.rect().bottomLeft()).y()
    assert bottom <= area.viewport().height()
