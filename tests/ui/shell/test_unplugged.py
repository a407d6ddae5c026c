"""A board that was unplugged is not connected, whatever page is shown, and nothing is asked of its chip meanwhile."""

import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_rfc2217 import NetworkAddress, serve_rfc2217
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import GONE, AppState
from atecc_bench.ui.state.device_summary import LinkState
from atecc_bench.ui.widgets.badges import Badge
from tests.support.boards.cable import Cable

WAIT_MS = 15_000
Connected = Callable[[str], None]


@pytest.mark.parametrize("page", ["Home", "Board", "Inspect", "Console"])
def test_a_pulled_cable_is_noticed_on_every_page_without_asking_the_chip(
    window: MainWindow, app_state: AppState, connected: Connected, tmp_path: Path, page: str, qtbot: QtBot
) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    cable = Cable()
    cable.plug_in(tmp_path / "chip.json")
    try:
        connected(cable.port)
        window.show_page(page)
        qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
        assert app_state.summary.link is LinkState.CONNECTED
        asked = len(app_state.exchanges)
    finally:
        cable.pull()
    qtbot.waitUntil(lambda: app_state.summary.link is LinkState.DISCONNECTED, timeout=WAIT_MS)
    assert app_state.error is not None
    assert (app_state.error.id, app_state.what_failed, app_state.facts) == ("port-lost", GONE, None)
    # What closing says goes to a port that is gone.
    assert [one.reply for one in app_state.exchanges[asked:] if one.reply] == []
    assert "Not connected" in [badge.text() for badge in window.header.findChildren(Badge)]


def test_a_server_that_ends_is_noticed(app_state: AppState, connected: Connected, qtbot: QtBot) -> None:
    stop, urls = threading.Event(), queue.SimpleQueue[str]()
    board = open_board(parse_virtual_url("virtual://fresh"))
    server = threading.Thread(
        target=lambda: serve_rfc2217(
            board, NetworkAddress("127.0.0.1", 0), allow_remote=False, on_ready=urls.put, stop=stop
        )
    )
    server.start()
    url = urls.get(timeout=WAIT_MS / 1000)
    try:
        connected(url)
        assert app_state.summary.link is LinkState.CONNECTED
    finally:
        stop.set()
        server.join()
    qtbot.waitUntil(lambda: app_state.summary.link is LinkState.DISCONNECTED, timeout=WAIT_MS)


def test_an_idle_board_is_asked_nothing(app_state: AppState, connected: Connected, qtbot: QtBot) -> None:
    connected("virtual://provisioned")
    asked = len(app_state.exchanges)
    qtbot.wait(1200)
    assert len(app_state.exchanges) == asked
    assert app_state.summary.link is LinkState.CONNECTED
