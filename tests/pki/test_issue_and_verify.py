from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate, signer_organization
from atecc_bench.pki.x509.chain_checks import check_chain, verify_digest, verify_signature


def device(chain: Any, **changes: Any) -> x509.Certificate:
    arguments: dict[str, Any] = {
        "organization": "Nordlys AS",
        "common_name": "0123a1b2c3d4e5f6ee",
        "not_before": datetime(2026, 3, 14, 9, tzinfo=UTC),
    } | changes
    return x509.load_der_x509_certificate(
        issue_device_certificate(chain.authority, chain.device_public_key, **arguments)
    )


def test_a_device_certificate_has_two_key_identifiers_and_no_other_extension(chain: Any):
    certificate = device(chain)
    kinds = [type(extension.value) for extension in certificate.extensions]
    assert kinds == [x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier]
    assert not any(extension.critical for extension in certificate.extensions)
    assert certificate.issuer == chain.authority.signer.subject
    assert certificate.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_the_same_input_gives_the_same_certificate(chain: Any):
    assert device(chain) == device(chain)


@pytest.mark.parametrize(
    "changes",
    [
        {"common_name": "too short"},
        {"common_name": "0123a1b2c3d4e5f6ee0"},
        {"organization": ""},
        {"organization": "x" * 65},
        {"organization": "tab\there"},
    ],
)
def test_names_that_do_not_fit_are_refused(chain: Any, changes: dict[str, str]):
    with pytest.raises(InputError) as error:
        device(chain, **changes)
    assert error.value.id == "name-not-usable"


@pytest.mark.parametrize(
    ("not_before", "refusal"),
    [
        (datetime(2026, 3, 14, 9, 1, tzinfo=UTC), "date-not-representable"),
        (datetime(2026, 3, 14, 8, tzinfo=UTC), "certificate-not-yet-valid"),
        (datetime(2036, 3, 14, 10, tzinfo=UTC), "certificate-expired"),
    ],
)
def test_dates_that_do_not_fit_are_refused(chain: Any, not_before: datetime, refusal: str):
    with pytest.raises(RefusedError) as error:
        device(chain, not_before=not_before)
    assert error.value.id == refusal


def test_the_organization_of_a_signer(chain: Any):
    assert signer_organization(chain.authority) == "Nordlys AS"


def test_a_chain_that_holds(chain: Any):
    check_chain(device(chain), chain.authority.signer, chain.authority.root, chain.now)


def test_a_chain_with_a_stranger_in_it_is_broken(chain: Any, entropy: Any):
    stranger, _ = create_authority(
        organization="Nordlys AS", signer_name="Signer 001", now=chain.now, entropy=entropy("stranger")
    )
    links = [
        (device(chain), stranger.signer, stranger.root),
        (device(chain), chain.authority.signer, stranger.root),
        (device(chain), chain.authority.root, chain.authority.root),
        (device(chain), chain.authority.signer, chain.authority.signer),
    ]
    for leaf, signer, root in links:
        with pytest.raises(RefusedError) as error:
            check_chain(leaf, signer, root, chain.now)
        assert error.value.id == "chain-broken"


@pytest.mark.parametrize(
    ("years", "refusal"), [(-1, "certificate-not-yet-valid"), (11, "certificate-expired"), (26, "certificate-expired")]
)
def test_a_chain_has_its_time(chain: Any, years: int, refusal: str):
    with pytest.raises(RefusedError) as error:
        check_chain(device(chain), chain.authority.signer, chain.authority.root, chain.now.replace(year=2026 + years))
    assert error.value.id == refusal


@given(message=st.binary(max_size=200))
def test_signatures_are_verified_over_a_message_and_over_a_digest(chain: Any, message: bytes):
    r, s = decode_dss_signature(chain.device_key.sign(message, ec.ECDSA(SHA256())))
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert verify_signature(chain.device_public_key, message, signature)
    assert not verify_signature(chain.device_public_key, message + b"x", signature)
    assert not verify_signature(chain.device_public_key, message, signature[:-1])


@given(digest=st.binary(min_size=32, max_size=32))
def test_a_signed_challenge_is_verified_as_the_chip_signs_it(chain: Any, digest: bytes):
    r, s = decode_dss_signature(chain.device_key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert verify_digest(chain.device_public_key, digest, signature)
    assert not verify_digest(chain.device_public_key, digest[::-1] + b"x", signature)
    assert not verify_digest(chain.device_public_key, digest, bytes(64))


def test_validity_ends_with_its_last_second(chain: Any):
    last = chain.authority.signer.not_valid_after_utc
    check_chain(device(chain), chain.authority.signer, chain.authority.root, last)
    with pytest.raises(RefusedError):
        check_chain(device(chain), chain.authority.signer, chain.authority.root, last + timedelta(seconds=1))
