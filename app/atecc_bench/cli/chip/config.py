"""Verbs about the configuration zone: read, decode, lint, diff, write, lock."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from atecc_bench.chip.config.config_fields import ConfigField
from atecc_bench.chip.config.config_zone import NO_SLOT_LOCKED, ConfigZone, differing_bytes
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.cli.chip.config_sides import differing, differing_fields, side
from atecc_bench.cli.chip.config_source import BundleOption, ConfigSource, DumpArgument, FoundConfig, FromPortOption
from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
    wrapping_table,
)
from atecc_bench.diagnose.config.config_formats import ConfigFormat, export_config
from atecc_bench.diagnose.config.identify import Identification, identify
from atecc_bench.diagnose.config.known_configurations import FieldDifference
from atecc_bench.diagnose.config.lint import Finding, Severity, lint
from atecc_bench.diagnose.config.told import told_fields, told_findings
from atecc_bench.errors import ExitCode, RefusedError
from atecc_bench.records.run_records import to_json

app = typer.Typer(no_args_is_help=True, help="The configuration zone: read, decode, lint, diff, write, lock.")
STYLES = {Severity.DANGER: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@app.command("read")
def read(
    port: PortOption,
    form: Annotated[ConfigFormat, typer.Option("--format", help="How it is written.")] = ConfigFormat.HEX,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Print the 128 bytes of the configuration zone as they are."""
    with reporting(as_json=json):
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
        text = export_config(config, form)
    if json:
        document = {"virtual": device.board.info.virtual, "serial_number": config.serial_number.hex()}
        print_json({**document, "config": config.to_bytes().hex()})
        return
    if form is ConfigFormat.HEX:
        console().print(f"# chip {config.serial_number.hex()}{virtual_mark(device.board.info)}")
    typer.echo(text, nl=False)


@app.command("decode")
def decode(
    dump: DumpArgument = None,
    port: FromPortOption = None,
    bundle: BundleOption = None,
    form: Annotated[
        ConfigFormat | None, typer.Option("--format", help="Write it in this form instead of explaining it.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Explain a configuration zone field by field.

    It also says whose it is. The configuration is from a pasted dump or from a chip.
    """
    with reporting(as_json=json):
        found = ConfigSource(dump, port, bundle, baud).find()
        text = None if form is None else export_config(found.config, form)
    if text is not None:
        typer.echo(text, nl=False)
        return
    fields = told_fields(found.config, found.unknown)
    identified = identify(found.config, found.otp, found.info_revision, found.unknown)
    if json:
        print_json({
            **found.document,
            "config": found.config.to_bytes().hex(),
            **found.unknown_document,
            "identification": _identification_document(identified),
            "fields": [_field_document(field) for field in fields],
        })  # fmt: skip
        return
    found.print_remarks()
    if found.tells(0, 15):
        console().print(f"{identified.title}: {identified.configuration}", style="bold")
    else:
        console().print(f"For an {identified.part.value}: {identified.configuration}", style="bold")
    for evidence in identified.evidence:
        console().print(f"  {evidence.where}: {evidence.sentence}")
    _print_differences(identified.nearest.differences if identified.told else ())
    table = wrapping_table("Bytes", "Field", "Value", "Meaning")
    for field in fields:
        table.add_row(f"{field.start}–{field.end - 1}", field.name, field.value, field.meaning)
    console().print(table)


@app.command("lint")
def lint_verb(
    dump: DumpArgument = None,
    port: FromPortOption = None,
    bundle: BundleOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Warn of wrong or dangerous settings in a configuration.

    This is the check to make before it is too late. Ends with 1 when something is dangerous.
    """
    with reporting(as_json=json):
        found = ConfigSource(dump, port, bundle, baud).find()
    tell_findings(found, json=json)
    raise typer.Exit(ExitCode.NO if has_danger(found) else ExitCode.DONE)


_OF_THE_CHIP = frozenset((*range(16), *range(84, 90)))  # what a configuration in firmware leaves blank


def tell_findings(found: FoundConfig, *, json: bool) -> None:
    """Tell what is wrong or dangerous about a configuration."""
    findings = told_findings(found.config, found.unknown)
    if json:
        print_json({**found.document, "findings": [finding_document(finding) for finding in findings]})
        return
    found.print_remarks()
    for finding in findings:
        where = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in finding.bytes)
        console().print(f"{finding.severity}  {finding.sentence}", style=STYLES[finding.severity])
        console().print(f"    bytes {where}. {finding.advice}  [{finding.id}]")
    if found.unknown - _OF_THE_CHIP:
        told = CONFIG_SIZE - len(found.unknown)
        console().print(f"Only {told} of {CONFIG_SIZE} bytes are told: too little to say that nothing is wrong.")
    elif not findings:
        console().print("Nothing to remark.", style="bold green")


def has_danger(found: FoundConfig) -> bool:
    """Whether anything about a configuration is dangerous."""
    return any(finding.severity is Severity.DANGER for finding in told_findings(found.config, found.unknown))


@app.command("diff")
def diff(
    one: Annotated[
        str,
        typer.Argument(metavar="ONE", help="A file, port, bundle, profile or known configuration; - reads stdin."),
    ],
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Another of these.")] = None,
    port: FromPortOption = None,
    bundle: BundleOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Compare two configurations by their named bits.

    What is individual to a chip is left out. Ends with 1 when they differ.
    """
    with reporting(as_json=json):
        if other is not None and port is None and bundle is None:
            left, right = side(one, baud), side(other, baud)
        else:
            left, right = side(one, baud), ConfigSource(other, port, bundle, baud).find()
    differences = differing_fields(left, right)
    at = differing(left, right)
    if json:
        rows = [
            {"field": d.field.name, "bytes": [d.field.start, d.field.last], "one": d.known, "other": d.found}
            for d in differences
        ]
        print_json({"equal": not at, "bytes": list(at), "differences": rows})
    else:
        for found in (left, right):
            found.print_remarks()
        console().print("Equal but for what is individual to a chip." if not at else f"{len(at)} bytes differ.")
        _print_differences(differences)
    raise typer.Exit(ExitCode.NO if at else ExitCode.DONE)


@app.command("write")
def write(
    port: PortOption,
    dump: Annotated[str, typer.Argument(metavar="FILE", help="The configuration in any form; - reads stdin.")],
    *,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Write a configuration to a chip, and read it back.

    The chip's configuration zone has to be open. Locks nothing: bytes 88 and 89 (SlotLocked) are written as FF FF.
    """
    with reporting(as_json=json):
        found = ConfigSource(dump).find()
        target = found.config
        with open_device(port, baud=baud) as device:
            before = device.session.read_config()
            if before.config_locked:
                raise _locked()
            if found.part_is_told and before.part is not target.part and Part.ATECC508A in (before.part, target.part):
                raise RefusedError(
                    "other-part",
                    f"The file is for an {target.part.value}, and the chip is an {before.part.value}.",
                    "Give a configuration for this part.",
                )
            if target.locked_slots and not json:
                console().print(_slots_left_open(target), style="yellow")
            if not yes:
                confirm(before.serial_number.hex(), "write this configuration", json=json)
            record = records_of(device, before.serial_number.hex()).begin(datetime.now(UTC))
            record.write("saved_json", to_json({"config": before.to_bytes().hex()}))
            wanted = _filled_from(before.to_bytes(), found)
            writes = device.session.write_config(wanted, before.to_bytes())
            after = device.session.read_config()
        left = (*differing_bytes(after.to_bytes(), wanted), *((88, 89) if after.locked_slots else ()))
        if left:
            raise RefusedError(
                "config-not-written",
                f"Read back, byte {', '.join(map(str, left))} is not what was written.",
                "Write again; if it happens again, the chip or the wiring is damaged.",
            )
    saved = [str(path) for path in record.artifacts.values()]
    if json:
        open_slots = {"slots_left_open": list(target.locked_slots)} if target.locked_slots else {}
        print_json({"virtual": device.virtual, "writes": writes, "saved": saved, **open_slots})
        return
    found.print_remarks()
    chip = f"chip {before.serial_number.hex()}{virtual_mark(device.board.info)}"
    console().print(f"The configuration zone of {chip} is written, in {writes} commands, and read back.")
    for path in saved:
        console().print(f"What was there before: {path}")


@app.command("lock")
def lock(
    port: PortOption,
    *,
    yes: YesOption = False,
    data: Annotated[bool, typer.Option("--data", help="Lock the data zone and OTP instead.")] = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Lock the configuration zone of a chip for ever.

    The lock has a CRC over exactly what was read from the chip before.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        before = device.session.read_config()
        _check_lock(before, data=data)
        findings = [f for f in lint(before) if f.severity is Severity.DANGER]
        if not json:
            for finding in findings:
                console().print(finding.sentence, style="bold red")
        zone = "the data zone and OTP" if data else "the configuration zone"
        if not yes:
            confirm(before.serial_number.hex(), f"lock {zone} for ever", json=json)
        if data:
            device.session.lock_data()
        else:
            device.session.lock_config(before.to_bytes())
        config_locked, data_locked = device.session.zones_locked()
    document = {"virtual": device.board.info.virtual, "config_locked": config_locked, "data_locked": data_locked}
    if json:
        print_json(document)
    else:
        are = "are" if data else "is"
        chip = f"chip {before.serial_number.hex()}{virtual_mark(device.board.info)}"
        console().print(f"{zone[0].upper()}{zone[1:]} of {chip} {are} locked for ever.")


def _filled_from(before: bytes, found: FoundConfig) -> bytes:
    """The bytes to be written.

    They are the file's, and the chip's own where the file does not tell any.
    """
    target = found.config.to_bytes()
    wanted = bytes(
        own if at in found.unknown else byte for at, (own, byte) in enumerate(zip(before, target, strict=True))
    )
    return before[:16] + wanted[16:88] + NO_SLOT_LOCKED + wanted[90:]


def _slots_left_open(target: ConfigZone) -> str:
    slots = ", ".join(map(str, target.locked_slots))
    return (
        f"Bytes 88 and 89 (SlotLocked) of the file would let the configuration lock lock slots too: {slots}. They are "
        "written as FF FF; `slot lock` locks a slot once it is filled."
    )


def _check_lock(config: ConfigZone, *, data: bool) -> None:
    if not data and config.config_locked:
        raise _locked()
    if not data and config.locked_slots:
        raise RefusedError(
            "slots-locked-too-soon",
            f"This lock would lock slots too, before anything is in them: {', '.join(map(str, config.locked_slots))} "
            f"(bytes 88 and 89, SlotLocked, are {config.to_bytes()[88:90].hex(' ').upper()}).",
            "Write FF FF there first, as `config write` does. Nothing was locked.",
        )
    if data and not config.config_locked:
        raise RefusedError(
            "config-not-locked", "The configuration zone is not locked yet.", "Lock it first: config lock --port URL"
        )
    if data and config.data_locked:
        raise RefusedError("data-locked", "The data zone and OTP are locked already.", "There is nothing to do.")


def _locked() -> RefusedError:
    return RefusedError(
        "config-locked",
        "The configuration zone of this chip is locked for ever.",
        "Use another chip; explain what this one can do with `config decode`.",
    )


def _print_differences(differences: tuple[FieldDifference, ...]) -> None:
    for difference in differences:
        console().print(f"    {difference.sentence}")


def _identification_document(identified: Identification) -> dict[str, object]:
    nearest = identified.nearest
    return {
        "part": identified.part.value,
        "revision_known": identified.revision_known,
        "variant": identified.variant.value,
        "evidence": [{"where": e.where, "sentence": e.sentence} for e in identified.evidence],
        "configuration": {
            "name": nearest.configuration.name if identified.told else None,
            "exact": nearest.exact and identified.told,
            "source": nearest.configuration.source,
            "differing_bytes": list(nearest.differing_bytes),
            "differences": [difference.sentence for difference in nearest.differences],
        },
    }


def finding_document(finding: Finding) -> dict[str, object]:
    """A finding as JSON has it."""
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "bytes": [list(span) for span in finding.bytes],
        "advice": finding.advice,
    }


def _field_document(field: ConfigField) -> dict[str, object]:
    return {
        "name": field.name,
        "start": field.start,
        "end": field.end - 1,
        "group": field.group.value,
        "value": field.value,
        "meaning": field.meaning,
        "slot": field.slot,
    }
