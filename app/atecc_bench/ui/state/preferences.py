"""What the window remembers of its user.

In `window.ini` of the data folder, where it can be read, copied and deleted. It holds nothing secret.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

FILE: Final = "window.ini"
TEXT_SIZES: Final = (100, 115, 130, 150)  # percent


class Preferences:
    """Settings of the window.

    What is not there, or is not what it should be, is the usual.
    """

    def __init__(self, folder: Path) -> None:
        self._settings = QSettings(str(folder / FILE), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """Name of the scheme: system, light or dark."""
        return self._text("look/theme", "system")

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("look/theme", name)

    @property
    def text_percent(self) -> int:
        """Size of the text, 100 being that of the desktop."""
        text = self._text("look/text", "100")
        return int(text) if text in {str(size) for size in TEXT_SIZES} else 100

    @text_percent.setter
    def text_percent(self, percent: int) -> None:
        self._settings.setValue("look/text", str(percent))

    @property
    def page(self) -> str:
        """The page that was shown last; empty at the first start."""
        return self._text("window/page", "")

    @page.setter
    def page(self, name: str) -> None:
        self._settings.setValue("window/page", name)

    @property
    def port(self) -> str:
        """The port that was connected last; empty at the first start."""
        return self._text("window/port", "")

    @port.setter
    def port(self, port: str) -> None:
        self._settings.setValue("window/port", port)

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window; empty at the first start."""
        value = self._settings.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)

    def splitter(self, name: str) -> QByteArray:
        """How a splitter was left; empty if nobody moved it."""
        value = self._settings.value(f"splitters/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_splitter(self, name: str, state: QByteArray) -> None:
        """Remember how a splitter is left."""
        self._settings.setValue(f"splitters/{name}", state)

    def _text(self, key: str, usual: str) -> str:
        value = self._settings.value(key, usual)
        return value if isinstance(value, str) else usual
