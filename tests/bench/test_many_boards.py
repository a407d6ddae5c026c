"""Sixteen boards at once, each with one device after the other, against one board with as many."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.workflows.devices.batch import Batch, run_batch
from atecc_bench.workflows.devices.provisioning import ProvisioningJob
from tests.support.ledgers import records_in

pytestmark = pytest.mark.bench

BOARDS = 16
DEVICES = 10


def test_sixteen_boards_at_once(served_board: Callable[[str], str], tmp_path: Path) -> None:
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    job = ProvisioningJob(load_profile("trustcustom-tls"), issuer_of(authority.root, authority.signer, None), authority)
    batch = Batch(job, records_in(tmp_path), baud=921600, count=DEVICES)

    def seconds(boards: int) -> float:
        ports = [served_board(f"virtual://fresh?speed=real&devices={DEVICES}") for _ in range(boards)]
        started = time.perf_counter()
        results = run_batch(batch, ports, on_result=lambda _: None, cancelled=lambda: False)
        ended = time.perf_counter()
        assert sum(result.passed for result in results) == boards * DEVICES
        return ended - started

    one, all_ = seconds(1), seconds(BOARDS)
    ratio = BOARDS * one / all_
    print(f"\n{BOARDS} boards with {DEVICES} devices each: {all_:.1f} s; one board: {one:.1f} s; ", end="")
    print(f"{ratio:.1f} x its throughput")
    assert ratio >= 12
