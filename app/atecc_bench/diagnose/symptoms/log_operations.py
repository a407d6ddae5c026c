"""What an unknown program says that failed, where nothing else speaks.

Every program has words of its own; what it was about to do is known by few.
"""

import re
from collections.abc import Iterator, Sequence

from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.symptoms.weighing import Evidence

_C = LogCauseId
_CHIP = re.compile(
    r"atca|atecc|ecc[x56]08|atsha|sha204|cryptoauth|secure[ _-]?element|crypto[ _-]?(?:chip|element|auth)|gateway_mfr|"
    r"createsignature|tempkey|secure_cert|calib_|nerves_?key",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"fail|\berr(?:or)?s?\b|hal_error|unable|could ?n.t|could not|cannot|can't|\bfalse\b|\bnull\b|time(?:d )?out|"
    r"\bnever\b|\bnot \w+|does ?n.t|aborted|refus|denied|no (?:response|answer|reply)|stall|\bhangs?\b|freez|nothing",
    re.IGNORECASE,
)
_OPERATIONS = (
    (re.compile(r"stall|\bhangs?\b|freez|gets? stuck|stops? (?:there|here|responding)", re.IGNORECASE),
     (_C.READ_TOO_EARLY, _C.WATCHDOG, _C.NOTHING_ON_BUS)),
    (re.compile(r"(?:get|read|load|extract|retriev|obtain)\w*[ _]?.{0,30}cert|cert\w*.{0,20}(?:read|load|extract)",
                re.IGNORECASE),
     (_C.OTHER_VARIANT, _C.ZONES_OPEN, _C.REFUSED)),
    (re.compile(r"sign|gen_?key|key_?gen|(?:generat|creat)\w*.{0,25}key|\bcsr\b|ecdh|encrypt|decrypt|\bh?mac\b|nonce|"
                r"temp_?key|priv\w*key|lock|personali[sz]|provision|write|verify|pms\b", re.IGNORECASE),
     (_C.REFUSED, _C.ZONES_OPEN, _C.READ_TOO_EARLY)),
    (re.compile(r"init|start|begin|connect|communicat|detect|respon|\bopen|found|wake|ack|answer|time(?:d )?out|probe|"
                r"transmit|receiv|transfer|serial|info|random", re.IGNORECASE),
     (_C.NOTHING_ON_BUS, _C.WAKE_FAILED, _C.ADDRESS_MOVED, _C.HAL_NOT_READY)),
)  # fmt: skip
_STRONGEST = 3.2  # never likely: what failed is known, and not why
_STEP = 0.5
_LONGEST = 240
_MOST = 5
_SHOWN = 110


def failed_operations(lines: Sequence[str]) -> Iterator[Evidence]:
    """Causes of what a program says that it could not do.

    Only where the text is about such a chip.
    """
    if not any(_CHIP.search(line) for line in lines):
        return
    found = 0
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST or _FAILED.search(line) is None:
            continue
        causes = next((causes for pattern, causes in _OPERATIONS if pattern.search(line)), ())
        for position, cause in enumerate(causes):
            text = " ".join(line.split())[:_SHOWN]
            yield Evidence(cause, _STRONGEST - _STEP * position, f"line {number}: {text}", number)
        found += bool(causes)
        if found == _MOST:
            return
