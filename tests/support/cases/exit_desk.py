"""A folder with all that every verb needs, copied for each run, and processes under conditions that spoil them."""

import contextlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atecc_bench.twin.board.sample_images import write_practice_image
from tests.support.cases.every_verb import MISMATCH, P, VerbCase
from tests.support.no_cloud import NO_CLOUD, is_of_cloud
from tests.support.paths import ROOT

PASSPHRASE = "correct horse"  # noqa: S105 - of the tests' own authority
_STARTED = "started"
# The program says when its entry point has begun: what comes before is Python's own.
_BEGIN = f"""
import os, sys
from atecc_bench.__main__ import main
os.write(int(sys.argv.pop(1)), b"{_STARTED}")
main()
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and how long it took from its entry point on."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def documents(self) -> list[Any]:
        """All JSON documents on stdout."""
        decoder, found, rest = json.JSONDecoder(), list[Any](), self.out.strip()
        while rest:
            document, end = decoder.raw_decode(rest)
            found.append(document)
            rest = rest[end:].strip()
        return found


@dataclass(frozen=True)
class Spoiled:
    """What is wrong with the surroundings of a process.

    `signal_at` is a signal and the seconds after the entry point began.
    """

    env: dict[str, str] = field(default_factory=dict[str, str])
    stdin: str | None = ""
    stdout: str | None = "pipe"  # `pipe`, `terminal` of 40 columns, a path, or None for closed
    signal_at: tuple[signal.Signals, float] | None = None
    signal_after: Callable[[Path], bool] = lambda folder: True  # the seconds begin when this is so
    arguments: tuple[str, ...] = ()


class ExitDesk:
    """Makes the folder once, and runs verbs in copies of it."""

    def __init__(self, template: Path, run: Callable[..., Any]) -> None:
        self._template = template
        self._made = 0
        self.serial = _fill(template, run)

    def words(self, words: Sequence[str]) -> list[str]:
        """Words of a case with what depends on the folder."""
        return [word.format(serial=self.serial) if "{serial}" in word else word for word in words]

    def copy(self) -> Path:
        """A copy of the folder."""
        self._made += 1
        return Path(shutil.copytree(self._template, self._template.with_name(f"run-{self._made}")))

    def environment(self, folder: Path) -> dict[str, str]:
        """What a run in a copy sees."""
        own = {
            "ATECC_BENCH_DATA": str(folder / "data"),
            "ATECC_BENCH_CA_PASSPHRASE": PASSPHRASE,
            "ATECC_BENCH_ESCROW_PASSPHRASE": PASSPHRASE,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "app"), str(ROOT)]),
        }
        others = {name: value for name, value in os.environ.items() if not is_of_cloud(name)}
        kept = NO_CLOUD | {
            name: value for name, value in others.items() if not name.startswith(("PYTHONIO", "COLUMNS"))
        }
        return kept | own

    def run(self, words: Sequence[str], spoiled: Spoiled | None = None, *, stays: bool = False) -> Ended:
        """Run a verb in a process of its own, in a fresh copy of the folder, which stays only if wanted."""
        spoiled = spoiled or Spoiled()
        folder = self.copy()
        try:
            return _run(self.words(words), spoiled, folder, self.environment(folder) | spoiled.env)
        finally:
            if not stays:
                shutil.rmtree(folder)


def filled_desk(folder: Path) -> ExitDesk:
    """A desk whose folder is made by the verbs themselves, in this process."""
    from typer.testing import CliRunner

    from atecc_bench.cli.app import build_app

    def no_pdf(title: str, html: str) -> bytes:
        raise NotImplementedError(f"{title}: {len(html)}")

    folder.mkdir()
    app = build_app(no_pdf)
    own = {"ATECC_BENCH_DATA": str(folder / "data"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    own |= {f"ATECC_BENCH_{name}_PASSPHRASE": PASSPHRASE for name in ("CA", "ESCROW")}
    before, old = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    os.environ.update(own)
    try:
        return ExitDesk(folder, lambda *words: _Invoked(CliRunner().invoke(app, [str(word) for word in words])))
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(old)


class _Invoked:
    """A verb as it ended in this process."""

    def __init__(self, result: Any) -> None:
        self.code: int = result.exit_code
        self.out: str = result.stdout
        self.err: str = result.stderr

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def _run(words: Sequence[str], spoiled: Spoiled, folder: Path, env: dict[str, str]) -> Ended:
    started, tell = os.pipe()
    closed = [number for number, stream in ((0, spoiled.stdin), (1, spoiled.stdout)) if stream is None]

    def spoil() -> None:  # in the child, before the program
        for number in closed:
            os.close(number)

    stdout: int = subprocess.PIPE
    shown = b""
    watching: threading.Thread | None = None
    if spoiled.stdout == "terminal":
        import fcntl
        import termios

        screen, stdout = os.openpty()
        fcntl.ioctl(stdout, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))

        def watch() -> None:
            nonlocal shown
            with contextlib.suppress(OSError):  # the other end is closed
                while read := os.read(screen, 4096):
                    shown += read

        watching = threading.Thread(target=watch)
        watching.start()
    elif spoiled.stdout not in ("pipe", None):
        stdout = os.open(spoiled.stdout or "", os.O_WRONLY)
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN, str(tell), *words, *spoiled.arguments],
            cwd=folder, env=env, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE, pass_fds=(tell,),
            preexec_fn=spoil if closed else None, start_new_session=True,
        )  # fmt: skip
        os.close(tell)
        os.read(started, len(_STARTED))
        begun = time.monotonic()
        if spoiled.signal_at is not None:
            number, after = spoiled.signal_at
            while process.poll() is None and not spoiled.signal_after(folder):
                time.sleep(0.01)
            _await_handlers(process.pid)
            time.sleep(after)
            process.send_signal(number)
        out, err = process.communicate((spoiled.stdin or "").encode(), timeout=60)
        seconds = time.monotonic() - begun
    finally:
        os.close(started)
        if stdout != subprocess.PIPE:
            os.close(stdout)
        if watching is not None:
            watching.join()
    return Ended(process.returncode, (out or shown).decode("utf-8"), err.decode("utf-8"), seconds)


def _await_handlers(pid: int) -> None:
    """Wait until a process that has begun takes SIGTERM; what comes before that is Python's own."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        time.sleep(0.3)
        return
    while status.exists():
        (caught,) = re.findall(r"^SigCgt:\s*([0-9a-f]+)$", status.read_text(), re.MULTILINE) or ("0",)
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.001)


def right_code(case: VerbCase, ended: Ended, *, as_json: bool, own_error: str = "") -> str:
    """What is wrong with how an interrupted verb ended; nothing when all is right.

    It ends with its own code or with 3, and with one document where that was wanted. `own_error` is the error that it
    ends with by itself, before which a late signal changes nothing.
    """
    if ended.code not in (case.code, 3):
        return f"exit code {ended.code}: {ended.err[-300:]}"
    if "Traceback" in ended.err:
        return f"traceback: {ended.err[-300:]}"
    if as_json and len(ended.documents) != 1:
        return f"{len(ended.documents)} documents"
    if as_json and ended.code == 3 and ended.documents[0]["error"]["id"] not in ("cancelled", own_error):
        return f"error {ended.documents[0]['error']['id']}"
    return ""


def _fill(folder: Path, run: Callable[..., Any]) -> str:
    """Make all files, with the words of the program itself; gives the serial number of a chip on record."""
    from tests.tools.make_examples import BUNDLE, example_bundle, example_files

    def done(*words: object) -> Any:
        ended = run(*words)
        assert ended.code == 0, (words, ended.err)
        return ended

    examples = example_files()
    for name, content in examples.items():
        (folder / name).write_bytes(content)
    (folder / BUNDLE).write_bytes(example_bundle())
    for name in ("device", "signer", "root"):
        shutil.copy(ROOT / "resources" / "scenarios" / "provisioned" / f"{name}.pem", folder / f"{name}.pem")
    shutil.move(folder / "cert_def_2_device.c", folder / "cert_def.c")
    shutil.copy(ROOT / "tests" / "data" / "brought" / "request.pem", folder / "request.pem")
    (folder / "empty").mkdir()
    write_practice_image(folder / "firmware", size=16 * 1024)
    done("ca", "init", "ca", "--organization", "Nordlys AS")
    done("ca", "csr", "waiting-ca", "--organization", "Nordlys AS")
    done("template", "make", "--sample", "device.pem", "--out", "template.yaml")
    made = done(
        "provision", "--port", "virtual://fresh?seed=9", "--profile", "trustcustom-tls", "--ca", "ca", "--yes", "--json"
    ).document
    shutil.copytree(Path(made["artifacts"]["device_pem"]).parent, folder / "record")
    done("manifest", "make", "record", "--ca", "ca", "--out", "manifest.json")
    done("slot", "write", "--port", P, "--slot", 13, "--file", "master.bin", "--yes")
    for port in (MISMATCH, "virtual://fresh?state=fresh.json", "virtual://configured?state=configured.json"):
        done("info", "--port", port)
    done("key", "set", "--port", "virtual://configured?seed=3", "--slot", 4, "--escrow", "chip.keys", "--yes")
    return made["serial_number"]
