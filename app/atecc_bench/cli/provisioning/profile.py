"""Verbs of profiles: list them, show one, lint one."""

from collections.abc import Mapping
from typing import Annotated

import typer

from atecc_bench.cli.chip.config import STYLES, finding_document
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.profiles.checks import lint_profile
from atecc_bench.profiles.files import available_profiles, open_profile, profiles_folder
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.profiles.slot_map import layout_slots
from atecc_bench.profiles.what_is_trusted import what_is_trusted

app = typer.Typer(no_args_is_help=True, help="Profiles: what a chip is to become.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME|FILE", help="Name of a profile, or its YAML file.")]
_SOURCES = {
    KeySource.GENERATE: "made at random",
    KeySource.IMPORT: "imported from a file",
    KeySource.DERIVE: "derived from the master key",
    KeySource.LEAVE: "left as it is",
}


@app.command("list")
def list_(*, json: JsonOption = False) -> None:
    """List all profiles: those that come with the product and your own."""
    with reporting(as_json=json):
        rows = [_row(name) for name in available_profiles()]
    if json:
        print_json({"folder": str(profiles_folder()), "profiles": rows})
        return
    table = wrapping_table("Name", "Title", "For", "What it does")
    for row in rows:
        if "error" not in row:
            table.add_row(row["name"], row["title"], row["for"], row["about"])
    console().print(table)
    for row in rows:
        if "error" in row:
            console().print(f"Cannot be used: {row['error']}")  # outside of the table, which would cut a long path
    console().print(f"Your own profiles go into {profiles_folder()}", markup=False)


@app.command("show")
def show(name: NameArgument, *, json: JsonOption = False) -> None:
    """Show what a profile does to a chip.

    It also shows what has to be proved for a PASS.
    """
    with reporting(as_json=json):
        opened = open_profile(name)
    profile = opened.profile
    if json:
        print_json({"path": str(opened.path), "sha256": profile.sha256, **profile.model_dump(mode="json")})
        return
    out = console()
    out.print(f"{profile.title} ({', '.join(part.value for part in profile.parts)})", style="bold")
    out.print(f"{profile.about} {profile.layout.sentence}".strip(), markup=False)
    _print_slots(profile)
    for field in profile.operator_fields:
        out.print(f"To be typed: {field.title}, such as {field.example}", markup=False)
    config = profile.nominal_config()
    for sentence in (*what_locks_protect(config), *what_stays_open(config)):
        out.print(f"  {sentence}", markup=False)
    out.print(
        "A PASS proves: " + ", ".join(proof.sentence for proof in profile.proofs_with(config)) + ".", markup=False
    )
    for server in profile.servers:
        over = "MQTT" if server.mqtt is not None else "HTTP" if server.http is not None else "TLS"
        out.print(f"It connects to {server.host}, by {over}.", markup=False)
    if profile.registration is not None:
        aws = profile.registration.aws
        cloud = profile.registration.cloud + ("" if aws is None else f" ({aws.certificate.value})")
        out.print(f"It is registered with {cloud}, now or when it can be reached.", markup=False)
    out.print("It trusts: " + "; ".join(what_is_trusted(profile, config)) + ".", markup=False)
    out.print(f"{opened.path}, SHA-256 {profile.sha256}", style="dim", markup=False)


@app.command("lint")
def lint(name: NameArgument, *, json: JsonOption = False) -> None:
    """Check a profile, and warn of dangers in its configuration.

    The configuration is the one that it gives a chip. Ends with 1 when it has a danger that the profile does not accept
    with a reason.
    """
    with reporting(as_json=json):
        opened = open_profile(name)
        findings = [(opened.document.mark(one.path), one) for one in lint_profile(opened.profile)]
    if json:
        rows = [
            {
                **finding_document(one.finding),
                "line": mark.line,
                "column": mark.column,
                "accepted": one.accepted or None,
            }
            for mark, one in findings
        ]
        print_json({"path": str(opened.path), "profile": opened.profile.name, "findings": rows})
    else:
        for mark, one in findings:
            finding = one.finding
            word = f"{finding.severity}, accepted" if one.accepted else finding.severity
            console().print(f"{word}  {finding.sentence}", style="dim" if one.accepted else STYLES[finding.severity])
            console().print(f"    {opened.path}, {mark}. {one.accepted or finding.advice}  [{finding.id}]")
        if not findings:
            console().print("Nothing to remark.", style="bold green")
    raise typer.Exit(ExitCode.NO if any(one.is_danger for _, one in findings) else ExitCode.DONE)


def _row(name: str) -> Mapping[str, str]:
    try:
        profile = open_profile(name).profile
    except InputError as error:
        return {"name": name, "title": "", "for": "", "about": "", "error": error.message}
    parts = ", ".join(part.value for part in profile.parts)
    return {"name": name, "title": profile.title, "for": parts, "about": profile.about}


def _print_slots(profile: Profile) -> None:
    table = wrapping_table("Slot", "What", "How")
    for key in profile.keys:
        how = [_SOURCES[key.source]]
        how += ["if the operator agrees"] if key.optional else []
        how += ["locked for ever"] if key.lock else []
        table.add_row(str(key.slot), key.title, ", ".join(how))
    for slot in layout_slots(profile):
        locked = ", locked for ever" if slot in profile.locks.slots else ""
        table.add_row(str(slot), "Certificates", ("written" if profile.layout.issues else "read") + locked)
    for data in profile.data:
        table.add_row(str(data.slot), data.title, "written")
    console().print(table)
