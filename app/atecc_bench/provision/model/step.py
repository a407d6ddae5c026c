"""One step of a plan as data.

It says what the step reads and writes, how long the chip needs, and whether it can be undone.
"""

from dataclasses import dataclass
from enum import StrEnum


class StepId(StrEnum):
    """Steps, in the order in which they run."""

    CHECK_CHIP = "check-chip"
    WRITE_CONFIG = "write-config"
    LOCK_CONFIG = "lock-config"
    IMPORT_KEYS = "import-keys"
    LOCK_DATA = "lock-data"
    GENERATE_KEYS = "generate-keys"
    FILL_KEYS = "fill-keys"
    LOCK_SLOTS = "lock-slots"
    SAVE_SLOTS = "save-slots"
    ISSUE = "issue"
    WRITE_CERTIFICATES = "write-certificates"
    REQUEST = "request"
    REBUILD = "rebuild"
    CHECK_CERTIFICATE = "check-certificate"
    PROVE = "prove"
    MANIFEST = "manifest"
    LOCK_PROVED_SLOTS = "lock-proved-slots"
    ATTEST = "attest"
    REGISTER = "register"
    CONNECT = "connect"


class StepEffect(StrEnum):
    """What a step does to the chip."""

    READS = "reads"
    WRITES = "writes"
    FOR_EVER = "for ever"


@dataclass(frozen=True)
class Step:
    """One step of a plan.

    `chip_seconds` is the sum of the chip's longest execution times. `reads` and `writes` name what the step touches on
    the chip, such as `configuration` or `slot 10`.
    """

    id: StepId
    title: str
    detail: str
    effect: StepEffect
    chip_seconds: float
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, object]:
        """The step as JSON has it."""
        return {
            "id": self.id.value,
            "title": self.title,
            "detail": self.detail,
            "effect": self.effect.value,
            "reads": list(self.reads),
            "writes": list(self.writes),
            "chip_seconds": round(self.chip_seconds, 3),
        }
