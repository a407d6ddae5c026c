"""What files and boards say never moves a terminal."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.cli.conftest import Done

EVIL = "a\x1b]0;owned\x07\x1b[2J\u202etxt"


@pytest.fixture
def evil_certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, EVIL)])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    file = tmp_path / "evil.pem"
    file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


def acts(text: str) -> bool:
    return any(one in text for one in "\x1b\x07\u202e\x9b")


@pytest.mark.parametrize(
    "words",
    [
        ["cert", "show", "FILE"],
        ["cert", "show", "FILE", "--json"],
        ["diagnose", "FILE"],
        ["cert", "build", "--template", "FILE"],
        ["template", "show", "FILE"],
        ["profile", "lint", "FILE"],
        ["manifest", "check", "FILE", "--certificate", "FILE"],
    ],
    ids=" ".join,
)
def test_a_certificate(run: Callable[..., Done], evil_certificate: Path, words: list[str]) -> None:
    done = run(*(evil_certificate if word == "FILE" else word for word in words))
    assert not acts(done.out + done.err)


@pytest.mark.parametrize(
    "words",
    [
        ["config", "decode", EVIL],
        ["explain", EVIL],
        ["diagnose", EVIL],
        ["info", "--port", f"virtual://{EVIL}"],
        ["info", "--port", EVIL],
        [EVIL],
        ["info", f"--{EVIL}"],
        ["provision", "--profile", EVIL, "--port", "virtual://fresh"],
    ],
    ids=range(8),
)
def test_words(begin: Callable[..., Done], words: list[str]) -> None:
    done = begin(*words)
    assert done.code != 0
    assert not acts(done.out + done.err)


def test_a_log_and_a_dump(run: Callable[..., Done], tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    file.write_text(f"{EVIL}\n01 23 {EVIL} 45\n{EVIL}: 0x12\n", encoding="utf-8")
    for words in (["diagnose", "--log", file], ["config", "decode", file], ["explain", "--config", file, "Info"]):
        done = run(*words)
        assert not acts(done.out + done.err)
