"""The verb that provisions a chip."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from atecc_bench.cli.common.confirm import CONFIRM_DIGITS, nobody_to_ask
from atecc_bench.cli.common.interrupt import interruptible
from atecc_bench.cli.common.open_device import OpenDevice, open_device
from atecc_bench.cli.common.output import (
    JsonOption,
    PortsOption,
    console,
    print_error,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.cli.common.passphrase import (
    PassphraseFileOption,
    existing_passphrase,
    new_escrow_passphrase,
    ready_escrow_passphrase,
)
from atecc_bench.cli.provisioning.device_inputs import device_inputs_of
from atecc_bench.cli.provisioning.print_preview import print_preview
from atecc_bench.cli.provisioning.provision_batch import check_ports, confirm_batch, job_for_batch, provision_batch
from atecc_bench.errors import ExitCode, InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import (
    CertificateAuthority,
    load_authority,
    load_authority_certificates,
)
from atecc_bench.pki.authority.issuer import Issuer, issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.results import Outcome, StepResult, StepStatus, Timing, Verdict
from atecc_bench.provision.model.step import StepEffect, StepId
from atecc_bench.provision.plan.make_plan import ca_needed
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.report.run_document import RunDocument
from atecc_bench.provision.run.preview import Preview, preview_of
from atecc_bench.provision.run.recorded_run import Report, provision_device
from atecc_bench.provision.run.rehearse import Rehearsal, rehearse
from atecc_bench.records.journal import PastRun
from atecc_bench.records.run_records import Records


def provision(
    ports: PortsOption,
    profile: Annotated[str, typer.Option("--profile", metavar="NAME|FILE", help="What the chip is to become.")],
    ca: Annotated[
        Path | None, typer.Option("--ca", metavar="DIR", help="Certificate authority that issues, or signs a manifest.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option("--organization", help="Organization in the device's name; by default the signer's.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    baud: Annotated[
        int, typer.Option("--baud", min=9600, max=2_000_000, help="Rate to talk to the bridge at.")
    ] = 115200,
    escrow_passphrase_file: Annotated[
        Path | None,
        typer.Option("--escrow-passphrase-file", metavar="FILE", help="First line: the passphrase for --fill-keys."),
    ] = None,
    fields: Annotated[
        list[str] | None, typer.Option("--field", metavar="ID=TEXT", help="A field of the profile; can be repeated.")
    ] = None,
    certificate: Annotated[
        str | None,
        typer.Option("--certificate", metavar="FILE", help="Device certificate from outside, its issuers behind it."),
    ] = None,
    keys: Annotated[
        list[str] | None, typer.Option("--key", metavar="SLOT=FILE", help="A key to import; can be repeated.")
    ] = None,
    master_key: Annotated[
        str | None, typer.Option("--master-key", metavar="FILE", help="What keys are derived from, 16 bytes at least.")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, metavar="N", help="So many devices at each port, one after the other.")
    ] = 1,
    wait: Annotated[
        float | None,
        typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for each next device; else for ever."),
    ] = None,
    *,
    fill_keys: Annotated[
        bool,
        typer.Option("--fill-keys", help="Fill the profile's secret keys at random, escrow them, lock them for ever."),
    ] = False,
    only_rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Only run the plan on a software twin of this chip.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before what can never be undone.")] = False,
    json: JsonOption = False,
) -> None:
    """Provision chips: configuration, locks, keys, certificates, proof. Some steps can never be undone.

    Several ports, or --count, make it a batch: the CA is unlocked once, and it is confirmed once for all devices.
    """
    with reporting(as_json=json):
        check_ports(ports)
        loaded = load_profile(profile)
        inputs = device_inputs_of(loaded, fields or [], certificate, keys or [], master_key)
        issuer = _issuer(loaded, ca, organization)
        if len(ports) > 1 or count > 1:
            if only_rehearse:
                raise InputError("usage", "A batch is not only rehearsed.", "Rehearse one device at one port.")
            job = job_for_batch(
                loaded, issuer, ca, passphrase_file, inputs, escrow_passphrase_file, fill_keys=fill_keys
            )
            if not yes:
                confirm_batch(job, ports, count, json=json)
            provision_batch(job, ports, count=count, baud=baud, wait_s=wait, json=json)
        with interruptible() as cancelled, open_device(ports[0], cancelled) as device:
            virtual = device.board.info.virtual
            device.board.set_baud(baud)
            now = datetime.now(UTC)
            records = Records.of_user()
            plan = plan_for_chip(
                device.session, loaded, issuer, records, now, virtual=virtual, inputs=inputs, fill_keys=fill_keys,
                escrow_passphrase=ready_escrow_passphrase(escrow_passphrase_file),
            )  # fmt: skip
            if not json:
                _print_interrupted(records.interrupted(plan.serial_number, virtual=virtual), plan)
                _print_plan(plan, device)
            rehearsal = rehearse(plan, now, _ignore) if _needs_rehearsal(plan, asked=only_rehearse) else None
            passed = rehearsal is None or rehearsal.outcome.went_as_planned
            preview = preview_of(plan, rehearsal) if passed else None
            if preview and not json and (rehearsal or only_rehearse):
                print_preview(console(), preview)
            if only_rehearse or not passed:
                _end(_report_of(plan, rehearsal, now, virtual=virtual), preview, json=json)
            authority = _unlock(plan, ca, passphrase_file)
            escrow = new_escrow_passphrase(escrow_passphrase_file) if plan.escrowed_slots else b""
            if plan.needs_confirmation and not yes:
                _confirm(plan, json=json)
            progress = _ignore if json else _Progress().show
            report = provision_device(
                device.session,
                plan,
                authority,
                records,
                rehearsal=rehearsal,
                escrow_passphrase=escrow,
                virtual=virtual,
                bridge=device.board.info.text,
                now=now,
                progress=progress,
            )
    _end(report, None, json=json)


def _needs_rehearsal(plan: Plan, *, asked: bool) -> bool:
    return plan.needs_confirmation or (asked and not plan.already_provisioned)


def _report_of(plan: Plan, rehearsal: Rehearsal | None, now: datetime, *, virtual: bool) -> Report:
    """How a rehearsal ended; None when there was nothing to rehearse."""
    waiting = tuple(StepResult(step.id, StepStatus.WAITING, 0.0) for step in plan.steps)
    right = Outcome(Verdict.PASS, plan.serial_number, waiting, Timing(0, 0, 0), plan.certificates, None)
    if rehearsal is None:
        outcome = right
    elif rehearsal.outcome.went_as_planned:
        outcome = replace(rehearsal.outcome, verdict=Verdict.PASS, error=None)  # nothing is awaited by a rehearsal
    else:
        outcome = replace(rehearsal.outcome, error=rehearsal.error)
    return Report(outcome, plan, virtual, {}, now, rehearsed=True)


def _print_interrupted(run: PastRun | None, plan: Plan) -> None:
    if run is None:
        return
    where = f" during the step {run.under_way}" if run.under_way else ""
    console().print(f"A run of {run.began[:19]} UTC was cut off{where}. This one goes on from what the chip holds.")
    lacks = ["--fill-keys"] if run.fill_keys and not plan.fill_keys else []
    lacks += [f"--field {id_}={text}" for id_, text in run.fields.items() if plan.inputs.fields.get(id_) != text]
    if lacks:
        console().print(f"That one was begun with {' '.join(lacks)}, and this one is not.", style="bold", markup=False)


def _end(report: Report, preview: Preview | None, *, json: bool) -> NoReturn:
    if json:
        print_json(report.document() | ({"foreseen": preview.document()} if preview else {}))
    else:
        _print_report(report)
    raise typer.Exit(report.error.exit_code if report.error else ExitCode.DONE)


def _issuer(profile: Profile, ca: Path | None, organization: str | None) -> Issuer | None:
    if ca is None:
        if profile.needs_authority:
            raise ca_needed(profile)
        return None
    if not profile.needs_authority:
        raise InputError(
            "usage", f"The profile {profile.name} needs no certificate authority.", "Leave --ca out."
        )  # fmt: skip
    root, signer = load_authority_certificates(ca)
    return issuer_of(root, signer, organization)


def _unlock(plan: Plan, ca: Path | None, passphrase_file: Path | None) -> CertificateAuthority | None:
    if ca is None or not (plan.has(StepId.ISSUE) or plan.has(StepId.MANIFEST)):
        return None
    return load_authority(ca, existing_passphrase(ca, passphrase_file))


def _print_plan(plan: Plan, device: OpenDevice) -> None:
    out = console()
    out.print(f"{plan.profile.title} for chip {plan.serial_number}{virtual_mark(device.board.info)}")
    if plan.already_provisioned:
        out.print("It holds all that the profile wants. It is checked, and nothing is written.")
    for field in plan.profile.operator_fields:
        out.print(f"{field.title}: {plan.values[field.id]}", markup=False)
    table = Table("Step", "What it does", "Chip time", box=None)
    for step in plan.steps:
        title = f"{step.title} — FOR EVER" if step.effect is StepEffect.FOR_EVER else step.title
        style = "bold red" if step.effect is StepEffect.FOR_EVER else None
        table.add_row(title, step.detail, f"{step.chip_seconds:.2f} s", style=style)
    out.print(table)
    if plan.replaced:
        out.print(f"This replaces: {'; '.join(plan.replaced)}.", style="bold")


def _confirm(plan: Plan, *, json: bool) -> None:
    deeds = ["lock this chip for ever"] if plan.irreversible else []
    deeds += ["replace what it holds" if deeds else "replace what this chip holds"] if plan.replaced else []
    what = " and ".join(deeds)
    if json:
        raise nobody_to_ask(f"This plan will {': '.join(filter(None, (what, '; '.join(plan.replaced))))}")
    typed = typer.prompt(f"Type the last {CONFIRM_DIGITS} digits of the serial number to {what}")
    if typed.strip().lower() != plan.serial_number[-CONFIRM_DIGITS:]:
        raise RefusedError(
            "not-confirmed", "These are not the last six digits of the chip's serial number.", "Nothing was written."
        )


def _ignore(result: StepResult) -> None:
    del result


class _Progress:
    """Prints steps as they end; a reader that has gone must not end a run between two locks."""

    def __init__(self) -> None:
        self._is_read = True

    def show(self, result: StepResult) -> None:
        if not self._is_read or result.status not in (StepStatus.DONE, StepStatus.FAILED):
            return
        try:
            typer.echo(f"  {result.id.value:<20} {result.status.value:<7} {result.seconds:6.2f} s")
        except OSError:
            self._is_read = False


def _print_report(report: Report) -> None:
    out = console()
    outcome = report.outcome
    if outcome.verdict is Verdict.PASS:
        word = "PASS on a VIRTUAL chip" if report.virtual else "PASS"
        if report.rehearsed:
            right = report.plan.already_provisioned
            word = "Nothing to rehearse, the chip is right" if right else "Rehearsal passed, nothing was written"
        out.print(f"{word}: {outcome.serial_number}", style="bold magenta" if report.virtual else "bold green")
        run = RunDocument.model_validate(report.document())
        out.print(" ".join(filter(None, (run.sentence, run.proved))) if not report.rehearsed else run.proved)
    elif outcome.went_as_planned:
        out.print(f"Waiting for the certificate: {outcome.serial_number}", style="bold yellow")
    else:
        out.print(f"FAIL: {outcome.serial_number}", style="bold red")
        done = [step.id.value for step in outcome.steps if step.status is StepStatus.DONE]
        if not report.rehearsed:
            out.print(f"Steps that were done: {', '.join(done) or 'none'}. The next run goes on from there.")
    if report.error is not None:
        print_error(report.error)
    if report.record_error is not None:
        for content in report.pems().values():
            typer.echo(content.decode("utf-8"))
    if not report.rehearsed:
        out.print(outcome.timing.sentence)
    for path in report.artifacts.values():
        out.print(str(path))
