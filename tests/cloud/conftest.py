"""A device with certificates of today, and an emulator of AWS IoT."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from tests.connect.conftest import Device
from tests.support.boards.twin_desk import TwinDesk
from tests.support.servers.aws_emulator import AwsEmulator, aws_emulator


@pytest.fixture(scope="module")
def signing() -> CertificateAuthority:
    authority, _ = create_authority(organization="Nordlys AS", now=datetime.now(UTC) - timedelta(days=30))
    return authority


@pytest.fixture(scope="module")
def device(signing: CertificateAuthority) -> Device:
    desk = TwinDesk(seed=9)
    outcome = desk.provision(signing, datetime.now(UTC) - timedelta(hours=1))
    assert outcome.certificates is not None
    leaf, signer = (
        x509.load_der_x509_certificate(der) for der in (outcome.certificates.device, outcome.certificates.signer)
    )
    return Device(desk, (leaf, signer, signing.root))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    with aws_emulator(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def account(emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> AwsEmulator:
    """An account in which nothing is, with credentials where boto3 looks for them."""
    emulator.reset()
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return emulator
