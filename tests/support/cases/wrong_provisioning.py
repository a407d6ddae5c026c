"""Chips that were provisioned wrongly, each in a known way: the twin is really given the wrong things."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from atecc_bench.diagnose.causes.cause import CauseId
from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.onchip.read_certificates import location_reader, slot_images
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion, encode_dates
from atecc_bench.pki.compressed.massprovisioning import COMMON_NAME_SLOT, SIGNER_PUBLIC_KEY_SLOT, device_definition
from atecc_bench.pki.compressed.rebuild import rebuild, signature_of, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.compressed.template_builder import device_placement, template_from_sample
from atecc_bench.pki.encoding.dates import DateFormat, latest_date
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import (
    key_identifier,
    pad_public_key,
    private_key_from_entropy,
    public_key_bytes,
    public_key_from_bytes,
)
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.workflows.comparison.compare_chip import USUAL_SIGNER_KEY, rebuilt_for_comparison
from tests.support.boards.twin_desk import TwinDesk

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "


@dataclass(frozen=True, kw_only=True)
class ProvisioningJob:
    """A certificate to be issued: everything that varies from case to case."""

    style: int  # 0: as ECC608-MassProvisioning; 1: with basicConstraints and keyUsage before the key identifiers
    organization: str
    common_name: str
    issuer_organization: str
    issuer_name: str
    not_before: datetime
    years: int  # 0: no expiry
    key: bytes
    signer: ec.EllipticCurvePrivateKey
    serial_number: bytes | None = None  # None: the hash of key and dates
    not_after: datetime | None = None
    general_usage: bool = True


def issue(order: ProvisioningJob) -> bytes:
    """Issue a certificate (DER) with an ECDSA signature that is another one each time."""
    key = public_key_from_bytes(order.key)
    signer_key = public_key_bytes(order.signer.public_key())
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(order.serial_number or _hashed(order)))
        .subject_name(distinguished_name(order.organization, order.common_name))
        .issuer_name(distinguished_name(order.issuer_organization, order.issuer_name))
        .public_key(key)
        .not_valid_before(order.not_before)
        .not_valid_after(order.not_after or _expiry(order))
    )
    identifiers = (
        x509.SubjectKeyIdentifier(key_identifier(order.key)),
        x509.AuthorityKeyIdentifier(key_identifier(signer_key), None, None),
    )
    if order.style:
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        usage = x509.KeyUsage(True, False, False, False, order.general_usage, False, False, False, False)
        builder = builder.add_extension(usage, critical=True)
    for identifier in identifiers:
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(order.signer, SHA256()).public_bytes(Encoding.DER)


def _expiry(order: ProvisioningJob) -> datetime:
    if order.years:
        return order.not_before.replace(year=order.not_before.year + order.years)
    return latest_date(DateFormat.RFC5280_GEN)


def _hashed(order: ProvisioningJob) -> bytes:
    hour = order.not_before.replace(minute=0, second=0)
    years = 0 if order.not_after is not None else order.years
    dates = encode_dates(hour, years, FormatVersion.for_dates(hour, years))
    return hashed_serial_number(SerialSource.PUB_KEY_HASH, order.key, dates, 16)


def template_of(
    sample: bytes, order: ProvisioningJob, source: SerialSource = SerialSource.PUB_KEY_HASH
) -> CertificateDefinition:
    """The template of a style, made from a sample."""
    if order.style == 0 and source is SerialSource.PUB_KEY_HASH:
        return device_definition(sample)
    signer_key = public_key_bytes(order.signer.public_key())
    return template_from_sample(sample, device_placement(source), authority_public_key=signer_key)


class Workbench:
    """A chip with locked zones whose certificates are written again and again, and the names and dates of a case."""

    def __init__(self, seed: int) -> None:
        self.desk = TwinDesk(seed)
        self.desk.write_config()
        self.desk.lock_config()
        self.desk.session.lock_data()
        self.session = self.desk.session
        self.serial_number = self.desk.serial_number
        self.session.generate_key(2)
        self.chosen = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def order(self, style: int) -> ProvisioningJob:
        """A certificate for this chip's live key, in slot 0, with names and dates of this case."""
        chosen = self.chosen
        year = chosen.randint(2000, 2031)
        return ProvisioningJob(
            style=style,
            organization=self.words(),
            common_name=self.serial_number,
            issuer_organization=self.words(),
            issuer_name=self.words(),
            not_before=datetime(year, chosen.randint(1, 12), chosen.randint(1, 28), chosen.randrange(24), tzinfo=UTC),
            years=chosen.choice((0, chosen.randint(1, 18))),
            key=self.session.generate_key(0),
            signer=self.signer(),
        )

    def words(self) -> str:
        """A name of any usual length, without spaces at its ends."""
        inner = "".join(self.chosen.choices(LETTERS, k=self.chosen.randint(0, 28)))
        return f"{self.chosen.choice(LETTERS[:52])}{inner}{self.chosen.choice(LETTERS[:52])}"

    def unit_name(self) -> str:
        """A common name of 18 characters that names no chip."""
        return f"unit-{self.chosen.randrange(10**13):013}"

    def signer(self) -> ec.EllipticCurvePrivateKey:
        """Another signer each time."""
        return private_key_from_entropy(seeded_entropy(self.chosen.randrange(1 << 30)))

    def write(self, contents: Mapping[DeviceLocation, bytes]) -> None:
        """Write what a tool would write."""
        for slot, image in slot_images(contents, lambda slot, count: self.session.read_slot(slot, 0, count)).items():
            self.session.write_slot(slot, image)

    def provision(self, der: bytes, definition: CertificateDefinition, order: ProvisioningJob) -> None:
        """Write a certificate and its authority's key as it should be."""
        self.write(slot_contents(der, definition, bytes.fromhex(self.serial_number)))
        self.write_authority(public_key_bytes(order.signer.public_key()))
        self.session.write_slot(COMMON_NAME_SLOT, order.common_name.encode().ljust(32, b"\0"))

    def write_authority(self, key: bytes) -> None:
        """Write a public key to where the signer's belongs."""
        self.session.write_slot(SIGNER_PUBLIC_KEY_SLOT, pad_public_key(key))

    def write_compressed(self, definition: CertificateDefinition, compressed: CompressedCertificate | bytes) -> None:
        """Write 72 bytes as some tool made them."""
        raw = compressed if isinstance(compressed, bytes) else compressed.to_bytes()
        self.session.write_slot(definition.comp_cert_dev_loc.slot, raw)

    def read(self, definition: CertificateDefinition) -> CompressedCertificate:
        """The 72 bytes, decoded."""
        return CompressedCertificate.parse(location_reader(self.session)(definition.comp_cert_dev_loc))

    def compare(self, expected: bytes, definition: CertificateDefinition) -> "Case":
        """Rebuild from the chip by the template, and compare."""
        known = ComparisonContext(key_slot=0, chip_serial_number=self.serial_number)
        stored, known = rebuilt_for_comparison(definition, location_reader(self.session), known, USUAL_SIGNER_KEY)
        return Case(compare(expected, stored), replace(known, slot_keys={2: self.session.public_key(2)}))


@dataclass(frozen=True)
class Case:
    """A comparison, and what is known beside it."""

    comparison: Comparison
    known: ComparisonContext


Mistake = Callable[[Workbench, int], Case]


def _right(bench: Workbench, style: int, **changed: object) -> tuple[ProvisioningJob, bytes, CertificateDefinition]:
    order = replace(bench.order(style), **changed)  # pyright: ignore[reportArgumentType]
    der = issue(order)
    definition = template_of(der, order)
    bench.provision(der, definition, order)
    return order, der, definition


def key_generated_again(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    bench.session.generate_key(0)
    return bench.compare(der, definition)


def key_of_another_slot(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style, key=bench.session.public_key(2))
    return bench.compare(der, definition)


def new_key_and_certificate_but_old_file(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    again = replace(order, key=bench.session.generate_key(0))
    definition = template_of(issue(again), again)
    bench.provision(issue(again), definition, again)
    return bench.compare(der, definition)


def authority_of_another_ca(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    bench.write_authority(public_key_bytes(bench.signer().public_key()))
    return bench.compare(der, definition)


def file_of_another_ca_of_the_same_name(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style)
    return bench.compare(issue(replace(order, signer=bench.signer())), definition)


def issued_by_the_root_s_successor(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    successor = replace(order, signer=bench.signer())
    definition = template_of(issue(successor), successor)
    bench.provision(issue(successor), definition, successor)
    return bench.compare(der, definition)


def own_key_as_authority(bench: Workbench, style: int) -> Case:
    order, der, definition = _right(bench, style)
    bench.write_authority(order.key)
    return bench.compare(der, definition)


def own_key_handed_to_the_rebuild(bench: Workbench, style: int) -> Case:
    order, der, definition = _right(bench, style)
    stored = rebuild(definition, location_reader(bench.session), order.key)
    return Case(compare(der, stored), ComparisonContext(key_slot=0, chip_serial_number=bench.serial_number))


def file_that_names_itself(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style)
    stored = rebuild(definition, location_reader(bench.session), public_key_bytes(order.signer.public_key()))
    own = rebuild(definition, location_reader(bench.session), order.key)
    return Case(compare(own, stored), ComparisonContext())


def signed_twice(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style)
    return bench.compare(issue(order), definition)


def signature_of_another_key_on_the_chip(bench: Workbench, style: int) -> Case:
    order, der, definition = _right(bench, style)
    forged = issue(replace(order, signer=bench.signer()))
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(forged, definition)))
    return bench.compare(der, definition)


def signature_overwritten_by_a_block(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    whole = bench.read(definition)
    bench.write_compressed(definition, replace(whole, signature=whole.signature[:32] + bytes(31) + b"\1"))
    return bench.compare(der, definition)


def local_time_for_utc(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    whole = bench.read(definition)
    shift = timedelta(hours=bench.chosen.choice((-8, -5, 1, 2, 9)))
    moved = whole.issue_date + shift
    if not 2000 <= moved.year <= 2031:
        moved = whole.issue_date - shift
    bench.write_compressed(definition, replace(whole, issue_date=moved))
    return bench.compare(der, definition)


def issued_again_later(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    later = replace(order, not_before=order.not_before.replace(year=2000 + (order.not_before.year - 1999) % 32))
    definition = template_of(issue(later), later)
    bench.provision(issue(later), definition, later)
    return bench.compare(der, definition)


def other_years_written(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style, years=bench.chosen.randint(1, 10))
    whole = bench.read(definition)
    bench.write_compressed(definition, replace(whole, expire_years=whole.expire_years + bench.chosen.randint(1, 8)))
    return bench.compare(der, definition)


def minutes_lost(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style, years=0)
    start = order.not_before + timedelta(minutes=bench.chosen.randint(1, 59), seconds=bench.chosen.randrange(60))
    der = issue(replace(order, not_before=start))
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(der, definition)))
    return bench.compare(der, definition)


def year_beyond_five_bits(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style, years=0)
    year = bench.chosen.randint(2032, 2049)
    der = issue(replace(order, not_before=order.not_before.replace(year=year)))
    wrapped = order.not_before.replace(year=2000 + (year - 2000) % 32)
    tool = replace(bench.read(definition), signature=signature_of(der, definition), issue_date=wrapped)
    bench.write_compressed(definition, tool)
    return bench.compare(der, definition)


def expiry_between_years(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style, years=bench.chosen.randint(1, 10))
    end = _expiry(order) + timedelta(days=bench.chosen.randint(1, 300), hours=3)
    der = issue(replace(order, not_after=end))
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(der, definition)))
    return bench.compare(der, definition)


def number_of_its_own(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style)
    number = b"\x41" + bench.chosen.randbytes(15)
    der = issue(replace(order, serial_number=number))
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(der, definition)))
    return bench.compare(der, definition)


def number_from_a_slot(bench: Workbench, style: int) -> Case:
    order = bench.order(style)
    stored = issue(replace(order, serial_number=b"\x42" + bench.chosen.randbytes(15)))
    definition = template_of(stored, order, SerialSource.STORED)
    bench.provision(stored, definition, order)
    der = issue(order)
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(der, definition)))
    return bench.compare(der, definition)


def number_of_the_chip(bench: Workbench, style: int) -> Case:
    order = bench.order(style)
    chip = b"\x40" + bytes.fromhex(bench.serial_number)
    stored = issue(replace(order, serial_number=chip))
    definition = template_of(stored, order, SerialSource.DEVICE_SN)
    bench.provision(stored, definition, order)
    der = issue(replace(order, serial_number=b"\x43" + bench.chosen.randbytes(9)))
    bench.write_compressed(definition, replace(bench.read(definition), signature=signature_of(der, definition)))
    return bench.compare(der, definition)


def template_of_another_organization(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    return bench.compare(der, template_of(issue(replace(order, organization=bench.words() + " Two")), order))


def common_name_mistyped(bench: Workbench, style: int) -> Case:
    order, der, definition = _right(bench, style, common_name=bench.unit_name())
    wrong = bench.unit_name()
    bench.session.write_slot(COMMON_NAME_SLOT, wrong.encode().ljust(32, b"\0"))
    if style:
        definition = template_of(issue(replace(order, common_name=wrong)), order)
    return bench.compare(der, definition)


def issued_again_with_another_organization(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    renamed = replace(order, organization=bench.words() + " New")
    definition = template_of(issue(renamed), renamed)
    bench.provision(issue(renamed), definition, renamed)
    return bench.compare(der, definition)


def signer_id_not_filled_in(bench: Workbench, style: int) -> Case:
    digits = f"{bench.chosen.randrange(0xFFFF):04X}"
    order, der, _ = _right(bench, style, issuer_name=f"Example Signer {digits}")
    return bench.compare(der, template_of(issue(replace(order, issuer_name="Example Signer FFFF")), order))


def template_of_another_issuer(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    return bench.compare(der, template_of(issue(replace(order, issuer_organization=bench.words() + " CA")), order))


def issued_again_by_another_signer(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    other = replace(order, signer=bench.signer(), issuer_name=bench.words() + " 2")
    definition = template_of(issue(other), other)
    bench.provision(issue(other), definition, other)
    return bench.compare(der, definition)


def template_of_another_style(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    other = replace(order, style=1 - style)
    return bench.compare(der, template_of(issue(other), other))


def another_template_id_on_the_chip(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    bench.write_compressed(definition, replace(bench.read(definition), template_id=bench.chosen.choice((1, 3, 7))))
    return bench.compare(der, definition)


def template_with_another_date_format(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style, years=bench.chosen.randint(1, 10))
    late = replace(order, not_before=order.not_before.replace(year=2045), years=10)
    return bench.compare(der, template_of(issue(late), order))


def certificate_of_another_chip_written(bench: Workbench, style: int) -> Case:
    other = f"0123{bench.chosen.randrange(1 << 48):012x}ee"
    key = public_key_bytes(bench.signer().public_key())
    _, der, definition = _right(bench, style, common_name=other, key=key)
    return bench.compare(der, definition)


def file_of_another_chip(bench: Workbench, style: int) -> Case:
    order, _, definition = _right(bench, style)
    other = f"0123{bench.chosen.randrange(1 << 48):012x}ee"
    key = public_key_bytes(bench.signer().public_key())
    return bench.compare(issue(replace(order, common_name=other, key=key)), definition)


def certificate_of_another_chip_but_own_name(bench: Workbench, style: int) -> Case:
    case = certificate_of_another_chip_written(bench, style)
    if style == 0:
        bench.session.write_slot(COMMON_NAME_SLOT, bench.serial_number.encode().ljust(32, b"\0"))
        return bench.compare(case.comparison.expected, device_definition(case.comparison.expected))
    return case


def slot_never_written(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    bench.write_compressed(definition, bytes([bench.chosen.choice((0, 0xFF))]) * 72)
    return bench.compare(der, definition)


def public_key_given_as_certificate(bench: Workbench, style: int) -> Case:
    order, der, _ = _right(bench, style)
    spki = public_key_from_bytes(order.key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Case(compare(spki, der), ComparisonContext())


def compressed_certificate_given_as_certificate(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    return Case(compare(der, location_reader(bench.session)(definition.comp_cert_dev_loc)), ComparisonContext())


def buffer_too_small(bench: Workbench, style: int) -> Case:
    order, der, definition = _right(bench, style)
    stored = rebuild(definition, location_reader(bench.session), public_key_bytes(order.signer.public_key()))
    return Case(compare(der, stored[: bench.chosen.randint(64, len(stored) - 1)]), ComparisonContext())


def file_cut_off(bench: Workbench, style: int) -> Case:
    _, der, definition = _right(bench, style)
    return bench.compare(der[: bench.chosen.randint(64, len(der) - 1)], definition)


def both_wrong_and_cut_off(bench: Workbench, style: int) -> Case:
    case = key_generated_again(bench, style)
    comparison = case.comparison
    cut = comparison.stored[: bench.chosen.randint(64, len(comparison.stored) - 1)]
    return Case(compare(comparison.expected, cut), case.known)


MISTAKES: Mapping[CauseId, tuple[Mistake, ...]] = {
    CauseId.PUBLIC_KEY_MISMATCH: (key_generated_again, key_of_another_slot, new_key_and_certificate_but_old_file),
    CauseId.AUTHORITY_KEY_MISMATCH: (
        authority_of_another_ca,
        file_of_another_ca_of_the_same_name,
        issued_by_the_root_s_successor,
    ),
    CauseId.AUTHORITY_KEY_IS_SUBJECT_KEY: (
        own_key_as_authority,
        own_key_handed_to_the_rebuild,
        file_that_names_itself,
    ),
    CauseId.SIGNATURE_ONLY: (signed_twice, signature_of_another_key_on_the_chip, signature_overwritten_by_a_block),
    CauseId.ISSUE_DATE_MISMATCH: (local_time_for_utc, issued_again_later, other_years_written),
    CauseId.DATE_NOT_REPRESENTABLE: (minutes_lost, year_beyond_five_bits, expiry_between_years),
    CauseId.SERIAL_SOURCE_MISMATCH: (number_of_its_own, number_from_a_slot, number_of_the_chip),
    CauseId.SUBJECT_MISMATCH: (
        template_of_another_organization,
        common_name_mistyped,
        issued_again_with_another_organization,
    ),
    CauseId.ISSUER_MISMATCH: (signer_id_not_filled_in, template_of_another_issuer, issued_again_by_another_signer),
    CauseId.TEMPLATE_MISMATCH: (
        template_of_another_style,
        another_template_id_on_the_chip,
        template_with_another_date_format,
    ),
    CauseId.OTHER_DEVICE: (
        certificate_of_another_chip_written,
        file_of_another_chip,
        certificate_of_another_chip_but_own_name,
    ),
    CauseId.NOT_A_CERTIFICATE: (
        slot_never_written,
        public_key_given_as_certificate,
        compressed_certificate_given_as_certificate,
    ),
    CauseId.TRUNCATED_INPUT: (buffer_too_small, file_cut_off, both_wrong_and_cut_off),
}
"""For each cause, how a chip comes to have it."""
