"""The verb that provisions a chip."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from atecc_bench.cli.common.confirm import OverNetworkOption, check_far_secrets, confirm
from atecc_bench.cli.common.open_device import is_holding, open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortsOption,
    console,
    print_json,
    reporting,
)
from atecc_bench.cli.common.passphrase import (
    EscrowRecipientOption,
    PassphraseFileOption,
    escrow_recipients,
    existing_passphrase,
    new_escrow_passphrase,
    ready_escrow_passphrase,
)
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.cli.provisioning.device_inputs import device_inputs_of
from atecc_bench.cli.provisioning.print_preview import print_preview
from atecc_bench.cli.provisioning.print_run import print_interrupted, print_plan, print_report, step_printer
from atecc_bench.cli.provisioning.provision_batch import (
    check_ports,
    confirm_batch,
    provision_batch,
    unlocked_for_batch,
)
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.results import StepResult
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.preview import Preview
from atecc_bench.provision.run.run_report import Report
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.confirmation import effects_text
from atecc_bench.workflows.devices.provisioning import PlannedJob, new_job, preview_job, run_job


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
    baud: BaudOption = USUAL_BAUD,
    escrow_passphrase_file: Annotated[
        Path | None,
        typer.Option("--escrow-passphrase-file", metavar="FILE", help="First line: the passphrase for --fill-keys."),
    ] = None,
    escrow_recipient: EscrowRecipientOption = None,
    fields: Annotated[
        list[str] | None, typer.Option("--field", metavar="ID=TEXT", help="A field of the profile; can be repeated.")
    ] = None,
    certificate: Annotated[
        str | None,
        typer.Option("--cert", metavar="FILE", help="Device certificate from outside, its issuers behind it."),
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
    opinion_every: Annotated[
        int,
        typer.Option(
            "--opinion-every",
            min=0,
            metavar="N",
            help="Stop when none of N devices was seen by `verify`.",
        ),
    ] = 0,
    *,
    fill_keys: Annotated[
        bool,
        typer.Option("--fill-keys", help="Fill the profile's secret keys at random, escrow them, lock them for ever."),
    ] = False,
    only_rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Only run the plan on a software twin of this chip.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before what can never be undone.")] = False,
    over_network: OverNetworkOption = False,
    json: JsonOption = False,
) -> None:
    """Provision chips; some steps can never be undone.

    The steps are configuration, locks, keys, certificates and proof.

    Several ports, or --count, make it a batch: the CA is unlocked once, and it is confirmed once for all devices.
    """
    with interruptible() as cancelled, reporting(as_json=json):
        check_ports(ports)
        loaded = load_profile(profile)
        inputs = device_inputs_of(loaded, fields or [], certificate, keys or [], master_key)
        if loaded.wanted_secret_keys(fill_keys=fill_keys) or inputs.private_keys:
            check_far_secrets(ports, yes=yes, over_network=over_network)
        access = None if ca is None else CaAccess(ca, organization)
        job = new_job(loaded, access, inputs, fill_keys=fill_keys)
        job = replace(job, escrow_recipients=escrow_recipients(escrow_recipient), opinion_every=opinion_every)
        if len(ports) > 1 or count > 1:
            if is_holding():
                raise InputError(
                    "usage",
                    "A batch opens its ports itself, and this one is held open.",
                    "Give one device at one port.",
                )
            if only_rehearse:
                raise InputError("usage", "A batch is not only rehearsed.", "Rehearse one device at one port.")
            job = unlocked_for_batch(job, access, passphrase_file, escrow_passphrase_file)
            if not yes:
                confirm_batch(job, ports, count, json=json)
            provision_batch(job, ports, cancelled, count=count, baud=baud, wait_s=wait, json=json)
        job = replace(job, escrow_passphrase=ready_escrow_passphrase(escrow_passphrase_file))
        with open_device(ports[0], cancelled, baud=baud) as device:
            now = datetime.now(UTC)
            planned = preview_job(job, device, user_records(), now)
            preview = planned.preview() if planned.rehearsal_error is None else None
            if not json:
                print_interrupted(planned.records.interrupted(), planned.plan)
                print_plan(planned.plan, device)
                if preview and (planned.rehearsal or only_rehearse):
                    print_preview(console(), preview)
            if only_rehearse or preview is None:
                _end(planned.rehearsal_report(now), preview, json=json)
            planned = _unlocked(planned, access, passphrase_file, escrow_passphrase_file)
            if yes:
                planned.check_clock(now)
            if planned.plan.needs_confirmation and not yes:
                for doubt in planned.plan.doubts:
                    console(stderr=True).print(f"Warning: {doubt}", style="bold yellow")
                _confirm(planned.plan, json=json)
            report = run_job(planned, device, now, _ignore if json else step_printer(planned.plan))
        _end(report, None, json=json)


def _unlocked(
    planned: PlannedJob, access: CaAccess | None, passphrase_file: Path | None, escrow_file: Path | None
) -> PlannedJob:
    """Add the passphrases to the job.

    They are asked for only where the plan needs them.
    """
    if access is not None and planned.needs_authority:
        access = replace(access, passphrase=existing_passphrase(access.folder, passphrase_file))
    escrow = new_escrow_passphrase(escrow_file) if planned.plan.escrowed_slots else b""
    return planned.unlocked(access, escrow)


def _confirm(plan: Plan, *, json: bool) -> None:
    what = effects_text(plan)
    if json and plan.replaced:
        what = f"{what}: {'; '.join(plan.replaced)}"
    confirm(plan.serial_number, what, json=json, asked_by="This plan will", hint="Nothing was written.")


def _end(report: Report, preview: Preview | None, *, json: bool) -> NoReturn:
    if json:
        print_json(report.document(preview).to_json())
    else:
        print_report(report)
    raise typer.Exit(report.error.exit_code if report.error else ExitCode.DONE)


def _ignore(result: StepResult) -> None:
    del result
