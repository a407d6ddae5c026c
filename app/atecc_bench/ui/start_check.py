"""What the window needs of the system: Qt's libraries and a display.

Without them Qt ends the process by itself, or Python with a traceback. So it is looked for before Qt begins. Only Linux
leaves these to the system; the wheels for Windows and macOS bring all.
"""

import ctypes
import importlib
import importlib.util
import os
import re
import socket
import sys
from pathlib import Path

from atecc_bench.errors import DeviceError
from atecc_bench.file_checks import is_file

PACKAGES = (
    "libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libzstd1 zlib1g "
    "libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 "
    "libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 "
    "fonts-dejavu-core"
)
"""Debian's and Ubuntu's packages that Qt's wheel expects of the system; `.ci/system-packages` installs them."""
_INSTALL = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {PACKAGES}"
_ON_SCREEN = ("QtWidgets", "QtPrintSupport")
_WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc")
_LONGEST_START_S = 20


class NoDisplayError(DeviceError):
    """There is nothing to show a window on."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "no-display",
            f"The window needs a display, and {why}.",
            "Everything works without one from the command line too (atecc-bench --help). For pictures of the window: "
            "QT_QPA_PLATFORM=offscreen atecc-bench tour --out DIR",
        )


class QtLibraryMissingError(DeviceError):
    """A library of the system that Qt needs is not installed."""

    def __init__(self, library: str) -> None:
        super().__init__(
            "qt-library-missing",
            f"Qt cannot start without the system library {library}.",
            f"On Debian or Ubuntu: {_INSTALL}",
        )


def check_qt() -> None:
    """Load Qt.

    Raises:
        QtLibraryMissingError: A library of the system is not there.
    """
    try:
        for module in _ON_SCREEN:
            importlib.import_module(f"PySide6.{module}")
    except ImportError as error:
        if (missing := _library_in(str(error))) is None:
            raise
        raise QtLibraryMissingError(missing) from error


def check_window() -> None:
    """Load Qt, and see that a window can be shown.

    Raises:
        QtLibraryMissingError: A library of the system is not there.
        NoDisplayError: No display is named, or the named one does not answer.
    """
    check_qt()
    if not sys.platform.startswith("linux"):
        return
    wanted = [one.partition(":")[0] for one in os.environ.get("QT_QPA_PLATFORM", "").split(";") if one]
    if not wanted:
        named = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
        wanted = [platform for platform, variable in named.items() if os.environ.get(variable)]
    if not wanted:
        raise NoDisplayError("neither DISPLAY nor WAYLAND_DISPLAY names one")
    troubles = [_trouble_with(platform) for platform in wanted]
    if None not in troubles:
        raise NoDisplayError(next(trouble for trouble in reversed(troubles) if trouble))


def _trouble_with(platform: str) -> str | None:
    """What keeps Qt from showing a window by one of its platforms.

    Raises:
        QtLibraryMissingError: X11 is there, and a library of Qt's plug-in for it is not.
    """
    if platform.startswith("wayland"):
        name = os.environ.get("WAYLAND_DISPLAY", "")
        return None if name and _wayland_answers(name) else _no_answer("WAYLAND_DISPLAY", name)
    if platform == "xcb":
        name = os.environ.get("DISPLAY", "")
        if not name:
            return _no_answer("DISPLAY", name)
        _check_xcb_plugin()
        return None if _x11_answers() else _no_answer("DISPLAY", name)
    if platform in _WITHOUT_DISPLAY or _starts(platform):
        return None
    return f"Qt does not start on the platform {platform} that QT_QPA_PLATFORM names"


def _no_answer(variable: str, name: str) -> str:
    return f"the one named by {variable}, {name}, does not answer" if name else f"{variable} names none"


def _starts(platform: str) -> bool:
    """Whether Qt starts on a platform.

    That is tried in a process of its own, which Qt ends where it does not start.
    """
    import subprocess  # most starts need none

    begin = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    tried = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", begin],
        env={**os.environ, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        timeout=_LONGEST_START_S,
        check=False,
    )
    return tried.returncode == 0


def _library_in(message: str) -> str | None:
    found = re.match(r"(\S+\.so[\d.]*): cannot open shared object file", message)
    return found[1] if found else None


def _wayland_answers(name: str) -> bool:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _check_xcb_plugin() -> None:
    package = importlib.util.find_spec("PySide6")
    if package is None or package.origin is None:
        return
    plugin = Path(package.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not is_file(plugin):
        return  # Qt of the distribution, whose packages depend on what they need
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        if (missing := _library_in(str(error))) is None:
            raise
        raise QtLibraryMissingError(missing) from error


def _x11_answers() -> bool:
    """Whether the X server that DISPLAY names takes a connection."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
