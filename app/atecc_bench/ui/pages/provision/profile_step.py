"""Step 1: what the chip is to become."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from atecc_bench.errors import InputError
from atecc_bench.profiles.files import found_profiles, profiles_folder
from atecc_bench.profiles.model import Profile
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, without_mnemonic
from atecc_bench.ui.widgets.scroll_area import Scroller

FIRST = "trustcustom-tls"


class ProfileStep(QWidget):
    """The profiles there are, TrustCUSTOM TLS chosen."""

    def __init__(self) -> None:
        super().__init__()
        found = found_profiles()
        self._profiles = found.usable
        self._buttons = QButtonGroup(self)
        self._about = paragraph("", TextRole.BODY)
        self._missing = Banner()
        self._missing.hide()
        choices = QWidget()
        rows = QVBoxLayout(choices)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for number, profile in enumerate(self._profiles):
            parts = ", ".join(part.value for part in profile.parts)
            button = QRadioButton(without_mnemonic(f"{profile.title}   ({parts})"))
            self._buttons.addButton(button, number)
            rows.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(paragraph("What is this chip to become?", TextRole.HEADING))
        column.addWidget(self._missing)
        if found.errors:
            column.addWidget(_broken(found.errors))
        column.addWidget(Scroller(choices, self._about), 1)
        self._buttons.idToggled.connect(self._describe)
        names = [profile.name for profile in self._profiles]
        self._buttons.button(names.index(FIRST) if FIRST in names else 0).setChecked(True)

    def chosen(self) -> Profile:
        """The profile that is chosen."""
        return self._profiles[self._buttons.checkedId()]

    def choose(self, name: str, sha256: str = "") -> bool:
        """Choose the profile of this name.

        Returns whether there is one, and with this hash if one is given.
        """
        found = [number for number, profile in enumerate(self._profiles) if profile.name == name]
        same = [number for number in found if sha256 in ("", self._profiles[number].sha256)]
        if same:
            self._buttons.button(same[0]).setChecked(True)
        self._missing.setVisible(not same)
        self._missing.set_message(
            BannerKind.WARNING,
            f"The profile “{name}” is {'not what it was when the run began' if found else 'not here'}.",
            f"Put its file into {profiles_folder()} and open the window again; another profile may make the chip "
            "something else for ever.",
        )
        return bool(same)

    def first_field(self) -> QWidget:
        """Where choosing begins."""
        return self._buttons.button(self._buttons.checkedId())

    def _describe(self) -> None:
        profile = self.chosen()
        config = profile.nominal_config()
        keys = ", ".join(str(slot) for slot in profile.generate_keys)
        lines = [
            *([f"Keys are made inside the chip in slot{'s' if ',' in keys else ''} {keys}."] if keys else []),
            profile.layout.sentence,
            "",
            "What the locks protect:",
            *(f"•  {sentence}" for sentence in what_locks_protect(config)),
            "",
            "What stays open after them:",
            *(f"•  {sentence}" for sentence in what_stays_open(config)),
        ]
        self._about.setText("\n".join(lines))


def _broken(errors: Sequence[InputError]) -> Banner:
    first, more = errors[0], len(errors) - 1
    title = f"{len(errors)} profiles cannot be used." if more else "A profile cannot be used."
    text = f"{first.message} Correct the file, and open the window again."
    more_text = (
        f" `atecc-bench profile list` also says what is wrong with the other{' ' + str(more) if more > 1 else ''}."
    )
    return Banner(BannerKind.WARNING, title, text + (more_text if more else ""))
