"""Keys and certificates as openssl, Windows and people's editors leave them."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import load_certificate, load_certificates, load_private_key, public_key_bytes
from tests.support.cases.loading_forms import KEY_FORMS, SECRET

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


@pytest.fixture
def openssl(tmp_path: Path) -> Callable[[str], bytes]:
    """Run openssl in a folder that holds `key.pem` and `cert.pem`; gives what it has written to `out`."""

    def run(arguments: str) -> bytes:
        subprocess.run(["openssl", *arguments.split()], cwd=tmp_path, check=True, capture_output=True)
        out = tmp_path / "out"
        return out.read_bytes() if out.exists() else b""

    run("ecparam -name prime256v1 -genkey -noout -out key.pem")
    run("req -new -x509 -key key.pem -subj /CN=Root -days 100 -out cert.pem")
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    return run


@pytest.mark.parametrize("form", KEY_FORMS)
def test_a_key_is_read_in_every_form_that_openssl_writes(openssl: Callable[[str], bytes], tmp_path: Path, form: str):
    expected = load_private_key((tmp_path / "key.pem").read_bytes()).private_numbers()
    assert load_private_key(openssl(KEY_FORMS[form]), SECRET).private_numbers() == expected


def test_explicit_parameters_with_a_compressed_base_point_are_read_in_pkcs8_too(
    openssl: Callable[[str], bytes], tmp_path: Path
):
    openssl("ec -in key.pem -param_enc explicit -conv_form compressed -out odd.pem")
    odd = openssl("pkcs8 -topk8 -nocrypt -in odd.pem -out out")
    assert (
        load_private_key(odd).private_numbers()
        == load_private_key((tmp_path / "key.pem").read_bytes()).private_numbers()
    )


@pytest.mark.parametrize("parameters", ["named_curve", "explicit"])
def test_a_parameters_block_before_the_key_is_no_obstacle(openssl: Callable[[str], bytes], parameters: str):
    data = openssl(f"ecparam -name prime256v1 -param_enc {parameters} -genkey -out out")
    assert data.startswith(b"-----BEGIN EC PARAMETERS")
    load_private_key(data)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda pem: pem.replace(b"\n", b"\r\n"),
        lambda pem: b"\xef\xbb\xbf" + pem,
        lambda pem: b"Bag Attributes\n    friendlyName: ca\nKey Attributes: <No Attributes>\n" + pem,
        lambda pem: b"\n\n" + pem + b"\ntrailing words\n",
    ],
    ids=["Windows line ends", "byte order mark", "text before it", "words around it"],
)
def test_what_editors_do_to_a_file_is_no_obstacle(
    openssl: Callable[[str], bytes], tmp_path: Path, wrap: Callable[[bytes], bytes]
):
    key, certificate = (tmp_path / "key.pem").read_bytes(), (tmp_path / "cert.pem").read_bytes()
    assert load_private_key(wrap(key)).private_numbers() == load_private_key(key).private_numbers()
    assert load_certificate(wrap(certificate)) == load_certificate(certificate)
    assert load_private_key(wrap(certificate + key)).private_numbers() == load_private_key(key).private_numbers()


def test_a_certificate_is_read_after_the_text_that_openssl_writes_before_it(
    openssl: Callable[[str], bytes], tmp_path: Path
):
    expected = load_certificate((tmp_path / "cert.pem").read_bytes())
    assert load_certificate(openssl("x509 -in cert.pem -text -out out")) == expected
    assert load_certificate(openssl("x509 -in cert.pem -outform DER -out out")) == expected


def test_pkcs12_gives_key_and_certificates_and_needs_its_passphrase(openssl: Callable[[str], bytes], tmp_path: Path):
    data = openssl("pkcs12 -export -inkey key.pem -in cert.pem -certfile cert.pem -passout file:secret -out out")
    certificates = load_certificates(data, SECRET)
    assert certificates[0] == load_certificate((tmp_path / "cert.pem").read_bytes())
    assert public_key_bytes(load_private_key(data, SECRET).public_key())
    for passphrase, refused in ((None, "passphrase-needed"), (b"another one", "wrong-passphrase")):
        for load in (load_private_key, load_certificates):
            with pytest.raises(InputError) as error:
                load(data, passphrase)
            assert error.value.id == refused
            assert "another one" not in error.value.message


def test_pkcs12_without_a_key_is_refused_as_one(openssl: Callable[[str], bytes]):
    data = openssl("pkcs12 -export -nokeys -in cert.pem -passout file:secret -out out")
    assert len(load_certificates(data, SECRET)) == 1
    with pytest.raises(InputError, match="no private key") as error:
        load_private_key(data, SECRET)
    assert error.value.id == "not-a-key"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("genrsa -out out 2048", "RSA-2048"),
        ("ecparam -name secp384r1 -genkey -out out", "P-384"),
        ("ecparam -name secp384r1 -param_enc explicit -genkey -out out", "P-384"),
        ("ecparam -name brainpoolP256r1 -param_enc explicit -genkey -out out", "spelled out or not known"),
    ],
)
def test_a_key_the_chip_cannot_use_is_refused_by_name(openssl: Callable[[str], bytes], arguments: str, named: str):
    with pytest.raises(InputError, match=named) as error:
        load_private_key(openssl(arguments))
    assert error.value.id == "wrong-key-type"
    assert "P-256" in error.value.message


def test_all_certificates_of_a_chain_are_read_in_their_order(openssl: Callable[[str], bytes], tmp_path: Path):
    openssl("req -new -x509 -key key.pem -subj /CN=Other -days 100 -out other.pem")
    both = (tmp_path / "other.pem").read_bytes() + (tmp_path / "cert.pem").read_bytes()
    certificates = load_certificates(both)
    assert [certificate.subject.rfc4514_string() for certificate in certificates] == ["CN=Other", "CN=Root"]
    assert load_certificates(certificates[1].public_bytes(Encoding.DER)) == (certificates[1],)


def test_a_certificate_whose_name_holds_what_no_name_has_is_refused(openssl: Callable[[str], bytes]):
    der = openssl("x509 -in cert.pem -outform DER -out out")
    # The common name becomes a BIT STRING, which only uniqueIdentifier is.
    odd = der.replace(bytes.fromhex("06035504030C04"), bytes.fromhex("06035504030304"))
    assert odd != der
    with pytest.raises(InputError) as error:
        load_certificate(odd)
    assert error.value.id == "not-a-certificate"


def test_of_several_keys_the_first_usable_one_is_read(tmp_path: Path):
    for command in (
        "genrsa -out rsa.pem 2048",
        "ecparam -name prime256v1 -genkey -noout -out ec.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    rsa, ec_key = ((tmp_path / name).read_bytes() for name in ("rsa.pem", "ec.pem"))
    assert load_private_key(rsa + ec_key).private_numbers() == load_private_key(ec_key).private_numbers()
    with pytest.raises(InputError, match="RSA-2048"):
        load_private_key(rsa + rsa)
