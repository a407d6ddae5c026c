"""What a code means that somebody holds: number, name or raw frame."""

from dataclasses import dataclass

from atecc_bench.chip.console.byte_text import bytes_of_text
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command, parse_command
from atecc_bench.chip.console.reply_frames import ReplyFrame, ReplyKind, read_reply
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import SHORTEST_RESPONSE
from atecc_bench.diagnose.codes.code_table import CodeRow, Layer, row_of_status
from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.codes.spellings import Reading, readings_of
from atecc_bench.errors import InputError

_OPCODES = frozenset(int(opcode) for opcode in Opcode)
_LONGEST = 512  # characters; what is longer is a log


@dataclass(frozen=True)
class CodeExplanation:
    """All that a code may mean, the likeliest first.

    `frame` is there for raw bytes of an answer, `command` for those of a packet in words.
    """

    text: str
    readings: tuple[Reading, ...]
    frame: ReplyFrame | None = None
    command: str = ""

    @property
    def row(self) -> CodeRow | None:
        """The likeliest row of the table."""
        return self.readings[0].row if self.readings else None

    @property
    def status(self) -> int | None:
        """The chip's answer that it stands for.

        None where the chip has not answered.
        """
        if self.frame is not None and self.frame.status is not None:
            return self.frame.status
        return None if self.row is None or self.row.status is None else int(self.row.status)

    @property
    def causes(self) -> tuple[LogCauseId, ...]:
        """What it may come from, the likeliest first."""
        if self.frame is not None and self.frame.kind in (ReplyKind.BUS_HIGH, ReplyKind.BUS_LOW):
            return (LogCauseId.NOTHING_ON_BUS, LogCauseId.WAKE_FAILED)
        if self.frame is not None and self.frame.kind is ReplyKind.DAMAGED:
            return (LogCauseId.LINE_DAMAGED,)
        return self.row.causes if self.row is not None else ()

    @property
    def summary(self) -> str:
        """The whole in a sentence."""
        if self.command:
            return f"{self.text} is no answer but a command: {self.command}."
        row = self.row
        if row is None:
            return self.frame.sentences[0] if self.frame is not None else f"{self.text} is in no table."
        number = f"{row.number} " if row.number and row.names else ""
        return f"{number}{row.name} ({row.layer.value}): {row.meaning}"


def explain_code(text: str) -> CodeExplanation:
    """Explain a code in any spelling, or a raw frame.

    Raises:
        InputError: `no-code` for a text that is neither.
    """
    said = text.strip()
    raw = bytes_of_text(said) if len(said) <= _LONGEST else None
    if raw is not None and _is_frame(said, raw):
        return _of_frame(said, raw)
    is_text = len(said) <= _LONGEST and all(one.isprintable() or one.isspace() for one in said)
    readings = readings_of(said) if is_text else ()
    if not readings:
        raise InputError(
            "no-code",
            f"{said[:60]!r} is no code that the table knows, and no frame of the chip.",
            "Give a number (0xF4, -12, 244), a name (ATCA_EXECUTION_ERROR) or a frame (04 0F 23 42); "
            "a whole log goes to `atecc-bench diagnose FILE`.",
        )
    return CodeExplanation(said, readings)


def _is_frame(text: str, raw: bytes) -> bool:
    if len(raw) < SHORTEST_RESPONSE:
        return False
    one_word = text.lower().removeprefix("0x").isalnum()
    if one_word and (text.lower().startswith("0x") or (text.isdigit() and not text.startswith("0"))):
        return False
    return not one_word or len(raw) != SHORTEST_RESPONSE or raw[0] in (SHORTEST_RESPONSE, 0xFF) or not any(raw)


def _of_frame(text: str, raw: bytes) -> CodeExplanation:
    frame = read_reply(raw)
    if frame.kind is ReplyKind.DAMAGED or (frame.kind is ReplyKind.DATA and (not frame.crc_fits or raw[1] in _OPCODES)):
        command = _as_command(raw)
        if command:
            return CodeExplanation(text, (), None, command)
    row = None if frame.status is None else row_of_status(frame.status)
    readings = () if row is None else (Reading(row, "the status byte of the frame"),)
    return CodeExplanation(text, readings, frame)


def _as_command(raw: bytes) -> str:
    try:
        return describe_command(parse_command(raw.hex(), FORMS), FORMS)
    except InputError:
        return ""


def explain_status(status: int) -> CodeExplanation:
    """Explain an answer of the chip."""
    row = row_of_status(status)
    readings = () if row is None else (Reading(row, "the chip's own byte"),)
    return CodeExplanation(f"{status:02X}", readings)


def layer_names() -> tuple[str, ...]:
    """The layers whose codes are known, for people."""
    return tuple(layer.value for layer in Layer if layer is not Layer.HAL)
