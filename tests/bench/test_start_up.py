"""What starting the command line costs, as a ratio to the smallest program with the same library."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

PAIRS = 11
BOUND = 2.0
_SMALLEST = """
import typer

app = typer.Typer(add_completion=False)

@app.command()
def hello() -> None:
    typer.echo("hello")

app()
"""


def _seconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, timeout=60)
    return time.perf_counter() - started


@pytest.mark.parametrize("verb", [("ports",), ("ports", "--json"), ("--version",)], ids=lambda words: " ".join(words))
def test_a_cheap_verb_against_the_smallest_typer_program(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    smallest = tmp_path / "smallest.py"
    smallest.write_text(_SMALLEST)
    pairs = [(_seconds("-m", "atecc_bench", *verb), _seconds(str(smallest))) for _ in range(PAIRS)][1:]  # warm first
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\n{' '.join(verb)}: {ours:.3f} s, {ratio:.2f} x the smallest Typer program ({theirs:.3f} s)")
    assert ratio <= BOUND
