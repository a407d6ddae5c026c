"""A refusal by the chip, told by its cause.

The chip's configuration is read, and the twin is asked as `explain` asks it.
"""

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.diagnose.bundle.collect import read_limit
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import explain
from atecc_bench.errors import BenchError, ExitCode

_MOST_REASONS = 3


def tell_cause(error: BenchError, session: ChipSession) -> None:
    """Add to an error why the chip refused.

    Only where a refusal is behind it.

    What it said before stays. Where the chip cannot be asked any more nothing is added.
    """
    refusal = error if isinstance(error, ChipStatusError) else error.__cause__
    if not isinstance(refusal, ChipStatusError) or refusal.exit_code is not ExitCode.NO or refusal.told:
        return
    refusal.told = True
    try:
        config = session.read_config()
        evidence = ChipEvidence(config.to_bytes(), slots=read_limit(session, config))
    except BenchError:
        return
    answers = [one for one in explain(evidence, refusal.command, refusal.code).refusals if one.reason is not None]
    if not answers:
        return
    sentences = [one.reason.sentence for one in answers[:_MOST_REASONS] if one.reason is not None]
    words = describe_command(refusal.command, FORMS).split(" ")[0]
    many = "The rule behind it" if len(sentences) == 1 else "One of these rules is behind it"
    error.message = f"{error.message} {many} ({words}): {' '.join(sentences)}"
    error.hint = " ".join(filter(None, (answers[0].what_to_do, error.hint)))
