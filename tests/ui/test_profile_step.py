"""The profiles to choose from."""

from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from atecc_bench.provision.profile_file import usable_profiles
from atecc_bench.ui.provisioning.profile_step import ProfileStep


def test_every_profile_can_be_chosen_by_its_title(qtbot: QtBot):
    step = ProfileStep()
    qtbot.addWidget(step)
    assert step.chosen().name == "trustcustom-tls"
    buttons = step.findChildren(QRadioButton)
    for button, profile in zip(buttons, usable_profiles(), strict=True):
        assert button.text().replace("&&", "&").startswith(profile.title)
        assert "&" not in button.text().replace("&&", "")  # no letter is lost to a shortcut
        button.setChecked(True)
        assert step.chosen() == profile
