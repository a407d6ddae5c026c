"""The verb that sends commands to a chip.

It also says why one was refused.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.answer_text import describe_answer
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import CommandForm, describe_command, parse_command
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    check_named,
    console,
    print_json,
    reporting,
)
from atecc_bench.cli.diagnosis.explain import explanation_document, print_explanation
from atecc_bench.diagnose.bundle.collect import read_limit
from atecc_bench.diagnose.bundle.redaction import data_is_secret
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.command_notes import command_notes
from atecc_bench.diagnose.refusals.explain import Explanation, explain
from atecc_bench.diagnose.refusals.seen_exchanges import SeenExchange
from atecc_bench.errors import ExitCode, InputError


@dataclass(frozen=True)
class Sent:
    """A command, its answer, and why it was refused if it was."""

    packet: CommandPacket
    answer: ResponsePacket
    why: Explanation | None


def command(
    commands: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS...", help="Commands, each in quotes, sent in one wake.")
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", metavar="URL", help="Where the chip is.", callback=check_named)
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="List the commands with their parameters.")] = False,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Send commands to a chip, and explain a refusal.

    They are given as words or as packets in hex. Ends with 1 when one was refused.
    """
    if list_all:
        _list(json=json)
        return
    with reporting(as_json=json):
        packets = [parse_command(words, FORMS) for words in commands or ()]
        if not packets:
            raise InputError("no-command", "No command was given.", 'For example: "info mode=revision"; see --list.')
        if port is None:
            raise InputError("usage", "No port was given.", "Add --port URL, for example virtual://fresh.")
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            if not json:
                for note in dict.fromkeys(note for packet in packets for note in _warnings(packet, config)):
                    console().print(f"Note: {note}", style="dim")
            if not yes and any(effect_of(packet) is not CommandEffect.NOTHING for packet in packets):
                confirm(config.serial_number.hex(), _intent(packets), json=json)
            packets = [replace(p, secret=data_is_secret(p, config)) for p in packets]
            keys = records_of(device, config.serial_number.hex()).shown_keys()
            sent = _send(device.session, packets, config, keys)
    refused = sent[-1].why is not None
    if json:
        print_json({"virtual": device.board.info.virtual, "exchanges": [_document(one) for one in sent]})
    else:
        for one in sent:
            console().print(f"> {describe_command(one.packet, FORMS)}", style="bold")
            console().print(f"< {describe_answer(one.packet, one.answer)}")
            if one.why is not None:
                print_explanation(one.why)
    raise typer.Exit(ExitCode.NO if refused else ExitCode.DONE)


def _send(session: ChipSession, packets: list[CommandPacket], config: ConfigZone, keys: frozenset[int]) -> list[Sent]:
    """Send until one is refused.

    `keys` are slots that are known to hold a private key.
    """
    session.sleep()  # so that it is known what TempKey holds: nothing
    sent: list[Sent] = []
    for packet in packets:
        try:
            sent.append(Sent(packet, ResponsePacket(session.execute(packet)), None))
        except ChipStatusError as error:
            evidence = ChipEvidence(
                config=config.to_bytes(),
                slots=read_limit(session, config),
                before=tuple(one.packet for one in sent),
                seen=tuple(SeenExchange(one.packet, one.answer) for one in sent),
                private_keys=keys,
            )
            why = explain(evidence, packet, error.code)
            if not why.answers:  # a command before it changed what was read
                why = explain(replace(evidence, config=session.read_config().to_bytes()), packet, error.code)
            return [*sent, Sent(packet, ResponsePacket(bytes((error.code,))), why)]
    return sent


def _warnings(packet: CommandPacket, config: ConfigZone) -> tuple[str, ...]:
    """What to know before a command changes something for ever."""
    return command_notes(packet, config) if effect_of(packet) is CommandEffect.FOR_EVER else ()


def _intent(packets: list[CommandPacket]) -> str:
    changing = [describe_command(p, FORMS).split(" ")[0] for p in packets if effect_of(p) is not CommandEffect.NOTHING]
    undone = any(effect_of(packet) is CommandEffect.FOR_EVER for packet in packets)
    return f"send {' and '.join(changing)}{', which can never be undone' if undone else ''}"


def _document(one: Sent) -> dict[str, object]:
    return {
        "command": describe_command(one.packet, FORMS),
        "packet": one.packet.to_bytes().hex(),
        "answer": one.answer.payload.hex(),
        "meaning": describe_answer(one.packet, one.answer),
        **({"explanation": explanation_document(one.why)} if one.why is not None else {}),
    }


def _list(*, json: bool) -> None:
    if json:
        print_json({"commands": [_form_document(form) for form in FORMS.values()]})
        return
    for form in FORMS.values():
        console().print(f"{form.name}: {form.summary}", style="bold")
        for parameter in form.parameters:
            choices = f" ({', '.join(parameter.choices)})" if 1 < len(parameter.choices) < 9 else ""
            usual = f" [{parameter.default}]" if parameter.default not in (None, "") else ""
            console().print(f"    {parameter.name}{usual}: {parameter.meaning}{choices}")


def _form_document(form: CommandForm) -> dict[str, object]:
    return {
        "name": form.name,
        "summary": form.summary,
        "parameters": [
            {"name": one.name, "meaning": one.meaning, "default": one.default, "choices": list(one.choices)}
            for one in form.parameters
        ],
    }
