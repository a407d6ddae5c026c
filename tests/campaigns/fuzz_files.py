"""Fuzz what reads YAML, bundles and profiles: python -m tests.campaigns.fuzz_files --reader yaml --runs 200000

Atheris (libFuzzer) changes real files, guided by the code they reach. Each input must end in a result or in an error of
ours, never in another exception, and in bounded time.
"""

import argparse
import atexit
import importlib
import io
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Only there after `make fuzz-files`.
atheris: Any = importlib.import_module("atheris")

with atheris.instrument_imports(include=["atecc_bench", "yaml", "zipfile"]):
    import yaml

    from atecc_bench.diagnose.bundle.bundle_file import read_bundle
    from atecc_bench.diagnose.bundle.trouble_bundle import read_any_bundle
    from atecc_bench.errors import BenchError
    from atecc_bench.plain_yaml import load_plain
    from atecc_bench.profiles.files import load_profile

# They import what was instrumented above.
from tests.support.paths import ROOT  # noqa: E402
from tests.tools.make_examples import example_bundle  # noqa: E402

LONGEST_INPUT = 8192
Target = Callable[[bytes], object]


def _yaml(data: bytes) -> None:
    try:
        load_plain(data.decode("utf-8", "replace"))
    except yaml.YAMLError:
        return


def _bundle(data: bytes) -> None:
    """The first byte chooses: an archive, or its document packed anew so that its sum is right."""
    if data[:1] == b"D":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("bundle.json", data[1:])
        read_bundle(packed.getvalue())
    else:
        read_any_bundle(data[1:])


class _Profile:
    """The reader of profiles, which reads files."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fuzzed.yaml"

    def __call__(self, data: bytes) -> None:
        self._path.write_bytes(data)
        load_profile(str(self._path))


def _yaml_files() -> list[bytes]:
    folders = (ROOT / "resources" / "profiles", ROOT / "resources" / "configurations")
    return [path.read_bytes() for folder in folders for path in sorted(folder.glob("*.yaml"))]


def _bundle_files() -> list[bytes]:
    whole = example_bundle()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        document = archive.read("bundle.json")
    return [b"Z" + whole, b"D" + document, b'D{"format": "atecc-bench-bundle", "version": 2}']


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", choices=["yaml", "bundle", "profile"], required=True)
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    runs: Counter[str] = Counter()
    findings: list[str] = []

    with tempfile.TemporaryDirectory() as folder:
        seeds = _bundle_files() if arguments.reader == "bundle" else _yaml_files()
        targets: dict[str, Target] = {"yaml": _yaml, "bundle": _bundle, "profile": _Profile(Path(folder))}
        target = targets[arguments.reader]
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds):
            (corpus / str(number)).write_bytes(seed)

        def test_one_input(data: bytes) -> None:
            runs["inputs"] += 1
            if runs["inputs"] == arguments.runs:
                report()  # libFuzzer ends the process without Python's own farewell
            try:
                target(data)
            except BenchError as error:
                runs[error.id] += 1
            except BaseException as error:
                findings.append(repr(error))
                raise
            else:
                runs["result"] += 1

        def report() -> None:
            ends = ", ".join(f"{count} x {name}" for name, count in runs.most_common(8))
            print(f"{arguments.reader}: {ends}; {len(findings)} findings {findings or ''}", flush=True)

        options = [
            f"-runs={arguments.runs}", f"-seed={arguments.seed}", f"-max_len={LONGEST_INPUT}", "-timeout=10",
            f"-artifact_prefix={folder}-",
        ]  # fmt: skip
        atexit.register(report)
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(corpus)], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
