"""Pastes that were damaged at random, in great number: none may raise, none may take over a second of the processor.

Run by `make fuzz-pastes`. Half of them are dumps with noise of which characters, lines and blocks were changed,
half are made of the pieces that the reader looks for.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.from_paste import comparison_in
from atecc_bench.diagnose.config.known_configurations import known_configurations
from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from atecc_bench.diagnose.paste.pki_objects import pki_objects
from atecc_bench.diagnose.printed.as_certificate import as_certificate
from atecc_bench.diagnose.printed.printed_text import printed_certificates
from atecc_bench.errors import BenchError
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.resources import resource_path
from tests.support.cases.brought_dumps import VARIANTS
from tests.support.cases.pastes import NOISES, SHAPES, firmware_comparison
from tests.support.cases.wrapped_pem import WRAPPINGS

LONGEST_SECONDS = 1.0
_SAY_EVERY = 10_000
PIECES = (
    "0000: ", "0010: ", "ffff: ", "00000000  ", "0x3ffb1c40   ", "30|30 ", "82|82 *", "30 82 01 a6 ", "3082", "0x30, ",
    "\\x30\\x82", "b'\\x30'", "30:82:01:", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "MIIBpjCCAUug",
    "|....|", "*", "\n", "\r\n", "\n\n", " ", "\t", "12:03:44.001 -> ", "[  1.25] ", "I (312) boot: ", "\x1b[0;32m",
    "Certificate:\n", "   Subject: CN = pump", "   Serial Number: 1 (0x1)\n", "   pub:\n", "   Not Before: Mar 14 ",
    "\x1b", "[", "{", "}", "(", "'", '"', "\\", "01 23 a1 b2 ", "ee ", "\0", "é", "𝔸", "0" * 64, " " * 80,
)  # fmt: skip


def main() -> int:
    """Run as many pastes as are asked for; say how many, and the longest time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pastes", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    chosen = random.Random(arguments.seed)  # noqa: S311 - repeatable, not secret
    seeds = _seeds()
    model = load_certificate(resource_path("scenarios", "mismatch", "device.pem").read_bytes()).public_bytes(
        Encoding.DER
    )
    longest, found, configurations = 0.0, 0, 0
    for number in range(arguments.pastes):
        paste = _mutated(chosen.choice(seeds), chosen) if number % 2 else _assembled(chosen)
        started = time.process_time()
        try:
            pasted = comparison_in(paste)
            causes(pasted.comparison, pasted.context)
            found += 1
        except BenchError:
            pass  # most pastes hold nothing that can be compared, and say so
        pki_objects(paste.encode("utf-8", "replace"))
        for printed in printed_certificates(paste):
            with suppress(BenchError):  # a name may have attributes that there are not
                as_certificate(printed, model)
        try:
            read_configuration(paste, Likeness.LIKELY)
            configurations += 1
        except BenchError:
            pass  # nor a configuration
        seconds = time.process_time() - started
        longest = max(longest, seconds)
        if seconds > LONGEST_SECONDS:
            print(f"paste {number} of seed {arguments.seed} took {seconds:.2f} s: {paste[:200]!r}")
            return 1
        if (number + 1) % _SAY_EVERY == 0:
            print(f"{number + 1} pastes so far, longest {longest * 1000:.1f} ms", flush=True)
    print(f"{arguments.pastes} pastes, {found} of them compared, {configurations} read as configurations, none raised")
    print(f"longest {longest * 1000:.1f} ms")
    return 0


def _seeds() -> Sequence[str]:
    pem = resource_path("scenarios", "mismatch", "device.pem").read_text(encoding="ascii")
    data = bytes.fromhex("308201a63082014ba0030201020210") + bytes(range(200))
    dumps = [write(data) for write in SHAPES.values()]
    known = known_configurations()[0].config_of(bytes.fromhex("01239811000050001122334455ee013100"[:32]))
    dumps += [write(known) for write in VARIANTS.values()]
    dumps += [wrap(pem) for wrap in WRAPPINGS.values()]
    dumps += [pem, firmware_comparison(data, data[::-1]), pem + pem]
    return [noise(dump) for noise in NOISES.values() for dump in dumps]


def _assembled(chosen: random.Random) -> str:
    return "".join(chosen.choices(PIECES, k=chosen.randint(1, 120)))


def _mutated(paste: str, chosen: random.Random) -> str:
    for _ in range(chosen.randint(1, 6)):
        at = chosen.randrange(len(paste) + 1)
        length = chosen.choice((1, 1, 2, 8, 60, 400))
        match chosen.randrange(4):
            case 0:
                paste = paste[:at] + paste[at + length :]
            case 1:
                paste = paste[:at] + chosen.choice(PIECES) + paste[at:]
            case 2:
                paste = paste[:at] + paste[at : at + length] * chosen.randint(2, 4) + paste[at + length :]
            case _:
                paste = paste[:at] + chosen.choice(PIECES) + paste[at + length :]
    return paste


if __name__ == "__main__":
    sys.exit(main())
