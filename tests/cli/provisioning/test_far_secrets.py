"""Secret keys to a board at another computer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done

FAR = "rfc2217://192.0.2.1:2217"  # of an example network, where nobody answers


@pytest.mark.parametrize(
    "words",
    [
        ("provision", "--profile", "trustcustom-tls", "--ca", "CA", "--fill-keys", "--yes"),
        ("key", "set", "--slot", "4", "--escrow", "new.json", "--yes"),
        ("key", "import", "--slot", "0", "--file", "key.pem", "--yes"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nobody_is_asked_so_it_is_refused(run: Callable[..., Done], ca: Path, words: tuple[str, ...]) -> None:
    done = run(*(ca if word == "CA" else word for word in words), "--port", FAR, "--json")
    assert (done.code, done.error_id) == (1, "secrets-over-network")
    assert "192.0.2.1" in done.document["error"]["message"]
