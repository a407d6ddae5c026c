"""Every line of README and docs that begins with `atecc-bench` does what the page says, as it is written there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.keys.key_files import load_private_key
from atecc_bench.twin.board.sample_images import write_practice_image
from tests.cli.conftest import Chip
from tests.support.paths import ROOT
from tests.support.servers.aws_emulator import aws_emulator
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import mosquitto
from tests.tools.make_examples import BUNDLE, example_files

Run = Callable[..., Any]
EXAMPLES = ROOT / "resources" / "examples"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
INLINE = re.compile(r"`(atecc-bench [^`]*)`")
COMMENT = re.compile(r"\s{2,}#.*|\s+#\s.*")
# What stands for something, and lines that open a window or only name a verb.
NOT_RUN = ("atecc-bench", "atecc-bench gui --port URL", "atecc-bench VERB --help", "atecc-bench template")
ANSWERED_NO = (
    "diagnose --port virtual://mismatch",
    "diagnose resources/examples/",
    "diagnose --expected",
    "diagnose report.zip",
    "config lint --port virtual://provisioned",
    "explain --",
)
pytestmark = pytest.mark.slow


@dataclass
class Line:
    page: Path
    words: list[str]
    text: str = field(default="")

    def __str__(self) -> str:
        return f"{self.page.name}: {self.text}"


def lines_of(page: Path) -> Iterator[Line]:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        for row in block.replace("\\\n", " ").splitlines():
            command = COMMENT.sub("", row).partition("&& ")
            written = command[2] or command[0]
            if written.startswith("atecc-bench"):
                yield Line(page, shlex.split(written), " ".join(written.split()))
    for written in INLINE.findall(re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield Line(page, shlex.split(written), " ".join(written.split()))


LINES = {page.name: [line for line in lines_of(page) if line.text not in NOT_RUN] for page in PAGES}


class Desk:
    """What a reader of the pages has at hand: a CA, boards at the ports that are named, a folder to be in."""

    def __init__(self, run: Run, run_process: Run, ca: Path, folder: Path) -> None:
        self.run = run
        self.run_process = run_process
        self.folder = folder
        self.ca = ca
        self.chips: dict[str, Chip] = {}
        write_practice_image(folder / "firmware" / "build", size=16 * 1024)
        (folder / "resources").symlink_to(ROOT / "resources")

    def chip(self, place: str, preset: str) -> Chip:
        """The chip at a place of a page, which keeps what earlier lines did to it."""
        if place not in self.chips:
            self.chips[place] = Chip(preset, self.folder / f"chip-{len(self.chips)}.json")
        return self.chips[place]

    def importing_chip(self) -> Chip:
        """A chip whose configuration is locked and whose data zone is not."""
        chip = self.chip("importing", "fresh")
        Path("wanted.hex").write_text(self.run("config", "read", "--port", "virtual://configured").out)
        assert self.run("config", "write", "--port", chip.url, "wanted.hex", "--yes").code == 0
        assert self.run("config", "lock", "--port", chip.url, "--yes").code == 0
        return chip

    def has_ca(self) -> None:
        if not (self.folder / "my-ca").exists():
            shutil.copytree(self.ca, self.folder / "my-ca")

    def has_no_ca(self) -> None:
        shutil.rmtree(self.folder / "my-ca", ignore_errors=True)


@pytest.fixture
def desk(run: Run, run_process: Run, ca: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    folder = tmp_path / "reader"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ATECC_BENCH_ESCROW_PASSPHRASE", "of escrow files")
    return Desk(run, run_process, ca, folder)


def signed_by_the_cloud(request: Path, ca: Path) -> bytes:
    """What comes back for a request: the only thing that no line of a page can make."""
    asked = x509.load_pem_x509_csr(request.read_bytes())
    key = load_private_key((EXAMPLES / "ca.key.pem").read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((EXAMPLES / "ca.crt.pem").read_bytes())
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer.subject, asked.subject, asked.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=365))
    return b"".join(one.public_bytes(Encoding.PEM) for one in (builder.sign(key, SHA256()), issuer))


def carry_out(desk: Desk, line: Line) -> None:
    words = line.words[1:]
    text = " ".join(words)
    if words[0] == "serve":
        serves(words, desk.folder)
        return
    if words[0] == "connect":
        connects(desk, words)
        return
    if words[:2] in (["cloud", "aws-device"], ["cloud", "aws-ca"]):
        desk.has_ca()
        asks_aws(desk, words)
        return
    desk.has_no_ca() if words[:2] in (["ca", "init"], ["ca", "import"]) else desk.has_ca()
    answer = None
    for at, word in enumerate(words):
        if word.startswith("virtual://fresh?state=chip.json"):
            answer = Chip("fresh", desk.folder / "chip.json").serial_number[-6:]
        elif word == "P" or word.startswith("/dev/ttyUSB"):
            if words[0] == "flash":
                words[at] = "virtual://blank-board?firmware=firmware/build"
                continue
            chip = chip_for(desk, word, words)
            words[at], answer = chip.url, chip.serial_number[-6:]
    if words[0] == "report":
        done = desk.run("provision", "--port", "virtual://fresh", "--profile", "trustcustom-tls", "--ca", "my-ca",
                        "--yes", "--json")  # fmt: skip
        words[1] = done.document["serial_number"]
        words += ["--virtual"]
    if words[:1] == ["provision"] and "--count" in words:
        words[words.index("--count") + 1] = "1"
    if words[-2:] == ["--cert", "pump-0042.pem"]:
        request = next((desk.folder.parent / "data").rglob("request.csr"))
        Path("pump-0042.pem").write_bytes(signed_by_the_cloud(request, desk.ca))
    run = desk.run_process if words[0] == "report" else desk.run  # a PDF takes Qt
    done = run(*words, stdin="" if answer is None else f"{answer}\n")
    expected = expected_code(text, words)
    assert done.code == expected, f"{line}\n{done.out}\n{done.err}"


def chip_for(desk: Desk, port: str, words: list[str]) -> Chip:
    if words[:2] == ["key", "import"]:
        return desk.importing_chip()
    if words[0] == "key":
        return desk.chip("keys", "configured") if words[1] in ("set", "check") else desk.chip("csr", "provisioned")
    if words[:2] == ["slot", "restore"]:
        chip = desk.chip("restored", "provisioned")
        write = ("slot", "write", "--port", chip.url, "--slot", 8, "--file", EXAMPLES / "master.bin", "--yes")
        assert desk.run(*write).code == 0
        return chip
    if words[0] == "verify":
        chip = desk.chip("finished", "fresh")
        to_do = ("provision", "--port", chip.url, "--profile", "trustcustom-tls", "--ca", "my-ca", "--yes")
        assert desk.run(*to_do).code == 0
        return chip
    if words[0] == "cert":
        return desk.chip("certificates", "provisioned")
    profile = words[words.index("--profile") + 1] if "--profile" in words else ""
    return desk.chip(f"{port} {profile}", "fresh")


def expected_code(text: str, words: list[str]) -> int:
    if text.startswith(ANSWERED_NO):
        return 1
    if "--field" in words:  # ends with a request, and waits
        return 1
    return 0


def asks_aws(desk: Desk, words: list[str]) -> None:
    chip = desk.chip("certificates", "provisioned")
    with aws_emulator(desk.folder) as emulator, pytest.MonkeyPatch.context() as patched:
        for name, value in emulator.environment().items():
            patched.setenv(name, value)
        done = desk.run(*(chip.url if word == "P" else word for word in words))
    assert done.code == 0, f"{done.out}\n{done.err}"


def connects(desk: Desk, words: list[str]) -> None:
    papers = ServerPapers(desk.folder)
    papers.file("server-ca.pem", papers.root.pem)
    certificate, key = papers.pem_files()
    root = ROOT / "resources" / "scenarios" / "provisioned" / "root.pem"
    settings = f"certfile {certificate}\nkeyfile {key}\ncafile {root}\nrequire_certificate true\n"
    with mosquitto(desk.folder, {"mqtts": f"{settings}use_identity_as_username true\n"}) as ports:
        place = {words[1]: f"localhost:{ports['mqtts']}", "P": desk.chip("certificates", "provisioned").url}
        done = desk.run(*(place.get(word, word) for word in words))
    assert done.code == 0, f"{done.out}\n{done.err}"


def serves(words: list[str], folder: Path) -> None:
    if sys.platform == "win32" and "--pty" in words:
        pytest.skip("Windows has no pseudo-terminals")
    with subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", *words], cwd=folder, stdout=subprocess.PIPE, env=os.environ
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        server.terminate()
        assert server.wait(timeout=20) == 0


@pytest.mark.parametrize("page", [name for name, lines in LINES.items() if lines])
def test_every_line_of_a_page_runs_as_it_is_written(desk: Desk, page: str):
    for line in LINES[page]:
        if "SERIAL" not in line.words and "FILE" not in line.words:
            carry_out(desk, line)


def test_there_are_lines_to_run():
    assert sum(len(lines) for lines in LINES.values()) > 40


def test_the_sample_files_are_those_that_the_tool_makes():
    made = example_files()
    assert {name: (EXAMPLES / name).read_bytes() for name in made} == made
    others = {path.name for path in EXAMPLES.iterdir()} - made.keys()
    assert others == {BUNDLE, "my-profile.yaml", "registration.yaml"}
