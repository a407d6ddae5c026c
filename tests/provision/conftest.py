from datetime import timedelta

import pytest

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.twin.state.entropy import seeded_entropy
from twin_desk import NOW, TwinDesk


def make_authority(seed: int) -> CertificateAuthority:
    authority, _ = create_authority(
        organization="Nordlys AS", now=NOW - timedelta(days=30), entropy=seeded_entropy(seed)
    )
    return authority


@pytest.fixture(scope="session")
def authority() -> CertificateAuthority:
    return make_authority(100)


@pytest.fixture(scope="session")
def other_authority() -> CertificateAuthority:
    return make_authority(200)


@pytest.fixture
def desk() -> TwinDesk:
    return TwinDesk()
