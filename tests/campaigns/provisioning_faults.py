"""The fault campaign: python -m tests.campaigns.provisioning_faults --runs 10000 --kills 200

Each run provisions a fresh chip with faults of random kinds at random moments, or in a process that is killed, and then
without. The same seed meets with the same faults again.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter

from tests.support.cases.fault_campaign import Result, campaign_run, kill_run, kill_run_filling_keys

PROCESSES = 16  # many of them wait for a line that was stalled
PROGRESS_EVERY = 250


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--kills-filling-keys", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, {arguments.runs} runs with faults, {arguments.kills} with kill -9", flush=True)
    began, ends, findings = time.monotonic(), Counter[tuple[str, str]](), 0
    with multiprocessing.Pool(PROCESSES) as pool:
        for kind, count in (
            (campaign_run, arguments.runs),
            (kill_run, arguments.kills),
            (kill_run_filling_keys, arguments.kills_filling_keys),
        ):
            seeds = (f"{arguments.seed} {number}" for number in range(count))
            for result in pool.imap_unordered(kind, seeds):
                ends[_name(result), result.first] += 1
                if ends.total() % PROGRESS_EVERY == 0:
                    print(f"{ends.total()} runs after {time.monotonic() - began:.0f} s", flush=True)
                if result.findings:
                    findings += 1
                    print(result, flush=True)
    for (name, first), count in sorted(ends.items()):
        print(f"{count:6}  {name:32} {first}")
    print(f"{ends.total()} runs in {time.monotonic() - began:.0f} s, {findings} with findings")
    return 1 if findings else 0


def _name(result: Result) -> str:
    if result.faults.startswith("kill"):
        return result.faults.partition(" after")[0]
    return " + ".join(fault.split(":")[0] for fault in sorted(result.faults.split("&fault=")))


if __name__ == "__main__":
    sys.exit(main())
