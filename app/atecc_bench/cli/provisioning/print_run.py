"""Printing of what `provision` does, for people.

It prints an earlier run, the plan, its steps as they end, and the report.
"""

from collections.abc import Callable

import typer

from atecc_bench.cli.common.output import console, print_error, virtual_mark, wrapping_table
from atecc_bench.ledger.user_records import user_records
from atecc_bench.provision.model.results import StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepEffect
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.journal import PastRun
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.registering import registration_told


def print_interrupted(run: PastRun | None, plan: Plan) -> None:
    """Say that an earlier run was cut off.

    It also says what that run was begun with that this one lacks.
    """
    if run is None:
        return
    where = f" during “{run.under_way.replace('-', ' ').capitalize()}”" if run.under_way else ""
    console().print(f"A run of {run.began[:19]} UTC was cut off{where}. This one goes on from what the chip holds.")
    lacks = ["--fill-keys"] if run.fill_keys and not plan.fill_keys else []
    lacks += [f"--field {id_}={text}" for id_, text in run.fields.items() if plan.inputs.fields.get(id_) != text]
    if lacks:
        console().print(f"That one was begun with {' '.join(lacks)}, and this one is not.", style="bold", markup=False)


def print_plan(plan: Plan, device: ConnectedChip) -> None:
    """Show the steps and what they replace.

    Those that are for ever are in red.
    """
    out = console()
    out.print(f"{plan.profile.title} for chip {plan.serial_number}{virtual_mark(device.board.info)}")
    if plan.already_provisioned:
        out.print("It holds all that the profile wants. It is checked, and nothing is written.")
    for field in plan.profile.operator_fields:
        out.print(f"{field.title}: {plan.values[field.id]}", markup=False)
    table = wrapping_table("Step", "What it does", "Chip time")
    for step in plan.steps:
        title = f"{step.title} — FOR EVER" if step.effect is StepEffect.FOR_EVER else step.title
        style = "bold red" if step.effect is StepEffect.FOR_EVER else None
        table.add_row(title, step.detail, f"{step.chip_seconds:.2f} s", style=style)
    out.print(table)
    if plan.replaced:
        out.print(f"This replaces: {'; '.join(plan.replaced)}.", style="bold")


def step_printer(plan: Plan) -> Callable[[StepResult], None]:
    """Printer of steps as they end, in the words of the plan.

    A run that goes on with a certificate that was fetched has steps of which the plan knew nothing.
    """
    titles = {step.id: step.title for step in plan.steps}
    width = max((len(title) for title in titles.values()), default=0)

    def show(result: StepResult) -> None:
        if result.status in (StepStatus.DONE, StepStatus.FAILED):
            title = titles.get(result.id) or result.id.value.replace("-", " ").capitalize()
            typer.echo(f"  {title:<{width}}  {result.status.value:<7} {result.seconds:6.2f} s")

    return show


def print_report(report: Report) -> None:
    """Show how a run or a rehearsal ended.

    The files of its record are shown too.
    """
    out = console()
    outcome = report.outcome
    if outcome.verdict is Verdict.PASS:
        word = "PASS on a VIRTUAL chip" if report.virtual else "PASS"
        if report.rehearsed:
            right = report.plan.already_provisioned
            word = "Nothing to rehearse, the chip is right" if right else "Rehearsal passed, nothing was written"
        out.print(f"{word}: {outcome.serial_number}", style="bold magenta" if report.virtual else "bold green")
        run = report.document()
        out.print(" ".join(filter(None, (run.sentence, run.proved))) if not report.rehearsed else run.proved)
        told = "" if report.rehearsed else registration_told(user_records(), report.plan, virtual=report.virtual)
        if told:
            out.print(told)
        if run.rests_on and not report.rehearsed:
            out.print(run.rests_on, style="dim")
    elif outcome.went_as_planned:
        out.print(f"Waiting for the certificate: {outcome.serial_number}", style="bold yellow")
    else:
        out.print(f"FAIL: {outcome.serial_number}", style="bold red")
        if not report.rehearsed:
            titles = {step.id: step.title for step in report.plan.steps}
            done = [titles[step.id] for step in outcome.steps if step.status is StepStatus.DONE]
            not_done = [titles[step.id] for step in outcome.steps if step.status is not StepStatus.DONE]
            out.print(f"Steps that were done: {', '.join(done) or 'none'}.")
            out.print(f"Not done: {', '.join(not_done) or 'none'}. The next run goes on from there.")
    if report.error is not None:
        print_error(report.error)
    if report.record_error is not None:
        for content in report.pems().values():
            typer.echo(content.decode("utf-8"))
    if not report.rehearsed:
        out.print(outcome.timing.sentence)
    for path in report.artifacts.values():
        out.print(str(path))
