"""Read a log without certificates: from codes, scans and words to causes.

Each cause says which lines speak for it; what another line contradicts is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.reply_frames import ReplyKind
from atecc_bench.chip.protocol.status import Status
from atecc_bench.diagnose.causes.cause import Confidence
from atecc_bench.diagnose.codes.code_table import CodeRow, Layer
from atecc_bench.diagnose.codes.log_causes import ON_THE_BUS, LogCauseId
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import explain
from atecc_bench.diagnose.symptoms.addresses import (
    facts_of_addresses,
    facts_of_presence,
    right_address,
    same_address_twice,
)
from atecc_bench.diagnose.symptoms.bus_scan import AS_SOLD, USUAL, BusScan, scans_in
from atecc_bench.diagnose.symptoms.chip_states import ChipStates, chip_states
from atecc_bench.diagnose.symptoms.log_codes import (
    LoggedCode,
    LoggedFrame,
    codes_in,
    frames_in,
    unknown_codes_in,
)
from atecc_bench.diagnose.symptoms.log_commands import LoggedCommand, commands_in
from atecc_bench.diagnose.symptoms.log_operations import failed_operations
from atecc_bench.diagnose.symptoms.log_signs import SIGNS, WORTH_A_LOOK
from atecc_bench.diagnose.symptoms.log_times import watchdog_gap
from atecc_bench.diagnose.symptoms.weighing import Evidence, Weighed
from atecc_bench.log_lines import clean_lines

_SERIAL_NUMBER = re.compile(
    r"(?<![0-9A-Fa-f])01[ :,-]?23(?:[ :,-]?[0-9A-Fa-f]{2}){6}[ :,-]?EE(?![0-9A-Fa-f])", re.IGNORECASE
)
_FIELD = re.compile(
    r"atca|atecc|atmel-(?:ecc|sha|i2c)|atsha|eccx08|ecc[56]08|cryptoauth|secure[ _-]?element|i2c|tng_|"
    r"trust ?(?:&|n|and) ?go|calib_|\bpsa_|(?:private|public) key .{0,30}slot|ecc[15]08_|c508|sha204|"
    r"crypto(?:graphic|graphy|[ _-]?auth\w*)?[ _-](?:device|chip|element|co-?processor)|remote i/o error|eremoteio|"
    r"nerves_?key|self[ -]signed cert generation|csr generation|device not found\. check wiring|pkcs ?#?11|"
    r"signtempkey|loadtempkey|createsignature|verifysignature|_crypto\.|secure_cert|gateway_mfr|compact key|wolf ?ssl|"
    r"p11tool|pkcs11_|ssl handshake|c_getfunctionlist|mos aws-iot|data/otp zone|"
    r"mbedtls|esp-tls|aws_iot|azure|x509|certificate|tls",
    re.IGNORECASE,
)
_EXPECTED = re.compile(r"\bExpected\s*$")
_WAS = re.compile(r"(?:^|>\s?)\s*0\s+Was\s*$")
_NUMBER_ALONE = re.compile(r"(?:^|>\s?)\s*(\d{1,3})\s*$")
_AES_KEY = 6
_NO_SERIAL_NUMBERS = (bytes(6), b"\xff" * 6, bytes.fromhex("0000 04050607"))
_AES = re.compile(r"(?<![a-z])aes", re.IGNORECASE)
_LINES_OF_CALL = 4  # a call and what it printed before its code
_STATES_SPEAK_FOR = frozenset((LogCauseId.REFUSED, LogCauseId.READ_TOO_EARLY))
_MOST_FOUND = 400
_MOST_UNKNOWN = 5
_BEGINS = re.compile(r"\batca\w*_init", re.IGNORECASE)
_MOST_LINES = 6_000
_DIGITS = re.compile(r"[0-9]+")
_MOST_ALIKE = 5  # lines that differ in their numbers say the same; more of them count no more
_LONGEST_LINE = 2_000
_SHOWN = 110
_STEPS = (4.0, 2.8, 2.0, 1.5, 1.2, 1.0)  # what a code weighs for the causes of its row, in their order
_FIRST = 0.4  # what comes first in a log is rather the root of the rest
_UNDECIDED = 3.0
_LIKELY = 3.9
_NEAR = 0.8


@dataclass(frozen=True)
class LogCause:
    """Something that a log allows as its cause.

    `evidence` are the lines that speak for it, `command` is the one that was refused, in words.
    """

    id: LogCauseId
    confidence: Confidence
    evidence: tuple[str, ...]
    command: str = ""

    @property
    def summary(self) -> str:
        """What is the matter, in a sentence."""
        return self.id.summary

    @property
    def fix(self) -> str:
        """What to do about it."""
        if self.command and self.id is LogCauseId.REFUSED:
            asked = f'atecc-bench explain --config FILE --command "{self.command}" --answered 0F'
            return f"Ask which rule it is: {asked}"
        return self.id.fix


@dataclass(frozen=True)
class LogReading:
    """What a log says: causes, best first, and its codes."""

    causes: tuple[LogCause, ...]
    codes: tuple[LoggedCode, ...] = ()
    frames: tuple[LoggedFrame, ...] = ()
    scans: tuple[BusScan, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def read_log(text: str, config: ConfigZone | None = None) -> LogReading | None:
    """Find the causes that a log allows.

    `config` is the configuration of the chip, where it is known. None where nothing in the text speaks for any cause.
    Never raises.
    """
    lines = _whole_assertions([line[:_LONGEST_LINE] for line in clean_lines(text)[:_MOST_LINES]])
    numbered = list(enumerate(lines, 1))
    codes = tuple(islice((code for number, line in numbered for code in codes_in(line, number)), _MOST_FOUND))
    frames = tuple(islice((frame for number, line in numbered for frame in frames_in(line, number)), _MOST_FOUND))
    scans = scans_in(lines)
    states = chip_states(lines)
    if not _is_of_this_field(lines, codes, frames, scans):
        return None
    weighed = Weighed()
    _weigh_codes(weighed, codes, lines)
    _weigh_signs(weighed, codes, lines)
    _weigh_frames(weighed, frames, codes, lines)
    for evidence in states.evidence(lines):
        weighed.add(evidence)
    if not weighed.any_but(_STATES_SPEAK_FOR):
        for evidence in failed_operations(lines):
            weighed.add(evidence)
    command = _refused_command(lines, codes, frames)
    why = "" if command is None else _why_refused(command, config)
    if command is not None and why:
        told = f"line {command.line}: {command.words}, by the configuration in this log: {why}"
        weighed.add(Evidence(LogCauseId.REFUSED, 5.8, told, command.line))
    elif command is not None and config is not None and _is_written_by_hand(config):
        refused = weighed.of((LogCauseId.REFUSED,))
        if refused:
            told = (
                f"line {refused[0].line}: the configuration in this text allows it, but has no chip's serial number: "
                "it is what firmware writes, and says nothing of this chip's locks"
            )
            weighed.add(Evidence(LogCauseId.ZONES_OPEN, 4.9, told, refused[0].line))
    unknown = tuple(
        islice(((number, said) for number, line in numbered for said in unknown_codes_in(line, number)), _MOST_UNKNOWN)
    )
    for number, _ in unknown:
        if _BEGINS.search(lines[number - 1]) is not None:
            told = f"line {number}: {_short(lines[number - 1])}"
            weighed.add(Evidence(LogCauseId.HAL_NOT_READY, 4.0, told, number))
            weighed.add(Evidence(LogCauseId.WAKE_FAILED, 3.0, told, number))
    facts = tuple(facts_of_addresses(lines, scans, codes, config))
    missed = next((one for one in weighed.of(ON_THE_BUS) if one.line), None)
    for evidence in (*facts, *facts_of_presence(scans, missed)):
        weighed.add(evidence)
    gap = watchdog_gap(lines, codes)
    if gap is not None:
        weighed.add(gap)
    _leave_out(weighed, codes, frames, scans, lines, config, states)
    if any(one.addresses & {AS_SOLD} for one in scans[-1:]) and not any(
        one.cause is LogCauseId.ADDRESS_MOVED for one in facts
    ):
        weighed.drop(LogCauseId.ADDRESS_MOVED)  # the last scan shows it where it was sold
    causes = _ranked(weighed, command)
    if not causes and not codes and not frames:
        return None
    said = [sentence for frame in frames[:3] for sentence in frame.frame.sentences[-1:]]
    said += [sentence for _, sentence in unknown]
    said += states.remarks
    remarks = tuple(dict.fromkeys(said))
    return LogReading(causes, codes, frames, scans, remarks)


def _is_of_this_field(
    lines: Sequence[str], codes: Sequence[LoggedCode], frames: Sequence[LoggedFrame], scans: Sequence[BusScan]
) -> bool:
    if any(_FIELD.search(line) for line in lines) or scans:
        return True
    named = any(code.row.layer in (Layer.CRYPTOAUTHLIB, Layer.MBEDTLS, Layer.ESP_IDF) for code in codes)
    return named or any(one.frame.kind is ReplyKind.STATUS and one.frame.crc_fits for one in frames)


def _weigh_codes(weighed: Weighed, codes: Iterable[LoggedCode], lines: Sequence[str]) -> None:
    for position, code in enumerate(codes):
        first = _FIRST if not position else 0.0
        told = f"line {code.line}: {_short(lines[code.line - 1])} — {_said(code.row)}"
        if code.row.status == Status.PARSE_ERROR and any(
            _AES.search(line) for line in lines[max(0, code.line - _LINES_OF_CALL) : code.line]
        ):
            weighed.add(Evidence(LogCauseId.AES_OFF, 5.2, told, code.line))
            weighed.add(Evidence(LogCauseId.ZONES_OPEN, 3.5, told, code.line))
        for cause, step in zip(code.row.causes, _STEPS, strict=False):
            weight = min(step, _UNDECIDED) if code.row.undecided else step + first
            weighed.add(Evidence(cause, weight, told, code.line))


def _said(row: CodeRow) -> str:
    number = row.number if row.names else f"{row.layer.value} {row.number}"
    name = f" {row.names[0]}" if row.names else ""
    return f"{number}{name}: {row.meaning}"


def _weigh_signs(weighed: Weighed, codes: Sequence[LoggedCode], lines: Sequence[str]) -> None:
    reached = _server_was_reached(codes, lines)
    alike: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        if WORTH_A_LOOK.search(line) is None:
            continue
        form = _DIGITS.sub("0", line)
        alike[form] += 1
        if alike[form] > _MOST_ALIKE:
            continue
        for sign in SIGNS:
            if (reached and sign.ends_any) or sign.pattern.search(line) is None:
                continue
            for position, cause in enumerate(sign.causes):
                told = f"line {number}: {_short(line)}"
                weight = sign.weight - position
                weighed.add(Evidence(cause, weight, told, number, says_so=sign.says_so and position == 0))


def _server_was_reached(codes: Sequence[LoggedCode], lines: Sequence[str]) -> bool:
    """Whether a handshake broke off by something else than the network."""
    return any(
        code.row.layer is Layer.MBEDTLS
        and code.row.causes
        and LogCauseId.NETWORK not in code.row.causes
        and "handshake" in lines[code.line - 1].lower()
        for code in codes
    )


def _weigh_frames(
    weighed: Weighed, frames: Sequence[LoggedFrame], codes: Sequence[LoggedCode], lines: Sequence[str]
) -> None:
    executed = any(one.frame.kind is ReplyKind.DATA for one in frames)
    read_as_answer = any(code.row.value == 0xF3 and code.row.layer is Layer.CRYPTOAUTHLIB for code in codes)
    for one in frames:
        said = " ".join(one.frame.sentences[1:]) or one.frame.sentences[0]
        told = f"line {one.line}: {_short(lines[one.line - 1])} — {said}"
        match one.frame.kind:
            case ReplyKind.BUS_HIGH | ReplyKind.BUS_LOW:
                weighed.add(Evidence(LogCauseId.NOTHING_ON_BUS, 4.5, told, one.line))
                weighed.add(Evidence(LogCauseId.WAKE_FAILED, 4.0, told, one.line))
            case ReplyKind.STATUS if one.frame.status == 0x0F:
                weighed.add(Evidence(LogCauseId.REFUSED, 5.5, told, one.line))
            case ReplyKind.STATUS if one.frame.status == 0x11:
                weight = 5.5 if read_as_answer else 4.0
                if not executed and (one.is_answer or read_as_answer):
                    weighed.add(Evidence(LogCauseId.WAKE_FRAME_READ, weight, told, one.line))
            case ReplyKind.STATUS if one.frame.status == 0xFF:
                weighed.add(Evidence(LogCauseId.LINE_DAMAGED, 5.0, told, one.line))
            case ReplyKind.STATUS if one.frame.status == 0xEE:
                weighed.add(Evidence(LogCauseId.WATCHDOG, 5.5, told, one.line))
            case ReplyKind.STATUS if one.frame.status == 0x03:
                weighed.add(Evidence(LogCauseId.ILLEGAL_COMMAND, 5.5, told, one.line))
            case _:
                continue


def _leave_out(
    weighed: Weighed,
    codes: Sequence[LoggedCode],
    frames: Sequence[LoggedFrame],
    scans: Sequence[BusScan],
    lines: Sequence[str],
    config: ConfigZone | None,
    states: ChipStates,
) -> None:
    """Take out what another line of the log contradicts."""
    status_code = next(
        (c.line for c in codes if c.row.status not in (None, 0) and c.row.layer is not Layer.LINUX), None
    )
    heard = next((one.line for one in frames if one.frame.kind in (ReplyKind.STATUS, ReplyKind.DATA)), status_code)
    serial = next((number for number, line in enumerate(lines, 1) if _SERIAL_NUMBER.search(line)), states.heard)
    last_trouble = max((code.line for code in codes if set(code.row.causes) & ON_THE_BUS), default=0)
    if heard is not None or (serial is not None and serial >= last_trouble):
        for cause in ON_THE_BUS:  # a chip that has answered is there, awake, and at this address
            weighed.drop(cause, unless_said=True)
    if serial is not None:
        weighed.drop(LogCauseId.ADDRESS_FORM)
    if any((scan.addresses | scan.held) & USUAL.keys() for scan in scans):
        weighed.drop(LogCauseId.NOTHING_ON_BUS)
    if same_address_twice(lines) is not None:
        weighed.drop(LogCauseId.ADDRESS_MOVED)
        weighed.drop(LogCauseId.NOTHING_ON_BUS)
    if right_address(lines, scans):
        weighed.drop(LogCauseId.ADDRESS_FORM)
        weighed.drop(LogCauseId.ADDRESS_MOVED)
    if config is not None and not config.to_bytes()[14] & 1:
        for cause in ON_THE_BUS - {LogCauseId.HAL_NOT_READY}:
            weighed.drop(cause)
        told = "the configuration: bit 0 of byte 14 (I2C_Enable) is 0"
        weighed.add(Evidence(LogCauseId.SINGLE_WIRE, 7.0, told, 0, says_so=True))
    if config is not None:
        _weigh_aes(weighed, config)
    read_from_chip = config is not None and not _is_written_by_hand(config)
    if config is not None and read_from_chip and config.config_locked and config.data_locked:
        weighed.drop(LogCauseId.ZONES_OPEN)
    if config is not None and not config.config_locked:
        weighed.drop(LogCauseId.ZONES_LOCKED)


def _is_written_by_hand(config: ConfigZone) -> bool:
    """Whether its serial number is none of a chip.

    Source texts fill its places with zeros, FF, or counting numbers as CryptoAuthLib's tests do.
    """
    raw = config.to_bytes()
    return raw[2:4] + raw[8:12] in _NO_SERIAL_NUMBERS


def _weigh_aes(weighed: Weighed, config: ConfigZone) -> None:
    """Let the configuration say whether AES can be done at all."""
    raw = config.to_bytes()
    if not weighed.of((LogCauseId.AES_OFF,)):
        return
    if not raw[13] & 1:
        told = "the configuration: bit 0 of byte 13 (AES_Enable) is 0"
        weighed.add(Evidence(LogCauseId.AES_OFF, 7.0, told, 0, says_so=True))
    elif all(key_config >> 2 & 7 != _AES_KEY for key_config in raw[96:128:2]):
        told = "the configuration: no slot has KeyType 6 (AES)"
        weighed.add(Evidence(LogCauseId.AES_OFF, 7.0, told, 0, says_so=True))


def _whole_assertions(lines: Sequence[str]) -> list[str]:
    """The lines, with three-line assertions of Unity in their first one."""
    whole = list(lines)
    for at, line in enumerate(lines[:-2]):
        if _EXPECTED.search(line) is None or _WAS.search(lines[at + 1]) is None:
            continue
        number = _NUMBER_ALONE.search(lines[at + 2])
        if number is not None:
            whole[at] = f"{line} 0 Was {number[1]}"
    return whole


def _refused_command(
    lines: Sequence[str], codes: Sequence[LoggedCode], frames: Sequence[LoggedFrame]
) -> LoggedCommand | None:
    """The last command before the refusal, or in the same line."""
    refusals = [code.line for code in codes if code.row.status == Status.EXECUTION_ERROR]
    refusals += [one.line for one in frames if one.frame.status == Status.EXECUTION_ERROR]
    end = min(refusals, default=len(lines))
    before = list(commands_in(lines[:end]))
    return before[-1] if before else None


def _why_refused(command: LoggedCommand, config: ConfigZone | None) -> str:
    if config is None:
        return ""
    told = explain(ChipEvidence(config.to_bytes()), command.packet, Status.EXECUTION_ERROR)
    return told.answers[0].reason.sentence if told.answers and told.answers[0].reason is not None else ""


def _ranked(weighed: Weighed, command: LoggedCommand | None) -> tuple[LogCause, ...]:
    ranked = weighed.ranked()
    if not ranked:
        return ()
    best = ranked[0][1]
    alone = len(ranked) == 1 or best - ranked[1][1] >= _NEAR
    causes: list[LogCause] = []
    for position, (cause, score, evidence, says_so) in enumerate(ranked):
        sure = Confidence.POSSIBLE
        if says_so and (position == 0 or score >= best - _NEAR):
            sure = Confidence.CERTAIN
        elif score >= _LIKELY and (position == 0 or not alone) and score >= best - _NEAR:
            sure = Confidence.LIKELY
        causes.append(LogCause(cause, sure, evidence, "" if command is None else command.words))
    return tuple(causes)


def _short(line: str) -> str:
    text = " ".join(line.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
