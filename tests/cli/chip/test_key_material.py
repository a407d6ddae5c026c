"""Private keys brought in, secret keys set, requests signed in the chip, slots read, written and locked."""

import hashlib
import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import OKPKey

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.trace import Trace
from atecc_bench.logs import LOG_FILE
from atecc_bench.onchip.key_import import import_key
from atecc_bench.pki.keys.key_files import load_private_key
from atecc_bench.records.escrow import escrowed_slots
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.state.state_file import load_state, save_state
from tests.support.boards.twin_desk import TwinDesk
from tests.support.probes import snapshot

Run = Callable[..., Any]
PASSPHRASE = "battery staple"  # noqa: S105 - of the tests' own escrow files
KEY_PASSPHRASE = "staple"  # noqa: S105 - of the tests' own key file

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


class Desk(TwinDesk):
    """A chip in a state file, whose slot 2 takes private keys encrypted with the key in slot 4."""

    def __init__(self, path: Path, *, lock_data: bool) -> None:
        super().__init__()
        self.write_config(lambda target: target.__setitem__(25, 0x64))
        self.lock_config()
        if lock_data:
            self.session.lock_data()
        self.path = path
        save_state(path, self.memory, lambda count: bytes(count))
        self.url = f"virtual://configured?state={path}"

    def slot(self, number: int) -> bytes:
        return load_state(self.path)[0].contents(Zone.DATA, number)


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATECC_BENCH_ESCROW_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def open_chip(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "open.json", lock_data=False)


@pytest.fixture
def locked_chip(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "locked.json", lock_data=True)


def openssl(folder: Path, *arguments: object) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """An encrypted key, as openssl makes it."""
    folder = tmp_path / "key"
    folder.mkdir()
    openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "plain.pem")
    openssl(folder, "pkcs8", "-topk8", "-in", "plain.pem", "-out", "key.pem", "-passout", f"pass:{KEY_PASSPHRASE}")
    openssl(folder, "ec", "-in", "plain.pem", "-pubout", "-out", "public.pem")
    (folder / "passphrase").write_text(KEY_PASSPHRASE)
    return folder / "key.pem"


def scalar_of(key_file: Path) -> bytes:
    key = load_private_key(key_file.read_bytes(), KEY_PASSPHRASE.encode())
    return key.private_numbers().private_value.to_bytes(32)


def traces_of(secret: bytes) -> tuple[bytes, ...]:
    """How these bytes could show: raw, as hexadecimal in either case and with spaces, in Python and in Base64."""
    text = secret.hex()
    spaced = secret.hex(" ")
    forms = [text, text.upper(), spaced, spaced.upper(), repr(secret)[2:-1], str(int.from_bytes(secret))]
    return (secret, *(form.encode() for form in forms))


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    yield from ((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def test_an_imported_key_signs_in_the_chip_and_openssl_verifies_it(
    run: Run, open_chip: Desk, key_file: Path, tmp_path: Path
):
    arguments = ("--file", key_file, "--key-passphrase-file", key_file.parent / "passphrase", "--yes", "--json")
    done = run("key", "import", "--port", open_chip.url, "--slot", 0, *arguments)
    assert (done.code, done.document["encrypted"], done.document["proved"]) == (0, False, True)
    assert done.document["pem"] == (key_file.parent / "public.pem").read_text()
    assert not load_state(open_chip.path)[0].config.data_locked  # people have the request signed before the data lock
    assert run("key", "prove", "--port", open_chip.url, "--slot", 0).code == 0
    request = tmp_path / "device.csr"
    csr = ("--subject", "CN=imported,O=ACME Ltd", "--san", "DNS:device.example", "--out", request)
    assert run("key", "csr", "--port", open_chip.url, "--slot", 0, *csr).code == 0
    openssl(tmp_path, "req", "-in", request, "-verify", "-noout")
    assert openssl(tmp_path, "req", "-in", request, "-pubkey", "-noout") == done.document["pem"]


@pytest.mark.slow
def test_after_the_data_lock_a_key_comes_encrypted_with_the_write_key_of_the_slot(
    run: Run, locked_chip: Desk, key_file: Path, tmp_path: Path
):
    escrow = tmp_path / "escrow.json"
    set_io_key = ("key", "set", "--port", locked_chip.url, "--slot", 4, "--escrow", escrow, "--yes", "--json")
    assert run(*set_io_key).document["proved"] is True
    what = ("--file", key_file, "--key-passphrase-file", key_file.parent / "passphrase", "--yes", "--json")
    importing = ("key", "import", "--port", locked_chip.url, "--slot", 2, *what)
    assert run(*importing).error_id == "write-key-needed"
    done = run(*importing, "--keys", escrow)
    assert (done.document["encrypted"], done.document["proved"]) == (True, True)
    assert done.document["pem"] == (key_file.parent / "public.pem").read_text()


@pytest.mark.parametrize("slot", [0, 4, 8])
def test_a_slot_that_takes_no_private_key_is_refused_and_nothing_changes(
    run: Run, locked_chip: Desk, key_file: Path, slot: int
):
    before = locked_chip.path.read_bytes()
    what = ("--file", key_file, "--key-passphrase-file", key_file.parent / "passphrase", "--yes", "--json")
    done = run("key", "import", "--port", locked_chip.url, "--slot", slot, *what)
    assert (done.code, done.error_id) == (1, "slot-not-importable")
    assert snapshot(load_state(locked_chip.path)[0]) == snapshot(locked_chip.memory)
    assert locked_chip.path.read_bytes() == before


def test_no_trace_holds_a_key_that_went_in_clear_and_the_head_of_the_command_is_kept(open_chip: Desk, key_file: Path):
    register_virtual_scheme()
    trace = Trace()
    key = load_pem_private_key(key_file.read_bytes(), KEY_PASSPHRASE.encode())
    with connect(open_chip.url, trace) as board:
        import_key(board.open_chip(), 0, key, None)  # pyright: ignore[reportArgumentType]
    text = "\n".join(f"{exchange.request} {exchange.reply}" for exchange in trace.exchanges).encode()
    assert b"e:t(4B46000000 and 68 bytes not kept)" in text
    assert not any(form in text for form in traces_of(scalar_of(key_file)))


@pytest.mark.slow
def test_keys_that_come_in_show_nowhere(
    run: Run,
    open_chip: Desk,
    key_file: Path,
    tmp_path: Path,
    isolated: Path,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    debug = ("--log-level", "debug")
    master = tmp_path / "master.bin"
    master.write_bytes(hashlib.sha256(b"master").digest())
    what = ("--file", key_file, "--key-passphrase-file", key_file.parent / "passphrase")
    confirmed = open_chip.serial_number[-6:] + "\n"
    outputs = [
        run(*debug, "key", "import", "--port", open_chip.url, "--slot", 0, *what, stdin=confirmed),
        run(*debug, "key", "import", "--port", open_chip.url, "--slot", 1, *what, "--yes"),
        run(
            *(*debug, "key", "set", "--port", open_chip.url, "--slot", 4, "--slot", 9, "--escrow", tmp_path / "e.json"),
            *("--derive-from", master),
            stdin=confirmed,
        ),
        run(*debug, "key", "check", "--port", open_chip.url, "--keys", tmp_path / "e.json"),
    ]
    assert [done.code for done in outputs] == [0, 1, 0, 0]
    assert "Port virtual://" in (isolated / "logs" / LOG_FILE).read_text()
    io_key, free_secret = open_chip.slot(4)[:32], open_chip.slot(9)[:32]
    shown = [(Path("output"), f"{done.out}{done.err}".encode()) for done in outputs]
    shown.append((Path("log"), caplog.text.encode()))
    shown += files_below(isolated)
    shown.append((tmp_path / "e.json", (tmp_path / "e.json").read_bytes()))
    for secret in (scalar_of(key_file), io_key, free_secret, master.read_bytes()):
        for where, content in shown:
            assert not any(form in content for form in traces_of(secret)), where


@pytest.mark.slow
def test_secret_keys_are_set_in_the_right_order_and_checked_with_their_escrow_file(
    run: Run, locked_chip: Desk, tmp_path: Path
):
    escrow = tmp_path / "escrow.json"
    before = [locked_chip.slot(slot) for slot in range(16)]
    slots = [argument for slot in (9, 1, 4) for argument in ("--slot", slot)]
    done = run("key", "set", "--port", locked_chip.url, *slots, "--escrow", escrow, "--yes", "--json")
    assert done.document["written"] == [
        {"slot": 4, "encrypted": False},
        {"slot": 1, "encrypted": True},
        {"slot": 9, "encrypted": True},
    ]
    assert [slot for slot in range(16) if locked_chip.slot(slot) != before[slot]] == [1, 4, 9]
    state = snapshot(load_state(locked_chip.path)[0])
    assert run("key", "check", "--port", locked_chip.url, "--keys", escrow, "--json").document["slots"] == [1, 4, 9]
    assert snapshot(load_state(locked_chip.path)[0]) == state
    again = run("key", "set", "--port", locked_chip.url, "--slot", 4, "--escrow", escrow, "--yes", "--json")
    assert again.error_id == "file-exists"
    assert snapshot(load_state(locked_chip.path)[0]) == state


@pytest.mark.slow
def test_an_escrow_file_of_another_chip_is_refused(run: Run, locked_chip: Desk, tmp_path: Path):
    escrow = tmp_path / "escrow.json"
    assert run("key", "set", "--port", locked_chip.url, "--slot", 4, "--escrow", escrow, "--yes").code == 0
    told = escrowed_slots(escrow.read_bytes(), locked_chip.serial_number)
    other = f"virtual://provisioned?state={tmp_path / 'other.json'}"
    assert run("key", "check", "--port", other, "--keys", escrow, "--json").error_id == "other-device"
    assert told == (4,)


def test_an_escrow_file_is_opened_by_its_recipient_and_encrypted_anew(run: Run, locked_chip: Desk, tmp_path: Path):
    keeper = OKPKey.generate_key("X25519")
    private, shown = tmp_path / "keeper.key", tmp_path / "keeper.pub"
    private.write_bytes(keeper.as_pem(private=True))
    shown.write_bytes(keeper.as_pem(private=False))
    old, new = tmp_path / "old.keys", tmp_path / "new.keys"
    words = ("--slot", 4, "--escrow", old, "--escrow-recipient", shown, "--yes")
    assert run("key", "set", "--port", locked_chip.url, *words).code == 0
    done = run("key", "escrow", old, "--out", new, "--escrow-key", private, "--escrow-recipient", shown, "--json")
    assert done.document["recipients"] == [keeper.thumbprint()]
    assert run("key", "check", "--port", locked_chip.url, "--keys", new).code == 0
    other = tmp_path / "other.key"
    other.write_bytes(OKPKey.generate_key("X25519").as_pem(private=True))
    done = run("key", "escrow", old, "--out", tmp_path / "x", "--escrow-key", other, "--json")
    assert done.error_id == "other-recipient"


def test_without_a_passphrase_and_nobody_to_ask_no_key_is_set(
    run: Run, locked_chip: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ATECC_BENCH_ESCROW_PASSPHRASE")
    done = run("key", "set", "--port", locked_chip.url, "--slot", 4, "--escrow", tmp_path / "e", "--yes", "--json")
    assert done.error_id == "passphrase-needed"
    assert snapshot(load_state(locked_chip.path)[0]) == snapshot(locked_chip.memory)


def test_a_request_needs_the_configuration_lock(run: Run):
    done = run("key", "csr", "--port", "virtual://fresh", "--slot", 0, "--json")
    assert (done.code, done.error_id) == (1, "config-zone-open")


def test_a_slot_is_written_around_what_it_holds_and_the_old_bytes_are_saved(
    run: Run, locked_chip: Desk, tmp_path: Path
):
    (tmp_path / "bytes").write_bytes(b"hello")
    before = locked_chip.slot(8)
    write = ("slot", "write", "--port", locked_chip.url, "--slot", 8, "--file", tmp_path / "bytes", "--offset", 30)
    done = run(*write, "--yes", "--json")
    assert locked_chip.slot(8) == before[:30] + b"hello" + before[35:]
    saved = json.loads(Path(done.document["saved"][0]).read_text())
    assert bytes.fromhex(saved["slots"]["8"]) == before
    read = run("slot", "read", "--port", locked_chip.url, "--slot", 8, "--offset", 28, "--length", 9, "--json")
    assert bytes.fromhex(read.document["data"]) == before[28:30] + b"hello" + before[35:37]


@pytest.mark.slow
def test_a_slot_that_is_encrypted_is_written_and_read_with_its_key(run: Run, locked_chip: Desk, tmp_path: Path):
    escrow, content = tmp_path / "escrow.json", bytes(range(72))
    assert run("key", "set", "--port", locked_chip.url, "--slot", 4, "--escrow", escrow, "--yes").code == 0
    (tmp_path / "bytes").write_bytes(content)
    write = ("slot", "write", "--port", locked_chip.url, "--slot", 9, "--file", tmp_path / "bytes", "--yes", "--json")
    assert run(*write).error_id == "write-key-needed"
    assert run(*write, "--keys", escrow).code == 0
    assert locked_chip.slot(9) == content
    read = ("slot", "read", "--port", locked_chip.url, "--slot", 9, "--keys", escrow)
    assert run(*read, "--json").error_id == "file-needed"
    assert run(*read, "--out", tmp_path / "out.bin").code == 0
    assert (tmp_path / "out.bin").read_bytes() == content


@pytest.mark.parametrize(
    ("slot", "error"), [(0, "slot-not-writable"), (9, "write-key-needed"), (4, "whole-blocks-needed")]
)
def test_what_cannot_be_written_is_refused_by_its_reason(
    run: Run, locked_chip: Desk, tmp_path: Path, slot: int, error: str
):
    (tmp_path / "bytes").write_bytes(b"hello")
    write = ("slot", "write", "--port", locked_chip.url, "--slot", slot, "--file", tmp_path / "bytes", "--yes")
    assert run(*write, "--json").error_id == error
    assert snapshot(load_state(locked_chip.path)[0]) == snapshot(locked_chip.memory)


def test_a_slot_is_locked_for_ever_only_after_the_right_digits(run: Run, locked_chip: Desk):
    lock = ("slot", "lock", "--port", locked_chip.url, "--slot", 4)
    assert run(*lock, "--json").error_id == "confirmation-needed"
    assert run(*lock, stdin="000000\n").code == 1
    assert not load_state(locked_chip.path)[0].config.slot_is_locked(4)
    assert run(*lock, stdin=locked_chip.serial_number[-6:] + "\n").code == 0
    assert load_state(locked_chip.path)[0].config.slot_is_locked(4)
    assert run(*lock, "--json", "--yes").error_id == "slot-locked"
    assert run("slot", "lock", "--port", locked_chip.url, "--slot", 1, "--json").error_id == "slot-not-lockable"


def test_before_a_key_is_replaced_what_dies_with_it_is_named(run: Run, chip: Run):
    provisioned = chip("provisioned")
    generate = ("key", "generate", "--port", provisioned.url, "--slot", 0)
    told = run(*generate, stdin="000000\n")
    assert "signs any message" in told.out
    assert "Every certificate for it is worthless" in told.out
    assert "The device certificate of scenario provisioned is for this very key." in told.out
    assert len(run(*generate, "--yes", "--json").document["warnings"]) == 2
