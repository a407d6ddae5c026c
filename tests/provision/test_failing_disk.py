"""A disk that is full, or fails, while secret keys are filled; `make faults` lets it fail at every point."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or shutil.which("cc") is None, reason="needs LD_PRELOAD and a C compiler"
    ),
]


@pytest.mark.parametrize("points", [("--about", "escrow", "--every", "5"), ("--every", "89")])
def test_no_key_is_lost_and_nothing_passes_wherever_the_disk_fails(points: tuple[str, ...]):
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.full_disk", "--workers", "1", *points],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT / 'app'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" 0 findings\n")
    assert not done.stdout.endswith("0 points in 0 s, 0 findings\n")
