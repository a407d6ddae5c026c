"""Pastes that were damaged at random, in great number: none may raise, none may take over a second of the processor.

Run by `make fuzz-pastes`. Half of them are dumps with noise of which characters, lines and blocks were changed,
half are made of the pieces that the reader looks for. A seed and a batch give the same pastes on any number of
processors; `--batch` runs one again.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import Pool
from types import FrameType

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
_HANGS_AFTER = 20.0  # seconds of the processor: such a paste is told where it was left
_BATCH = 500
_SAY_EVERY = 10_000
PIECES = (
    "0000: ", "0010: ", "ffff: ", "00000000  ", "0x3ffb1c40   ", "30|30 ", "82|82 *", "30 82 01 a6 ", "3082", "0x30, ",
    "\\x30\\x82", "b'\\x30'", "30:82:01:", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "MIIBpjCCAUug",
    "|....|", "*", "\n", "\r\n", "\n\n", " ", "\t", "12:03:44.001 -> ", "[  1.25] ", "I (312) boot: ", "\x1b[0;32m",
    "Certificate:\n", "   Subject: CN = pump", "   Serial Number: 1 (0x1)\n", "   pub:\n", "   Not Before: Mar 14 ",
    "\x1b", "[", "{", "}", "(", "'", '"', "\\", "01 23 a1 b2 ", "ee ", "\0", "é", "𝔸", "0" * 64, " " * 80,
)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """What became of some pastes: `trouble` is that of the first that raised or took too long."""

    pastes: int
    compared: int
    configurations: int
    longest: float
    trouble: str = ""


class HangsError(Exception):
    """A paste that is still being read after a long time."""


def main() -> int:
    """Run as many pastes as are asked for; say how many, and the longest time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pastes", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--batch", type=int, help="run this batch only")
    arguments = options.parse_args()
    batches = range(-(-arguments.pastes // _BATCH)) if arguments.batch is None else (arguments.batch,)
    sizes = [(number, min(_BATCH, arguments.pastes - number * _BATCH)) for number in batches]
    started, done, said = time.monotonic(), Batch(0, 0, 0, 0.0), 0
    with Pool(arguments.processes) as pool:
        for batch in pool.imap_unordered(partial(_batch, arguments.seed), sizes):
            done = Batch(
                done.pastes + batch.pastes,
                done.compared + batch.compared,
                done.configurations + batch.configurations,
                max(done.longest, batch.longest),
            )
            if batch.trouble:
                print(batch.trouble)
                return 1
            if done.pastes // _SAY_EVERY > said:
                said = done.pastes // _SAY_EVERY
                rate = done.pastes / (time.monotonic() - started)
                print(
                    f"{done.pastes} pastes so far, {rate:.0f} a second, longest {done.longest * 1000:.1f} ms",
                    flush=True,
                )
    print(f"{done.pastes} pastes, {done.compared} of them compared, {done.configurations} read as configurations")
    print(f"none raised; longest {done.longest * 1000:.1f} ms")
    return 0


def _batch(seed: int, numbered: tuple[int, int]) -> Batch:
    number, size = numbered
    chosen = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable, not secret
    seeds = _seeds()
    model = load_certificate(resource_path("scenarios", "mismatch", "device.pem").read_bytes()).public_bytes(
        Encoding.DER
    )
    compared = configurations = 0
    longest = 0.0
    for at in range(size):
        paste = _mutated(chosen.choice(seeds), chosen) if at % 2 else _assembled(chosen)
        started = time.process_time()
        try:
            with _watched():
                has_pair, is_configuration = _read(paste, model)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the campaign looks for
            what = f"{type(error).__name__}: {error}"
            return Batch(at, compared, configurations, longest, f"batch {number} of seed {seed}, {what}: {paste!r}")
        compared, configurations = compared + has_pair, configurations + is_configuration
        seconds = time.process_time() - started
        longest = max(longest, seconds)
        if seconds > LONGEST_SECONDS:
            trouble = f"batch {number} of seed {seed}: {seconds:.2f} s for {paste!r}"
            return Batch(at, compared, configurations, longest, trouble)
    return Batch(size, compared, configurations, longest)


@contextmanager
def _watched() -> Iterator[None]:
    """Raise where the processor is after a long time; without it nobody knew which paste hangs."""

    def left(signal_number: int, frame: FrameType | None) -> None:
        del signal_number
        place = "nowhere" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"
        raise HangsError(f"still at {place} after {_HANGS_AFTER:.0f} s")

    signal.signal(signal.SIGVTALRM, left)
    signal.setitimer(signal.ITIMER_VIRTUAL, _HANGS_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _read(paste: str, model: bytes) -> tuple[bool, bool]:
    """Read a paste in every way: whether two certificates were compared, and whether it was a configuration."""
    compared = is_configuration = False
    with suppress(BenchError):  # most pastes hold nothing that can be compared, and say so
        pasted = comparison_in(paste)
        causes(pasted.comparison, pasted.context)
        compared = True
    pki_objects(paste.encode("utf-8", "replace"))
    for printed in printed_certificates(paste):
        with suppress(BenchError):  # a name may have attributes that there are not
            as_certificate(printed, model)
    with suppress(BenchError):  # nor a configuration
        read_configuration(paste, Likeness.LIKELY)
        is_configuration = True
    return compared, is_configuration


@cache
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
