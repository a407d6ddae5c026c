"""No cause is offered that an equal field contradicts, whatever else differs; and what is equal is said."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.causes.cause import CauseId, Confidence
from atecc_bench.diagnose.causes.claims import CLAIMS
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.comparison_facts import PUBLIC_KEY, ComparisonContext, Facts
from atecc_bench.diagnose.compare.from_paste import comparison_in
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.keys.key_files import private_key_from_entropy, public_key_bytes
from atecc_bench.twin.state.entropy import seeded_entropy

START = datetime(2026, 3, 14, 9, tzinfo=UTC)
NAMES = ("0123a1b2c3d4e5f6ee", "0123ffffffffffffee", "012300112233445566", "pump no 7, hall 1 ", "012301230123012301")


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return create_authority(organization="Nordlys AS", signer_name="Signer 001", now=START, entropy=seeded_entropy(1))[
        0
    ]


def issue(authority: CertificateAuthority, seed: int, name: str, start: datetime = START) -> bytes:
    key = public_key_bytes(private_key_from_entropy(seeded_entropy(seed)).public_key())
    return issue_device_certificate(authority, key, organization="Nordlys AS", common_name=name, not_before=start)


@given(
    names=st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)),
    seeds=st.tuples(st.integers(2, 9), st.integers(2, 9)),
    hours=st.integers(0, 3),
    chip=st.sampled_from((None, *NAMES[:2])),
)
def test_no_cause_against_what_is_equal(
    authority: CertificateAuthority, names: tuple[str, str], seeds: tuple[int, int], hours: int, chip: str | None
):
    one, other = (
        issue(authority, seeds[0], names[0]),
        issue(authority, seeds[1], names[1], START + timedelta(hours=hours)),
    )
    comparison, context = compare(one, other), ComparisonContext(chip_serial_number=chip)
    facts = Facts.of(comparison, context)
    found = causes(comparison, context)
    assert comparison.equal or found
    for cause in found:
        claim = CLAIMS.get(cause.id)
        assert claim is None or claim.fits(facts)
    if seeds[0] == seeds[1]:
        assert not {CauseId.OTHER_DEVICE, CauseId.PUBLIC_KEY_MISMATCH} & {cause.id for cause in found}
        if names[0] != names[1]:
            assert CauseId.SUBJECT_MISMATCH in {cause.id for cause in found}


@given(index=st.integers(0, 40), flip=st.integers(1, 255), seed=st.integers(2, 5), cut=st.integers(150, 400))
def test_a_changed_byte_and_a_cut_log_contradict_nothing(
    authority: CertificateAuthority, index: int, flip: int, seed: int, cut: int
):
    whole = issue(authority, seed, NAMES[0])
    fields = certificate_fields(whole)
    field = fields[index % len(fields)]
    changed = bytearray(whole)
    changed[field.start] ^= flip
    for stored in (bytes(changed), bytes(changed[:cut])):
        comparison = compare(whole, stored)
        facts = Facts.of(comparison, ComparisonContext())
        for cause in causes(comparison):
            claim = CLAIMS.get(cause.id)
            assert claim is None or claim.fits(facts), (cause.id, field.path)


def test_the_same_key_under_another_name_is_no_other_device(authority: CertificateAuthority):
    one, other = (issue(authority, 2, name) for name in NAMES[:2])
    first, *_ = causes(compare(one, other))
    assert first.id is CauseId.SUBJECT_MISMATCH
    assert any("public key" in line and "serial number" in line for line in first.evidence)
    facts = Facts.of(compare(one, other), ComparisonContext())
    assert facts.equal(PUBLIC_KEY)


def rows(one: bytes, other: bytes, size: int) -> str:
    pairs = [f"{a:02X}|{b:02X}{'*' if a != b else ' '}" for a, b in zip(one[:size], other[:size], strict=True)]
    return "\n".join(f"{at:04X}: {' '.join(pairs[at : at + 16])}" for at in range(0, size, 16))


def test_the_first_200_bytes_with_equal_dates_and_another_number_have_a_cause(authority: CertificateAuthority):
    one, other = issue(authority, 2, NAMES[0]), issue(authority, 3, NAMES[0])
    pasted = comparison_in(rows(one, other, 192))
    first, second, *_ = causes(pasted.comparison, pasted.context)
    assert first.id is CauseId.PUBLIC_KEY_MISMATCH
    assert first.confidence is not Confidence.CERTAIN
    assert any("dates are equal" in line for line in first.evidence)
    assert second.id is CauseId.TRUNCATED_INPUT


def test_every_cause_of_fields_has_a_claim():
    of_input = {CauseId.NOT_A_CERTIFICATE, CauseId.TRUNCATED_INPUT, CauseId.TEMPLATE_MISMATCH}
    assert set(CLAIMS) | of_input == set(CauseId)


def test_an_authority_is_not_compared_with_itself(authority: CertificateAuthority):
    der = authority.signer.public_bytes(Encoding.DER)
    assert causes(compare(der, der)) == ()
