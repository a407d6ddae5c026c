"""Two certificates compared by structure, and the one cause behind what differs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.causes.cause import CauseId, Confidence
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.field_origins import origins_of
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import device_placement, template_from_sample
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.keys.key_files import certificate_public_key, private_key_from_entropy, public_key_bytes
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.probes import aligned

START = datetime(2026, 3, 14, 9, tzinfo=UTC)
ORGANIZATION = "Nordlys AS"  # ten characters, as the signer's name: DESIGN section 4 counts on it
SERIAL_NUMBER = "0123a1b2c3d4e5f6ee"


@dataclass(frozen=True)
class Case:
    """A certificate, and what a chip with another key makes of its 72 bytes."""

    authority: CertificateAuthority
    expected: bytes
    stored: bytes


def authority_of(seed: int) -> CertificateAuthority:
    authority, _ = create_authority(
        organization=ORGANIZATION, signer_name="Signer 001", now=START, entropy=seeded_entropy(seed)
    )
    return authority


def issue(authority: CertificateAuthority, seed: int, **other: object) -> bytes:
    key = private_key_from_entropy(seeded_entropy(seed))
    wanted = {"organization": ORGANIZATION, "common_name": SERIAL_NUMBER, "not_before": START} | other
    return issue_device_certificate(authority, public_key_bytes(key.public_key()), **wanted)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def case() -> Case:
    authority = authority_of(1)
    expected = issue(authority, 2)
    definition = device_definition(expected)
    contents = slot_contents(expected, definition)
    other = private_key_from_entropy(seeded_entropy(3))
    contents[definition.public_key_dev_loc] = public_key_bytes(other.public_key())
    stored = rebuild(definition, contents.__getitem__, certificate_public_key(authority.signer))
    return Case(authority, expected, stored)


def issued_until(authority: CertificateAuthority, fits: Callable[[bytes], bool], **other: object) -> bytes:
    """A certificate whose signature has the length that is wanted."""
    return next(der for seed in range(100, 400) if fits(der := issue(authority, seed, **other)))


def spans(comparison: Comparison) -> list[tuple[int, int, str]]:
    return [(r.start, r.end, r.field) for r in comparison.ranges]


def test_equal_data_has_no_ranges_and_no_cause(case: Case):
    comparison = compare(case.expected, case.expected)
    assert comparison.equal
    assert comparison.ranges == ()
    assert causes(comparison) == ()


def test_a_certificate_for_another_key_differs_in_what_derives_from_the_key(case: Case):
    comparison = compare(case.expected, case.stored)
    assert not comparison.equal
    assert spans(comparison) == [
        (15, 30, "serialNumber"),
        (200, 263, "subjectPublicKey"),
        (279, 298, "subjectKeyIdentifier"),
    ]
    assert [r.length for r in comparison.ranges] == [16, 64, 20]
    assert [(r.stored_start, r.stored_end) for r in comparison.ranges] == [(15, 30), (200, 263), (279, 298)]
    assert comparison.ranges[0].path == "tbsCertificate.serialNumber"


def test_its_cause_is_the_key_and_that_is_certain(case: Case):
    (cause,) = causes(compare(case.expected, case.stored), ComparisonContext(key_slot=0))
    assert cause.id is CauseId.PUBLIC_KEY_MISMATCH
    assert cause.id == "public-key-mismatch"
    assert cause.confidence is Confidence.CERTAIN
    assert cause.summary == "The certificate was signed for another key than the one in slot 0."
    assert "slot 0" in cause.fix
    evidence = " ".join(cause.evidence)
    for words in ("all of them derive from the public key", "signature are equal", "SHA-1", "SHA-256"):
        assert words in evidence


def test_without_a_known_slot_the_key_is_that_of_the_chip(case: Case):
    (cause,) = causes(compare(case.expected, case.stored))
    assert "the chip" in cause.summary


def test_a_range_is_the_whole_field_although_single_bytes_are_equal(case: Case):
    changed = bytearray(case.expected)
    changed[210] ^= 1
    assert spans(compare(case.expected, bytes(changed))) == [(200, 263, "subjectPublicKey")]


def test_a_key_that_the_other_fields_do_not_follow_is_only_likely(case: Case):
    changed = bytearray(case.stored)
    changed[279] ^= 1
    (cause,) = causes(compare(case.expected, bytes(changed)))
    assert cause.confidence is Confidence.LIKELY
    assert not any("SHA-1" in line for line in cause.evidence)


def test_one_differing_field_is_named_alone(case: Case):
    other = issue(case.authority, 2, common_name="0123ffffffffffffee")
    comparison = compare(case.expected, other)
    assert "subject.commonName" in [r.field for r in comparison.ranges]
    assert "subjectPublicKey" not in [r.field for r in comparison.ranges]
    first, *_ = causes(comparison)
    assert first.id is CauseId.SUBJECT_MISMATCH  # its key is the same: it is no other device
    assert any("Equal on both sides: public key" in line for line in first.evidence)


def test_another_authority_is_not_blamed_on_the_key(case: Case):
    other = issue(authority_of(9), 2)
    comparison = compare(case.expected, other)
    assert {"authorityKeyIdentifier", "signatureValue"} <= {r.field for r in comparison.ranges}
    assert [cause.id for cause in causes(comparison)] == [CauseId.AUTHORITY_KEY_MISMATCH]


def test_a_signature_of_another_length_moves_nothing_else(case: Case):
    short = issued_until(case.authority, lambda der: len(der) < len(case.expected), common_name="0123ffffffffffffee")
    comparison = compare(case.expected, short)
    named = {r.field: r for r in comparison.ranges if r.field}
    assert named["signatureValue"].end == len(case.expected) - 1
    assert named["signatureValue"].stored_end == len(short) - 1
    assert named["signatureValue"].start == named["signatureValue"].stored_start
    # Only the lengths around the signature are bytes outside any field.
    raw = [r for r in comparison.ranges if not r.field]
    assert all(case.expected[r.start] != short[r.stored_start] and r.length == 1 for r in raw)


def test_a_longer_field_moves_the_fields_behind_it(case: Case):
    other = issue(case.authority, 2, organization="Another name")
    named = {r.field: r for r in compare(case.expected, other).ranges}
    organization = named["subject.organizationName"]
    assert organization.length == len(ORGANIZATION)
    assert organization.stored_end - organization.stored_start + 1 == len("Another name")
    assert "subjectPublicKey" not in named


def test_certificates_of_different_structure_are_aligned_by_their_fields(case: Case):
    other = case.authority.signer.public_bytes(Encoding.DER)
    assert len(certificate_fields(other)) != len(certificate_fields(case.expected))
    comparison = compare(case.expected, other)
    named = {r.field: r for r in comparison.ranges if r.field}
    assert {"subjectPublicKey", "issuer.commonName", "basicConstraints", "keyUsage"} <= named.keys()
    assert named["basicConstraints"].length == 0
    assert named["basicConstraints"].stored_length > 0
    assert causes(comparison)[0].id is CauseId.TEMPLATE_MISMATCH


@pytest.mark.parametrize("length", [40, 120, 210, 300, 350])
def test_a_truncated_certificate_is_aligned_as_far_as_it_goes(case: Case, length: int):
    comparison = compare(case.expected, case.stored[:length])
    assert "serialNumber" in [r.field for r in comparison.ranges]
    assert "subjectPublicKey" in [r.field for r in comparison.ranges]
    assert comparison.ranges[-1].end == len(case.expected) - 1
    assert causes(comparison)[0].id is CauseId.TRUNCATED_INPUT


def test_bytes_behind_the_end_are_a_range_of_their_own(case: Case):
    comparison = compare(case.expected, case.expected + b"\0\xff")
    (found,) = comparison.ranges
    assert (found.start, found.length, found.field) == (len(case.expected), 2, "")


def test_segments_cover_both_sides_once(case: Case):
    for stored in (case.stored, case.stored[:200], case.authority.signer.public_bytes(Encoding.DER)):
        comparison = compare(case.expected, stored)
        segments = list(aligned(comparison))
        for side, data in enumerate((case.expected, stored)):
            assert b"".join(data[pair[side].start : pair[side].end] for pair in segments) == data
        for one, other in segments[::2]:
            assert case.expected[one.start : one.end] == stored[other.start : other.end]


@given(expected=st.binary(max_size=60), stored=st.binary(max_size=60))
def test_bytes_that_are_no_certificate_are_compared_at_the_same_offset(expected: bytes, stored: bytes):
    comparison = compare(expected, stored)
    assert comparison.equal == (expected == stored)
    differing = {i for r in comparison.ranges for i in range(r.start, r.end + 1)}
    longest = max(len(expected), len(stored))
    assert differing == {i for i in range(longest) if expected[i : i + 1] != stored[i : i + 1]}


@given(data=st.data())
def test_any_changed_byte_lies_in_a_range(case: Case, data: st.DataObject):
    changed = bytearray(case.expected)
    position = data.draw(st.integers(0, len(changed) - 1))
    changed[position] ^= data.draw(st.integers(1, 255))
    comparison = compare(case.expected, bytes(changed))
    assert any(r.start <= position <= r.end for r in comparison.ranges)
    starts_and_ends = [edge for r in comparison.ranges if r.length for edge in (r.start, r.end)]
    assert starts_and_ends == sorted(starts_and_ends)


def test_every_field_of_a_rebuilt_certificate_comes_from_somewhere(case: Case):
    origins = {path.rpartition(".")[2]: origin for path, origin in origins_of(device_definition(case.expected)).items()}
    assert {name: origin.place for name, origin in origins.items()} == {
        "serialNumber": "SHA-256 of public key and dates",
        "notBefore": "slot 10, bytes 64–66",
        "commonName": "slot 8, bytes 0–17",
        "subjectPublicKey": "live key, slot 0",
        "subjectKeyIdentifier": "SHA-1 of public key",
        "authorityKeyIdentifier": "SHA-1 of the public key in slot 11",
        "signatureValue": "slot 10, bytes 0–63",
    }
    assert all(origin.dynamic for origin in origins.values())


def test_a_stored_serial_number_comes_from_its_slot(case: Case):
    definition = template_from_sample(case.expected, device_placement(SerialSource.STORED))
    assert origins_of(definition)["tbsCertificate.serialNumber"].place == "slot 13, bytes 0–15"
