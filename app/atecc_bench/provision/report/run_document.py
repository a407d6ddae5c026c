"""The document of a run.

It is written when the run ends, read back later, and says in words how the run ended. `resources/schemas/run-1.json` is
its JSON schema.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from atecc_bench.errors import InputError
from atecc_bench.plain_json import TooManyPartsError, check_parts
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.provision.model.results import CERTIFICATE_AWAITED, StepStatus, Timing, Verdict
from atecc_bench.provision.model.step import StepEffect

_SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Ending(StrEnum):
    """How a run ended, for people.

    One that only waits for a certificate from outside has not failed.
    """

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    WAITING = "WAITING"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Step(_Part):
    id: str
    status: str
    seconds: float


class _Planned(_Part):
    id: str
    title: str
    effect: str


class _Proof(_Part):
    id: str
    proved: bool

    @property
    def sentence(self) -> str:
        """The proof in words.

        It is the proof's id where a later version knows one that this one does not.
        """
        return Proof(self.id).sentence if self.id in set(Proof) else self.id


class _Timing(_Part):
    total_s: float
    chip_s: float
    wire_s: float

    @property
    def sentence(self) -> str:
        """The timing as a sentence for people."""
        return Timing(self.total_s, self.chip_s, self.wire_s).sentence


class _Error(_Part):
    id: str
    message: str
    hint: str


class RunDocument(_Part):
    """The document of `provision --json`, as `result.json` of a record keeps it.

    `certificates` are PEM by artifact name where the record could not keep them, `foreseen` is what a rehearsal showed.
    `from_journal`: there is no such file, because the run was cut off, and this is what its journal tells. `since`:
    what else is on record of the chip after this run, in sentences.
    """

    virtual: bool
    verdict: Verdict
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{18}$")]
    profile: str
    profile_sha256: _SHA256 | None = None
    at: str = ""
    rehearsed: bool = False
    already_provisioned: bool = False
    steps: tuple[_Step, ...]
    plan: tuple[_Planned, ...] = ()
    replaces: tuple[str, ...] = ()
    for_ever: tuple[str, ...] = ()
    stays_open: tuple[str, ...] = ()
    proofs: tuple[_Proof, ...] = ()
    trusted: tuple[str, ...] = ()
    timing: _Timing | None = None
    artifacts: dict[str, str] = Field(default_factory=dict[str, str])
    fingerprints: dict[str, _SHA256] = Field(default_factory=dict[str, _SHA256])
    version: str
    bridge: str = ""
    certificates: dict[str, str] | None = None
    error: _Error | None = None
    foreseen: dict[str, object] | None = None
    from_journal: bool = False
    since: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the document as JSON has it.

        What does not apply is left out.
        """
        return self.model_dump(mode="json", exclude_none=True, exclude={"from_journal", "since"})

    @property
    def ending(self) -> Ending:
        """How the run ended, as people are told.

        It is PASS, FAIL, or a run that went as planned and lacks the certificate from outside.
        """
        if self.error is not None and self.error.id == CERTIFICATE_AWAITED:
            return Ending.WAITING
        return Ending(self.verdict.value)

    @property
    def headline(self) -> str:
        """The ending of the run in capitals.

        One on a chip in software says so.
        """
        return f"{self.ending.value} · VIRTUAL" if self.virtual else self.ending.value

    @property
    def wrote(self) -> bool:
        """Whether a step that changes the chip was begun.

        Of a run without a result that has to be assumed.
        """
        return self.from_journal or self._began(StepEffect.WRITES) or self.locked

    @property
    def locked(self) -> bool:
        """Whether a step that can never be undone was begun."""
        return self._began(StepEffect.FOR_EVER)

    def _began(self, effect: StepEffect) -> bool:
        steps = {step.id for step in self.plan if step.effect == effect}
        return any(step.id in steps and step.status != StepStatus.WAITING for step in self.steps)

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        if self.verdict is Verdict.PASS:
            return f"Chip {self.serial_number} is provisioned{'' if self.wrote else '; this run wrote nothing to it'}."
        failed = next((step.id for step in self.steps if step.status == StepStatus.FAILED), None)
        where = f"The run stopped at “{self.title_of(failed)}”. " if failed else ""
        return f"{where}{self.error.message if self.error else ''}"

    @property
    def proved(self) -> str:
        """What was proved in this run, as a sentence.

        It is empty when nothing was.
        """
        proved = [proof.sentence for proof in self.proofs if proof.proved]
        return f"Proved: {'; '.join(proved)}." if proved else ""

    @property
    def rests_on(self) -> str:
        """What a PASS takes without proof, as a sentence.

        It is empty for other endings and for runs of before.
        """
        told = self.verdict is Verdict.PASS and self.trusted
        return f"Trusted, and not proved: {'; '.join(self.trusted)}." if told else ""

    def title_of(self, step: str) -> str:
        """A step as the plan called it."""
        titles = {planned.id: planned.title for planned in self.plan}
        return titles.get(step) or step.replace("-", " ").capitalize()


def read_document(content: bytes, source: Path) -> RunDocument:
    """Read a `result.json`.

    Raises:
        InputError: `not-a-report`.

    """
    try:
        check_parts(content)
        return RunDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        said = f"{where}: {first['msg'].removeprefix('Value error, ')}"
    except TooManyPartsError as error:
        said = str(error)
    raise InputError(
        "not-a-report",
        f"{source} does not hold the result of a provisioning: {said}.",
        "Give the result.json of a device's record.",
    )
