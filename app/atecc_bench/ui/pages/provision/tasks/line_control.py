"""Freezing a line, beginning a batch, leaving the mode."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from atecc_bench.errors import InputError
from atecc_bench.ui.pages.provision.tasks.line_dialogs import (
    AGAIN,
    CA,
    CONFIRM,
    ESCROW,
    EVERY,
    KEEPER,
    SUPERVISOR,
    TRAINING,
    LineDialog,
    confirmation_text,
)
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.workflows.brought_files import read_recipients
from atecc_bench.workflows.ca_access import ready_passphrase
from atecc_bench.workflows.confirmation import check_profile_name
from atecc_bench.workflows.devices.frozen_line import FrozenLine, freeze, thaw
from atecc_bench.workflows.devices.provisioning import ProvisioningJob

_CONTINUE = (
    "The line is frozen for the profile {profile} and the organization {organization}. Beginning a batch means that "
    "every chip that is plugged in is rehearsed, locked for ever and provisioned without another question."
)


def freeze_line(app_state: AppState, job: ProvisioningJob, ca: Path | None, parent: QWidget) -> None:
    """Freeze the line for this job.

    A supervisor is asked for a passphrase and one confirmation.
    """
    folder, job = app_state.data_folder, job.for_batch()
    profile = job.profile.name

    def task(typed: dict[str, str]) -> tuple[FrozenLine, ProvisioningJob]:
        check_profile_name(profile, typed[CONFIRM], "Type it to confirm the batch.")
        _same_again(typed, SUPERVISOR)
        demanded = _demanded(job, typed)
        return freeze(folder, demanded, ca, typed[SUPERVISOR].encode(), training=TRAINING in typed), demanded

    dialog = LineDialog(
        "Freeze this line for a batch",
        confirmation_text(job),
        (SUPERVISOR, AGAIN, EVERY, *((KEEPER,) if job.fill_keys else ()), CONFIRM),
        "Freeze and begin",
        task,
        app_state.worker,
        parent,
        TRAINING,
    )
    if dialog.exec():
        app_state.set_line(*dialog.value)
    dialog.deleteLater()


def begin_batch(app_state: AppState, line: FrozenLine, parent: QWidget) -> None:
    """Begin a batch on a line that was frozen before.

    A supervisor is asked for the passphrases again, after the program was started anew.
    """

    def task(typed: dict[str, str]) -> ProvisioningJob:
        check_profile_name(line.profile, typed[CONFIRM], "Type it to confirm the batch.")
        if line.fill_keys:
            _same_again(typed, ESCROW)
        line.check(typed[SUPERVISOR].encode())
        passphrase = typed.get(CA, "").encode() or (ready_passphrase(Path(line.ca)) if line.ca else None)
        if not passphrase and line.ca:
            raise InputError("passphrase-needed", "The CA's passphrase is needed to sign.", "Type it, then go on.")
        return line.job(passphrase or b"", typed.get(ESCROW, "").encode())

    fields = (SUPERVISOR, *((CA,) if line.ca else ()), *((ESCROW, AGAIN) if line.fill_keys else ()), CONFIRM)
    text = _CONTINUE.format(profile=line.profile, organization=line.organization)
    dialog = LineDialog("Begin a batch", text, fields, "Begin", task, app_state.worker, parent)
    if dialog.exec():
        app_state.set_line(line, dialog.value)
    dialog.deleteLater()


def leave_line(app_state: AppState, line: FrozenLine, parent: QWidget) -> None:
    """Leave the frozen mode, for whoever knows the supervisor's passphrase."""
    folder = app_state.data_folder
    dialog = LineDialog(
        "Leave the frozen mode",
        "Profile, names and CA can be chosen again, and the CA is locked.",
        (SUPERVISOR,),
        "Leave",
        lambda typed: thaw(folder, line, typed[SUPERVISOR].encode()),
        app_state.worker,
        parent,
    )
    if dialog.exec():
        app_state.set_line(None, None)
    dialog.deleteLater()


def _demanded(job: ProvisioningJob, typed: dict[str, str]) -> ProvisioningJob:
    """The job with what a supervisor demands besides; empty fields demand nothing."""
    every, keeper = typed[EVERY].strip(), typed.get(KEEPER, "")
    if every and not every.isdecimal():
        raise InputError("not-a-number", f"“{every}” is no number of devices.", "Type a number, or nothing for none.")
    recipients = tuple(dict.fromkeys((*job.escrow_recipients, *read_recipients(keeper))))
    return replace(job, escrow_recipients=recipients, opinion_every=int(every or job.opinion_every))


def _same_again(typed: dict[str, str], name: str) -> None:
    if typed[name] != typed[AGAIN]:
        raise InputError("passphrases-differ", f"{name}: the two that were typed differ.", "Type the same twice.")
