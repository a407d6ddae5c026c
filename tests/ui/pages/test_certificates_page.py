"""The page Certificates over virtual boards: chains, files held against them, and the way to Compare."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QTreeWidgetItem, QTreeWidgetItemIterator, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.resources import resource_path
from atecc_bench.twin.state.state_file import save_state
from atecc_bench.ui.pages.certificates.chain_tree import ChainTree
from atecc_bench.ui.pages.certificates.page import CertificatesPage
from atecc_bench.ui.pages.certificates.validity_bar import VALIDITY_ROLE, Validity, validities
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.tables.row_table import RowTable
from tests.support.boards.twin_desk import TwinDesk

SCENARIOS = resource_path("scenarios")
CHIP = "On the chip, as ECC608-MassProvisioning"

Show = Callable[[str], QWidget]
Connected = Callable[[str], None]


def certificates(show: Show) -> CertificatesPage:
    page = show("Certificates")
    assert isinstance(page, CertificatesPage)
    return page


def tree(page: CertificatesPage) -> ChainTree:
    found = page.findChild(ChainTree)
    assert found is not None
    return found


def rows(page: CertificatesPage) -> list[tuple[str, str, str]]:
    """Each item: the path of names that leads to it, its state, and its buttons."""
    found: list[tuple[str, str, str]] = []
    view = tree(page)
    iterator = QTreeWidgetItemIterator(view)
    while iterator.value() is not None:
        item = iterator.value()
        path, above = item.text(0), item.parent()
        while above is not None:
            path, above = f"{above.text(0)} > {path}", above.parent()
        widget = view.itemWidget(item, 4)
        buttons = [] if widget is None else [button.text() for button in widget.findChildren(QPushButton)]
        found.append((path, item.text(4), ", ".join(buttons)))
        iterator += 1
    return found


def banner(page: QWidget) -> Banner:
    found = page.findChild(Banner)
    assert found is not None
    return found


def drop(page: CertificatesPage, *files: Path) -> None:
    """As the window hands on what is dropped on it."""
    page.open_files([str(file) for file in files])


def test_who_issued_whom_on_the_chip_and_in_the_files(show: Show, connected: Connected):
    connected("virtual://provisioned")
    page = certificates(show)
    assert banner(page).accessibleName() == "The chain holds."
    assert rows(page) == [
        (CHIP, "", ""),
        (f"{CHIP} > Root", "the file; slot 15 has its key only", ""),
        (f"{CHIP} > Root > Signer", "from slots 11, 12 and 14", ""),
        (f"{CHIP} > Root > Signer > Device", "from slots 8, 10 and the live key", ""),
        ("In scenario provisioned", "", ""),
        ("In scenario provisioned > Root", "its key is on the chip", ""),
        ("In scenario provisioned > Root > Signer", "equal to the chip's", ""),
        ("In scenario provisioned > Root > Signer > Device", "equal to the chip's", ""),
    ]


def test_a_mismatch_is_one_click_from_compare(
    window: MainWindow, show: Show, connected: Connected, rested: Callable[[], None], qtbot: QtBot
):
    connected("virtual://mismatch")
    page = certificates(show)
    (button,) = list(tree(page).findChildren(QPushButton))
    assert button.text() == "≠ differs from the chip's · Compare"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    rested()
    compare = window.page("Compare")
    assert isinstance(compare, ComparePage)
    assert compare.isVisible()
    assert banner(compare).accessibleName() == "The certificate was signed for another key than the one in the chip."


def test_dropped_files_are_held_against_the_chip(show: Show, connected: Connected):
    connected("virtual://provisioned")
    page = certificates(show)
    drop(page, SCENARIOS / "provisioned" / "device.pem", SCENARIOS / "mismatch" / "root.pem")
    assert rows(page)[-4:] == [
        ("In device.pem", "", ""),
        ("In device.pem > Device", "equal to the chip's", ""),
        ("In root.pem", "", ""),
        ("In root.pem > Root", "", ""),
    ]
    assert "≠ the chip has another root's key" in [label.text() for label in tree(page).findChildren(QLabel)]
    drop(page, SCENARIOS / "mismatch" / "device.pem")
    assert ("In device.pem > Device", "not of this chip", "") in rows(page)


def test_files_tell_how_to_read_a_chip_that_nobody_knows(
    show: Show, connected: Connected, rested: Callable[[], None], tmp_path: Path
):
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    desk = TwinDesk(77)
    outcome = desk.provision(authority, now)
    assert outcome.certificates is not None
    save_state(tmp_path / "chip.json", desk.memory, lambda count: bytes(count))
    device = x509.load_der_x509_certificate(outcome.certificates.device)
    for name, certificate in (("device", device), ("signer", authority.signer), ("root", authority.root)):
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    connected(f"virtual://configured?state={tmp_path / 'chip.json'}")
    page = certificates(show)
    assert banner(page).accessibleName().startswith("Nothing is known here")
    table = page.findChild(RowTable)
    assert table is not None
    said = [str(table.model().index(row, 2).data()) for row in range(table.model().rowCount())]
    assert said[0].startswith("a private key")
    assert said[10].startswith("a certificate (72 bytes) of ")
    assert said[11].startswith("a public key")
    drop(page, *(tmp_path / f"{name}.pem" for name in ("device", "signer", "root")))
    rested()
    assert banner(page).accessibleName() == "The chain holds."
    assert ("In files that were opened > Root > Signer > Device", "equal to the chip's", "") in rows(page)


def test_files_can_be_looked_at_without_a_chip(show: Show):
    page = certificates(show)
    drop(page, SCENARIOS / "provisioned" / "device.pem")
    assert rows(page) == [("In device.pem", "", ""), ("In device.pem > Device", "", "")]
    assert banner(page).accessibleName() == "1 certificates from files."


def test_a_file_that_is_no_certificate_is_refused_by_its_name(show: Show, tmp_path: Path):
    page = certificates(show)
    (tmp_path / "notes.txt").write_text("hello")
    drop(page, tmp_path / "notes.txt")
    panel = page.findChild(ErrorPanel)
    assert panel is not None
    assert "notes.txt: This is not a certificate" in panel.accessibleDescription()


def test_the_selected_certificate_is_copied_as_pem(show: Show, connected: Connected, qtbot: QtBot):
    connected("virtual://provisioned")
    page = certificates(show)
    view = tree(page)
    signers: list[QTreeWidgetItem] = view.findItems("Signer", Qt.MatchFlag.MatchRecursive, 0)
    view.setCurrentItem(signers[0])
    (copy,) = [button for button in page.findChildren(QPushButton) if button.text() == "Copy as PEM"]
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    pem = QGuiApplication.clipboard().text()
    signer = (SCENARIOS / "provisioned" / "signer.pem").read_bytes()
    assert x509.load_pem_x509_certificate(pem.encode()) == x509.load_pem_x509_certificate(signer)


def test_bars_have_one_scale_and_say_it_in_words_too(app_state: AppState, show: Show, connected: Connected):
    connected("virtual://provisioned")
    view = tree(certificates(show))
    bars: list[Validity] = []
    for item in view.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive, 0):
        bar = item.data(3, VALIDITY_ROLE)
        if isinstance(bar, Validity):
            bars.append(bar)
            assert item.data(3, Qt.ItemDataRole.AccessibleTextRole) == bar.sentence
    assert len(bars) == 6
    assert len({(bar.scale_start, bar.scale_end) for bar in bars}) == 1


NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (-10, 10, "valid for 10 more days"),
        (-10, 3650, "valid for 10 more years"),
        (-10, -1, "expired on 2026-05-31"),
        (1, 10, "not valid before 2026-06-02"),
    ],
)
def test_what_a_bar_says(start: int, end: int, sentence: str):
    (bar,) = validities([(NOW + timedelta(days=start), NOW + timedelta(days=end))], NOW)
    assert bar.sentence == sentence


def test_a_certificate_without_an_end_does_not_stretch_the_scale():
    endless, usual = validities([(NOW, datetime(9999, 12, 31, tzinfo=UTC)), (NOW, NOW.replace(year=2036))], NOW)
    assert (endless.endless, usual.endless) == (True, False)
    assert endless.scale_end.year == 2036
    assert endless.sentence == "valid, without an end"
