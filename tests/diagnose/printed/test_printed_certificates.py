"""What openssl prints of certificates and requests is compared by what it shows."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.causes.cause import CauseId
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.from_paste import certificate_or_print, comparison_in
from atecc_bench.diagnose.printed.as_certificate import as_certificate
from atecc_bench.diagnose.printed.printed_text import printed_certificates
from atecc_bench.diagnose.printed.request_match import match_certificate, match_slots, request_in
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import certificate_public_key, private_key_from_entropy
from atecc_bench.pki.x509.csr import make_request, subject_of_text
from atecc_bench.resources import resource_path
from atecc_bench.twin.state.entropy import seeded_entropy

DEVICE, SIGNER, ROOT = (
    x509.load_pem_x509_certificate(resource_path("scenarios", "mismatch", f"{name}.pem").read_bytes())
    for name in ("device", "signer", "root")
)
DER = DEVICE.public_bytes(Encoding.DER)
ROLES = {"device": DEVICE, "signer": SIGNER, "root": ROOT}
# mbedtls_x509_crt_info of a certificate (format: Mbed-TLS/mbedtls, library/x509_crt.c).
MBEDTLS = """cert. version     : 3
serial number     : 01:A0
issuer name       : O=Nordlys AS, CN=Signer 001
subject name      : O=Nordlys AS, CN=pump 7
issued  on        : 2026-03-14 09:00:00
expires on        : 2056-03-14 09:00:00
signed using      : ECDSA with SHA256
EC key size       : 256 bits
"""
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


def openssl(*words: str, given: bytes) -> str:
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout.decode()


def printed(certificate: x509.Certificate, *options: str) -> str:
    return openssl("x509", "-noout", "-text", *options, given=certificate.public_bytes(Encoding.PEM))


@needs_openssl
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "options", [(), ("-nameopt", "compat"), ("-nameopt", "RFC2253,dn_rev"), ("-nameopt", "oneline")]
)
@pytest.mark.parametrize("noise", ["{}", "$ openssl x509 -text\n{}\n$ ", "\ufeff{}"])
def test_a_print_says_all_of_its_certificate(role: str, options: tuple[str, ...], noise: str):
    der = ROLES[role].public_bytes(Encoding.DER)
    text = noise.format(printed(ROLES[role], *options)).replace("\n", "\r\n")
    (found,) = printed_certificates(text)
    assert as_certificate(found, der) == der
    assert found.public_key == certificate_public_key(ROLES[role])


@needs_openssl
@pytest.mark.parametrize("role", ["signer", "root"])
def test_a_print_of_another_certificate_takes_all_its_values_along(role: str):
    other = ROLES[role]
    (found,) = printed_certificates(printed(other))
    read = x509.load_der_x509_certificate(as_certificate(found, DER))
    assert (read.subject, read.issuer) == (other.subject, other.issuer)
    assert (read.serial_number, read.signature) == (other.serial_number, other.signature)
    assert (read.not_valid_before_utc, read.not_valid_after_utc) == (
        other.not_valid_before_utc, other.not_valid_after_utc,
    )  # fmt: skip
    assert certificate_public_key(read) == certificate_public_key(other)


@needs_openssl
@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("CN = ", "CN = pump ", CauseId.SUBJECT_MISMATCH),
        ("Not Before: ", "Not Before: Jan  1 00:00:00 2020 GMT #", CauseId.ISSUE_DATE_MISMATCH),
    ],
)
def test_one_changed_value_leads_to_its_cause(before: str, after: str, cause: CauseId):
    text = printed(DEVICE, "-nameopt", "oneline")
    head, _, tail = text.rpartition(before) if cause is CauseId.SUBJECT_MISMATCH else text.partition(before)
    changed = head + after.split("#")[0] + (tail if "#" not in after else tail[tail.index("\n") :])
    pasted = comparison_in(changed, DER, "device.pem")
    first, *_ = causes(pasted.comparison, pasted.context)
    assert first.id is cause
    assert "does not show counts as equal" in pasted.sentences[-1]


@needs_openssl
def test_a_print_beside_the_pem_of_another_version_is_compared():
    pem = DEVICE.public_bytes(Encoding.PEM).decode()
    text = printed(DEVICE, "-nameopt", "oneline").replace("CN = 0123", "CN = 0124")
    pasted = comparison_in(f"{pem}\n{text}")
    assert not pasted.comparison.equal
    with pytest.raises(InputError, match="one certificate"):
        comparison_in(printed(DEVICE) + pem)  # -text with its PEM is one certificate
    with pytest.raises(InputError, match="one certificate"):
        comparison_in(printed(ROOT) + pem)  # strangers are no two versions of anything


@needs_openssl
def test_either_side_may_be_a_print():
    text, pem = printed(DEVICE).encode(), DEVICE.public_bytes(Encoding.PEM)
    for one, other in ((text, pem), (pem, text)):
        expected, _ = certificate_or_print(one, "one", other, "other")
        stored, _ = certificate_or_print(other, "other", one, "one")
        assert compare(expected, stored).equal


def test_what_mbedtls_prints_is_read():
    (found,) = printed_certificates(MBEDTLS)
    assert found.serial_number == 0x1A0
    assert found.name == "O=Nordlys AS, CN=pump 7"
    assert found.not_before == datetime(2026, 3, 14, 9, tzinfo=UTC)
    read = x509.load_der_x509_certificate(as_certificate(found, DER))
    assert read.serial_number == 0x1A0
    assert certificate_public_key(read) == certificate_public_key(DEVICE)


@needs_openssl
def test_a_request_is_held_against_a_certificate_and_slots_printed_or_not():
    key = private_key_from_entropy(seeded_entropy(3))
    pem = make_request(key, subject_of_text("CN=pump,O=Nordlys AS"))
    live = certificate_public_key(DEVICE)
    for data in (pem, openssl("req", "-noout", "-text", given=pem).encode()):
        request = request_in(data)
        assert request is not None
        assert request.public_key is not None
        assert not match_certificate(request, DER).fits
        assert not match_slots(request, {0: live}, "0123").fits
        match = match_slots(request, {0: live, 2: request.public_key}, "0123")
        assert match.fits
        assert match.sentences == ("Its key is that of slot 2 of the chip 0123.",)


@given(st.text(max_size=300), st.integers(0, 400))
def test_no_text_breaks_it(noise: str, cut: int):
    for text in (noise, "Certificate:\n" + noise, MBEDTLS[:cut] + noise, MBEDTLS[cut:] + noise):
        for found in printed_certificates(text):
            try:
                as_certificate(found, DER)
            except InputError:
                continue


@needs_openssl
@pytest.mark.parametrize("gap", ["\n", "\n--- read back from the chip ---\n", "\r\n\r\n"])
def test_two_prints_without_bytes_are_compared_by_what_they_show(gap: str):
    one = printed(DEVICE)
    subject = ", ".join(line for line in one.splitlines() if "Subject:" in line).strip()
    comparison = comparison_in(one + gap + one.replace(subject, "Subject: O = Nordlys AS, CN = pump 8")).comparison
    assert [cause.id for cause in causes(comparison)][:1] == [CauseId.SUBJECT_MISMATCH]
    assert comparison_in(one + gap + one).comparison.equal


@needs_openssl
def test_a_printed_chain_is_no_pair():
    with pytest.raises(InputError, match="a chain"):
        comparison_in(printed(DEVICE) + printed(SIGNER) + printed(ROOT))


def test_what_only_one_print_shows_counts_as_equal():
    """mbedTLS prints no keys; another date is all that is seen."""
    other = MBEDTLS.replace("2056-03-14", "2046-03-14") + "subject alt name  : none\n"
    found = causes(comparison_in(MBEDTLS + "\n" + other).comparison)
    assert [cause.id for cause in found][:1] == [CauseId.ISSUE_DATE_MISMATCH]


@needs_openssl
def test_two_files_with_prints_are_the_two_sides():
    sides = [printed(role).encode() for role in (DEVICE, SIGNER)]
    one = certificate_or_print(sides[0], "one", sides[1], "other")[0]
    other = certificate_or_print(sides[1], "other", sides[0], "one")[0]
    assert x509.load_der_x509_certificate(one).subject == DEVICE.subject
    assert x509.load_der_x509_certificate(other).serial_number == SIGNER.serial_number
