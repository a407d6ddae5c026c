"""The history of all runs of one device.

It tells what led to the state the device is in, also where a run was cut off.
"""

from collections.abc import Mapping
from datetime import datetime

from atecc_bench.errors import InputError
from atecc_bench.provision.model.results import StepStatus, Verdict
from atecc_bench.provision.report.run_document import RunDocument, read_document
from atecc_bench.records.journal import Event
from atecc_bench.records.run_records import ChipRecords, DeviceRecord


def device_history(records: ChipRecords, newest: RunDocument | None = None) -> tuple[RunDocument, ...]:
    """Return the runs of a chip, the newest first.

    `newest` is what is known of that one when its record may not be whole.

    Raises:
        InputError: `no-record`, `not-a-report`.
    """
    found = records.runs() if records.serial_number.isalnum() else []
    runs = [newest] if newest else []
    since: list[str] = []
    for record in found[1:] if newest else found:
        journaled = _of_journal(record)
        try:
            run = _of_result(record) or journaled
        except InputError:
            # A certificate that was mended leaves another document. Of a run before the newest the journal will do.
            if journaled is not None and not runs:
                raise
            run = journaled
        if run is not None:
            runs.append(run)
        elif not runs:
            since += _changed_keys(record)
    if not runs:
        raise InputError(
            "no-record",
            f"There is no record of a chip {records.serial_number}{' in software' if records.virtual else ''}.",
            "Check the serial number; chips in software need --virtual.",
        )
    return (runs[0].model_copy(update={"since": tuple(since)}), *runs[1:])


def _changed_keys(record: DeviceRecord) -> list[str]:
    past = record.past_run()
    if past is None:
        return []
    return [f"The key in slot {slot} was changed on {past.began[:10]}." for slot in past.keys]


def _of_result(record: DeviceRecord) -> RunDocument | None:
    if "result_json" not in record.artifacts:
        return None
    return read_document(record.read("result_json"), record.artifacts["result_json"])


def _of_journal(record: DeviceRecord) -> RunDocument | None:
    try:
        return _of_lines(list(record.journal_lines()))
    except (ValueError, TypeError):
        return None  # the lines are JSON, but no journal


def _of_lines(lines: list[Mapping[str, object]]) -> RunDocument | None:
    """Rebuild a run that left no result from its journal.

    Gives None when not even the run's beginning is told, or it was none.
    """
    begin = next((line for line in lines if line.get("event") == Event.BEGIN), None)
    if begin is None or not begin.get("profile"):
        return None
    ended = next((str(line.get("verdict")) for line in lines if line.get("event") == Event.END), None)
    steps = steps_of_journal(lines)
    under_way = next((step["id"] for step in steps if step["status"] == StepStatus.RUNNING), None)
    message = f"The run was cut off{f' during the step {under_way}' if under_way else ''}."
    if ended in set(Verdict):
        message = "The run ended, and its result was not written or cannot be read."
    return RunDocument.model_validate(
        {
            "virtual": begin.get("virtual") is True,
            "verdict": ended if ended in set(Verdict) else Verdict.FAIL,
            "serial_number": begin.get("serial_number"),
            "profile": begin.get("profile"),
            "profile_sha256": begin.get("profile_sha256"),
            "at": begin.get("at"),
            "version": begin.get("version") or "",
            "steps": steps,
            "from_journal": True,
            "error": {
                "id": "cut-off", "message": message, "hint": "The next run goes on from what the chip holds."
            },
        }
    )  # fmt: skip


def steps_of_journal(lines: list[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return each step that was begun, from journal lines.

    A step is done when the next begins, or the run passes; seconds are from line to line.
    """
    steps: list[dict[str, object]] = []
    began: datetime | None = None
    for line in lines:
        event, status = line.get("event"), line.get("status")
        if event not in (Event.STEP, Event.END):
            continue
        at = datetime.fromisoformat(str(line.get("at")))
        if began is not None and steps:
            passed = status == StepStatus.RUNNING or line.get("verdict") == Verdict.PASS
            ended = StepStatus.FAILED if status == StepStatus.FAILED else StepStatus.DONE if passed else None
            steps[-1] |= {"status": ended or StepStatus.RUNNING, "seconds": (at - began).total_seconds()}
        began = at if status == StepStatus.RUNNING else None
        if began is not None:
            steps.append({"id": str(line.get("id")), "status": StepStatus.RUNNING, "seconds": 0.0})
    return steps
