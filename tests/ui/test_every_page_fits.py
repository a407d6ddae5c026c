"""No text is cut, no control is out of reach or without a name: every page, every step, four sizes, scales, themes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from tests.support.window_audit import clipped, outside, unnamed

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scale", "scheme"),
    [
        pytest.param("1", "light", marks=pytest.mark.campaign),
        pytest.param("1", "dark", marks=pytest.mark.campaign),
        pytest.param("1.5", "light", marks=pytest.mark.campaign),
        ("1.5", "dark"),
    ],
)
def test_every_page_and_step_shows_all_it_has(scale: str, scheme: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.ui.audit_pages", str(tmp_path), scheme],
        cwd=ROOT,
        env=os.environ
        | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": scale,
            "ATECC_BENCH_DATA": str(tmp_path / "data"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    found = {what: places[:2] for what, places in json.loads(told.stdout).items()}
    assert found == {}


def test_the_audit_finds_what_is_cut_outside_or_without_a_name(qapp: object) -> None:
    window = QWidget()
    window.resize(200, 100)
    cut = QPushButton("A word that does not fit", window)
    cut.setGeometry(0, 0, 40, 24)
    away = QPushButton("Away", window)
    away.setGeometry(190, 50, 80, 24)
    QComboBox(window).setGeometry(0, 60, 80, 24)
    window.show()
    assert ["A word that does not fit" in one for one in clipped(window)] == [True]
    assert ["Away" in one for one in outside(window)] == [True]
    assert ["QComboBox" in one for one in unnamed(window)] == [True]
    window.close()
