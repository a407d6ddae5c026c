"""Home: the three doors."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from atecc_bench.ui.pages.home.bring_card import BringCard
from atecc_bench.ui.pages.home.interrupted_banner import InterruptedBanner
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_summary import LinkState
from atecc_bench.ui.style.icons import Icon, IconWidget
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import PageHeader, TextRole, is_enter, paragraph, push_button

_DOORS = (
    ("Provision a device", "Provision", Icon.PROVISION, "Configuration, locks, keys and certificates, step by step."),
    ("Inspect a chip", "Inspect", Icon.INSPECT, "What the configuration zone says, and what each slot can do."),
    ("Diagnose a mismatch", "Compare", Icon.COMPARE, "Which bytes of a certificate differ, what they are, and why."),
)
_DOOR_HEIGHT = 176


class Door(QAbstractButton):
    """One big button with an icon, a name and a sentence."""

    def __init__(self, title: str, icon: Icon, sentence: str) -> None:
        super().__init__()
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(_DOOR_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(IconWidget(icon, 32))
        column.addSpacing(8)
        for label in (paragraph(title, TextRole.HEADING), paragraph(sentence, TextRole.MUTED)):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            column.addWidget(label)
        column.addStretch()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.hasFocus() or self.underMouse()
        painter.setBrush(palette.surface)
        painter.setPen(QPen(palette.accent if active else palette.line, 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()


class HomePage(QWidget):
    """Three doors, and below them what is plugged in."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self._app_state = app_state
        doors = QHBoxLayout()
        doors.setSpacing(16)
        for title, page, icon, sentence in _DOORS:
            door = Door(title, icon, sentence)
            door.clicked.connect(lambda _=False, page=page: app_state.page_wanted.emit(page))
            doors.addWidget(door)
        self._device = Banner(BannerKind.INFO)
        board = push_button("Choose a board")
        board.clicked.connect(lambda: app_state.page_wanted.emit("Board"))
        self._device.add_button(board)
        self._cancel = push_button("Cancel")
        self._cancel.setToolTip("Esc")
        self._cancel.clicked.connect(app_state.cancel_connecting)
        self._device.add_button(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(PageHeader("What would you like to do?"))
        column.addLayout(doors)
        self._interrupted = InterruptedBanner(app_state)
        self._looked_for: str | None = None
        column.addWidget(self._device)
        column.addWidget(self._interrupted)
        column.addWidget(BringCard(app_state))
        column.addStretch()
        app_state.device_changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looked_for = None
        self._look_for_interrupted()

    def _look_for_interrupted(self) -> None:
        facts = self._app_state.facts
        chip = facts.chip.serial_number if facts else ""
        if self.isVisible() and chip != self._looked_for and self._app_state.summary.link is not LinkState.CONNECTING:
            self._looked_for = chip
            self._interrupted.look()

    def _refresh(self) -> None:
        self._look_for_interrupted()
        app_state, facts = self._app_state, self._app_state.facts
        self._cancel.setVisible(app_state.summary.link is LinkState.CONNECTING)
        if facts is not None and facts.virtual:
            title = f"{app_state.summary.port_label}: a chip in software"
            text = (
                "Nothing here happens to silicon. Everything works on it that works on a real chip, and nothing has "
                "to be plugged in. Plug a board in and choose its port when you are ready."
            )
            self._device.set_message(BannerKind.VIRTUAL, title, text)
        elif facts is not None:
            title = f"{facts.chip.name} {facts.chip.serial_number} on {app_state.port}"
            self._device.set_message(BannerKind.GOOD, title, "Connecting changed no byte of the chip.")
        elif app_state.error is not None:
            why = f"{app_state.error.message} {app_state.error.hint}"
            self._device.set_message(BannerKind.WARNING, app_state.what_failed, why)
        elif app_state.summary.link is LinkState.CONNECTING:
            self._device.set_message(BannerKind.INFO, f"Connecting to {app_state.summary.port_label}…", "")
        elif app_state.summary.link is LinkState.AT_WORK:
            title = f"{app_state.summary.port_label} is at work"
            self._device.set_message(BannerKind.INFO, title, "The page Board shows what is done to it.")
        else:
            self._device.set_message(BannerKind.INFO, "No board is connected.", "Choose a port, or a virtual board.")
