"""The memory of the window after a long day: one process, one window, a thousand devices."""

import sys
from pathlib import Path

import pytest

from tests.support.boards.wizard_desk import WizardDesk, resident_kb

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status"),
]

DEVICES = 1000


def test_a_thousand_devices_in_a_row(tmp_path: Path) -> None:
    desk = WizardDesk(tmp_path)
    try:
        for _ in range(10):
            desk.provision_next()
        before, widgets = resident_kb(), desk.qt_objects()
        for _ in range(DEVICES - 10):
            desk.provision_next()
        after = resident_kb()
        print(f"\nwindow: {before / 1024:.0f} MiB after 10 devices, {after / 1024:.0f} MiB after {DEVICES}; ", end="")
        print(f"{widgets} and {desk.qt_objects()} Qt objects")
        assert after <= 1.1 * before
    finally:
        desk.close()
