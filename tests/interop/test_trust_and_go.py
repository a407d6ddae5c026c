"""CryptoAuthLib's own functions for Trust&GO chips take the virtual ones."""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.resources import resource_path
from tests.support.external.cryptoauthlib_runner import Answers, needs_cryptoauthlib

pytestmark = needs_cryptoauthlib

SCRIPT = """
from cryptoauthlib import tng
for name in ("signer", "device"):
    cert, size = bytearray(1024), cal.AtcaReference(1024)
    out[name] = [int(getattr(tng, f"tng_atcacert_read_{name}_cert")(cert, size)), bytes(cert).hex()]
    key = bytearray(64)
    out[f"{name} key"] = [int(getattr(tng, f"tng_atcacert_{name}_public_key")(key)), bytes(key).hex()]
key = bytearray(64)
out["device key by its type"] = [int(tng.tng_get_device_pubkey(key)), bytes(key).hex()]
"""


@pytest.mark.parametrize("preset", ["trustgo", "trustflex"])
def test_its_certificates_and_keys_are_read(
    preset: str, served_board: Callable[[str], str], run_cryptoauthlib: Callable[[str, str], Answers]
) -> None:
    answers = run_cryptoauthlib(served_board(f"virtual://{preset}"), SCRIPT)
    assert answers.pop("init") == 0
    assert {name: answer[0] for name, answer in answers.items() if isinstance(answer, list)} == dict.fromkeys(
        answers, 0
    )
    for which in ("signer", "device"):
        made = x509.load_pem_x509_certificate(resource_path("scenarios", preset, f"{which}.pem").read_bytes())
        key = certificate_public_key(made)
        assert _bytes(answers, f"{which} key") == key
        # The names are the library's own, as on a real chip; keys, dates and numbers are the chip's.
        read = x509.load_der_x509_certificate(_bytes(answers, which))
        assert certificate_public_key(read) == key
        assert read.serial_number == made.serial_number
        assert (read.not_valid_before_utc, read.not_valid_after_utc) == (
            made.not_valid_before_utc,
            made.not_valid_after_utc,
        )
        assert read.signature == made.signature
    assert _bytes(answers, "device key by its type") == _bytes(answers, "device key")


def test_the_mac_address_is_read_from_its_slot(
    served_board: Callable[[str], str], run_cryptoauthlib: Callable[[str, str], Answers]
) -> None:
    read = x509.load_der_x509_certificate(
        _bytes(run_cryptoauthlib(served_board("virtual://trustgo"), SCRIPT), "device")
    )
    made = x509.load_pem_x509_certificate(resource_path("scenarios", "trustgo", "device.pem").read_bytes())
    for certificate in (read, made):
        assert b"eui48_02006A000001" in certificate.public_bytes(Encoding.DER)


def _bytes(answers: Answers, name: str) -> bytes:
    answer = answers[name]
    assert isinstance(answer, list)
    return bytes.fromhex(str(answer[1]))
