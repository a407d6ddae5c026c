"""Running a plan on a chip, step by step.

It goes on until the plan's last proof or its first failure.
"""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import (
    CertificateAwaitedError,
    Hooks,
    Outcome,
    StepResult,
    StepStatus,
    Timing,
    Verdict,
)
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.step_runner import StepRunner


def run_plan(
    session: ChipSession, plan: Plan, authority: CertificateAuthority | None, now: datetime, hooks: Hooks
) -> Outcome:
    """Run every step of a plan on a chip.

    The first step that fails ends the run with a FAIL. `authority` may be None when the plan issues nothing. Nothing is
    raised for what happens on the chip or on the way to it: the outcome carries the error.
    """
    run = StepRunner(session, plan, authority, now, hooks)
    results = [StepResult(step.id, StepStatus.WAITING, 0.0) for step in plan.steps]
    error: BenchError | None = None
    chip_before, wire_before = session.chip_seconds, session.wire_seconds
    started = time.monotonic()
    for index, step in enumerate(plan.steps):
        step_started = time.monotonic()
        try:
            hooks.progress(replace(results[index], status=StepStatus.RUNNING))
            run.step(step.id)
            results[index] = StepResult(step.id, StepStatus.DONE, time.monotonic() - step_started)
            hooks.progress(results[index])
        except BenchError as caught:
            error = caught
            results[index] = StepResult(step.id, StepStatus.FAILED, time.monotonic() - step_started)
            break
    if error:
        _tell_failure(hooks, results)
    timing = Timing(
        total_s=time.monotonic() - started,
        chip_s=session.chip_seconds - chip_before,
        wire_s=session.wire_seconds - wire_before,
    )
    if error is None:
        error = _what_is_missing(plan, run)
    passed = error is None
    files = run.files if passed else {name: run.files[name] for name in ("csr_pem",) if name in run.files}
    return Outcome(
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        serial_number=plan.serial_number,
        steps=tuple(results),
        timing=timing,
        certificates=run.certificates,
        error=error,
        proved=frozenset(run.proved.intersection(plan.proofs)),
        files=files,
        public_key=run.public_key,
    )


def _what_is_missing(plan: Plan, run: StepRunner) -> BenchError | None:
    """Return why a run is no PASS although every step was done.

    A PASS takes the profile's proofs, and the certificate where it comes from outside.
    """
    if plan.requests:
        return CertificateAwaitedError(
            f"The chip's request for {plan.subject_text} is made; the certificate for it comes from outside and is not "
            "there yet.",
            "Have the request signed, then provision the chip again and give the certificate: with --cert, or "
            "its file in the window.",
        )
    missing = [proof for proof in plan.proofs if proof not in run.proved]
    if not missing:
        return None
    return RefusedError(
        "not-proved",
        f"Every step was done, but the profile also wants it proved that {missing[0].sentence}.",
        "Give what that takes, the issuers' certificates for example, and provision the chip again.",
    )


def _tell_failure(hooks: Hooks, results: list[StepResult]) -> None:
    failed = next(result for result in results if result.status is StepStatus.FAILED)
    with suppress(BenchError):  # what failed may have been the telling; the outcome carries it
        hooks.progress(failed)
