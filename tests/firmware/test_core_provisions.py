"""The C core in the place of the twin's bridge: a whole provisioning goes through the firmware's own code."""

from pathlib import Path

import pytest

from tests.support.boards.c_bridge import CoreAsBridge
from tests.support.boards.provision_through import provision_through


def test_a_full_provisioning_through_the_core(core: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = provision_through(lambda bus, clock: CoreAsBridge(core, bus, clock), tmp_path, monkeypatch)
    assert bridge.core.close() == 0
