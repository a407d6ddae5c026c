"""The wizard puts filled keys into escrow for others, too."""

from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey
from PySide6.QtWidgets import QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from atecc_bench.records.escrow import load_escrow
from atecc_bench.records.escrow_recipients import escrow_key
from atecc_bench.ui.pages.provision.key_choice import KeyChoice
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.state.app_state import AppState
from tests.ui.pages.provision.test_wizard import Operator, banner_text, operator, page

__all__ = ["operator", "page"]
SECRET = "battery staple horse"  # noqa: S105 - of this test alone
KEEPERS = "Public keys of who keeps the files too"


def fill(page: ProvisionPage, operator: Operator, qtbot: QtBot, keepers: str) -> KeyChoice:
    operator.to_names()
    keys = page.inputs.findChild(KeyChoice)
    assert keys is not None
    next(one for one in keys.findChildren(QRadioButton) if one.text().startswith("Fill")).click()
    for line in keys.lines():
        qtbot.keyClicks(line, SECRET)
    (line,) = (one for one in keys.findChildren(QLineEdit) if one.accessibleName() == KEEPERS)
    line.setText(keepers)
    return keys


@pytest.mark.slow
def test_each_keeper_opens_the_escrow_file_of_a_device(
    page: ProvisionPage, app_state: AppState, operator: Operator, qtbot: QtBot, tmp_path: Path
) -> None:
    private = [ECKey.generate_key("P-256"), OKPKey.generate_key("X25519")]
    files = [tmp_path / "a keeper.pem", tmp_path / "another.pem"]
    for file, key in zip(files, private, strict=True):
        file.write_bytes(key.as_pem(private=False))
    fill(page, operator, qtbot, "; ".join(map(str, files)))
    operator.start_run()
    operator.await_result()
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    record = app_state.records.for_chip(operator.serial_number(), virtual=True).latest()
    assert record is not None
    content = record.read("escrow_json")
    keys = [load_escrow(content, SECRET.encode())]
    keys += [load_escrow(content, escrow_key(key.as_pem(private=True), None)) for key in private]
    assert keys == [keys[0]] * 3
    assert keys[0].keys


@pytest.mark.parametrize("content", [b"no key at all", None])
def test_a_file_that_is_no_keeper_is_told_before_anything_is_rehearsed(
    page: ProvisionPage, operator: Operator, qtbot: QtBot, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "keeper.pem"
    if content is not None:
        file.write_bytes(content)
    fill(page, operator, qtbot, str(file))
    qtbot.keyClicks(page.inputs.first_field(), operator.passphrase)
    operator.press(page.next_button)
    operator.rest()
    assert page.step is WizardStep.NAMES
    assert ("cannot be read" if content is None else "public key") in banner_text(page.inputs)
