"""Virtual boards whose bridge lies, and what each verb of the command line makes of them."""

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from atecc_bench.chip.protocol.packet import CommandPacket, PacketError
from atecc_bench.errors import BenchError
from atecc_bench.twin.element.secure_element import Execution, SecureElement
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.cases.lying_bridges import Lie, Talk

_MADE_AT = "atecc_bench.twin.ports.presets.SecureElement"
Run = Callable[..., Any]
_TIMES = frozenset({"times"})  # of the silicon check, which no two runs have alike
Place = tuple[str | int, ...]
BELIEVED, NOTHING = "believed", "–"


class LyingElement(SecureElement):
    """A chip as a host sees it behind a bridge that lies."""

    def __init__(self, talk: Talk, memory: Eeprom, entropy: Entropy) -> None:
        super().__init__(memory, entropy)
        self._talk = talk

    def execute(self, packet: bytes) -> Execution:
        """Let the bridge see the packet first."""
        try:
            command = CommandPacket.parse(packet)
        except PacketError:
            return super().execute(packet)
        honest: list[Execution] = []

        def send(passed_on: CommandPacket) -> bytes:
            honest.append(super(LyingElement, self).execute(passed_on.to_bytes()))
            return honest[-1].response

        reply = self._talk(send, command)
        goes_idle = bool(honest) and honest[-1].goes_idle
        return Execution(reply, self.milliseconds(packet), None, goes_idle)


@contextmanager
def lying_boards(lie: Lie | None) -> Generator[None]:
    """Let the bridges of all virtual boards lie."""
    if lie is None:
        yield
        return
    talk = lie.begin()
    with patch(_MADE_AT, lambda memory, entropy: LyingElement(talk, memory, entropy)):
        yield


@dataclass(frozen=True)
class Question:
    """A verb that reads or proves, by its name in the table.

    `of_fresh` is asked of a blank chip, the others of a finished one.
    """

    name: str
    words: tuple[str, ...]
    of_fresh: bool = False


QUESTIONS = (
    Question(
        "provision", ("provision", "--profile", "trustcustom-tls", "--ca", "ca", "--fill-keys", "--yes"), of_fresh=True
    ),
    Question("verify", ("verify",)),
    Question("info", ("info",)),
    Question("config read", ("config", "read")),
    Question("cert verify", ("cert", "verify")),
    Question("key public", ("key", "public", "--slot", "0")),
    Question("key prove", ("key", "prove", "--slot", "0")),
    Question("slot read", ("slot", "read", "--slot", "8")),
    Question("bundle", ("bundle", "--out", "new.zip")),
    Question("silicon-check", ("silicon-check",)),
)  # fmt: skip
_VARIES = frozenset(
    {"id", "made", "date", "time", "seconds", "milliseconds", "timing", "exchanges", "record", "records"}
)


class LiarsDesk:
    """A folder with an authority, a finished chip, its record and a blank chip; verbs run in copies of it."""

    def __init__(self, template: Path, run: Run) -> None:
        """Fill the folder; `run` is given a folder and words."""
        self._template, self._run, self._made = template, run, 0
        for words in (
            ("ca", "init", "ca", "--organization", "Nordlys AS"),
            (*QUESTIONS[0].words, "--port", "virtual://fresh?seed=7&state=finished.json", "--json"),
            ("info", "--port", "virtual://fresh?seed=8&state=fresh.json"),
        ):
            done = run(template, words)
            assert done.code == 0, (words, done.out, done.err)
        self._honest = {question: self._honestly(question) for question in QUESTIONS}

    def noticed(self, lie: Lie, question: Question) -> str:
        """By what a verb notices a lie: an error id or an exit code.

        `believed` where it says something else than of an honest bridge, `–` where it says the same.
        """
        code, document = self._asked(question, lie)
        if found := _error_id(document):
            return found
        honest_code, honest, varies = self._honest[question]
        if code != honest_code:
            return "findings"
        differing = {place for place in _differing(document, honest) if not _TIMES.intersection(place)}
        return NOTHING if differing <= varies else BELIEVED

    def _honestly(self, question: Question) -> tuple[int, Any, frozenset[Place]]:
        """Exit code and document of an honest bridge, and the places that differ from one run to the next."""
        (code, one), *others = (self._asked(question, None) for _ in range(3))
        return code, one, frozenset().union(*(_differing(one, other) for _, other in others))

    def _asked(self, question: Question, lie: Lie | None) -> tuple[int, Any]:
        self._made += 1
        folder = Path(shutil.copytree(self._template, self._template.with_name(f"asked-{self._made}")))
        chip = "fresh" if question.of_fresh else "finished"
        try:
            with lying_boards(lie):
                done = self._run(folder, (*question.words, "--port", f"virtual://fresh?state={chip}.json", "--json"))
            if isinstance(done.raised, BenchError):  # the program itself tells it above the verbs
                return done.raised.exit_code, {"error": {"id": done.raised.id}}
            assert done.out, (question.words, done.code, done.err, done.raised)
            return done.code, json.loads(done.out)
        finally:
            shutil.rmtree(folder)


def _error_id(document: Any) -> str:
    error = document.get("error") if isinstance(document, dict) else None
    return str(error["id"]) if error else ""


def _differing(one: Any, other: Any, at: Place = ()) -> frozenset[Place]:
    """The places at which two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return frozenset().union(*(_differing(one[key], other[key], (*at, key)) for key in one))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return frozenset().union(*(_differing(left, right, (*at, number)) for number, (left, right) in pairs))
    return frozenset() if one == other else frozenset({at})
