"""The report of a silicon check as one document.

It can be sent, read back and made a recording of. It holds no secret, and of the serial number only what all chips of a
kind share. `resources/schemas/silicon-1.json` is its JSON schema.
"""

from codecs import BOM_UTF8
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from atecc_bench import __version__
from atecc_bench.errors import BenchError, ExitCode, InputError
from atecc_bench.link.transports.connection import BoardInfo
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.plain_json import check_parts
from atecc_bench.twin.rules.assumptions import ASSUMPTIONS
from atecc_bench.workflows.silicon.check_table import ASKED_ALONE, UNASKABLE, checks_of, plan_of
from atecc_bench.workflows.silicon.findings import CheckResult, Depth, Verdict, gravest, verdict_of
from atecc_bench.workflows.silicon.silicon_check import SiliconFindings

FORMAT = "atecc-bench-silicon"
VERSION = 1
LARGEST = 4 << 20  # bytes
LONGEST_MARKING = 40
_OWN_BYTES = frozenset((2, 3, 8, 9, 10, 11))  # of the configuration: what of the serial number differs
_HIDDEN = "xx"
_LONGEST_TEXT = 2000

_Packet = Annotated[str, Field(pattern="^([0-9a-f]{2})*$", max_length=512)]


def _printable(text: str) -> str:
    """Show by number what would steer a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


_Text = Annotated[str, Field(max_length=_LONGEST_TEXT), AfterValidator(_printable)]
_Marking = Annotated[str, Field(max_length=LONGEST_MARKING), AfterValidator(_printable)]
_Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Id = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ReportedObservation(_Part):
    """One question and its answers.

    Packets are hex from count byte to CRC, left out where they tell what this chip alone has. `after` is what the chip
    was told since the question before: to sleep or to idle.
    """

    question: _Text
    agrees: bool
    chip: _Text
    twin: _Text
    command: _Packet | None = None
    answer: _Packet | None = None
    after: Literal["", "idle", "sleep"] = ""


class ReportedCheck(_Part):
    """One check with all that was asked in it."""

    id: _Id
    title: _Text
    stage: _Text
    assumption: _Id | None = None
    verdict: Verdict
    why: _Text = ""
    observations: tuple[ReportedObservation, ...] = ()

    @model_validator(mode="after")
    def _verdict_follows(self) -> Self:
        if self.verdict is not verdict_of([one.agrees for one in self.observations], self.why):
            raise ValueError(f"check {self.id} is {self.verdict.value}, which its observations do not say")
        return self


class ReportedAssumption(_Part):
    """What came of one assumption of the twin.

    `why` says why it was not asked.
    """

    id: _Id
    subject: _Text
    behaviour: _Text
    verdict: Verdict
    checks: tuple[_Id, ...] = ()
    why: _Text = ""


class ReportedTime(_Part):
    """Times of a command in milliseconds.

    Those of its bytes on the wire are taken off.
    """

    command: _Text
    count: Annotated[int, Field(ge=0)]
    fastest_ms: _Milliseconds
    slowest_ms: _Milliseconds
    longest_ms: Annotated[int, Field(ge=0)]


class _Error(_Part):
    id: _Id
    message: _Text
    hint: _Text


class SiliconReport(_Part):
    """The report of one silicon check.

    `serial_number` and `configuration` have `xx` for the bytes that are this chip's own; `date_code` is what somebody
    read on the package. `error` is what ended the check before all was asked.
    """

    format: Literal["atecc-bench-silicon"] = FORMAT
    version: Literal[1] = VERSION
    virtual: bool
    depth: Depth
    at: Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]
    program: _Text
    bridge: _Text
    part: _Text
    variant: _Text
    revision: Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
    date_code: _Marking = ""
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{4}(xx){6}[0-9a-f]{2}$")]
    config_locked: bool
    data_locked: bool
    configuration: Annotated[str, Field(pattern="^([0-9a-f]{2}|xx){128}$")]
    assumptions: tuple[ReportedAssumption, ...]
    checks: tuple[ReportedCheck, ...]
    times: tuple[ReportedTime, ...] = ()
    error: _Error | None = None

    @model_validator(mode="after")
    def _verdicts_follow(self) -> Self:
        for one in self.assumptions:
            asked = (check.verdict for check in self.checks if check.assumption == one.id)
            if one.verdict is not gravest(asked):
                raise ValueError(f"assumption {one.id} is {one.verdict.value}, which its checks do not say")
        if len({one.id for one in self.assumptions}) < len(self.assumptions):
            raise ValueError("an assumption stands in it twice")
        return self

    @property
    def contradicted(self) -> tuple[ReportedCheck, ...]:
        """The checks in which the chip answered otherwise than the twin."""
        return tuple(check for check in self.checks if check.verdict is Verdict.CONTRADICTED)

    @property
    def exit_code(self) -> ExitCode:
        """How a verb ends: trouble, something contradicted, or neither."""
        if self.error is not None:
            return ExitCode.DEVICE
        return ExitCode.NO if self.contradicted else ExitCode.DONE

    @property
    def headline(self) -> str:
        """The whole in one line."""
        counted = {verdict: sum(one.verdict is verdict for one in self.assumptions) for verdict in Verdict}
        kind = "a VIRTUAL " if self.virtual else "an "
        other = sum(check.assumption is None for check in self.contradicted)
        known = f"; documented rules contradicted: {other}" if other else ""
        return (
            f"{kind}{self.part}: {counted[Verdict.CONFIRMED]} of {len(self.assumptions)} assumptions confirmed, "
            f"{counted[Verdict.CONTRADICTED]} contradicted, {counted[Verdict.NOT_ASKED]} not asked{known}"
        )

    def to_json(self) -> dict[str, object]:
        """The document as JSON has it.

        What does not apply is left out.
        """
        return self.model_dump(mode="json", exclude_none=True)


def make_report(
    findings: SiliconFindings, board: BoardInfo, date_code: str = "", now: datetime | None = None
) -> SiliconReport:
    """Make the document of what was found."""
    info, config = findings.contents.info, findings.contents.config
    raw = config.to_bytes()
    shown = "".join(_HIDDEN if at in _OWN_BYTES else f"{byte:02x}" for at, byte in enumerate(raw))
    ended_by = findings.ended_by
    return SiliconReport(
        virtual=board.virtual,
        depth=findings.depth,
        at=(now or datetime.now(UTC)).strftime("%Y-%m-%d"),
        program=__version__,
        bridge=board.text,
        part=info.name,
        variant=info.variant.value,
        revision=info.revision.hex(),
        date_code=date_code.strip(),
        serial_number=info.serial_number[:4] + _HIDDEN * len(_OWN_BYTES) + info.serial_number[-2:],
        config_locked=config.config_locked,
        data_locked=config.data_locked,
        configuration=shown,
        assumptions=tuple(_assumption(one.id, one.subject, one.behaviour, findings) for one in ASSUMPTIONS),
        checks=tuple(_check(result) for result in findings.results),
        times=tuple(
            ReportedTime(
                command=time.command,
                count=time.count,
                fastest_ms=round(time.fastest_ms, 1),
                slowest_ms=round(time.slowest_ms, 1),
                longest_ms=time.longest_ms,
            )
            for time in findings.times
        ),
        error=None if ended_by is None else _error(ended_by, findings),
    )


def _error(ended_by: BenchError, findings: SiliconFindings) -> _Error:
    hint = ended_by.hint
    if findings.spent:
        # To start again is what this chip cannot do; how a link is mended is worth knowing still.
        hint = _SPENT if isinstance(ended_by, CancelledError) else f"{hint} {_SPENT}".strip()
    return _Error(id=ended_by.id, message=ended_by.message, hint=hint)


def _assumption(id_: str, subject: str, behaviour: str, findings: SiliconFindings) -> ReportedAssumption:
    asked = [result for result in findings.results if result.assumption == id_]
    verdict = gravest(result.verdict for result in asked)
    why = ""
    if verdict is Verdict.NOT_ASKED:
        why = UNASKABLE.get(id_) or next((result.why for result in reversed(asked) if result.why), "")
        if not why:
            planned = any(one.check.assumption == id_ for one in plan_of(findings.depth))
            why = _NOT_REACHED if planned else ASKED_ALONE.get(id_, _NEEDS_SACRIFICE)
    return ReportedAssumption(
        id=id_, subject=subject, behaviour=behaviour, verdict=verdict, checks=checks_of(id_), why=why
    )


_NEEDS_SACRIFICE = "Asking it would change the chip; --sacrifice does, on a blank one."
_SPENT = (
    "This chip is no longer blank and cannot be started again: what was found until now is in the report, for the rest "
    "take another blank one."
)
_NOT_REACHED = "The check ended before it was asked."


def _check(result: CheckResult) -> ReportedCheck:
    return ReportedCheck(
        id=result.check,
        title=result.title,
        stage=result.stage,
        assumption=result.assumption,
        verdict=result.verdict,
        why=result.why,
        observations=tuple(
            ReportedObservation(
                question=one.question,
                agrees=one.agrees,
                chip=one.chip,
                twin=one.twin,
                command=None if one.command is None else one.command.hex(),
                answer=None if one.answer is None else one.answer.hex(),
                after=one.after,
            )
            for one in result.observations
        ),
    )


def read_report(content: bytes, source: str) -> SiliconReport:
    """Read a report that somebody sent.

    Raises:
        InputError: `not-a-silicon-report`.
    """
    try:
        if len(content) > LARGEST:
            raise ValueError("it is too large")
        check_parts(content)
        return SiliconReport.model_validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        said = f"{where}: {first['msg']}"
    except ValueError as error:
        said = str(error)
    raise InputError(
        "not-a-silicon-report",
        f"{source} is not the report of a silicon check: {said}.",
        "Give the file that `atecc-bench silicon-check --out FILE.json` wrote.",
    )
