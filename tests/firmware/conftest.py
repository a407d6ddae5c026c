from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.boards.bridge_desk import Desk
from tests.support.boards.c_bridge import CBridge, build, compiler


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if compiler() is None:
        pytest.skip("needs a C compiler (gcc)")
    return build(tmp_path_factory.mktemp("core"))


@pytest.fixture
def start_core(core: Path) -> Iterator[Callable[[Desk], CBridge]]:
    running: list[CBridge] = []

    def start(on: Desk) -> CBridge:
        running.append(CBridge(core, on.bus, on.clock))
        return running[-1]

    yield start
    for bridge in running:
        assert bridge.close() == 0, "a sanitizer found something"
