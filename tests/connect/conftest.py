"""A device on the desk whose certificates are of today, and papers for servers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.connect.client_identity import ClientIdentity, identity_of
from atecc_bench.connect.connect_to import connect_to
from atecc_bench.connect.connection_steps import ConnectionTried
from atecc_bench.connect.destination import Destination
from atecc_bench.connect.server_trust import ServerTrust
from atecc_bench.pki.authority.certificate_authority import create_authority
from tests.support.boards.twin_desk import TwinDesk
from tests.support.servers.papers import HOST, Holder, ServerPapers


@dataclass(frozen=True)
class Device:
    """A provisioned chip and its certificates: device, signer, root."""

    desk: TwinDesk
    chain: tuple[x509.Certificate, ...]

    @property
    def live_key(self) -> bytes:
        return self.desk.session.public_key(0)

    @property
    def identity(self) -> ClientIdentity:
        return self.with_chain(self.chain)

    def with_chain(self, chain: tuple[x509.Certificate, ...]) -> ClientIdentity:
        return identity_of(chain, self.live_key, lambda digest: self.desk.session.sign(0, digest), 0)

    def certified_by(self, issuer: Holder, days: tuple[int, int] = (-10, 30)) -> ClientIdentity:
        """The same key with a certificate of another CA."""
        key = self.chain[0].public_key()
        return self.with_chain((issuer.issue("device", key, days=days), issuer.certificate))  # pyright: ignore


@pytest.fixture(scope="module")
def device() -> Device:
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now - timedelta(days=30))
    desk = TwinDesk()
    outcome = desk.provision(authority, now - timedelta(hours=1))
    assert outcome.certificates is not None
    leaf, signer = (
        x509.load_der_x509_certificate(der) for der in (outcome.certificates.device, outcome.certificates.signer)
    )
    return Device(desk, (leaf, signer, authority.root))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> ServerPapers:
    return ServerPapers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def device_ca(device: Device, papers: ServerPapers) -> Path:
    """The root that devices' certificates are under, as a file for a server."""
    return papers.file("devices.pem", device.chain[-1].public_bytes(Encoding.PEM))


def try_it(
    port: int, identity: ClientIdentity, trust: Holder, now: datetime | None = None, **more: object
) -> ConnectionTried:
    destination = Destination(**{"host": HOST, "port": port, **more})  # pyright: ignore[reportArgumentType]
    trusted = ServerTrust((trust.certificate,), "ca.pem")
    return connect_to(destination, identity, trusted, now or datetime.now(UTC))


def cause(tried: ConnectionTried) -> str:
    assert tried.error is not None, [step.sentence for step in tried.steps]
    return tried.error.id
