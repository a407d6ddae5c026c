"""Labels, buttons, cards and page headings, so that every page looks alike."""

from enum import Enum
from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import mono_font


class TextRole(Enum):
    """Roles of labels; their looks come from the style sheet."""

    TITLE = "title"
    HEADING = "heading"
    STRONG = "strong"
    BODY = "body"
    MUTED = "muted"
    MONO = "mono"
    EXPECTED = "expected"
    STORED = "stored"


class ButtonKind(Enum):
    """How much a button asks for attention."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"
    LINK = "link"


_FILLED = (ButtonKind.PRIMARY.value, ButtonKind.DANGER.value)


class PushButton(QPushButton):
    """A button that Enter presses while it has the focus.

    Space presses it too; it is not the default of its window.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAutoDefault(False)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()  # Qt would let a narrow row cut the word

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.property("kind") in _FILLED:
            # A ring around a filled button would be lost between two bright colours; inside it stands out in both.
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(current_palette().on_accent, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 4, 4)


def is_enter(event: QKeyEvent) -> bool:
    """True when Enter or Return was pressed.

    One that is held down counts once.
    """
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()


def text_label(text: str, role: TextRole = TextRole.BODY) -> QLabel:
    """A label that shows text as it is.

    What comes from a chip or a certificate is never markup.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role.value)
    if role is TextRole.MONO:
        label.setFont(mono_font())
    return label


def paragraph(text: str, role: TextRole = TextRole.BODY) -> QLabel:
    """A label that wraps and can be selected with the mouse."""
    label = text_label(text, role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label


def push_button(text: str, kind: ButtonKind = ButtonKind.NORMAL) -> QPushButton:
    """A button of our look, as wide as its text."""
    button = PushButton(text)
    dress_button(button, kind)
    return button


def dress_button(button: QPushButton, kind: ButtonKind) -> None:
    """Give a button our look."""
    button.setProperty("kind", kind.value)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def without_mnemonic(text: str) -> str:
    """Text as a button shows it, with & kept.

    Qt would take an & for the mark of a short cut.
    """
    return text.replace("&", "&&")


def plain_tooltip(text: str) -> str:
    """Text as a tooltip that is never read as markup.

    Empty stays empty.
    """
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>' if text else ""


def rule() -> QFrame:
    """A horizontal line one pixel thick."""
    line = QFrame()
    line.setProperty("rule", "true")
    line.setFixedHeight(1)
    return line


class Subtitle(QLabel):
    """Muted text in one line, cut with dots.

    It gives way to what stands beside it, and is whole as a tool tip.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", TextRole.MUTED.value)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(plain_tooltip(self.text()) if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class Card(QFrame):
    """A surface with a line around it; `body` takes what it holds.

    With a title, the card starts with a heading row and a line below it.
    """

    def __init__(self, title: str = "", subtitle: str = "", *, title_role: TextRole = TextRole.STRONG) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        if title:
            self.title = text_label(title, title_role)
            self.subtitle = Subtitle(subtitle)
            heading = QHBoxLayout()
            heading.setContentsMargins(12, 8, 12, 8)
            heading.setSpacing(6)
            heading.addWidget(self.title)
            heading.addWidget(self.subtitle, 1)
            outer.addLayout(heading)
            outer.addWidget(rule())
        outer.addLayout(self.body, 1)


class PageHeader(QWidget):
    """Title and subtitle of a page, and its buttons.

    The buttons are at the right.
    """

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.title = text_label(title, TextRole.TITLE)
        self.subtitle = Subtitle(subtitle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.title)
        self._row.addWidget(self.subtitle, 1)
        self.setMinimumHeight(34)

    def add_button(self, button: QWidget) -> None:
        """Put a button at the right end."""
        self._row.addWidget(button)
