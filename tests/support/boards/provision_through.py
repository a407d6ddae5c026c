"""A whole provisioning of a fresh virtual board, also through whatever stands in for the bridge of the twin."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import Connection
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.run_records import Records
from atecc_bench.twin.board.i2c_bus import Bus, SimClock
from atecc_bench.twin.ports.registration import register_virtual_scheme

FAST = 921600


class Bridge(Protocol):
    """What the virtual board needs of a bridge."""

    @property
    def baud(self) -> int:
        """The rate of the serial line."""
        ...

    def handle(self, line: bytes) -> bytes:
        """One request line, without its end; returns the reply line."""
        ...


AnyBridge = TypeVar("AnyBridge", bound=Bridge)


def provision_board(board: Connection, folder: Path, baud: int = 115200) -> Report:
    """Provision the fresh chip behind a board to PASS, as TrustCUSTOM TLS; its record goes into `folder`."""
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    profile = load_profile("trustcustom-tls")
    session = board.open_chip()
    board.set_baud(baud)
    plan = make_plan(profile, survey(session, profile), issuer_of(authority.root, authority.signer, None), now)
    report = provision_device(
        session,
        plan,
        authority,
        Records(folder).for_chip(plan.serial_number, virtual=True),
        rehearsal=rehearse(plan, now, lambda _: None),
        now=now,
        progress=lambda _: None,
    )
    assert report.outcome.error is None, report.outcome.error
    assert report.outcome.verdict is Verdict.PASS
    return report


def provision_through(
    start: Callable[[Bus, SimClock], AnyBridge], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AnyBridge:
    """Provision to PASS and return the bridge it went through."""
    running: list[AnyBridge] = []

    def start_and_remember(bus: Bus, clock: SimClock) -> AnyBridge:
        running.append(start(bus, clock))
        return running[-1]

    monkeypatch.setattr("atecc_bench.twin.board.virtual_board.KitBridge", start_and_remember)
    register_virtual_scheme()
    with connect("virtual://fresh") as board:
        provision_board(board, folder, FAST)
        assert running[-1].baud == pytest.approx(FAST, rel=0.01)
    assert running[-1].baud == pytest.approx(115200, rel=0.01)
    return running[-1]
