import os
from collections.abc import Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # no window steals the focus, no clipboard of a person is touched

from PySide6.QtWidgets import QApplication

from atecc_bench.ui.theme import Scheme, Theme, apply_theme


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = apply_theme(qapp, Scheme.LIGHT)
    yield theme
    theme.set_scheme(Scheme.LIGHT)
