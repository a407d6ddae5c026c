"""The profiles to choose from."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from atecc_bench.profiles.files import found_profiles, profiles_folder
from atecc_bench.ui.pages.provision.profile_step import ProfileStep
from atecc_bench.ui.widgets.banner import Banner


def test_every_profile_can_be_chosen_by_its_title(qtbot: QtBot):
    step = ProfileStep()
    qtbot.addWidget(step)
    assert step.chosen().name == "trustcustom-tls"
    buttons = step.findChildren(QRadioButton)
    for button, profile in zip(buttons, found_profiles().usable, strict=True):
        assert button.text().replace("&&", "&").startswith(profile.title)
        assert "&" not in button.text().replace("&&", "")  # no letter is lost to a shortcut
        button.setChecked(True)
        assert step.chosen() == profile


def test_files_that_cannot_be_used_are_told_of_with_their_place(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    profiles_folder().mkdir(parents=True)
    for name in ("broken", "later"):
        (profiles_folder() / f"{name}.yaml").write_text(f"name: {name}\ntitle: [\n")
    shipped = found_profiles().usable[-1]
    step = ProfileStep()
    qtbot.addWidget(step)
    step.show()
    (banner,) = (one for one in step.findChildren(Banner) if one.isVisible())
    assert banner.accessibleName() == "2 profiles cannot be used."
    assert "broken.yaml, line 3, column 1: " in banner.accessibleDescription()
    assert "the other." in banner.accessibleDescription()
    assert step.choose(shipped.name)
