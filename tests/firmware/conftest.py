import re
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


# Chips whose port and core are those of another, ESP32 or ESP32-C6, which stands for them in `make test`.
_LIKE_ANOTHER = ("ESP32S2", "ESP32S3", "ESP32C2", "ESP32C5", "ESP32C61", "ESP32H2", "ESP32P4")

# What is tried of them there all the same: their bytes and registers, that they start, and that they answer.
_CHEAP = ("test_bare_images.py", "test_an_image_answers_", "test_it_starts_", "test_a_chip_starts_", "left_running")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the runs of chips that are like another for `make bare-chips`, but for a few cheap ones."""
    for item in items:
        chip = re.search(r"\[(?:[^\]]*-)?(ESP32\w*)", item.name)
        like = chip is not None and chip[1] in _LIKE_ANOTHER and "tests/firmware" in item.path.as_posix()
        if chip is not None and "tests/firmware" in item.path.as_posix():
            item.add_marker(pytest.mark.emulated)
        if like and (item.get_closest_marker("slow") or not any(name in item.nodeid for name in _CHEAP)):
            item.add_marker(pytest.mark.campaign)
