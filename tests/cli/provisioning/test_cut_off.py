"""`provision` after a run that was cut off: it says what that one was begun with and this one is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

BEGUN = ("--fill-keys", "--field", "thing_name=pump-0042")


@pytest.mark.slow
def test_what_the_run_that_was_cut_off_was_begun_with_is_told(run: Run, chip: Run, tmp_path: Path):
    fresh, passphrase = chip("fresh"), tmp_path / "escrow.txt"
    passphrase.write_text("of an escrow file\n")
    arguments = ("provision", "--port", fresh.url, "--profile", "aws-iot", "--escrow-passphrase-file", passphrase)
    done = run(*arguments, *BEGUN, "--yes", "--json").document
    request = Path(done["artifacts"]["csr_pem"])
    journal = request.with_name("journal.jsonl")
    lines = journal.read_text().splitlines(keepends=True)
    cut = next(index for index, line in enumerate(lines) if '"id": "lock-data"' in line)
    journal.write_text("".join(lines[: cut + 1]))
    request.unlink()
    words = " ".join(run(*arguments, "--rehearse").out.split())
    assert "was cut off during “Lock data”." in words
    assert "That one was begun with --fill-keys --field thing_name=pump-0042, and this one is not." in words
    assert "That one was begun" not in run(*arguments, *BEGUN, "--rehearse").out
