"""Certificate requests: any name, any extension, signed in the chip; openssl is the judge."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type as StringType  # pyright: ignore[reportPrivateUsage]
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atecc_bench.errors import BenchError, InputError
from atecc_bench.onchip.read_certificates import chip_private_key
from atecc_bench.pki.keys.key_files import public_key_bytes
from atecc_bench.pki.x509.csr import (
    alternative_names,
    any_extension,
    extended_key_usage,
    key_usage,
    load_request,
    make_request,
    subject_of_text,
)
from tests.support.boards.twin_desk import TwinDesk

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")

ANY_TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
BMP_TEXT = st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF, exclude_characters="\0")
ALPHABETS = {
    StringType.UTF8String: ANY_TEXT,
    StringType.UniversalString: ANY_TEXT,
    StringType.BMPString: BMP_TEXT,
    StringType.T61String: ANY_TEXT,
    StringType.PrintableString: st.sampled_from("ABCXYZabcxyz0189 '()+,-./:=?"),
    StringType.NumericString: st.sampled_from("0123456789 "),
    StringType.IA5String: st.characters(min_codepoint=1, max_codepoint=0x7E),
}
# Types whose values X.520 does not bound, at least not where cryptography looks.
OIDS = [
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.SERIAL_NUMBER,
    NameOID.TITLE,
    NameOID.PSEUDONYM,
    NameOID.EMAIL_ADDRESS,
    x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"),
]


@st.composite
def attributes(draw: st.DrawFn) -> x509.NameAttribute[str]:
    kind = draw(st.sampled_from(list(ALPHABETS)))
    length = draw(st.sampled_from([0, 1, 20, 126, 127, 128, 254, 255, 256, 400]))
    value = draw(st.text(ALPHABETS[kind], min_size=min(length, 3), max_size=max(length, 3)))
    # Drawing every character of a long value is slow, so what was drawn is repeated.
    value = (value * (length // max(len(value), 1) + 1))[:length]
    return x509.NameAttribute(draw(st.sampled_from(OIDS)), value, kind)


NAMES = st.lists(st.lists(attributes(), min_size=1, max_size=3, unique_by=lambda a: a.oid), max_size=12).map(
    lambda rdns: x509.Name([x509.RelativeDistinguishedName(rdn) for rdn in rdns])
)


@pytest.fixture(scope="module")
def chip() -> TwinDesk:
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    desk.session.generate_key(0)
    return desk


def openssl_req(folder: Path, request: bytes, *arguments: str) -> str:
    (folder / "request.pem").write_bytes(request)
    command = ["openssl", "req", "-in", "request.pem", "-verify", "-noout", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"verify OK" in done.stdout + done.stderr
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.slow
@needs_openssl
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(subject=NAMES)
def test_openssl_verifies_the_request_of_any_name(chip: TwinDesk, tmp_path: Path, subject: x509.Name):
    request = make_request(chip_private_key(chip.session, 0), subject)
    openssl_req(tmp_path, request)
    loaded = load_request(request)
    assert loaded.subject.public_bytes() == subject.public_bytes()


@needs_openssl
def test_every_string_type_keeps_its_tag_at_every_length_of_length(chip: TwinDesk, tmp_path: Path):
    for kind in ALPHABETS:
        text = "𝄞" if kind in (StringType.UTF8String, StringType.UniversalString) else "1"
        for length in (0, 127, 128, 255, 256):
            subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text * length, kind)])
            request = make_request(chip_private_key(chip.session, 0), subject)
            openssl_req(tmp_path, request)
            assert bytes([kind.value]) in load_request(request).subject.public_bytes()


@needs_openssl
def test_openssl_reads_subject_alternative_names_and_extensions_as_they_were_asked_for(chip: TwinDesk, tmp_path: Path):
    request = make_request(
        chip_private_key(chip.session, 0),
        subject_of_text(r"CN=Gerät 1\, links,O=ACME Ltd,C=DE,serialNumber=42"),
        [
            alternative_names(["DNS:device.example", "IP:192.0.2.1", "IP:2001:db8::1", "URI:urn:dev:1"]),
            key_usage(["digitalSignature", "keyAgreement"]),
            extended_key_usage(["clientAuth", "1.3.6.1.5.5.7.3.17"]),
            any_extension("1.2.3.4=critical,0C0568656C6C6F"),
        ],
    )
    text = openssl_req(tmp_path, request, "-text", "-nameopt", "RFC2253,utf8,-esc_msb")
    for expected in (
        r"CN=Gerät 1\, links,O=ACME Ltd,C=DE",
        "DNS:device.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, URI:urn:dev:1",
        "Digital Signature, Key Agreement",
        "TLS Web Client Authentication",
        "1.2.3.4: critical",
        "..hello",
    ):
        assert expected in text
    key = load_request(request).public_key()
    assert public_key_bytes(key) == chip.session.public_key(0)  # pyright: ignore[reportArgumentType]


def test_a_string_that_no_name_has_is_refused_before_anything_is_signed(chip: TwinDesk):
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ACME", StringType.VisibleString)])
    with pytest.raises(InputError) as error:
        make_request(chip_private_key(chip.session, 0), subject)
    assert error.value.id == "name-not-usable"


def test_an_empty_subject_is_a_subject(chip: TwinDesk, tmp_path: Path):
    request = make_request(chip_private_key(chip.session, 0), subject_of_text(""))
    assert load_request(request).subject == x509.Name([])
    if shutil.which("openssl"):
        openssl_req(tmp_path, request)


@pytest.mark.parametrize("text", ["no equals sign", "CN=", "C=Germany", "CN=a,,O=b", "=x", "CN=" + "a" * 65])
def test_what_is_no_name_is_refused(text: str):
    with pytest.raises(InputError) as error:
        subject_of_text(text)
    assert error.value.id == "name-not-usable"


@pytest.mark.parametrize("name", ["dns:x", "DNS:ä.example", "IP:300.0.0.1", "RID:x", "", "email:ä@x"])
def test_what_is_no_alternative_name_is_refused(name: str):
    with pytest.raises(InputError) as error:
        alternative_names([name])
    assert error.value.id == "extension-not-usable"


@given(text=st.text(max_size=60), name=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str, name: str):
    for read in (
        lambda: subject_of_text(text),
        lambda: alternative_names([f"{name}:{text}"]),
        lambda: key_usage([text]),
        lambda: extended_key_usage([text]),
        lambda: any_extension(f"{name}={text}"),
    ):
        with suppress(BenchError):
            read()


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_request_or_refused(data: bytes):
    with pytest.raises(InputError):
        load_request(data)


def test_a_request_that_was_changed_is_refused(chip: TwinDesk):
    request = load_request(make_request(chip_private_key(chip.session, 0), subject_of_text("CN=device")))
    der = request.public_bytes(Encoding.DER)
    with pytest.raises(InputError, match="signature"):
        load_request(der.replace(b"device", b"Device"))


@pytest.mark.parametrize("text", ["CN=#0c0141", "O=ACME,CN= #0c0141"])
def test_a_value_of_encoded_bytes_is_refused_and_not_taken_for_text(text: str):
    with pytest.raises(InputError, match="encoded bytes"):
        subject_of_text(text)


@pytest.mark.parametrize("text", ["foo", 'CN=dev\\, 1,O=ACME "x",C=DE'])
def test_a_name_that_cannot_be_read_is_refused_with_a_reason(text: str):
    with pytest.raises(InputError) as refused:
        subject_of_text(text)
    assert not refused.value.message.endswith(": .")


def test_an_alternative_name_names_something():
    with pytest.raises(InputError, match="it names nothing"):
        alternative_names(["DNS:"])
