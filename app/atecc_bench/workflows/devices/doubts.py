"""Doubts to be thought about before a device is provisioned.

Nothing forbids it all the same.
"""

from datetime import datetime, timedelta

from atecc_bench.errors import RefusedError
from atecc_bench.link.transports.network_ports import far_host
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.records.key_registry import KeyRegistry
from atecc_bench.records.ledger import Ledger

_FIRST_YEAR, _LAST_YEAR = 2026, 2060  # of this program; a P-256 certificate of later is no plan of anybody
_SKEW = timedelta(minutes=5)  # between two computers that keep one folder of records


def clock_doubts(now: datetime, registry: KeyRegistry) -> tuple[str, ...]:
    """Why this computer's clock cannot be right.

    Behind the signer's certificate it is refused elsewhere.

    Raises:
        InputError: `record-not-readable`.
    """
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        return (f"This computer's clock says {now:%Y-%m-%d}, and certificates would be dated so.",)
    newest = registry.newest()
    if newest is not None and now < newest - _SKEW:
        return (
            f"This computer's clock says {now:%Y-%m-%d %H:%M} UTC, and the last device on record passed at "
            f"{newest:%Y-%m-%d %H:%M} UTC.",
        )
    return ()


def doubts_of(plan: Plan, url: str, now: datetime, registry: Ledger) -> tuple[str, ...]:
    """Doubts about a plan that is carried out at a port.

    Raises:
        InputError: `record-not-readable`.
    """
    doubts = clock_doubts(now, registry) if plan.issues else ()
    away = registry.away()
    if away:
        doubts += (
            f"{away} Until it answers again this bench goes on by itself, and whether another bench has the same chip, "
            "key or serial number is found out only then.",
        )
    host = far_host(url)
    if host is not None and (plan.key_writes or plan.imports):
        doubts += (f"Secret keys go to {host} over the network in clear, where everybody on the way reads them.",)
    return doubts


def check_clock(now: datetime, registry: KeyRegistry) -> None:
    """Refuse to issue unasked with a clock that cannot be right.

    Raises:
        RefusedError: `clock-doubtful`.
        InputError: `record-not-readable`.
    """
    for doubt in clock_doubts(now, registry):
        raise RefusedError(
            "clock-doubtful",
            doubt,
            "Set the clock of this computer; or provision one device without --yes, and confirm it.",
        )
