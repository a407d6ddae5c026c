"""The command line in this process and in others, with data, passphrase and keyring of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from atecc_bench.__main__ import main
from atecc_bench.cli.app import build_app
from atecc_bench.logs import end_logging
from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.state_file import load_state
from tests.support.no_cloud import NO_CLOUD, is_of_cloud
from tests.support.probes import snapshot

PASSPHRASE = "correct horse"  # noqa: S105 - of the tests' own authority


@dataclass(frozen=True)
class Done:
    """How a verb ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error_id(self) -> str:
        error = self.document["error"]
        assert error.keys() == {"id", "message", "hint"}
        assert error["message"]
        assert error["hint"]
        return error["id"]


class Chip:
    """A virtual chip that lives in a file."""

    def __init__(self, preset: str, path: Path) -> None:
        self.path = path
        self.url = f"virtual://{preset}?state={path}"
        open_board(parse_virtual_url(self.url))

    @property
    def eeprom(self) -> bytes:
        return snapshot(load_state(self.path)[0])

    @property
    def serial_number(self) -> str:
        return load_state(self.path)[0].config.serial_number.hex()


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Nothing of this user, and nothing for the next test."""
    data = tmp_path / "data"
    monkeypatch.setenv("ATECC_BENCH_DATA", str(data))
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("COLUMNS", "200")
    for name in filter(is_of_cloud, tuple(os.environ)):
        monkeypatch.delenv(name)
    for name, value in NO_CLOUD.items():
        monkeypatch.setenv(name, value)
    yield data
    end_logging()


def left_in(data: Path) -> list[str]:
    """What verbs left in the data folder beside their log."""
    return sorted(path.name for path in data.glob("*") if path.name != "logs")


def no_pdf(title: str, html: str) -> bytes:
    """In a process of its own alone: a PDF takes Qt."""
    raise NotImplementedError(title, html)


@pytest.fixture(scope="session")
def command_line() -> Typer:
    """Built once: it keeps nothing of a verb that was run."""
    return build_app(no_pdf)


@pytest.fixture
def run(command_line: Typer) -> Callable[..., Done]:
    """Run a verb in this process."""

    def invoke(*arguments: object, stdin: str | None = None) -> Done:
        result = CliRunner().invoke(command_line, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Done]]:
    """Start the whole program in this process, as its entry point does."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # it is put back at the end
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def start(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["atecc-bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    yield start
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def run_process() -> Callable[..., Done]:
    """Run a verb in a process of its own."""

    def invoke(*arguments: object, stdin: str = "") -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "atecc_bench", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return invoke


@pytest.fixture
def chip(tmp_path: Path) -> Callable[[str], Chip]:
    return lambda preset: Chip(preset, tmp_path / f"{preset}.json")


@pytest.fixture(scope="session")
def saved_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("authority") / "ca"
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
    save_authority(directory, authority, root_key, PASSPHRASE.encode())
    return directory


@pytest.fixture
def ca(saved_authority: Path, tmp_path: Path) -> Path:
    """A certificate authority made by this product."""
    return Path(shutil.copytree(saved_authority, tmp_path / "ca"))


@pytest.fixture
def other_ca(tmp_path: Path) -> Path:
    """Another authority, of another name, under the same passphrase."""
    authority, root_key = create_authority(organization="Fjord AS", signer_name="Other", now=datetime.now(UTC))
    save_authority(tmp_path / "other", authority, root_key, PASSPHRASE.encode())
    return tmp_path / "other"
