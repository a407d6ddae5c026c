"""The rooms import only what lies below them, and a file is one idea."""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "app" / "atecc_bench"
MOST_LINES = 450
MOST_WORDS = 12
"""Of the first line of a docstring: a noun phrase or an imperative that stands alone."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def test_the_import_contracts_are_kept(tmp_path: Path):
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--config", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "app")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_longer_than_one_idea():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "app").rglob("*.py")}
    assert lengths
    assert {str(path): length for path, length in lengths.items() if length > MOST_LINES} == {}


def documented(path: Path) -> list[tuple[str, list[str]]]:
    """Each docstring of a file, as its lines, with the place where it begins."""
    found: list[tuple[str, list[str]]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            line = 1 if isinstance(node, ast.Module) else node.lineno
            found.append((f"{path.relative_to(HOUSE).as_posix()}:{line}", text.splitlines()))
    return found


def test_the_first_line_of_a_docstring_stands_alone():
    too_long: dict[str, str] = {}
    for path in HOUSE.rglob("*.py"):
        for place, lines in documented(path):
            if len(lines[0].split()) > MOST_WORDS or lines[1:2] not in ([], [""]):
                too_long[place] = lines[0]
    assert too_long == {}
