import sys
from collections.abc import Callable, Iterator

import pytest

from atecc_bench.twin.ports.registration import register_virtual_scheme
from tests.support.boards.scripted_board import Script, ScriptedBoard, bridge


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedBoard]]:
    """Make a board of a script and of what it says before anybody asks."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    boards: list[ScriptedBoard] = []

    def make(script: Script = bridge, greeting: bytes = b"") -> ScriptedBoard:
        boards.append(ScriptedBoard(script, greeting))
        return boards[-1]

    yield make
    for board in boards:
        board.close()


@pytest.fixture(autouse=True)
def virtual_scheme() -> None:
    register_virtual_scheme()
