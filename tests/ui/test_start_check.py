"""What the window needs of the system is looked for before Qt begins."""

import importlib
import re
import subprocess
import sys

import pytest

from atecc_bench.ui import start_check
from atecc_bench.ui.start_check import PACKAGES, NoDisplayError, QtLibraryMissingError, check_qt, check_window
from tests.support.paths import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wheels of other systems bring all")


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_without_any_display_that_is_said() -> None:
    with pytest.raises(NoDisplayError, match="neither DISPLAY nor WAYLAND_DISPLAY"):
        check_window()


def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":8765")
    with pytest.raises(NoDisplayError, match=":8765, does not answer"):
        check_window()


def test_a_wayland_socket_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-8765")
    with pytest.raises(NoDisplayError, match="wayland-8765, does not answer"):
        check_window()


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "xcb;offscreen"])
def test_a_platform_that_needs_no_display_is_taken(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    check_window()


@pytest.mark.parametrize("platform", ["xcb", "wayland", "wayland;xcb", "nothing"])
def test_a_named_platform_is_looked_at_too(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    with pytest.raises(NoDisplayError):
        check_window()


def test_a_missing_library_is_named_with_the_line_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(importlib, "import_module", fails)
    with pytest.raises(QtLibraryMissingError, match=r"without the system library libEGL\.so\.1") as error:
        check_qt()
    assert "apt-get install -y --no-install-recommends libegl1" in error.value.hint


def test_another_failure_of_an_import_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> None:
        raise ImportError(f"No module named {name}")

    monkeypatch.setattr(importlib, "import_module", fails)
    with pytest.raises(ImportError, match="No module named"):
        check_qt()


def test_a_plugin_that_lacks_a_library_is_told_before_qt_aborts(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(start_check.ctypes, "CDLL", fails)
    monkeypatch.setenv("DISPLAY", ":8765")
    with pytest.raises(QtLibraryMissingError, match=r"libxcb-cursor\.so\.0"):
        check_window()


def test_the_packages_are_those_that_make_installs() -> None:
    script = (ROOT / ".ci" / "system-packages").read_text(encoding="utf-8")
    installed = re.search(r"^run=\(\n(.*?)^\)", script, re.DOTALL | re.MULTILINE)
    assert installed is not None
    assert installed[1].split() == PACKAGES.split()


@pytest.mark.parametrize("arguments", [[], ["gui"], ["tour", "--out", "nowhere"]])
def test_the_program_ends_in_a_sentence_and_not_in_an_abort(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "atecc_bench", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3
    assert done.stderr.startswith("Error: The window needs a display")
    assert "Traceback" not in done.stderr
