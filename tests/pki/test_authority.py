import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import (
    create_authority,
    load_authority,
    save_authority,
    show_authority,
)
from atecc_bench.pki.authority.storable_check import check_storable

PASSPHRASE = b"correct horse"
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def saved(chain: Any, directory: Path) -> Path:
    save_authority(directory, chain.authority, chain.root_key, PASSPHRASE)
    return directory


def test_root_and_signer_are_what_a_chain_needs(chain: Any):
    root, signer = chain.authority.root, chain.authority.signer
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    constraints = signer.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    usage = signer.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert signer.serial_number.bit_length() == 127
    assert signer.not_valid_before_utc == datetime(2026, 3, 14, 9, tzinfo=UTC)
    assert signer.not_valid_after_utc == datetime(2036, 3, 14, 9, tzinfo=UTC)
    assert root.not_valid_after_utc == datetime(2051, 3, 14, 9, tzinfo=UTC)
    check_storable(signer, root)


def test_the_same_entropy_gives_the_same_authority(chain: Any, entropy: Any):
    again, _ = create_authority(
        organization="Nordlys AS", signer_name="Signer 001", now=chain.now, entropy=entropy("authority")
    )
    assert (again.root, again.signer) == (chain.authority.root, chain.authority.signer)


def test_an_authority_made_on_a_leap_day_has_whole_years():
    authority, _ = create_authority(organization="Leap", now=datetime(2028, 2, 29, 12, 30, tzinfo=UTC))
    assert authority.signer.not_valid_before_utc == datetime(2028, 2, 28, 12, tzinfo=UTC)
    assert authority.signer.not_valid_after_utc == datetime(2038, 2, 28, 12, tzinfo=UTC)


def test_root_and_signer_cannot_have_the_same_name(chain: Any):
    with pytest.raises(InputError) as error:
        create_authority(organization="One", root_name="Same", signer_name="Same", now=chain.now)
    assert error.value.id == "name-not-usable"


def test_names_are_utf8_and_may_be_long(chain: Any):
    authority, _ = create_authority(organization="Blåbærgrød " * 5, signer_name="署名者", now=chain.now)
    assert authority.signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "署名者"


def test_what_was_saved_is_loaded(chain: Any, tmp_path: Path):
    directory = saved(chain, tmp_path / "deep" / "ca")
    loaded = load_authority(directory, PASSPHRASE)
    assert (loaded.root, loaded.signer) == (chain.authority.root, chain.authority.signer)
    assert loaded.signer_key.private_numbers() == chain.authority.signer_key.private_numbers()
    assert not list(directory.parent.glob(".*"))


@posix_only
def test_files_are_for_their_owner_alone_whatever_the_umask(chain: Any, tmp_path: Path):
    before = os.umask(0)
    try:
        directory = saved(chain, tmp_path / "ca")
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}


def test_keys_are_only_saved_encrypted(chain: Any, tmp_path: Path):
    directory = saved(chain, tmp_path / "ca")
    for name in ("root.key.pem", "signer.key.pem"):
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in (directory / name).read_bytes()
    with pytest.raises(InputError) as error:
        save_authority(tmp_path / "other", chain.authority, chain.root_key, b"")
    assert error.value.id == "passphrase-needed"
    assert not (tmp_path / "other").exists()


def test_an_existing_authority_is_never_overwritten(chain: Any, tmp_path: Path):
    directory = saved(chain, tmp_path / "ca")
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    with pytest.raises(InputError) as error:
        saved(chain, directory)
    assert error.value.id == "ca-exists"
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


def test_an_empty_directory_may_become_one(chain: Any, tmp_path: Path):
    (tmp_path / "ca").mkdir()
    saved(chain, tmp_path / "ca")
    load_authority(tmp_path / "ca", PASSPHRASE)


def test_a_write_that_fails_half_way_leaves_nothing(chain: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    flushed: list[int] = []

    def fails_at_the_third(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails_at_the_third)
    with pytest.raises(InputError, match="No space left") as error:
        saved(chain, tmp_path / "ca")
    assert error.value.id == "ca-not-writable"
    assert not list(tmp_path.iterdir())


def test_a_wrong_passphrase_is_said_to_be_wrong(chain: Any, tmp_path: Path):
    with pytest.raises(InputError) as error:
        load_authority(saved(chain, tmp_path / "ca"), b"battery staple")
    assert error.value.id == "wrong-passphrase"
    assert "battery" not in error.value.message + error.value.hint


def test_where_there_is_no_authority_it_says_so(tmp_path: Path):
    for act in (lambda: load_authority(tmp_path / "none", PASSPHRASE), lambda: show_authority(tmp_path)):
        with pytest.raises(InputError) as error:
            act()
        assert error.value.id == "no-ca"


def test_a_swapped_key_or_root_is_noticed(chain: Any, tmp_path: Path, entropy: Any):
    directory = saved(chain, tmp_path / "ca")
    other, other_root_key = create_authority(organization="Other", now=chain.now, entropy=entropy("other"))
    save_authority(tmp_path / "other", other, other_root_key, PASSPHRASE)

    (directory / "root.pem").write_bytes(other.root.public_bytes(Encoding.PEM))
    with pytest.raises(RefusedError) as error:
        load_authority(directory, PASSPHRASE)
    assert error.value.id == "chain-broken"

    (directory / "signer.key.pem").write_bytes((tmp_path / "other" / "signer.key.pem").read_bytes())
    with pytest.raises(RefusedError) as error:
        load_authority(directory, PASSPHRASE)
    assert error.value.id == "key-does-not-match"


def test_an_authority_is_shown_without_its_passphrase(chain: Any, tmp_path: Path):
    directory = saved(chain, tmp_path / "ca")
    summary = show_authority(directory)
    assert summary.signer.subject == "CN=Signer 001,O=Nordlys AS"
    assert summary.signer.issuer == summary.root.subject
    assert summary.signer.not_after == chain.authority.signer.not_valid_after_utc
    assert summary.root_key_path == directory / "root.key.pem"
    assert summary.signer_key_path == directory / "signer.key.pem"
    assert len(summary.root.key_identifier) == 40


def test_no_text_of_an_authority_shows_its_key(chain: Any):
    assert "key" not in repr(chain.authority).lower()
