"""Is a file there: yes, no, or a reason why that cannot be told."""

import ast
import os
import sys
from pathlib import Path

import pytest

from atecc_bench.file_checks import exists, is_file, is_folder
from tests.support.paths import ROOT


def test_a_file_is_there_and_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert (exists(file), is_file(file), is_folder(file)) == (True, True, False)


def test_a_folder_is_there_and_is_no_file(tmp_path: Path) -> None:
    assert (exists(tmp_path), is_file(tmp_path), is_folder(tmp_path)) == (True, False, True)


@pytest.mark.parametrize("name", ["missing", "missing/below", "file/below", "nul\0", "loop", "dangling"])
def test_what_is_not_there_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    if sys.platform != "win32":
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "dangling").symlink_to("nowhere")
    assert not exists(tmp_path / name)
    assert not is_file(tmp_path / name)
    assert not is_folder(tmp_path / name)


APP = ROOT / "app" / "atecc_bench"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may look everywhere")
def test_what_may_not_be_looked_at_is_never_taken_for_missing(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "record").touch()
    closed.chmod(0)
    try:
        with pytest.raises(PermissionError):
            exists(closed / "record")
    finally:
        closed.chmod(0o700)


def test_an_error_of_the_system_is_never_taken_for_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", fails)
    with pytest.raises(PermissionError):
        exists(tmp_path)


def test_nothing_asks_a_path_itself() -> None:
    asked = {
        f"{path.relative_to(APP)}:{node.lineno}"
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("exists", "is_file", "is_dir")
        and not node.args
    }
    asked = {place for place in asked if not place.startswith(("resources.py", "file_checks.py"))}
    assert not asked
