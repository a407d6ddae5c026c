"""The vendor's own library, unmodified, gets through everything that a chip can do, and mathematics agrees."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.state_file import save_state
from tests.support.boards.twin_under_test import vendor_twin
from tests.support.external.cryptoauthlib_runner import build_shim, needs_cryptoauthlib

pytestmark = needs_cryptoauthlib

_FLOWS = Path(__file__).with_name("cryptoauthlib_flows")
_ATECC508A: dict[str, Any] = {
    "revision": bytes.fromhex("00005000"),
    "aes_enable": 0,
    "count_match": 0x55,
    "use_flags": b"\xff" * 16,
    "chip_options": 0,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "url", "edits"),
    [
        ("setup_flows", "virtual://fresh?seed=21", None),
        ("lock_state_flows", "virtual://fresh?seed=24", None),
        ("lock_state_flows_508", "virtual://atecc508a?seed=25", None),
        ("without_aes_flows", "virtual://fresh?state={}", {"aes_enable": 0}),
        ("secret_flows", "virtual://fresh?state={}", {}),
        ("key_flows", "virtual://fresh?state={}", {}),
        ("derived_flows", "virtual://fresh?state={}", {}),
        ("derived_flows", "virtual://fresh?state={}", {"revision": bytes.fromhex("00006003")}),
        ("certificate_flows", "virtual://configured?seed=22", None),
        ("flows_508", "virtual://fresh?state={}", _ATECC508A),
    ],
    ids=[
        "a fresh chip",
        "lock states",
        "lock states of an ATECC508A",
        "without AES",
        "secrets",
        "keys",
        "derived",
        "an ATECC608B",
        "certificates",
        "an ATECC508A",
    ],
)
def test_every_flow_works(
    module: str,
    url: str,
    edits: dict[str, Any] | None,
    served_board: Callable[[str], str],
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.json"
    if edits is not None:
        save_state(state, vendor_twin(**edits).memory, seeded_entropy(23))
    done = subprocess.run(
        [sys.executable, _FLOWS / "run.py", served_board(url.format(state)), module],
        env={**os.environ, "LD_PRELOAD": str(build_shim(tmp_path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    results: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    assert results
    assert {name: result for name, result in results.items() if result != "done"} == {}
