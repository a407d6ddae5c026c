"""The card of a connection: a broker takes the device, or the card says why not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.board.connection_card import ConnectionCard
from atecc_bench.ui.pages.board.page import BoardPage
from atecc_bench.ui.shell.main_window import MainWindow
from tests.support.servers.demanding_broker import broker_that_demands_certificates
from tests.support.servers.papers import ServerPapers

Connect = Callable[[str], None]
Rested = Callable[[], None]


@pytest.fixture
def card(window: MainWindow) -> ConnectionCard:
    window.show_page("Board")
    page = window.page("Board")
    assert isinstance(page, BoardPage)
    return page.connection


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> ServerPapers:
    return ServerPapers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def broker(papers: ServerPapers) -> Iterator[int]:
    with broker_that_demands_certificates(papers) as port:
        yield port


def fill(card: ConnectionCard, port: int, ca: Path) -> None:
    card.server.setText(f"localhost:{port}")
    card.ca_file.setText(str(ca))


def test_without_a_chip_or_a_server_there_is_nothing_to_connect(card: ConnectionCard, connected: Connect) -> None:
    card.server.setText("localhost")
    assert not card.connect_button.isEnabled()
    connected("virtual://provisioned")
    assert card.connect_button.isEnabled()
    card.server.setText("")
    assert not card.connect_button.isEnabled()


def test_a_broker_takes_the_device(
    card: ConnectionCard, connected: Connect, rested: Rested, qtbot: QtBot, broker: int, papers: ServerPapers
) -> None:
    connected("virtual://provisioned")
    fill(card, broker, papers.file("ca.pem", papers.root.pem))
    qtbot.mouseClick(card.connect_button, Qt.MouseButton.LeftButton)
    assert card.cancel_button.isVisibleTo(card)
    rested()
    assert card.words.text() == "Connected with the key in the chip."
    assert "CONNACK 0" in card.steps.text()
    connected("virtual://fresh")
    assert card.steps.text() == ""


def test_why_it_does_not_stands_on_the_card(
    card: ConnectionCard, connected: Connect, rested: Rested, qtbot: QtBot, broker: int, papers: ServerPapers
) -> None:
    connected("virtual://provisioned")
    fill(card, broker, papers.file("other.pem", papers.stranger.pem))
    qtbot.mouseClick(card.connect_button, Qt.MouseButton.LeftButton)
    rested()
    assert "not among the 1 CAs" in card.words.text()
    assert "✗ Check the server" in card.steps.text()
    assert card.connect_button.isEnabled()


def test_what_cannot_be_a_server_is_said(
    card: ConnectionCard, connected: Connect, rested: Rested, qtbot: QtBot
) -> None:  # fmt: skip
    connected("virtual://provisioned")
    card.server.setText("no server")
    qtbot.mouseClick(card.connect_button, Qt.MouseButton.LeftButton)
    rested()
    assert "no name or address of a server" in card.words.text()
