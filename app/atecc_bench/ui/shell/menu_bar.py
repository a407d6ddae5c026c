"""The menus: File, Edit, View, Help, native where the system has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar


@dataclass(frozen=True)
class Deeds:
    """What the entries do."""

    open: Callable[[], object]
    paste: Callable[[], object]
    settings: Callable[[], object]
    quit: Callable[[], object]
    show_page: Callable[[str], object]
    report: Callable[[], object]
    about: Callable[[], object]


class Menus:
    """Entries of the menu bar.

    Those that lead away from a frozen line can be closed.
    """

    def __init__(self, bar: QMenuBar, pages: Sequence[str], deeds: Deeds) -> None:
        self._leading_away: list[QAction] = []
        file = bar.addMenu("&File")
        key = QKeySequence.StandardKey
        self.open = file.addAction("&Open…", key.Open, deeds.open)
        settings = file.addAction("&Settings…", key.Preferences, deeds.settings)
        settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        file.addSeparator()
        leave = file.addAction("&Quit", QKeySequence("Ctrl+Q"), deeds.quit)
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        edit = bar.addMenu("&Edit")
        self.paste = edit.addAction("&Paste a dump, log, certificate or code", key.Paste, deeds.paste)
        view = bar.addMenu("&View")
        for number, page in enumerate(pages, start=1):
            entry = view.addAction(page, QKeySequence(f"Ctrl+{number}"), lambda page=page: deeds.show_page(page))
            self._leading_away.append(entry)
        help_ = bar.addMenu("&Help")
        report = help_.addAction("&Report a problem…", deeds.report)
        about = help_.addAction("&About ATECC Bench", deeds.about)
        about.setMenuRole(QAction.MenuRole.AboutRole)
        self._leading_away += [self.open, self.paste, report]

    def set_open(self, are_open: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Allow or forbid what leads to another page."""
        for entry in self._leading_away:
            entry.setEnabled(are_open)
