"""The page that compares: pasted logs, dropped files, mending by one click, and paper."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.diagnose.bundle.bundle_file import BundledBoard, bundle_bytes
from atecc_bench.diagnose.compare.compare import Comparison
from atecc_bench.link.board.connection import connect
from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.records.run_records import Records
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.ui.pages.compare.mend_dialog import ConfirmMendingDialog, MendDialog
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.pages.compare.report_html import report_html
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.basics import PushButton
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from atecc_bench.ui.widgets.print_report import save_pdf
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.workflows.comparison.compare_chip import compare_with_chip
from atecc_bench.workflows.support_bundle import gather
from tests.support.boards.twin_desk import chip_records
from tests.support.cases.pastes import firmware_comparison
from tests.support.window_probes import current_range

SENTENCE = "The certificate was signed for another key than the one in the chip."
WAIT_MS = 15_000
PASSPHRASE = "a passphrase for tests"  # noqa: S105


@pytest.fixture(scope="module")
def mismatch() -> Comparison:
    register_virtual_scheme()
    with connect("virtual://mismatch") as board:
        return compare_with_chip(
            session := board.open_chip(), chip_records(session, Records(Path("/nowhere")), virtual=True), None
        ).comparison


@pytest.fixture
def log(mismatch: Comparison) -> str:
    return firmware_comparison(mismatch.expected, mismatch.stored) + "\r\nDevice Provisioning Successful!\r\n"


@pytest.fixture
def give(page: ComparePage, rested: Callable[[], None]) -> Callable[[str, str], None]:
    """Gives the page a text, and waits until it has read it."""

    def read(text: str, source: str) -> None:
        page.show_text(text, source)
        rested()

    return read


@pytest.fixture
def page(show: Callable[[str], QWidget]) -> ComparePage:
    page = show("Compare")
    assert isinstance(page, ComparePage)
    return page


def banner(page: ComparePage) -> Banner:
    found = page.findChild(Banner)
    assert found is not None
    return found


def button(page: ComparePage, text: str) -> QPushButton:
    (found,) = [b for b in page.findChildren(QPushButton) if b.text() == text]
    return found


def texts(page: ComparePage) -> list[str]:
    return [label.text() for label in page.findChildren(QWidget) if hasattr(label, "text") and label.isVisible()]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def test_a_pasted_log_gives_the_sentence_and_what_was_recognised(
    page: ComparePage, log: str, rested: Callable[[], None], qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText(log)
    qtbot.mouseClick(button(page, "Paste"), Qt.MouseButton.LeftButton)
    rested()
    assert banner(page).accessibleName() == SENTENCE
    assert "Recognised: lines 4–30: comparison of expected and stored bytes, 417 bytes: certificate" in texts(page)
    assert not button(page, "Mend this…").isVisible()


def test_a_log_without_its_first_and_last_lines_gives_the_same_sentence(
    page: ComparePage, log: str, give: Callable[[str, str], None]
) -> None:
    give("\n".join(log.split("\r\n")[4:-3]), "log.txt")
    assert banner(page).accessibleName() == SENTENCE
    table = page.findChild(RowTable)
    assert table is not None
    model = table.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["15–30", "200–263", "279–298"]
    assert [model.index(row, 3).data() for row in range(model.rowCount())][:2] == [
        "SHA-256 of public key and dates",
        "live key, slot 0",
    ]


def test_a_dropped_log_is_read(page: ComparePage, log: str, rested: Callable[[], None], tmp_path: Path) -> None:
    (tmp_path / "serial.log").write_text(log)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "serial.log"))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
    rested()
    assert banner(page).accessibleName() == SENTENCE


def test_text_with_nothing_in_it_is_told_so(page: ComparePage, give: Callable[[str, str], None]) -> None:
    give("hello", "clipboard")
    panel = page.findChild(ErrorPanel)
    assert panel is not None
    assert panel.isVisible()


def test_why_shows_all_the_evidence(
    page: ComparePage, log: str, give: Callable[[str, str], None], qtbot: QtBot
) -> None:
    give(log, "log.txt")
    short = banner(page).accessibleDescription()
    qtbot.mouseClick(button(page, "Why?"), Qt.MouseButton.LeftButton)
    assert "SHA-256 of the public key" in banner(page).accessibleDescription()
    qtbot.mouseClick(button(page, "Less"), Qt.MouseButton.LeftButton)
    assert banner(page).accessibleDescription() == short


def test_a_signature_of_another_length_stands_beside_its_like(
    page: ComparePage, mismatch: Comparison, give: Callable[[str, str], None]
) -> None:
    give(mismatch.expected.hex() + "\n\n" + mismatch.stored[:-4].hex(), "two dumps")
    diff = page.findChild(HexDiff)
    assert diff is not None
    assert current_range(diff) == 0


@pytest.fixture
def ca(app_state: AppState) -> Path:
    from datetime import UTC, datetime

    folder = app_state.records.folder.parent / "ca"
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
    save_authority(folder, authority, root_key, PASSPHRASE.encode())
    return folder


def answer_dialog(click: str, seen: list[str]) -> None:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MendDialog)
    dialog.passphrase.setText(PASSPHRASE)
    seen.append(dialog.folder.text())
    (found,) = [b for b in dialog.findChildren(PushButton) if b.text() == click]
    found.click()


def confirm_mending(qtbot: QtBot, seen: list[str], digits: str) -> Callable[[], None]:
    """Waits for the certificate that is to be written, types the digits, and writes it."""

    def shown() -> bool:
        return isinstance(QApplication.activeModalWidget(), ConfirmMendingDialog)

    def answer() -> None:
        if not shown():
            QTimer.singleShot(20, answer)
            return
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConfirmMendingDialog)
        seen.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
        assert not dialog.write.isEnabled()
        field = dialog.confirm.focusProxy()
        assert field is not None
        qtbot.keyClicks(field, digits)
        assert dialog.write.isEnabled()
        dialog.accept()

    return answer


def test_a_mismatch_is_mended_by_one_confirmed_click(
    page: ComparePage,
    connected: Callable[[str], None],
    rested: Callable[[], None],
    ca: Path,
    app_state: AppState,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    connected(f"virtual://mismatch?state={tmp_path / 'chip.json'}")
    assert banner(page).accessibleName() == "The certificate was signed for another key than the one in slot 0."
    mend, seen = button(page, "Mend this…"), list[str]()
    assert mend.isVisible()
    facts = app_state.facts
    assert facts is not None
    QTimer.singleShot(0, lambda: answer_dialog("Issue", seen))
    QTimer.singleShot(20, confirm_mending(qtbot, seen, facts.chip.serial_number[-6:]))
    qtbot.mouseClick(mend, Qt.MouseButton.LeftButton)
    assert seen[0] == str(ca)
    rested()
    assert "The root on the chip is another than" in seen[1]
    assert "The issuer was" in seen[1]
    assert banner(page).accessibleName() == "The chip holds exactly this certificate."
    assert not mend.isVisible()
    (saved,) = app_state.records.folder.rglob("saved.json")
    assert saved.parent.joinpath("device.pem").is_file()
    undo = button(page, "Undo")
    assert undo.isVisible()
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    rested()
    assert not banner(page).accessibleName().startswith("The chip holds exactly")
    assert not undo.isVisible()


def test_without_the_confirmation_nothing_is_written(
    page: ComparePage,
    connected: Callable[[str], None],
    rested: Callable[[], None],
    ca: Path,
    app_state: AppState,
    qtbot: QtBot,
) -> None:
    connected("virtual://mismatch")
    QTimer.singleShot(0, lambda: answer_dialog("Cancel", []))
    qtbot.mouseClick(button(page, "Mend this…"), Qt.MouseButton.LeftButton)
    rested()
    assert banner(page).accessibleName() == "The certificate was signed for another key than the one in slot 0."
    assert not list(app_state.records.folder.rglob("saved.json"))
    assert ca.is_dir()


def test_the_report_on_paper_says_it_all_without_colour(
    page: ComparePage, log: str, give: Callable[[str, str], None], tmp_path: Path
) -> None:
    give(log, "log.txt")
    shown = page.shown
    assert shown is not None
    html = report_html(shown)
    for words in (SENTENCE, "What to do:", "15–30", "live key, slot 0", "<u>", "<b>", "Recognised:"):
        assert words in html
    save_pdf(shown.headline, report_html(shown), tmp_path / "comparison.pdf")
    assert (tmp_path / "comparison.pdf").read_bytes().startswith(b"%PDF-")


def test_a_provisioned_chip_has_nothing_to_mend(page: ComparePage, connected: Callable[[str], None]) -> None:
    connected("virtual://provisioned")
    assert not button(page, "Mend this…").isVisible()


# --- reading in the background

LONG = "ab\n" * 350_000


@pytest.mark.slow
def test_a_long_text_shows_how_far_it_is_and_can_be_cancelled(page: ComparePage, log: str, qtbot: QtBot) -> None:
    page.show_text(LONG + log, "clipboard")
    bar = page.findChild(QProgressBar)
    assert bar is not None
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() > 0, timeout=WAIT_MS)
    cancel = next(b for b in page.findChildren(QPushButton) if b.text() == "Cancel" and b.isVisible())
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert not page.app_state.busy
    assert page.shown is None


def test_a_newer_paste_supersedes_an_older_one(page: ComparePage, log: str, give: Callable[[str, str], None]) -> None:
    page.show_text(LONG, "an old one")
    give(log, "a new one")
    assert page.shown is not None
    assert page.shown.expected.startswith("a new one")
    assert banner(page).accessibleName() == SENTENCE


def test_a_text_is_read_while_the_device_is_busy(
    page: ComparePage, log: str, app_state: AppState, qtbot: QtBot
) -> None:
    held = threading.Event()
    app_state.worker.run_without_board(
        "Something long", lambda: held.wait(WAIT_MS / 1000), lambda _: None, lambda _: None
    )
    page.show_text(log, "log.txt")
    qtbot.waitUntil(lambda: banner(page).accessibleName() == SENTENCE, timeout=WAIT_MS)
    assert app_state.worker.busy
    held.set()


# --- a support bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "report.zip"
    register_virtual_scheme()
    with connect("virtual://mismatch") as board:
        gathered = gather(
            board.open_chip(),
            BundledBoard(name="bridge", version="1", chip="ESP32", virtual=True),
            (),
            Records(Path("/nowhere")),
        )
    path.write_bytes(bundle_bytes(gathered))
    return path


def test_a_bundle_is_compared_with_no_hardware_and_opened_on_every_page(
    page: ComparePage, bundle: Path, rested: Callable[[], None], app_state: AppState, window: MainWindow
) -> None:
    page.open_files([str(bundle)])
    rested()
    assert banner(page).accessibleName() == "The certificate was signed for another key than the one in slot 0."
    assert not button(page, "Mend this…").isVisible()
    assert page.shown is not None
    assert "VIRTUAL" in page.shown.stored
    assert app_state.opened is not None
    window.show_page("Inspect")
    subtitle = window.page("Inspect").heading.subtitle.text()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    assert "report.zip" in subtitle


@pytest.mark.slow
def test_a_bundle_opened_on_inspect_is_compared_until_the_chip_is_wanted_again(
    window: MainWindow, bundle: Path, connected: Callable[[str], None], rested: Callable[[], None], qtbot: QtBot
) -> None:
    connected("virtual://provisioned")
    window.show_page("Inspect")
    window.page("Inspect").open_file(bundle)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    rested()
    window.show_page("Compare")
    page = window.page("Compare")
    assert isinstance(page, ComparePage)
    rested()
    assert banner(page).accessibleName() == "The certificate was signed for another key than the one in slot 0."
    qtbot.mouseClick(button(page, "Read the chip"), Qt.MouseButton.LeftButton)
    rested()
    assert banner(page).accessibleName() == "The chip holds exactly this certificate."


def test_a_damaged_bundle_is_an_error_and_nothing_is_lost(
    page: ComparePage, bundle: Path, tmp_path: Path, rested: Callable[[], None], app_state: AppState
) -> None:
    (tmp_path / "cut.zip").write_bytes(bundle.read_bytes()[:400])
    page.open_files([str(tmp_path / "cut.zip")])
    rested()
    panel = page.findChild(ErrorPanel)
    assert panel is not None
    assert panel.isVisible()
    assert app_state.subject is None
