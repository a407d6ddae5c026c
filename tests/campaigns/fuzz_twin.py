"""Random and mutated packets against twins of random configurations: python tests/twin/fuzz.py --packets 1000000

Every packet must get a legal answer, with a reason when it refuses; a refused command changes no byte of the EEPROM
but use counters. The same seed finds the same things again.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.support.cases.packet_fuzzer import PACKETS_PER_TWIN, Finding, fuzz_one_twin


@dataclass
class Summary:
    packets: int = 0
    twins: int = 0
    answers: Counter[str] = field(default_factory=Counter[str])
    findings: list[Finding] = field(default_factory=list[Finding])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    twins = -(-arguments.packets // PACKETS_PER_TWIN)
    print(f"seed {arguments.seed}, {twins} twins of {PACKETS_PER_TWIN} packets", flush=True)
    summary, began = Summary(), time.monotonic()
    with multiprocessing.Pool() as pool:
        seeds = (f"{arguments.seed} {number}" for number in range(twins))
        for answers, finding in pool.imap_unordered(fuzz_one_twin, seeds, chunksize=4):
            summary.twins += 1
            summary.packets += sum(answers.values())
            summary.answers += answers
            if finding is not None:
                summary.findings.append(finding)
                print(finding, flush=True)
    seconds = time.monotonic() - began
    for answer, count in summary.answers.most_common():
        print(f"{count:9}  {answer}")
    print(
        f"{summary.packets} packets to {summary.twins} twins in {seconds:.0f} s, {len(summary.answers)} kinds of "
        f"answer, {len(summary.findings)} findings"
    )
    return 1 if summary.findings else 0


if __name__ == "__main__":
    sys.exit(main())
