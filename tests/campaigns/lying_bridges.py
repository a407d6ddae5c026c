"""Ask every verb through every bridge that lies: python -m tests.campaigns.lying_bridges docs

The table of what noticed which lie is in docs/security.md; with the folder of the docs it is written there again,
without one it is compared.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from atecc_bench.cli.app import build_app
from tests.support.boards.lying_board import QUESTIONS, LiarsDesk
from tests.support.cases.lying_answers import ALL_LIES
from tests.support.cases.lying_bridges import Lie
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- lies: made by tests/campaigns/lying_bridges.py -->", "<!-- end of the lies -->"


class _Done:
    def __init__(self, result: Any) -> None:
        self.code: int = result.exit_code
        self.out: str = result.stdout
        self.err: str = result.stderr
        self.raised: BaseException | None = result.exception


def liars_desk(template: Path) -> LiarsDesk:
    """A desk whose verbs run in this process."""

    def no_pdf(title: str, html: str) -> bytes:
        raise NotImplementedError(f"{title}: {len(html)}")

    app = build_app(no_pdf)
    template.mkdir()

    def run(folder: Path, words: Sequence[str]) -> _Done:
        with _in_folder(folder):
            return _Done(CliRunner().invoke(app, list(words)))

    return LiarsDesk(template, run)


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    own = {"ATECC_BENCH_DATA": str(folder / "data"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    own |= {f"ATECC_BENCH_{name}_PASSPHRASE": "correct horse battery" for name in ("CA", "ESCROW")}
    before, old = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    os.environ.update(own)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(old)


def row(desk: LiarsDesk, lie: Lie) -> str:
    """A line of the table."""
    cells = [lie.name, *(desk.noticed(lie, question) for question in QUESTIONS), lie.why]
    return f"| {' | '.join(cells)} |"


def head() -> list[str]:
    """The first two lines of the table."""
    names = ["lie", *(f"`{question.name}`" for question in QUESTIONS), "what shows it, or why nothing does"]
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def table_of_page() -> list[str]:
    """The lines of the table on the page."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return rest.partition(END)[0].strip().splitlines()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path, nargs="?")
    docs: Path | None = parser.parse_args().docs
    with tempfile.TemporaryDirectory() as work:
        desk = liars_desk(Path(work) / "template")
        lines = head()
        for lie in ALL_LIES:
            lines.append(row(desk, lie))
            print(lines[-1], flush=True)
    print(f"{len(ALL_LIES)} lies x {len(QUESTIONS)} verbs")
    if docs is None:
        return 0 if lines == table_of_page() else 1
    page = docs / PAGE.name
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END]) + rest.partition(END)[2], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
