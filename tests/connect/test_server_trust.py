"""What a server's certificates may be used for, as RFC 5280 (4.2.1.3, 4.2.1.12) and OpenSSL's purposes have it."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from atecc_bench.connect.server_trust import ServerTrust, check_server
from atecc_bench.errors import RefusedError
from tests.support.servers.papers import HOST, Holder, root

FOR_CLIENTS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
FOR_ALL = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])


def usage(**bits: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: bits.get(name, False) for name in names})


def check(server: Holder, issuer: Holder, top: Holder) -> None:
    chain = (server.certificate, *(() if issuer is top else (issuer.certificate,)))
    check_server(chain, HOST, ServerTrust((top.certificate,), "ca.pem"), datetime.now(UTC))


@pytest.mark.parametrize(
    ("extension", "lacks"),
    [
        (FOR_CLIENTS, "serverAuth"),
        (usage(key_encipherment=True, key_cert_sign=True), "digitalSignature"),
    ],
    ids=["for clients alone", "signs no handshake"],
)
def test_a_certificate_that_is_for_no_server(extension: x509.ExtensionType, lacks: str) -> None:
    top = root("Servers")
    server = top.holder("server", host=HOST, extensions=(extension,))
    with pytest.raises(RefusedError, match=f"does not verify: its [a-z ]*key usage lacks {lacks}") as refused:
        check(server, top, top)
    assert refused.value.id == "server-certificate-not-usable"


@pytest.mark.parametrize("extension", [FOR_ALL, usage(digital_signature=True)], ids=["any usage", "signs"])
def test_a_certificate_that_says_it_is_for_servers(extension: x509.ExtensionType) -> None:
    top = root("Servers")
    check(top.holder("server", host=HOST, extensions=(extension,)), top, top)


def test_an_issuer_of_devices_vouches_for_no_server() -> None:
    top = root("Everything")
    issuer = top.holder("Devices", authority=True, extensions=(FOR_CLIENTS,))
    with pytest.raises(RefusedError, match="lacks serverAuth"):
        check(issuer.holder("server", host=HOST), issuer, top)


def test_a_device_vouches_for_no_server() -> None:
    top = root("Devices")
    device = top.holder("device")
    with pytest.raises(RefusedError, match="does not verify"):
        check(device.holder("server", host=HOST), device, top)
