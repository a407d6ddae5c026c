"""`verify`: a finished chip against its record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Chip, Done

Run = Callable[..., Done]


@pytest.mark.slow
def test_a_chip_that_passed_is_as_on_record(run: Run, chip: Callable[[str], Chip], ca: Path) -> None:
    port = chip("fresh").url
    assert run("provision", "--port", port, "--profile", "trustcustom-tls", "--ca", ca, "--yes").code == 0
    said = run("verify", "--port", port)
    assert said.code == 0
    assert "As on record" in said.out
    assert "the chip signed its configuration and its locks" in said.out
    document = run("verify", "--port", port, "--json").document
    assert document["agrees"] is True
    assert document["differs"] is None
    assert run("key", "generate", "--port", port, "--slot", "0", "--yes").code == 0
    changed = run("verify", "--port", port, "--json")
    assert changed.code == 1
    assert changed.document["differs"]["id"] == "not-as-on-record"


def test_a_chip_of_another_computer_is_no_error_of_the_chip(run: Run, chip: Callable[[str], Chip]) -> None:
    done = run("verify", "--port", chip("provisioned").url, "--json")
    assert (done.code, done.error_id) == (2, "no-record")
