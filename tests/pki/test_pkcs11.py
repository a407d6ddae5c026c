"""CA keys that stay in a PKCS #11 module."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from atecc_bench.errors import DeviceError, InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import import_authority, load_authority, show_authority
from atecc_bench.pki.authority.issue_ca import issue_root, issue_signer
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.authority.signers import add_signer
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import load_certificate, private_key_from_entropy, public_key_bytes
from atecc_bench.pki.keys.pkcs11_key import Pkcs11Reference, open_pkcs11_key
from atecc_bench.pki.x509.chain_checks import check_chain
from tests.support.external.softhsm import PIN, SoftHsm

NOW = datetime(2026, 6, 1, 12, 34, 56, tzinfo=UTC)
HOUR = NOW.replace(minute=0, second=0)
PASSPHRASE = b"correct horse"


def root_in_module(reference: Pkcs11Reference) -> bytes:
    key = open_pkcs11_key(reference, PIN.encode())
    name = distinguished_name("Nordlys AS", "Root in a module")
    root = issue_root(name, key, start=HOUR, years=20, entropy=lambda count: bytes(range(1, count + 1)))
    return root.public_bytes(Encoding.PEM)


def test_a_key_signs_in_the_module_and_its_public_half_verifies(softhsm: SoftHsm):
    key = open_pkcs11_key(softhsm.generate("signs"), PIN.encode())
    signature = key.sign(b"message", ec.ECDSA(SHA256()))
    key.public_key().verify(signature, b"message", ec.ECDSA(SHA256()))


def test_a_key_never_leaves_its_module(softhsm: SoftHsm):
    key = open_pkcs11_key(softhsm.generate("stays"), PIN.encode())
    with pytest.raises(RefusedError) as error:
        key.private_numbers()
    assert error.value.id == "key-stays-outside"
    with pytest.raises(RefusedError):
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(RefusedError):
        key.exchange(ec.ECDH(), key.public_key())


def test_a_root_in_a_module_issues_signers_whose_keys_are_files(softhsm: SoftHsm, tmp_path: Path):
    reference = softhsm.generate("root")
    authority = import_authority(
        tmp_path / "ca",
        certificate=root_in_module(reference),
        key=reference,
        key_passphrase=PIN.encode(),
        passphrase=PASSPHRASE,
        now=NOW,
    )
    assert load_authority(tmp_path / "ca", PASSPHRASE).signer == authority.signer
    folder = add_signer(tmp_path / "ca", signer_id="0002", root_secret=PIN.encode(), passphrase=PASSPHRASE, now=NOW)
    second = load_authority(folder, PASSPHRASE)
    assert second.signer.subject.rfc4514_string().startswith("CN=Device Signer 0002")
    for one in (authority, second):
        device = issue_device_certificate(
            one,
            public_key_bytes(private_key_from_entropy(lambda count: b"\x05" * count).public_key()),
            organization="Nordlys AS",
            common_name="0123a1b2c3d4e5f6ee",
            not_before=HOUR,
        )
        check_chain(load_certificate(device), one.signer, one.root, NOW)


def test_a_signer_in_a_module_issues_and_its_folder_holds_no_key(softhsm: SoftHsm, tmp_path: Path, chain: Any):
    reference = softhsm.generate("signer")
    key = open_pkcs11_key(reference, PIN.encode())
    signer = issue_signer(
        distinguished_name("Nordlys AS", "Signer in a module"),
        key.public_key(),
        chain.authority.root,
        chain.root_key,
        start=HOUR,
        years=5,
        entropy=lambda count: bytes(range(1, count + 1)),
    )
    import_authority(
        tmp_path / "ca",
        certificate=signer.public_bytes(Encoding.PEM),
        key=reference,
        key_passphrase=PIN.encode(),
        passphrase=b"",
        root=chain.authority.root.public_bytes(Encoding.PEM),
        now=NOW,
    )
    assert {path.name for path in (tmp_path / "ca").iterdir()} == {"root.pem", "signer.pem", "signer.pkcs11.json"}
    assert PIN not in (tmp_path / "ca" / "signer.pkcs11.json").read_text()
    authority = load_authority(tmp_path / "ca", PIN.encode())
    device = issue_device_certificate(
        authority, chain.device_public_key, organization="Nordlys AS", common_name="0123a1b2c3d4e5f6ee", not_before=HOUR
    )
    check_chain(load_certificate(device), authority.signer, authority.root, NOW)
    assert show_authority(tmp_path / "ca").signer_key_path.name == "signer.pkcs11.json"


def test_what_does_not_open_is_refused_by_name_and_without_the_pin(softhsm: SoftHsm, tmp_path: Path):
    reference = softhsm.generate("refused")
    for wrong in (
        Pkcs11Reference(softhsm.module, reference.token, "another key"),
        Pkcs11Reference(softhsm.module, "another token", reference.key),
    ):
        with pytest.raises(InputError) as error:
            open_pkcs11_key(wrong, PIN.encode())
        assert error.value.id == "no-such-key"
    with pytest.raises(InputError) as error:
        open_pkcs11_key(reference, b"99887766")
    assert error.value.id == "wrong-passphrase"
    assert "99887766" not in error.value.message + error.value.hint
    with pytest.raises(DeviceError) as failure:
        open_pkcs11_key(Pkcs11Reference(str(tmp_path / "none.so"), "a", "b"), PIN.encode())
    assert failure.value.id == "pkcs11-failed"


def test_a_file_that_says_nothing_of_a_key_is_refused():
    for content in (b"", b"[]", b'{"module": 1}', b'{"module": "m", "token": "t", "key": "k", "more": 1}'):
        with pytest.raises(InputError) as error:
            Pkcs11Reference.from_json(content)
        assert error.value.id == "not-a-key"
    reference = Pkcs11Reference("m", "t", "k")
    assert Pkcs11Reference.from_json(reference.to_json()) == reference
