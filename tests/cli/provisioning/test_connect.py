"""The verb `connect`: to a broker, to a server, and what it says where it does not."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.resources import resource_path
from tests.support.servers.demanding_broker import broker_that_demands_certificates
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import openssl_server

Run = Callable[..., Any]
P = "virtual://provisioned"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> ServerPapers:
    return ServerPapers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def ca(papers: ServerPapers) -> Path:
    return papers.file("ca.pem", papers.root.pem)


@pytest.fixture(scope="module")
def broker(papers: ServerPapers) -> Iterator[int]:
    with broker_that_demands_certificates(papers) as port:
        yield port


def test_each_step_is_told(run: Run, broker: int, ca: Path) -> None:
    done = run("connect", f"localhost:{broker}", "--port", P, "--ca-file", ca, "--mqtt", "--topic", "a/b")
    assert done.code == 0
    for words in ("vouches for it", "Signed by slot 0 of the chip", "CONNACK 0", "Published to a/b", "VIRTUAL"):
        assert words in done.out


def test_a_document(run: Run, broker: int, ca: Path) -> None:
    words = ("--mqtt", "--mqtt-version", "5", "--client-id", "me", "--tls", "1.2", "--json")
    document = run("connect", f"localhost:{broker}", "--port", P, "--ca-file", ca, *words).document
    assert (document["connected"], document["virtual"], document["tls"]) == (True, True, "1.2")
    assert [step["id"] for step in document["steps"]][-2:] == ["accepted", "mqtt-connect"]
    assert "error" not in document


def test_no_is_an_answer(run: Run, broker: int, papers: ServerPapers) -> None:
    other = papers.file("other.pem", papers.stranger.pem)
    done = run("connect", f"localhost:{broker}", "--port", P, "--ca-file", other, "--json")
    assert done.code == 1
    assert (done.document["connected"], done.document["failed_at"]) == (False, "check-server")
    assert done.error_id == "server-ca-unknown"


def test_the_systems_cas_are_taken_without_a_file(run: Run, broker: int) -> None:
    done = run("connect", f"localhost:{broker}", "--port", P, "--json")
    assert (done.code, done.error_id) == (1, "server-ca-unknown")
    assert "this computer's store" in done.document["error"]["message"]


def test_a_certificate_for_another_key_never_leaves(run: Run, broker: int, ca: Path) -> None:
    done = run("connect", f"localhost:{broker}", "--port", "virtual://mismatch", "--ca-file", ca, "--json")
    assert (done.code, done.error_id) == (1, "chain-broken")
    assert done.document["steps"] == []
    device = resource_path("scenarios", "provisioned", "device.pem")
    done = run("connect", "localhost", "--port", P, "--cert", device, "--slot", "2", "--ca-file", ca, "--json")
    assert (done.code, done.error_id) == (1, "public-key-mismatch")


def test_certificates_of_files_in_any_order(run: Run, broker: int, ca: Path) -> None:
    files = [resource_path("scenarios", "provisioned", f"{name}.pem") for name in ("root", "signer", "device")]
    given = [word for file in files for word in ("--cert", file)]
    done = run("connect", f"localhost:{broker}", "--port", P, "--ca-file", ca, "--mqtt", *given)
    assert done.code == 0


def test_a_server_without_mqtt(run: Run, papers: ServerPapers, ca: Path) -> None:
    root = resource_path("scenarios", "trustgo", "root.pem")
    with openssl_server(papers.folder, *papers.certificate_for("good"), "-CAfile", str(root), "-www") as port:
        done = run("connect", f"localhost:{port}", "--port", "virtual://trustgo", "--ca-file", ca, "--http", "/")
    assert done.code == 0
    assert "HTTP 200" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("a b",),
        ("localhost", "--client-id", "x"),
        ("localhost", "--slot", "3"),
        ("localhost", "--alpn", "ü"),
        ("localhost", "--mqtt", "--http", "/"),
        ("localhost", "--ca-file", "nowhere.pem"),
    ],
)
def test_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    done = run("connect", *words, "--port", P, "--json")
    assert (done.code, done.out != "") == (2, True)


def test_an_unknown_chip(run: Run, ca: Path) -> None:
    done = run("connect", "localhost", "--port", "virtual://configured", "--ca-file", ca, "--json")
    assert (done.code, done.error_id) == (2, "no-template")


def test_nothing_secret_in_the_log(run: Run, broker: int, ca: Path, tmp_path: Path) -> None:
    """Neither what TLS agreed on nor what the chip signed is noted; its words are those of the steps."""
    log = tmp_path / "log.txt"
    before = ("--log-file", log, "--log-level", "debug")
    done = run(*before, "connect", f"localhost:{broker}", "--port", P, "--ca-file", ca, "--mqtt")
    assert done.code == 0
    noted = log.read_text()
    assert noted
    assert not [word for word in noted.split() if len(word) >= 2 * hashlib.sha256().digest_size]
