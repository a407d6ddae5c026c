"""Dumps that were cut.

The places of their bytes are known, although some are missing.
"""

from collections.abc import Iterator, Mapping

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.config_repair import counters_fit, problems_of_known
from atecc_bench.diagnose.dumps.byte_runs import ByteRun, joined
from atecc_bench.diagnose.dumps.likeness import has_chips_own
from atecc_bench.diagnose.dumps.text_forms import TextInForms

_FEWEST = 16
_ONE_LOST = CONFIG_SIZE - 1  # such a dump has rather lost a byte somewhere than its last one
_COUNTERS = range(52, 68)


def best_part(text: TextInForms, *, told: bool) -> tuple[Mapping[int, int], str] | None:
    """The largest part of a configuration in a text.

    It comes with how it is written.

    Where nobody `told` that it is one, the bytes 0 to 7 of a chip have to be in it. None where two that are equally
    large differ.
    """
    found = [
        (some, run)
        for run in _placed(text)
        if _FEWEST <= len(some := _some(run)) < _ONE_LOST and _is_possible(some, told=told)
    ]
    if not found:
        return None
    some, run = max(found, key=lambda one: (has_chips_own(one[0]), len(one[0])))
    if any(other != some and len(other) == len(some) for other, _ in found):
        return None
    return some, f"{run.how}, {run.lines}"


def _placed(text: TextInForms) -> Iterator[ByteRun]:
    for form in text.forms:
        yield from form.placed
        for block in form.blocks:
            rest = 0
            for at in range(len(block) - 1, -1, -1):
                rest += len(block[at].values)
                if rest > CONFIG_SIZE:
                    break
                if block[at].values[:2] == (0x01, 0x23):
                    yield joined(block[at:])


def _some(run: ByteRun) -> dict[int, int]:
    start = run.offset if run.offset is not None and run.values[:1] != (None,) else 0
    if start + len(run.values) > CONFIG_SIZE:
        return {}
    return {at: value for at, value in enumerate(run.values, start) if value is not None}


def _is_possible(some: Mapping[int, int], *, told: bool) -> bool:
    if any(problems_of_known(some)) or not (has_chips_own(some) or (told and 0 not in some)):
        return False
    whole = bytes(some.get(at, 0) for at in range(CONFIG_SIZE))
    return not all(at in some for at in _COUNTERS) or counters_fit(whole) or not any(whole[at] for at in _COUNTERS)
