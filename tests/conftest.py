"""What the tests of several rooms share."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.boards.twin_desk import NOW, TwinDesk
from tests.support.examples import load_profile
from tests.support.external.cryptoauthlib_runner import Answers, build_shim, run_script
from tests.support.external.softhsm import softhsm as softhsm
from tests.support.external.vendor_sources import vendor_sources as vendor_sources

load_profile()

_SERVER = """
import sys, threading
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_pty import serve_pty
board = open_board(parse_virtual_url(sys.argv[1]))
serve_pty(board, on_ready=lambda path: print(path, flush=True), stop=threading.Event())
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--port", help="of a real board, for tests/device; without it they run on virtual ones")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--port") is not None and config.getoption("numprocesses", None):
        raise pytest.UsageError("one port serves one process: leave out -n with --port")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With DEMAND_ALL a test that is skipped for want of something fails: CI has all of it."""
    report = yield
    _fail_when_demanded(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for modules that are skipped whole."""
    report = yield
    _fail_when_demanded(report)
    return report


def _fail_when_demanded(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("DEMAND_ALL") and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(("needs ", "could not import ")):
            report.outcome = "failed"
            report.longrepr = f"DEMAND_ALL is set, and this test {reason}"


@pytest.fixture
def served_board() -> Iterator[Callable[[str], str]]:
    """Serve a `virtual://` URL from a process of its own; gives the name of the serial device."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    servers: list[subprocess.Popen[str]] = []

    def serve(url: str) -> str:
        server = subprocess.Popen([sys.executable, "-c", _SERVER, url], stdout=subprocess.PIPE, text=True)
        servers.append(server)
        assert server.stdout is not None
        return server.stdout.readline().strip()

    yield serve
    for server in servers:
        server.terminate()
        server.communicate()


@pytest.fixture
def run_cryptoauthlib(tmp_path: Path) -> Callable[[str, str], Answers]:
    """Run a script with CryptoAuthLib open on a serial device."""
    return partial(run_script, build_shim(tmp_path))


def make_authority(seed: int) -> CertificateAuthority:
    authority, _ = create_authority(
        organization="Nordlys AS", now=NOW - timedelta(days=30), entropy=seeded_entropy(seed)
    )
    return authority


@pytest.fixture(scope="session")
def authority() -> CertificateAuthority:
    return make_authority(100)


@pytest.fixture(scope="session")
def other_authority() -> CertificateAuthority:
    return make_authority(200)


@pytest.fixture
def desk() -> TwinDesk:
    return TwinDesk()
