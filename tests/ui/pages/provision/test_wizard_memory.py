"""One device after the other leaves nothing behind in the window. The long run is a benchmark."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards.wizard_desk import WizardDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WizardDesk]:
    desk = WizardDesk(tmp_path)
    yield desk
    desk.close()


@pytest.mark.slow
def test_devices_in_a_row_leave_no_object_behind(desk: WizardDesk) -> None:
    for _ in range(2):
        desk.provision_next()
    widgets, objects = desk.qt_objects(), desk.our_objects()
    for _ in range(5):
        desk.provision_next()
    assert desk.our_objects() - objects == {}
    assert abs(desk.qt_objects() - widgets) <= 2  # a scroll bar is animated at one moment and not at the other
