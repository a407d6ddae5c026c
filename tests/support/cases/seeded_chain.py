"""A certificate authority and a device certificate, made anew from a seed for every test session."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.keys.key_files import private_key_from_entropy, public_key_bytes


def seeded(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that is the same for the same seed."""
    state = hashlib.sha256(seed.encode()).digest()

    def take(count: int) -> bytes:
        nonlocal state
        taken = b""
        while len(taken) < count:
            state = hashlib.sha256(state).digest()
            taken += state
        return taken[:count]

    return take


@dataclass(frozen=True)
class Chain:
    """An authority, its root key, and one device certificate with its key."""

    now: datetime
    authority: CertificateAuthority
    root_key: ec.EllipticCurvePrivateKey
    device_key: ec.EllipticCurvePrivateKey
    device_der: bytes

    @property
    def device_public_key(self) -> bytes:
        return public_key_bytes(self.device_key.public_key())

    @property
    def signer_der(self) -> bytes:
        return self.authority.signer.public_bytes(Encoding.DER)


@pytest.fixture(scope="session")
def entropy() -> Callable[[str], Callable[[int], bytes]]:
    return seeded


@pytest.fixture(scope="session")
def chain() -> Chain:
    """The chain with the names and dates of the case that DESIGN section 4 describes."""
    now = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    authority, root_key = create_authority(
        organization="Nordlys AS", signer_name="Signer 001", now=now, entropy=seeded("authority")
    )
    device_key = private_key_from_entropy(seeded("device"))
    device_der = issue_device_certificate(
        authority,
        public_key_bytes(device_key.public_key()),
        organization="Nordlys AS",
        common_name="0123a1b2c3d4e5f6ee",
        not_before=now.replace(minute=0, second=0),
    )
    return Chain(now, authority, root_key, device_key, device_der)
