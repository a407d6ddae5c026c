"""Statements on a configuration of which some bytes are told."""

from collections.abc import Set as AbstractSet

from atecc_bench.chip.config.config_fields import ConfigField, config_fields
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.config.lint import Finding, lint

Positions = AbstractSet[int]
ALL_TOLD: Positions = frozenset()


def told_findings(config: ConfigZone, unknown: Positions) -> tuple[Finding, ...]:
    """The findings that follow from bytes that are told."""
    return tuple(
        finding
        for finding in lint(config)
        if all(unknown.isdisjoint(range(first, last + 1)) for first, last in finding.bytes)
    )


def told_fields(config: ConfigZone, unknown: Positions) -> tuple[ConfigField, ...]:
    """The fields of which every byte is told."""
    return tuple(field for field in config_fields(config) if unknown.isdisjoint(range(field.start, field.end)))
