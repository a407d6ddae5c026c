"""The verb that explains refusals and codes."""

from dataclasses import replace
from typing import Annotated

import typer

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command, parse_command
from atecc_bench.cli.chip.config_source import BundleOption, ConfigSource, FromPortOption
from atecc_bench.cli.common.output import USUAL_BAUD, BaudOption, JsonOption, console, print_json, reporting
from atecc_bench.cli.diagnosis.told_log import code_document, print_code
from atecc_bench.diagnose.codes.code_table import Layer
from atecc_bench.diagnose.codes.explain_code import CodeExplanation, explain_code
from atecc_bench.diagnose.config.partial_config import spans_text
from atecc_bench.diagnose.refusals.explain import Answer, Explanation, explain
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.twin.rules.refusal_reasons import Reason


def explain_verb(
    code: Annotated[
        list[str] | None,
        typer.Argument(metavar="CODE", help="A code in any spelling (F4, -12, ATCA_COMM_FAIL) or an answer in hex."),
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", metavar="WORDS", help="The command, as words or as a packet in hex.")
    ] = None,
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="A dump of the configuration zone, or of a part of it."),
    ] = None,
    port: FromPortOption = None,
    bundle: BundleOption = None,
    before: Annotated[
        list[str] | None,
        typer.Option("--before", metavar="WORDS", help="A command since the last wake; repeat it for more."),
    ] = None,
    *,
    just_awake: Annotated[bool, typer.Option("--just-awake", help="Nothing was sent since the last wake.")] = False,
    answered: Annotated[
        str | None, typer.Option("--answered", metavar="CODE", help="What was seen: 0F, F4, -12, 04 0F 23 42, a name.")
    ] = None,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Say why a chip refuses a command, or what a code means.

    It names the rule, the bits, and what would have to differ. Ends with 1 when the command is refused.
    """
    with reporting(as_json=json):
        words = " ".join(code or ())
        if command is None:
            if not words:
                raise InputError(
                    "usage",
                    "Neither a code nor a command was given.",
                    'For example: atecc-bench explain F4, or explain --config FILE --command "sign slot=0"',
                )
            meaning = explain_code(words)
        else:
            meaning = explain_code(answered or words) if answered or words else None
    if command is None:
        if meaning is not None:
            _tell_code(meaning, json=json)
        raise typer.Exit(ExitCode.DONE)
    with reporting(as_json=json):
        packet = parse_command(command, FORMS, filler=0)
        history = tuple(parse_command(words, FORMS, filler=0) for words in before or ())
        found = ConfigSource(config, port, bundle, baud).find_known()
        evidence = found.evidence
        if history or just_awake:
            evidence = replace(evidence, before=history)
        explained = explain(evidence, packet, None if meaning is None else meaning.status)
    if json:
        beside = {} if meaning is None else {"answered": code_document(meaning)}
        print_json({**found.document, **explanation_document(explained), **beside})
    else:
        found.print_remarks()
        if meaning is not None and (
            meaning.status is None or meaning.row is None or meaning.row.layer is not Layer.CHIP
        ):
            print_code(meaning)
        print_explanation(explained)
    raise typer.Exit(ExitCode.DONE if explained.allowed else ExitCode.NO)


def _tell_code(explained: CodeExplanation, *, json: bool) -> None:
    if json:
        print_json(code_document(explained))
    else:
        print_code(explained)


def explanation_document(explained: Explanation) -> dict[str, object]:
    """The explanation as its JSON document."""
    return {
        "allowed": explained.allowed,
        "certain": explained.certain,
        "undecided": [list(span) for span in explained.undecided],
        "summary": explained.summary,
        "command": describe_command(explained.command, FORMS),
        "packet": explained.command.to_bytes().hex(),
        "notes": list(explained.notes),
        "refused_before": None
        if explained.before is None
        else {"position": explained.before.position, **explanation_document(explained.before.told)},
        "reasons": [
            *[_reason_document(one, one.reason) for one in explained.answers if one.reason is not None],
            *_unexpected_document(explained),
        ],
    }


def _unexpected_document(explained: Explanation) -> list[dict[str, object]]:
    """The answer that was seen, where no rule gives it.

    A refusal is never told without a reason.
    """
    if explained.before is not None:
        return [_reason_document(one, one.reason) for one in explained.before.told.answers if one.reason is not None]
    if explained.allowed or explained.answers or explained.answered is None:
        return []
    row = explained.unexpected
    return [
        {
            "id": f"answered-{explained.answered:02x}",
            "sentence": explained.summary if row is None else row.meaning,
            "bytes": [],
            "status": f"{explained.answered:02X}",
            "when": [],
            "what_to_do": explained.unexpected_sentence,
            "changes": [],
        }
    ]


def _reason_document(answer: Answer, reason: Reason) -> dict[str, object]:
    changes = answer.remedy.changes if answer.remedy is not None else ()
    return {
        "id": reason.id.value,
        "sentence": reason.sentence,
        "bytes": [list(span) for span in reason.bytes],
        "status": f"{answer.status:02X}",
        "when": list(answer.when),
        "what_to_do": answer.what_to_do,
        **_way_out_document(answer),
        "changes": [
            {
                "field": change.field.name,
                "bytes": [change.field.start, change.field.last],
                "mask": change.field.mask,
                "from": change.before,
                "to": change.after,
            }
            for change in changes
        ],
    }


def _way_out_document(answer: Answer) -> dict[str, object]:
    out = answer.way_out
    if out is None:
        return {}
    return {
        "first": [] if out.steps is None else list(out.steps.commands),
        "impossible_here": out.impossible,
        "other_slots": None if out.slots is None else list(out.slots),
    }


def print_explanation(explained: Explanation) -> None:
    """Tell a person."""
    out = console()
    out.print(explained.summary, style="bold green" if explained.allowed and explained.certain else "bold")
    if explained.before is not None:
        print_explanation(explained.before.told)
    for answer in explained.answers:
        when = f" ({', '.join(answer.when)})" if answer.when else ""
        if answer.reason is None:
            if not explained.certain:
                out.print(f"  It is carried out{when}.")
            continue
        decided = f"; decided by {answer.reason.where}" if answer.reason.where else ""
        out.print(f"  {answer.status:02X}  {answer.reason.sentence}{when}  [{answer.reason.id}{decided}]")
        out.print(f"      {answer.what_to_do}")
    for note in explained.notes:
        out.print(f"  Note: {note}")
    if explained.unexpected is not None and not explained.allowed:
        out.print(f"  {explained.unexpected_sentence}")
    if explained.undecided:
        out.print(f"What would decide it is not known: {spans_text(explained.undecided)} of the configuration zone.")
