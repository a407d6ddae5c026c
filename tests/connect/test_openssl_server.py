"""Handshakes with `openssl s_server`: what works, and each cause of what does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import TlsVersion
from atecc_bench.errors import RefusedError
from tests.connect.conftest import Device, cause, try_it
from tests.support.servers.papers import ServerPapers, root
from tests.support.servers.processes import free_port, openssl_server

ALL = [
    ConnectStepId.REACH, ConnectStepId.AGREE, ConnectStepId.CHECK_SERVER, ConnectStepId.SHOW_CERTIFICATE,
    ConnectStepId.SIGN, ConnectStepId.ACCEPTED,
]  # fmt: skip
VERSIONS = pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("good", ["-tls1_2"]),
        ("good", ["-tls1_3"]),
        ("rsa", ["-tls1_2"]),
        ("rsa", ["-tls1_3"]),
        ("below-intermediate", []),
        ("good", ["-tls1_2", "-client_sigalgs", "ECDSA+SHA256"]),
        ("good", ["-tls1_2", "-client_sigalgs", "ECDSA+SHA384:ECDSA+SHA256"]),
        ("good", ["-tls1_3", "-client_sigalgs", "ECDSA+SHA256"]),
        ("good", ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]),
    ],
)
def test_the_chip_connects(
    device: Device, papers: ServerPapers, device_ca: Path, kind: str, options: list[str]
) -> None:  # fmt: skip
    given = [*papers.certificate_for(kind), "-CAfile", str(device_ca), *options]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.identity, papers.root)
    assert tried.error is None
    assert [step.id for step in tried.steps] == ALL
    assert tried.version == ("1.2" if "-tls1_2" in options else "1.3")


@VERSIONS
@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("strangers", "server-ca-unknown"),
        ("expired", "server-certificate-expired"),
        ("future", "server-certificate-not-yet-valid"),
        ("other-host", "server-name-differs"),
        ("no-name", "server-name-differs"),
        ("without-intermediate", "server-chain-incomplete"),
        ("by-no-authority", "server-certificate-not-usable"),
    ],
)
def test_a_server_that_is_not_believed_gets_nothing(
    device: Device, papers: ServerPapers, device_ca: Path, kind: str, id_: str, version: str
) -> None:
    given = [*papers.certificate_for(kind), "-CAfile", str(device_ca), version]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.identity, papers.root)
    assert (cause(tried), tried.failed_at) == (id_, ConnectStepId.CHECK_SERVER)
    assert "SERIAL" not in (papers.folder / "s_server.log").read_text()
    assert ConnectStepId.SHOW_CERTIFICATE not in [step.id for step in tried.steps]


@pytest.mark.parametrize(
    ("years", "id_"), [(-3, "server-certificate-not-yet-valid"), (3, "server-certificate-expired")]
)
def test_a_clock_that_is_wrong_is_named(
    device: Device, papers: ServerPapers, device_ca: Path, years: int, id_: str
) -> None:
    now = datetime.now(UTC) + timedelta(days=365 * years)
    with openssl_server(papers.folder, *papers.certificate_for("good"), "-CAfile", str(device_ca)) as port:
        tried = try_it(port, device.identity, papers.root, now)
    assert cause(tried) == id_
    assert tried.error is not None
    assert f"clock says {now:%Y-%m-%d}" in tried.error.message
    assert "clock" in tried.error.hint


@VERSIONS
def test_a_server_that_does_not_know_the_devices_ca(
    device: Device, papers: ServerPapers, device_ca: Path, version: str
) -> None:
    given = [*papers.certificate_for("good"), "-CAfile", str(papers.file("none.pem", papers.stranger.pem)), version]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.identity, papers.root)
    assert (cause(tried), tried.failed_at) == ("client-ca-unknown", ConnectStepId.ACCEPTED)


@VERSIONS
def test_an_intermediate_that_the_device_does_not_send(
    device: Device, papers: ServerPapers, device_ca: Path, version: str
) -> None:
    given = [*papers.certificate_for("good"), "-CAfile", str(device_ca), version]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.with_chain(device.chain[:1]), papers.root)
    assert cause(tried) == "client-chain-incomplete"
    assert tried.error is not None
    assert device.chain[1].subject.rfc4514_string() in tried.error.message


@VERSIONS
@pytest.mark.parametrize(
    ("days", "id_"), [((-30, -1), "client-certificate-expired"), ((1, 30), "client-certificate-not-yet-valid")]
)
def test_a_device_certificate_out_of_its_time(
    device: Device, papers: ServerPapers, days: tuple[int, int], id_: str, version: str
) -> None:
    issuer = root("Devices", "Devices Ltd")
    given = [*papers.certificate_for("good"), "-CAfile", str(papers.file("late.pem", issuer.pem)), version]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.certified_by(issuer, days), papers.root)
    assert cause(tried) == id_


@VERSIONS
def test_a_ca_of_the_same_name_with_another_key(device: Device, papers: ServerPapers, version: str) -> None:
    issuer, namesake = (root("Twins", "Twins Ltd", identified=False) for _ in range(2))
    given = [*papers.certificate_for("good"), "-CAfile", str(papers.file("twin.pem", namesake.pem)), version]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.certified_by(issuer), papers.root)
    assert cause(tried) == "client-signature-refused"


@VERSIONS
def test_a_signature_that_is_not_the_keys_never_leaves(
    device: Device, papers: ServerPapers, device_ca: Path, version: str
) -> None:
    """A chip that signs with another key than it showed is found out here, not by the server."""
    identity = device.identity
    wrong = type(identity)(identity.chain, lambda digest: device.desk.session.sign(2, digest), identity.place)
    with openssl_server(papers.folder, *papers.certificate_for("good"), "-CAfile", str(device_ca), version) as port:
        tried = try_it(port, wrong, papers.root)
    assert (cause(tried), tried.failed_at) == ("challenge-failed", ConnectStepId.SIGN)


def test_a_certificate_for_the_key_of_another_slot_is_refused_before_anything_is_sent(device: Device) -> None:
    with pytest.raises(RefusedError) as caught:
        type(device)(device.desk, device.chain).with_chain((device.chain[1], device.chain[2]))
    assert caught.value.id == "public-key-mismatch"
    assert "Nothing was sent" in caught.value.message


@VERSIONS
def test_a_server_that_asks_for_no_certificate_proves_nothing(
    device: Device, papers: ServerPapers, version: str
) -> None:
    with openssl_server(papers.folder, *papers.certificate_for("good"), version, verify=False) as port:
        tried = try_it(port, device.identity, papers.root)
    assert cause(tried) == "client-certificate-not-asked"


@pytest.mark.parametrize(
    "options", [["-tls1_2", "-client_sigalgs", "RSA+SHA256"], ["-tls1_3", "-client_sigalgs", "RSA-PSS+SHA256"]]
)
def test_a_server_that_takes_rsa_alone_from_clients(
    device: Device, papers: ServerPapers, device_ca: Path, options: list[str]
) -> None:
    given = [*papers.certificate_for("rsa"), "-CAfile", str(device_ca), *options]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.identity, papers.root)
    assert (cause(tried), tried.failed_at) == ("client-signature-not-taken", ConnectStepId.SHOW_CERTIFICATE)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["-tls1_2", "-cipher", "AES128-GCM-SHA256"], None),  # RSA key exchange, and no other
        (["-tls1_2"], TlsVersion.TLS_1_3),
        (["-tls1_3"], TlsVersion.TLS_1_2),
        (["-tls1_3", "-groups", "X25519"], None),
    ],
)
def test_nothing_in_common(
    device: Device, papers: ServerPapers, device_ca: Path, options: list[str], wanted: TlsVersion | None
) -> None:
    given = [*papers.certificate_for("rsa"), "-CAfile", str(device_ca), *options]
    with openssl_server(papers.folder, *given) as port:
        tried = try_it(port, device.identity, papers.root, version=wanted)
    assert (cause(tried), tried.failed_at) == ("no-common-tls", ConnectStepId.AGREE)


def test_alpn_that_the_server_wants(device: Device, papers: ServerPapers, device_ca: Path) -> None:
    given = [*papers.certificate_for("good"), "-CAfile", str(device_ca), "-alpn", "mqtt"]
    with openssl_server(papers.folder, *given) as port:
        other = try_it(port, device.identity, papers.root, alpn=("http/1.1",))
        right = try_it(port, device.identity, papers.root, alpn=("http/1.1", "mqtt"))
    assert (cause(other), right.error, right.alpn) == ("alpn-needed", None, "mqtt")


@VERSIONS
def test_a_name_that_the_server_wants(device: Device, papers: ServerPapers, device_ca: Path, version: str) -> None:
    second = [option.replace("-cert", "-cert2").replace("-key", "-key2") for option in papers.certificate_for("good")]
    given = [*papers.certificate_for("good"), *second, "-servername", "tenant.example", "-servername_fatal"]
    with openssl_server(papers.folder, *given, "-CAfile", str(device_ca), version) as port:
        tried = try_it(port, device.identity, papers.root)
        asked = try_it(port, device.identity, papers.root, sni="tenant.example")
    assert cause(tried) == "sni-needed"
    assert cause(asked) == "server-name-differs"  # it answers to the name now, with a certificate for another


def test_a_port_where_nothing_listens(device: Device, papers: ServerPapers) -> None:
    tried = try_it(free_port(), device.identity, papers.root)
    assert (cause(tried), tried.failed_at) == ("server-not-reachable", ConnectStepId.REACH)


def test_a_host_that_nobody_knows(device: Device, papers: ServerPapers) -> None:
    tried = try_it(8883, device.identity, papers.root, host="nowhere.invalid")
    assert cause(tried) == "server-not-reachable"
