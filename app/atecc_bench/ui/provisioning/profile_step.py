"""Step 1: what the chip is to become."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from atecc_bench.provision.profile import Profile, available_profiles, load_profile
from atecc_bench.provision.stays_open import what_locks_protect, what_stays_open
from atecc_bench.ui.widgets.basics import TextRole, paragraph


class ProfileStep(QWidget):
    """The profiles that come with the product, the first one chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._profiles = [load_profile(name) for name in available_profiles()]
        self._buttons = QButtonGroup(self)
        self._about = paragraph("", TextRole.BODY)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(paragraph("What is this chip to become?", TextRole.HEADING))
        for number, profile in enumerate(self._profiles):
            button = QRadioButton(f"{profile.title}   ({' or '.join(part.value for part in profile.parts)})")
            self._buttons.addButton(button, number)
            column.addWidget(button)
        column.addSpacing(8)
        column.addWidget(self._about)
        column.addStretch()
        self._buttons.idToggled.connect(self._describe)
        self._buttons.button(0).setChecked(True)

    def chosen(self) -> Profile:
        """The profile that is chosen."""
        return self._profiles[self._buttons.checkedId()]

    def _describe(self) -> None:
        profile = self.chosen()
        config = profile.nominal_config()
        keys = ", ".join(str(slot) for slot in profile.generate_keys)
        lines = [
            f"Keys are made inside the chip in slots {keys}; the device and the signer certificate are written where "
            f"firmware made with {profile.layout.value} looks for them.",
            "",
            "What the locks protect:",
            *(f"•  {sentence}" for sentence in what_locks_protect(config)),
            "",
            "What stays open after them:",
            *(f"•  {sentence}" for sentence in what_stays_open(config)),
        ]
        self._about.setText("\n".join(lines))
