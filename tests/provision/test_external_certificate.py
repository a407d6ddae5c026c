"""A certificate that somebody else issued is believed as far as its chain holds, and no further."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.errors import RefusedError
from atecc_bench.pki.encoding.distinguished_names import name_of_parts
from atecc_bench.pki.keys.key_files import private_key_from_entropy
from atecc_bench.provision.chain.external_certificate import check_external_certificate, check_subject
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.boards.twin_desk import NOW

DEVICE, MIDDLE, ROOT = (private_key_from_entropy(seeded_entropy(seed)) for seed in (1, 2, 3))


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of_parts([("CN", subject)]))
        .issuer_name(name_of_parts([("CN", issuer)]))
        .serial_number(5)
        .public_key(key.public_key())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(by, SHA256())


def chain(*, middle_is_ca: bool = True, root_signed_by: ec.EllipticCurvePrivateKey = ROOT) -> list[x509.Certificate]:
    return [
        certificate("device", DEVICE, "middle", MIDDLE, ca=False),
        certificate("middle", MIDDLE, "root", ROOT, ca=middle_is_ca),
        certificate("root", ROOT, "root", root_signed_by, ca=True),
    ]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_chain_is_accepted_as_far_as_it_was_given(length: int):
    check_external_certificate(chain()[:length], NOW)


@pytest.mark.parametrize(
    ("certificates", "id_"),
    [
        (chain(middle_is_ca=False), "not-a-ca"),
        (chain(root_signed_by=MIDDLE), "chain-broken"),
        ([chain()[0], chain()[2]], "chain-broken"),
        ([certificate("device", DEVICE, "device", ROOT, ca=False)], "chain-broken"),
    ],
)
def test_what_openssl_would_refuse_is_refused(certificates: Sequence[x509.Certificate], id_: str):
    with pytest.raises(RefusedError) as caught:
        check_external_certificate(certificates, NOW)
    assert caught.value.id == id_


def test_a_ca_may_write_the_parts_of_the_name_in_another_order():
    one, other = (name_of_parts(parts) for parts in ([("CN", "a"), ("O", "b")], [("O", "b"), ("CN", "a")]))
    issued = certificate("a", DEVICE, "root", ROOT, ca=False)
    for wanted in (one, other):
        with pytest.raises(RefusedError, match="CN=a"):
            check_subject(issued, wanted)
    builder = x509.CertificateBuilder().subject_name(other).issuer_name(other).serial_number(5)
    builder = builder.public_key(DEVICE.public_key()).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    check_subject(builder.sign(ROOT, SHA256()), one)
