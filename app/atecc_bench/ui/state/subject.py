"""What can be inspected: a chip, a support bundle, or a dump."""

from dataclasses import dataclass
from pathlib import Path

from atecc_bench.bounded_files import read_bounded
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledSlot, read_bundle
from atecc_bench.diagnose.config.config_formats import import_config
from atecc_bench.diagnose.config.config_repair import examine
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.errors import InputError
from atecc_bench.link.transports.trace import Exchange
from atecc_bench.text_files import text_of
from atecc_bench.ui.state.device_worker import DeviceFacts

ZIP_START = b"PK"


@dataclass(frozen=True)
class Subject:
    """A configuration and what else is known.

    `slots` is None until somebody has read them.
    """

    config: ConfigZone
    source: str
    remarks: tuple[str, ...] = ()
    revision: bytes | None = None
    otp: bytes | None = None
    slots: dict[int, BundledSlot] | None = None
    bundle: Bundle | None = None

    def evidence(self) -> ChipEvidence:
        """Evidence about the chip, for explaining refusals."""
        if self.bundle is not None:
            return self.bundle.evidence()
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
        InputError: `no-such-file`, or what is wrong with it.

    """
    try:
        data = read_bounded(path)
    except OSError as error:
        raise InputError("no-such-file", f"{path} cannot be read: {error.strerror}.", "Choose another file.") from error
    if data.startswith(ZIP_START):
        return subject_of_bundle(data, path.name)
    return subject_of_text(text_of(data, "replace"), path.name)


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
        InputError: `not-a-configuration`, or what `import_config` raises.

    """
    imported = import_config(text)
    examined = examine(imported.raw)
    if examined.other_chip is not None:
        raise examined.other_chip
    if examined.config is None:
        problems = " ".join(examined.problems)
        raise InputError(
            "not-a-configuration",
            f"{problems} There is no single way to repair it.",
            "Check for lost bytes: everything behind one is shifted.",
        )
    repaired = (*examined.problems, f"Repaired: {examined.repair}") if examined.repair else ()
    return Subject(ConfigZone.parse(examined.config), f"{name} ({imported.recognised})", repaired)
