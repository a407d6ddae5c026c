"""The C core in the place of the twin's bridge: a whole provisioning goes through the firmware's own code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.link.board import connect
from atecc_bench.pki.authority import create_authority
from atecc_bench.provision.issuer import issuer_of
from atecc_bench.provision.outcome import Verdict
from atecc_bench.provision.planning import make_plan
from atecc_bench.provision.profile_file import load_profile
from atecc_bench.provision.records import Records
from atecc_bench.provision.rehearse import rehearse
from atecc_bench.provision.report import provision_device
from atecc_bench.provision.survey import survey
from atecc_bench.twin.bus import Bus, SimClock
from atecc_bench.twin.virtual_port import register_virtual_scheme
from c_bridge import CoreAsBridge


def test_a_full_provisioning_through_the_core(core: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[CoreAsBridge] = []

    def start(bus: Bus, clock: SimClock) -> CoreAsBridge:
        running.append(CoreAsBridge(core, bus, clock))
        return running[-1]

    monkeypatch.setattr("atecc_bench.twin.board.KitBridge", start)
    register_virtual_scheme()
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    profile = load_profile("trustcustom-tls")
    with connect("virtual://fresh") as board:
        session = board.open_chip()
        board.set_baud(921600)
        plan = make_plan(profile, survey(session, profile), issuer_of(authority.root, authority.signer, None), now)
        report = provision_device(
            session,
            plan,
            authority,
            Records(tmp_path),
            rehearsal=rehearse(plan, now, lambda _: None),
            virtual=True,
            now=now,
            progress=lambda _: None,
        )
        assert running[-1].baud == 921600
    assert report.outcome.error is None
    assert report.outcome.verdict is Verdict.PASS
    assert running[-1].baud == 115200
    assert running[-1].core.close() == 0
