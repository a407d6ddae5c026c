"""What a TLS handshake over the served board costs beside the times of the chip and the wire."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.connect.destination import Destination, TlsVersion
from atecc_bench.connect.server_trust import ServerTrust
from atecc_bench.link.board.connection import connect
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.connection import chain_on_chip, connect_device
from tests.support.servers.papers import HOST, ServerPapers
from tests.support.servers.processes import openssl_server

pytestmark = pytest.mark.bench
ROUNDS = 9


@pytest.mark.parametrize("version", list(TlsVersion))
@pytest.mark.parametrize("baud", [115200, 921600])
def test_a_handshake_against_the_chips_own_times(
    served_board: Callable[[str], str], tmp_path: Path, version: TlsVersion, baud: int
) -> None:
    papers = ServerPapers(tmp_path)
    root = resource_path("scenarios", "provisioned", "root.pem")
    trust = ServerTrust((papers.root.certificate,), "ca.pem")
    ratios: list[float] = []
    chip_s = 0.0
    with (
        openssl_server(tmp_path, *papers.certificate_for("good"), "-CAfile", str(root)) as port,
        connect(served_board("virtual://provisioned?speed=real")) as board,
    ):
        chip = ConnectedChip(board, board.open_chip())
        board.set_baud(baud)
        found = chain_on_chip(chip, Records(tmp_path / "records"), datetime.now(UTC))
        for _ in range(ROUNDS):
            chip_before, started = chip.session.chip_seconds, time.perf_counter()
            tried = connect_device(chip, found, Destination(HOST, port, version=version), trust, datetime.now(UTC))
            seconds = time.perf_counter() - started
            assert tried.error is None, tried.error
            ratios.append(seconds / (chip.session.chip_seconds - chip_before))
            chip_s = chip.session.chip_seconds - chip_before
    ratio = statistics.median(ratios[1:])  # the first one loads the library
    print(f"\nhandshake of TLS {version} at {baud}: {ratio:.3f} x the chip's execution times ({chip_s:.3f} s)")
    assert ratio <= 1.3
