"""What can be inspected: a chip, a support bundle, or a dump."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledSlot, read_bundle
from atecc_bench.diagnose.dumps.read_configuration import (
    ReadConfiguration,
    configuration_of_file,
    read_configuration,
)
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.link.transports.trace import Exchange
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.workflows.brought_files import not_too_large, read_brought

ZIP_START = b"PK"


@dataclass(frozen=True)
class Subject:
    """A configuration and what else is known.

    `slots` is None until somebody has read them. `unknown` are the positions whose bytes a dump does not tell, `told`
    those that it does.
    """

    config: ConfigZone
    source: str
    remarks: tuple[str, ...] = ()
    revision: bytes | None = None
    otp: bytes | None = None
    slots: dict[int, BundledSlot] | None = None
    bundle: Bundle | None = None
    unknown: frozenset[int] = frozenset()
    told: Mapping[int, int] = field(default_factory=dict[int, int])

    def evidence(self) -> ChipEvidence:
        """Evidence about the chip, for explaining refusals."""
        if self.bundle is not None:
            return self.bundle.evidence()
        if self.unknown:
            return ChipEvidence(some=self.told, doubts=self.remarks)
        return ChipEvidence(config=self.config.to_bytes(), doubts=self.remarks)

    def trace(self) -> tuple[Exchange, ...]:
        """The exchanges in the bundle."""
        if self.bundle is None:
            return ()
        return tuple(Exchange(e.started, e.seconds, e.request, e.reply) for e in self.bundle.trace)

    @classmethod
    def of_chip(cls, facts: DeviceFacts) -> "Subject":
        """The chip at hand."""
        return cls(facts.config, "configuration zone", revision=facts.chip.revision)


def subject_of_file(path: Path) -> Subject:
    """A support bundle, or a dump in any form.

    Raises:
        InputError: What `read_brought` raises, or what is wrong with it.

    """
    data = read_brought(path, LARGEST_FILE)
    if data.startswith(ZIP_START):
        return subject_of_bundle(data, path.name)
    return _subject_of(configuration_of_file(not_too_large(data, path.name)), path.name)


def subject_of_bundle(data: bytes, name: str) -> Subject:
    """A support bundle.

    Raises:
        InputError: What `read_bundle` raises.

    """
    bundle = read_bundle(data)
    virtual = " of a VIRTUAL chip" if bundle.virtual else ""
    source = f"bundle {name}{virtual}, {bundle.created:%Y-%m-%d %H:%M} UTC"
    return Subject(bundle.config_zone, source, (), bundle.revision, bundle.otp, dict(bundle.slots), bundle)


def subject_of_text(text: str, name: str) -> Subject:
    """A dump of a configuration zone, in any form.

    Raises:
        InputError: `not-a-configuration`, or what `read_configuration` raises.

    """
    return _subject_of(read_configuration(text), name)


def _subject_of(read: ReadConfiguration, name: str) -> Subject:
    return Subject(read.config, f"{name} ({read.recognised})", read.remarks, unknown=read.unknown, told=read.evidence)
