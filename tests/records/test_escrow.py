"""Escrow files: for several keepers, read by another implementation of JWE, and those of before."""

import base64
import json
import shutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jwcrypto.jwa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from atecc_bench.errors import BenchError, InputError, WrongPassphraseError
from atecc_bench.records.escrow import EscrowedKeys, escrowed_slots, load_escrow, save_escrow
from atecc_bench.records.escrow_jwe import ROUNDS
from atecc_bench.records.escrow_recipients import EscrowKey, escrow_key, escrow_recipient
from tests.support.paths import ROOT

SERIAL_NUMBER = bytes.fromhex("0123456789abcdefee")
ESCROWED = EscrowedKeys(SERIAL_NUMBER, {4: bytes(range(32)), 9: bytes(range(32, 64))})
PASSPHRASE = b"battery staple"
KEEPERS = [ECKey.generate_key("P-256"), OKPKey.generate_key("X25519"), ECKey.generate_key("P-521")]
KEEPERS_IDS = ["P-256", "X25519", "P-521"]


def public(key: ECKey | OKPKey, form: str = "PEM") -> bytes:
    if form == "JWK":
        return json.dumps(key.as_dict(private=False)).encode()
    return key.as_pem(private=False) if form == "PEM" else key.as_der(private=False)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("escrow") / "folder" / "escrow.json"
    save_escrow(path, ESCROWED, PASSPHRASE, [escrow_recipient(public(key)) for key in KEEPERS])
    return path.read_bytes()


def test_it_gives_back_its_keys_and_shows_none(content: bytes):
    assert load_escrow(content, PASSPHRASE) == ESCROWED
    assert escrowed_slots(content, SERIAL_NUMBER.hex()) == (4, 9)
    assert escrowed_slots(content, "00" * 9) == ()
    for key in ESCROWED.keys.values():
        assert key not in content
        assert key.hex().encode() not in content
        assert repr(key) not in repr(ESCROWED)


def test_it_is_its_owners_and_never_overwritten(tmp_path: Path):
    path = tmp_path / "escrow.json"
    save_escrow(path, ESCROWED, PASSPHRASE)
    before = path.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InputError) as error:
        save_escrow(path, ESCROWED, PASSPHRASE)
    assert error.value.id == "file-exists"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("keeper", KEEPERS, ids=KEEPERS_IDS)
@pytest.mark.parametrize("form", ["PEM", "DER", "JWK"])
def test_each_keeper_opens_it_alone(content: bytes, keeper: ECKey | OKPKey, form: str):
    assert escrow_recipient(public(keeper, form)) == escrow_recipient(public(keeper))
    private = {"PEM": keeper.as_pem, "DER": keeper.as_der}.get(form)
    written = json.dumps(keeper.as_dict(private=True)).encode() if private is None else private(private=True)
    assert load_escrow(content, escrow_key(written, None)) == ESCROWED


def test_nobody_else_opens_it(content: bytes):
    with pytest.raises(WrongPassphraseError):
        load_escrow(content, b"wrong")
    for key in (ECKey.generate_key("P-256"), OKPKey.generate_key("X25519")):
        with pytest.raises(InputError) as error:
            load_escrow(content, EscrowKey(key))
        assert error.value.id == "other-recipient"


@pytest.mark.parametrize("part", ["aad", "protected", "iv", "ciphertext", "tag"])
def test_no_part_can_be_changed(content: bytes, part: str):
    document: dict[str, Any] = json.loads(content)
    changed = ("B" if document[part][0] == "A" else "A") + document[part][1:]
    for opener in (PASSPHRASE, EscrowKey(KEEPERS[0])):
        with pytest.raises(BenchError):
            load_escrow(json.dumps(document | {part: changed}).encode(), opener)


def test_keys_of_another_chip_cannot_be_put_under_a_serial_number(content: bytes, tmp_path: Path):
    other = tmp_path / "other.json"
    save_escrow(other, EscrowedKeys(bytes(9), ESCROWED.keys), PASSPHRASE)
    mixed = json.loads(content) | {"aad": json.loads(other.read_bytes())["aad"]}
    with pytest.raises(WrongPassphraseError):
        load_escrow(json.dumps(mixed).encode(), PASSPHRASE)


@pytest.mark.parametrize("at", range(4))
def test_another_implementation_opens_it_for_every_recipient(content: bytes, at: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jwcrypto.jwa, "default_max_pbkdf2_iterations", ROUNDS)
    key = JWK.from_password(PASSPHRASE.decode()) if at == 0 else JWK(**KEEPERS[at - 1].as_dict(private=True))
    document = json.loads(content)
    alone = document | {"recipients": [document["recipients"][at]]}
    opened = JWE(algs=["PBES2-HS512+A256KW", "ECDH-ES+A256KW", "A256GCM"])
    opened.deserialize(json.dumps(alone), key)
    found = json.loads(opened.payload)["keys"]
    assert {int(one["kid"]): base64.urlsafe_b64decode(one["k"] + "=") for one in found} == dict(ESCROWED.keys)
    told = json.loads(opened.objects["aad"])
    assert told == {"atecc_bench_escrow": 2, "serial_number": SERIAL_NUMBER.hex(), "slots": [4, 9]}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_a_key_that_openssl_made_under_a_passphrase_opens_it(tmp_path: Path):
    private, shown, path = tmp_path / "keeper.key", tmp_path / "keeper.pub", tmp_path / "escrow.json"
    make = ["openssl", "genpkey", "-algorithm", "X25519", "-aes256", "-pass", "pass:of the keeper", "-out", private]
    subprocess.run(make, check=True, capture_output=True)
    show = ["openssl", "pkey", "-in", private, "-passin", "pass:of the keeper", "-pubout", "-out", shown]
    subprocess.run(show, check=True, capture_output=True)
    save_escrow(path, ESCROWED, PASSPHRASE, [escrow_recipient(shown.read_bytes())])
    assert load_escrow(path.read_bytes(), escrow_key(private.read_bytes(), b"of the keeper")) == ESCROWED
    with pytest.raises(WrongPassphraseError):
        escrow_key(private.read_bytes(), b"another")
    with pytest.raises(InputError) as error:
        escrow_key(private.read_bytes(), None)
    assert error.value.id == "passphrase-needed"


def test_a_file_of_an_earlier_version_is_read_still():
    before = (ROOT / "tests" / "data" / "escrow-of-version-1.json").read_bytes()
    assert load_escrow(before, b"of an earlier version") == ESCROWED
    assert escrowed_slots(before, SERIAL_NUMBER.hex()) == (4, 9)
    for change in ({"serial_number": "00" * 9}, {"slots": [4, 8]}):
        with pytest.raises(WrongPassphraseError):
            load_escrow(json.dumps(json.loads(before) | change).encode(), b"of an earlier version")
    with pytest.raises(InputError) as error:
        load_escrow(before, EscrowKey(KEEPERS[0]))
    assert error.value.id == "other-recipient"


@pytest.mark.parametrize(
    "key", [KEEPERS[0].as_pem(private=True), b"", b"{}", b'{"kty": "oct", "k": "AAAA"}', b"-----BEGIN PUBLIC KEY-----"]
)
def test_a_recipient_is_a_public_key_and_nothing_else(key: bytes):
    with pytest.raises(InputError) as error:
        escrow_recipient(key)
    assert error.value.id == "not-a-recipient"


@given(data=st.binary(max_size=200) | st.from_regex(rb'\{"(atecc_bench_escrow|recipients)": ?[01\[].*', fullmatch=True))
def test_any_bytes_are_an_escrow_file_or_refused(data: bytes):
    with pytest.raises(BenchError):
        load_escrow(data, PASSPHRASE)


@given(st.data())
def test_a_damaged_file_is_refused_or_as_it_was(content: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=2)) + content[at + 1 :]
    with suppress(BenchError):
        assert load_escrow(damaged, EscrowKey(KEEPERS[1])) == ESCROWED
