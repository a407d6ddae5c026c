"""`diagnose FILE` for the first file that a newcomer has: it is read, or named with what reads it."""

import base64
import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from atecc_bench.pki.keys.key_files import public_key_bytes
from atecc_bench.resources import resource_path

Run = Callable[..., Any]
KEY = ec.derive_private_key(7, ec.SECP256R1())
ROM = "ets Jun  8 2016 00:22:57\n\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\n"


@pytest.fixture
def config_zone(run: Run) -> bytes:
    return bytes.fromhex(run("config", "read", "--port", "virtual://configured", "--json").document["config"])


@pytest.fixture
def diagnosed(run: Run, tmp_path: Path) -> Callable[[bytes | str], Any]:
    def diagnose(content: bytes | str) -> Any:
        file = tmp_path / "found"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("diagnose", file, "--json")

    return diagnose


def request(encoding: Encoding) -> bytes:
    name = x509.Name.from_rfc4514_string("CN=device 1")
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(KEY, SHA256()).public_bytes(encoding)


@pytest.mark.parametrize("written", [bytes, lambda raw: repr(list(raw)), lambda raw: f"zone = bytes({[*raw]})\n"])
def test_a_configuration_as_raw_bytes_or_as_a_list_of_numbers_is_read(
    diagnosed: Run, run: Run, tmp_path: Path, config_zone: bytes, written: Callable[[bytes], bytes | str]
):
    assert "findings" in diagnosed(written(config_zone)).document
    decoded = run("config", "decode", tmp_path / "found", "--json")
    assert (decoded.code, config_zone[:4].hex() in decoded.out) == (0, True)


def test_an_array_without_the_chips_own_bytes_is_a_configuration(diagnosed: Run, config_zone: bytes):
    array = ", ".join(f"0x{byte:02X}" for byte in config_zone[16:])
    done = diagnosed(f"const uint8_t config[112] = {{ {array} }};\n")
    assert done.code in (0, 1)
    assert any("Bytes 0–15 are the chip's own" in remark for remark in done.document["remarks"])
    assert "findings" in done.document


def test_base64_without_the_lines_of_pem_is_read(diagnosed: Run):
    pem = resource_path("examples", "device.pem").read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    assert diagnosed(base64.encodebytes(der)).document["length"] == len(der)


def test_a_packed_log_is_read_as_the_log(diagnosed: Run, tmp_path: Path):
    log = resource_path("examples", "serial.log").read_bytes()
    plain = diagnosed(log)
    assert diagnosed(gzip.compress(log)) == plain
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("serial.log", log)
    assert diagnosed((tmp_path / "log.zip").read_bytes()) == plain


def test_a_packed_log_that_was_cut_is_told_so(diagnosed: Run):
    done = diagnosed(gzip.compress(resource_path("examples", "serial.log").read_bytes())[:-20])
    assert (done.code, done.error_id) == (2, "not-unpackable")


def test_a_zip_of_several_files_is_no_bundle(diagnosed: Run, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("one", b"1")
        archive.writestr("two", b"2")
    assert diagnosed((tmp_path / "two.zip").read_bytes()).error_id == "not-a-bundle"


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_request_is_shown_by_its_subject(diagnosed: Run, run: Run, tmp_path: Path, encoding: Encoding):
    done = diagnosed(request(encoding))
    assert (done.code, done.document) == (0, {"request": {"subject": "CN=device 1", "signature_valid": True}})
    assert "CN=device 1" in run("diagnose", tmp_path / "found").out


def test_a_request_with_another_signature_is_refused(diagnosed: Run):
    spoiled = bytearray(request(Encoding.DER))
    spoiled[spoiled.index(b"device 1")] ^= 1
    done = diagnosed(bytes(spoiled))
    assert (done.code, done.error_id) == (2, "not-a-request")


PRIVATE = (PrivateFormat.PKCS8, NoEncryption())
NAMED: dict[str, tuple[bytes | str, str]] = {
    "private-pem": (KEY.private_bytes(Encoding.PEM, *PRIVATE), "a P-256 private key"),
    "private-der": (KEY.private_bytes(Encoding.DER, *PRIVATE), "a P-256 private key"),
    "public-pem": (
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "a P-256 public key",
    ),
    "public-der": (
        KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "a P-256 public key",
    ),
    "blank": (ROM + "invalid header: 0xffffffff\n", "whose flash is empty"),
    "download": (ROM + "waiting for download\n", "waits for a download"),
    "application": (ROM + "I (29) boot: ESP-IDF v5.1 2nd stage bootloader\n", "the log of an ESP32"),
    "library": ("atcab_init() done\natcab_random() done\n", "a log of CryptoAuthLib"),
    "profile": (resource_path("examples", "my-profile.yaml").read_bytes(), "a profile"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_what_holds_nothing_to_diagnose_is_named(diagnosed: Run, kind: str):
    content, what = NAMED[kind]
    done = diagnosed(content)
    assert (done.code, done.error_id) == (2, "nothing-to-diagnose")
    assert what in done.document["error"]["message"]


def test_a_log_without_bytes_is_traced_to_causes(diagnosed: Run, run: Run, tmp_path: Path):
    done = diagnosed("atcab_init() failed: ATCA_COMM_FAIL\n")
    assert done.code == 1
    assert done.document["causes"][0]["id"] == "nothing-on-bus"
    assert done.document["causes"][0]["evidence"][0].startswith("line 1: ")
    assert done.document["codes"][0]["number"] == "F0"
    assert run("diagnose", "--log", tmp_path / "found", "--json").document == done.document
    assert "Nothing answers on the I2C bus." in run("diagnose", tmp_path / "found").out


def test_documents_and_the_log_of_the_program_are_named(diagnosed: Run, run: Run, ca: Path, isolated: Path):
    words = ("provision", "--port", "virtual://fresh", "--profile", "trustcustom-tls", "--ca", ca, "--yes", "--json")
    printed = run(*words)
    (kept,) = isolated.rglob("result.json")
    checked = run("silicon-check", "--port", "virtual://fresh", "--json").document
    (log,) = (isolated / "logs").iterdir()
    for content, what in (
        (printed.out, "the result of a provisioning"),
        (kept.read_bytes(), "the result of a provisioning"),
        (json.dumps(checked), "the report of a silicon check"),
        (log.read_bytes(), "the log of ATECC Bench"),
    ):
        done = diagnosed(content)
        assert (done.code, done.error_id) == (2, "nothing-to-diagnose")
        assert what in done.document["error"]["message"]


def signed(digest: bytes, signature: bytes) -> str:
    raw = public_key_bytes(KEY.public_key())
    return "\n".join(f"{name}: {data.hex()}" for name, data in (("key", raw), ("digest", digest), ("sig", signature)))


def test_a_signature_of_the_chips_kind_is_valid(diagnosed: Run):
    told = diagnosed(signed(bytes(range(32)), KEY.sign(bytes(range(32)), ec.ECDSA(Prehashed(SHA256())))))
    assert told.code == 0
    assert [one["valid"] for one in told.document["signatures"]] == [True]


def test_a_signature_of_a_program_that_hashed_is_told(diagnosed: Run, run: Run, tmp_path: Path):
    text = signed(bytes(range(32)), KEY.sign(bytes(range(32)), ec.ECDSA(SHA256())))
    told = diagnosed(f"atcab_verify_extern failed with status 0xD1\n{text}")
    assert told.code == 1
    assert [one["valid"] for one in told.document["signatures"]] == [False]
    assert "SHA-256 of" in told.document["signatures"][0]["summary"]
    assert told.document["log"]["causes"]
    assert "What to do: The chip hashes nothing" in run("diagnose", tmp_path / "found").out.replace("\n", " ")
