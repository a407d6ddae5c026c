from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import Connection
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.state.state_file import load_state
from tests.support.boards.device_guard import DeviceGuard
from tests.support.probes import snapshot

PRESETS = ("provisioned", "configured", "fresh", "mismatch", "trustflex", "trustgo", "atecc508a")


@dataclass(frozen=True)
class Device:
    """A board with a chip, who watches what is sent to it, and what its configuration zone held at first."""

    board: Connection
    session: ChipSession
    config: ConfigZone
    guard: DeviceGuard


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "preset_or_port" in metafunc.fixturenames:
        port = metafunc.config.getoption("--port")
        metafunc.parametrize("preset_or_port", PRESETS if port is None else [port])


@pytest.fixture
def held(preset_or_port: str, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Callable[[], object]]:
    """The URL of the device, and what the chip holds as nobody but its twin can tell; of silicon it tells nothing."""
    register_virtual_scheme()
    if request.config.getoption("--port") is not None:
        return preset_or_port, lambda: None
    state = tmp_path / "chip.json"
    url = f"virtual://{preset_or_port}?state={state}"
    open_board(parse_virtual_url(url))

    return url, lambda: snapshot(load_state(state)[0])


@pytest.fixture
def device(held: tuple[str, Callable[[], object]]) -> Iterator[Device]:
    """Connected and open. After the test the chip holds what it held before, and was sent nothing that changes it."""
    (url, contents), guard = held, DeviceGuard()
    before = contents()
    with connect(url, guard.trace) as board:
        session = board.open_chip()
        config = session.read_config()
        yield Device(board, session, config, guard)
        session.sleep()
        assert board.open_chip().read_config() == config
    assert guard.packets
    assert guard.changing == []
    assert contents() == before
