"""Random refusals, each explained: python -m tests.campaigns.refusals --refusals 2000

The explanation has to name the reason that the twin recorded, and the bits that end the refusal once they are changed.
"""

import argparse
import sys
from collections import Counter
from itertools import count, islice

from tests.support.cases.explained_refusals import refusal_explained

LEAST_REASONS = 28  # of 2,000 refusals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refusals", type=int, default=2_000)
    arguments = parser.parse_args()
    seen = Counter(islice(filter(None, map(refusal_explained, count())), arguments.refusals))
    for reason, times in seen.most_common():
        print(f"{times:6}  {reason}")
    print(f"{seen.total()} refusals for {len(seen)} reasons were explained")
    return 1 if arguments.refusals >= 2_000 and len(seen) <= LEAST_REASONS else 0


if __name__ == "__main__":
    sys.exit(main())
