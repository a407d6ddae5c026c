"""What a provisioning costs with many devices on record, and how long the first pages take."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from atecc_bench.ledger.pages import devices_page, runs_page
from tests.support.grown_ledger import grow, numbers, serial_number
from tests.support.ledgers import ledger_in, records_of

pytestmark = pytest.mark.bench

COUNTS = (0, 10_000, 100_000, 1_000_000)
DEVICES, ROUNDS = 30, 5
MORE_TIME, MORE_MEMORY_MB, PAGE_S = 1.05, 10, 0.1
# Provisions devices of a tray one after the other, and prints wall time and processor time of each, and the peak in MB.
_PROVISION = f"""
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.workflows.devices.batch import Batch, run_batch
from atecc_bench.workflows.devices.provisioning import ProvisioningJob
from tests.support.ledgers import records_in
authority, _ = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
job = ProvisioningJob(load_profile("trustcustom-tls"), issuer_of(authority.root, authority.signer, None), authority)
records, spent = records_in(Path(sys.argv[1])), []
def note(result):
    assert result.passed, result.error
    spent.append((time.perf_counter(), time.process_time()))
batch = Batch(job, records, baud=921600, count={DEVICES})
run_batch(batch, ["virtual://fresh?devices={DEVICES}"], note, lambda: False)
wall = sorted(b[0] - a[0] for a, b in zip(spent, spent[1:]))
cpu = sorted(b[1] - a[1] for a, b in zip(spent, spent[1:]))
print(wall[len(wall) // 2], cpu[len(cpu) // 2], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for count in COUNTS:
        found[count] = tmp_path_factory.mktemp("devices")
        started = time.perf_counter()
        grow(found[count], count)
        size = (found[count] / "ledger.sqlite").stat().st_size
        print(f"\n{count} devices: made in {time.perf_counter() - started:.0f} s, {size >> 20} MB", end="")
    return found


def test_a_provisioning_costs_the_same_with_a_million_devices_on_record(folders: dict[int, Path]) -> None:
    measured: dict[int, list[list[float]]] = {count: [] for count in COUNTS}
    for _ in range(ROUNDS):  # in turn, so that what else the computer does meets all alike
        for count, folder in folders.items():
            done = subprocess.run(
                [sys.executable, "-c", _PROVISION, str(folder)], capture_output=True, text=True, check=True, timeout=300
            )
            measured[count].append(list(numbers(done.stdout)))
    told = {count: [min(column) for column in zip(*rows, strict=True)] for count, rows in measured.items()}
    for count, (wall, cpu, memory) in told.items():
        print(f"\n{count:>9} devices: {wall * 1e3:.0f} ms, processor {cpu * 1e3:.0f} ms, {memory:.0f} MB", end="")
    print()
    none, million = told[COUNTS[0]], told[COUNTS[-1]]
    assert million[1] <= none[1] * MORE_TIME
    assert million[2] <= none[2] + MORE_MEMORY_MB


def test_pages_and_home_open_at_once(folders: dict[int, Path]) -> None:
    ledger = ledger_in(folders[COUNTS[-1]])
    last = serial_number(COUNTS[-1] - 100)
    with ledger.opened.current().database.reading() as connection:
        asked: dict[str, Callable[[], object]] = {
            "runs, first page": lambda: runs_page(connection, virtual=True),
            "runs, in the middle": lambda: runs_page(connection, virtual=True, after="20260106T185320Z.500000"),
            "runs that failed": lambda: runs_page(connection, virtual=True, verdict="FAIL"),
            "runs of a chip": lambda: runs_page(connection, virtual=True, serial_number=last),
            "devices, first page": lambda: devices_page(connection, virtual=True),
            "devices, last page": lambda: devices_page(connection, virtual=True, after=last),
            "Home: runs cut off": lambda: list(records_of(ledger).interrupted_runs(virtual=True)),
        }
        slowest = {name: max(_seconds(ask) for _ in range(5)) for name, ask in asked.items()}
    for name, seconds in slowest.items():
        print(f"\n{name}: {seconds * 1e3:.1f} ms", end="")
    print()
    assert max(slowest.values()) <= PAGE_S


def _seconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started
