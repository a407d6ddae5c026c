"""What issuing costs on one core: ten thousand device certificates signed, compressed, rebuilt and verified."""

import time
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.issue import Particulars, issue_by_template
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.keys.key_files import certificate_public_key, private_key_from_entropy, public_key_bytes
from atecc_bench.pki.x509.chain_checks import check_issued_by
from atecc_bench.twin.state.entropy import seeded_entropy

pytestmark = pytest.mark.bench

CERTIFICATES = 10_000
KEYS = 100
START = datetime(2026, 3, 14, 9, tzinfo=UTC)


def test_ten_thousand_device_certificates_on_one_core() -> None:
    entropy = seeded_entropy(1)
    authority, _ = create_authority(organization="Nordlys AS", now=START, entropy=entropy)
    keys = [public_key_bytes(private_key_from_entropy(entropy).public_key()) for _ in range(KEYS)]
    signer_key = certificate_public_key(authority.signer)

    sample = issue_device_certificate(
        authority, keys[0], organization="Nordlys AS", common_name="0" * 18, not_before=START
    )
    definition = device_definition(sample)

    def issue(number: int) -> bytes:
        particulars = Particulars(
            public_key=keys[number % KEYS],
            not_before=START,
            expire_years=0,
            elements={"common_name": b"%018x" % number},
        )
        return issue_by_template(definition, particulars, authority.signer_key, signer_key)

    # As in a check of a certificate, the verifying key comes out of a certificate each time.
    public = authority.signer_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    how = ec.ECDSA(SHA256(), deterministic_signing=True)
    message = bytes(328)
    cpu = curve = 0
    began = time.perf_counter()
    for number in range(CERTIFICATES):
        started = time.thread_time_ns()
        der = issue(number)
        # Rebuilds from what the slots would hold, and refuses a certificate that does not come out the same.
        contents = slot_contents(der, definition)
        check_issued_by(x509.load_der_x509_certificate(der), authority.signer, "device", "the signer")
        ended = time.thread_time_ns()
        # One signature and one verification with nothing around them, as cold as those above found the caches.
        public_key = load_der_public_key(public)
        assert isinstance(public_key, ec.EllipticCurvePublicKey)
        public_key.verify(authority.signer_key.sign(message, how), message, how)
        curve += time.thread_time_ns() - ended
        cpu += ended - started
        if number % 1000 == 0:
            assert rebuild(definition, contents.__getitem__, signer_key) == der
    seconds = time.perf_counter() - began

    share = 1 - curve / cpu
    each = cpu / 1e3 / CERTIFICATES
    print(f"\n{CERTIFICATES} device certificates signed, compressed, rebuilt and verified: {cpu / 1e9:.1f} s ", end="")
    print(f"of one core ({seconds:.1f} s on the clock), {each:.0f} µs each; {share:.0%} is not openssl's own")
    assert share <= 0.6
