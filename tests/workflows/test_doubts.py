"""What a person should think about before a device is provisioned."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.records.key_registry import FileKeyRegistry
from atecc_bench.workflows.devices.doubts import check_clock, clock_doubts, doubts_of
from tests.support.boards.twin_desk import NOW, TwinDesk

AT_ANOTHER = "rfc2217://bench-3.lan:2217"


@pytest.fixture
def registry(tmp_path: Path) -> FileKeyRegistry:
    return FileKeyRegistry(tmp_path)


@pytest.mark.parametrize("year", [1970, 2019, 2106])
def test_a_clock_that_is_years_off_is_doubted(registry: FileKeyRegistry, year: int) -> None:
    (doubt,) = clock_doubts(NOW.replace(year=year), registry)
    assert f"{year}-06-01" in doubt


def test_a_clock_behind_the_last_device_is_doubted(registry: FileKeyRegistry) -> None:
    registry.claim("0123" + "00" * 7, bytes(64), NOW)
    assert clock_doubts(NOW + timedelta(seconds=1), registry) == ()
    assert clock_doubts(NOW - timedelta(minutes=1), registry) == ()  # another station's may differ so much
    (doubt,) = clock_doubts(NOW - timedelta(hours=1), registry)
    assert "2026-06-01 12:34 UTC" in doubt
    with pytest.raises(RefusedError) as caught:
        check_clock(NOW - timedelta(hours=1), registry)
    assert caught.value.id == "clock-doubtful"


def test_a_record_without_a_time_says_nothing_of_the_clock(registry: FileKeyRegistry, tmp_path: Path) -> None:
    (tmp_path / "devices.jsonl").write_text('{"serial_number": "00", "public_key": "00"}\n{"at": "yesterday"}\n')
    assert registry.newest() is None
    assert clock_doubts(datetime.now(UTC), registry) == ()


def test_secrets_to_another_computer_are_doubted(
    desk: TwinDesk, authority: CertificateAuthority, registry: FileKeyRegistry, tmp_path: Path
) -> None:
    from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
    from atecc_bench.records.run_records import Records
    from tests.support.boards.twin_desk import PROFILE, chip_records, issuer

    names = issuer(authority.root, authority.signer)
    records = chip_records(desk.session, Records(tmp_path), virtual=True)
    for fill_keys in (True, False):
        plan = plan_for_chip(desk.session, PROFILE, names, records, NOW, fill_keys=fill_keys)
        said = " ".join(doubts_of(plan, AT_ANOTHER, NOW, registry))
        assert ("bench-3.lan" in said) is fill_keys
        assert doubts_of(plan, "rfc2217://[::1]:2217", NOW, registry) == ()
