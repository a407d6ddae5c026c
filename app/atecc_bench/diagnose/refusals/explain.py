"""Explain why a chip refuses a command, or would.

The twin is put into the chip's state and asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from atecc_bench.chip.config.config_zone import UNLOCKED, ConfigZone
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.protocol.commands import ENCRYPTED_ACCESS, LockMode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.codes.code_table import CodeRow, row_of_status
from atecc_bench.diagnose.config.partial_config import spans
from atecc_bench.diagnose.refusals.bit_changes import Remedy, find_remedy
from atecc_bench.diagnose.refusals.candidate_states import (
    LOCK_CONFIG,
    LOCK_VALUE,
    ChipEvidence,
    PossibleChip,
    possible_chips,
)
from atecc_bench.diagnose.refusals.command_notes import command_notes
from atecc_bench.diagnose.refusals.proofs import PROOFS
from atecc_bench.diagnose.refusals.remedies import WayOut, advice, way_out_of
from atecc_bench.errors import InputError
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ByteRanges, Reason, ReasonId

_OTHER_LOCKS = (
    (UNLOCKED, UNLOCKED, "while its configuration zone is not locked (byte 87)"),
    (UNLOCKED, 0, "while its data zone is not locked (byte 86)"),
    (0, 0, "once both its zones are locked (bytes 86 and 87)"),
)


@dataclass(frozen=True)
class Answer:
    """One answer that the chip may give.

    It says what it means, why, and what would have to differ. `reason` is None when the command is carried out. `when`
    is what had to be assumed for it; empty when it follows from what is known. `way_out` is what was tried on this
    chip.
    """

    status: Status
    reason: Reason | None
    when: tuple[str, ...]
    remedy: Remedy | None
    config_locked: bool
    way_out: WayOut | None = None

    @property
    def what_to_do(self) -> str:
        """Say what would have to differ, and what helps here.

        Empty for a command that is carried out.
        """
        if self.reason is None:
            return ""
        return " ".join(advice(self.reason, self.remedy, self.way_out, config_locked=self.config_locked))


@dataclass(frozen=True)
class RefusedBefore:
    """An earlier command that the chip refuses already.

    `position` counts from 1.
    """

    position: int
    told: "Explanation"


@dataclass(frozen=True)
class Explanation:
    """All answers that the chip may give, the likeliest first.

    If the status is known (`answered`), only those with it. `doubts` are why the chip may be in another state than was
    taken. `undecided` are the bytes of the configuration (first and last) that are not known and decide which answer it
    is. `before` is a command that was refused earlier: the story ends there. `notes` are what to know about a command
    that may be carried out. `fits_while` says with which locks the chip would answer as it did, where it should
    not; `against_lock` that what was given has that lock set. `expected` are the reasons where every state refuses
    the command, but with another status than was seen.
    """

    command: CommandPacket
    answers: tuple[Answer, ...]
    answered: int | None = None
    doubts: tuple[str, ...] = ()
    undecided: ByteRanges = ()
    before: RefusedBefore | None = None
    notes: tuple[str, ...] = ()
    fits_while: str = ""
    against_lock: bool = False
    expected: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the chip may carry the command out, or has."""
        done = self.answered == Status.SUCCESS and not self.answers and self.before is None
        return done or any(answer.reason is None for answer in self.answers)

    @property
    def unexpected(self) -> CodeRow | None:
        """The answer that was seen and that no rule gives here.

        It is told as the table of codes has it.
        """
        if self.before is not None:
            return None
        return row_of_status(self.answered) if self.answered is not None and not self.answers else None

    @property
    def unexpected_sentence(self) -> str:
        """What it means that the chip answered otherwise than the twin.

        Empty where it did not.
        """
        row = self.unexpected
        if row is None:
            return ""
        words = describe_command(self.command, FORMS).split(" ")[0]
        if self.answered == Status.SUCCESS:
            return f"The chip has carried {words} out, so it is in another state than was given."
        if self.against_lock:
            return (
                f"So a chip answers only {self.fits_while}, but what was given says that it is locked, which is never "
                "undone: it is not of this chip, was misread, or says what the chip is meant to become."
            )
        if self.expected:
            return (
                f"What was given has it refused otherwise: {self.expected[0].sentence} So what was given is not of "
                "this chip, or the answer is not to this command."
            )
        if self.fits_while:
            return (
                f"What was given allows it, but so the chip answers {self.fits_while}: look whether that is the case."
            )
        if self.answered == Status.EXECUTION_ERROR:
            return (
                "What was given allows it, so the chip differs from that: another chip, a configuration that was "
                "written or locked since, or a slot without contents."
            )
        return row.next

    @property
    def certain(self) -> bool:
        """Whether only one answer is possible, and nothing doubtful."""
        return len(self.answers) == 1 and not self.doubts and not self.undecided

    @property
    def refusals(self) -> tuple[Answer, ...]:
        """The answers that are refusals."""
        return tuple(answer for answer in self.answers if answer.reason is not None)

    @property
    def summary(self) -> str:
        """The whole in one or two sentences."""
        words = describe_command(self.command, FORMS).split(" ")[0]
        if self.before is not None:
            earlier = describe_command(self.before.told.command, FORMS)
            return f"The story ends before {words}: command {self.before.position}, {earlier}, is refused already."
        if not self.answers:
            row = self.unexpected
            if row is None:
                return f"{words} was answered {self.answered or 0:02X}, which the data sheet does not know."
            if self.answered == Status.SUCCESS:
                return self.unexpected_sentence
            return f"{words} was answered {self.answered or 0:02X}: {row.meaning}"
        first = self.answers[0]
        if len(self.answers) == 1:
            likely = "" if self.certain else " likely"
            if first.reason is None:
                return f"{words} is{likely} carried out."
            return f"{words} is{likely} refused: {first.reason.sentence}"
        if self.answered is not None:
            return f"{words} was answered {self.answered:02X}; {len(self.answers)} reasons are possible."
        if not self.allowed:
            if self.undecided:
                return f"{words} is likely refused, for one of {len(self.answers)} reasons."
            return f"{words} is refused whatever the rest of the state is; {len(self.answers)} reasons are possible."
        others = len(self.refusals)
        return f"{words} can be carried out; {others} other answer{'s are' if others > 1 else ' is'} possible."


def explain(evidence: ChipEvidence, command: CommandPacket, answered: int | None = None) -> Explanation:
    """Explain the answers of a chip that is known only in part.

    With `answered`, a status, only answers that fit it are explained.

    Raises:
        InputError: `nothing-known` when no byte of the configuration is given.
    """
    if evidence.config is None and not evidence.some:
        raise InputError(
            "nothing-known",
            "Nothing of the chip's configuration is known.",
            "Give a dump of the configuration zone, or at least its bytes 84 to 87.",
        )
    if evidence.config is not None:
        ConfigZone.parse(evidence.config)
    earlier = _refused_before(evidence)
    if earlier is not None:
        return Explanation(command, (), answered, evidence.doubts, before=earlier)
    found: dict[tuple[ReasonId, ByteRanges] | None, tuple[PossibleChip, Status, Reason | None]] = {}
    states: dict[tuple[ReasonId, ByteRanges] | None, list[SecureElement]] = {}
    for chip in possible_chips(evidence, command):
        for possible, status, reason in _answers_of(chip, command, evidence):
            key = _key_of(reason)
            states.setdefault(key, []).append(possible.element)
            if key not in found or len(possible.assumed) < len(found[key][0].assumed):
                found[key] = possible, status, reason
    seen = [one for one in found.values() if answered is None or one[1] == answered]
    answers = [
        _answer(chip, command, status, reason, evidence, states[_key_of(reason)]) for chip, status, reason in seen
    ]
    if len(found) == 1:  # it does not matter what was assumed
        answers = [replace(answer, when=()) for answer in answers]
    answers = sorted(answers, key=lambda answer: (len(answer.when), answer.reason is not None))
    undecided = _undecided([reason for _, _, reason in found.values()], evidence)
    notes: tuple[str, ...] = ()
    if evidence.config and answered in (None, Status.SUCCESS) and any(one[2] is None for one in found.values()):
        notes = command_notes(command, ConfigZone.parse(evidence.config), evidence.slots)
    told = Explanation(command, tuple(answers), answered, evidence.doubts, undecided, notes=notes)
    if answers or answered in (None, Status.SUCCESS):
        return told
    reasons = tuple(reason for _, _, reason in found.values() if reason is not None)
    expected = reasons if len(reasons) == len(found) else ()
    fits_while, against_lock = _fits_while(evidence, command, answered)
    return replace(told, fits_while=fits_while, against_lock=against_lock, expected=expected)


def _key_of(reason: Reason | None) -> tuple[ReasonId, ByteRanges] | None:
    return None if reason is None else (reason.id, reason.bytes)


def _fits_while(evidence: ChipEvidence, command: CommandPacket, answered: int | None) -> tuple[str, bool]:
    """With which locks this answer is expected, and which forbids it.

    A file often says what a chip is meant to be, and its locks are not those of the chip.
    """
    if evidence.config is None or evidence.seen or answered in (None, Status.SUCCESS):
        return "", False
    locked = [byte != UNLOCKED for byte in evidence.config[LOCK_VALUE : LOCK_CONFIG + 1]]

    def unlocks(locks: bytes) -> bool:
        return any(was and byte == UNLOCKED for was, byte in zip(locked, locks, strict=True))

    # What can still come to pass goes before what a lock rules out.
    for data, config, words in sorted(_OTHER_LOCKS, key=lambda other: unlocks(bytes(other[:2]))):
        locks = bytes((data, config))
        other = evidence.config[:LOCK_VALUE] + locks + evidence.config[LOCK_CONFIG + 1 :]
        if other == evidence.config:
            continue
        chips = possible_chips(replace(evidence, config=other), command)
        if any(status == answered for chip in chips for _, status, _ in _answers_of(chip, command, evidence)):
            return words, unlocks(locks)
    return "", False


def _refused_before(evidence: ChipEvidence) -> RefusedBefore | None:
    """The first command since the last wake that is surely refused.

    Where their answers were seen they are what counts, and nothing is guessed.
    """
    if not evidence.before or evidence.seen or not evidence.complete:
        return None
    for position, command in enumerate(evidence.before):
        told = explain(replace(evidence, before=evidence.before[:position]), command)
        if told.before is None and not told.allowed:
            return RefusedBefore(position + 1, told)
    return None


def _undecided(reasons: Iterable[Reason | None], evidence: ChipEvidence) -> ByteRanges:
    if evidence.complete:
        return ()
    named = {
        at
        for reason in reasons
        for first, last in (reason.bytes if reason is not None else ())
        for at in range(first, last + 1)
    }
    if not named:  # nothing that was tried refuses it
        named = set(range(CONFIG_SIZE))
    return spans(named - set(evidence.some))


def _answers_of(
    chip: PossibleChip, command: CommandPacket, evidence: ChipEvidence
) -> Iterator[tuple[PossibleChip, Status, Reason | None]]:
    """The answer of this chip.

    Two where a proof decides that nobody outside can check.
    """
    status, reason = _ask(chip, command)
    if reason is not None and reason.id in PROOFS and not _decided(reason.id, command, evidence):
        yield chip, Status.SUCCESS, None
        chip = replace(chip, assumed=(*chip.assumed, "if what the command brings does not fit"))
    yield chip, status, reason


def _decided(reason: ReasonId, command: CommandPacket, evidence: ChipEvidence) -> bool:
    """Whether the twin knows all that this proof is made of."""
    if reason is ReasonId.LOCK_CRC_MISMATCH and command.param1 & 0x03 == LockMode.CONFIG:
        return evidence.complete
    in_clear = reason is ReasonId.PRIVATE_KEY_INVALID and not command.param1 & ENCRYPTED_ACCESS
    return in_clear or _all_known(evidence)


def _all_known(evidence: ChipEvidence) -> bool:
    return evidence.before is not None and len(evidence.slots) == 16


def _ask(chip: PossibleChip, command: CommandPacket) -> tuple[Status, Reason | None]:
    done = chip.element.copy().execute(command.to_bytes())
    status = ResponsePacket.parse(done.response).status_code
    return (Status.SUCCESS, None) if done.reason is None else (Status(status or 0), done.reason)


def _answer(
    chip: PossibleChip,
    command: CommandPacket,
    status: Status,
    reason: Reason | None,
    evidence: ChipEvidence,
    states: Iterable[SecureElement] = (),
) -> Answer:
    """What this chip answers; `states` are all that refuse so."""
    remedy = find_remedy(chip.element, command, reason) if reason is not None and reason.bytes else None
    way_out = (
        None
        if reason is None
        else way_out_of(
            (chip.element, *(state for state in states if state is not chip.element)), command, reason, evidence
        )
    )
    return Answer(status, reason, chip.assumed, remedy, chip.element.memory.config.config_locked, way_out)
