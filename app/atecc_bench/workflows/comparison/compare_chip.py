"""What a chip holds, compared with what it should hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Holds, slot_policy
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import PUBLIC_KEY, ComparisonContext
from atecc_bench.diagnose.printed.as_certificate import as_certificate
from atecc_bench.diagnose.printed.printed_text import PrintedCertificate
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.onchip.read_certificates import location_reader
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.fill import fill_template
from atecc_bench.pki.compressed.format import CompressedCertificate
from atecc_bench.pki.compressed.massprovisioning import SIGNER_PUBLIC_KEY_SLOT, device_definition
from atecc_bench.pki.compressed.rebuild import with_signature
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    certificate_public_key,
    load_certificate,
    unpad_public_key,
)
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.chain.stored_chain import Reader
from atecc_bench.records.run_records import ChipRecords
from atecc_bench.workflows.comparison.certificates_on_chip import known_certificates
from atecc_bench.workflows.comparison.held_chain import reading_of_expected
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates, known_of_chip

USUAL_SIGNER_KEY = DeviceLocation(slot=SIGNER_PUBLIC_KEY_SLOT, count=PADDED_PUBLIC_KEY_LENGTH)


@dataclass(frozen=True)
class ChipComparison:
    """Comparison of the expected device certificate with the chip's.

    The chip's is the one rebuilt from the chip. What else is known is here too.
    """

    comparison: Comparison
    serial_number: str
    source: str
    context: ComparisonContext
    definition: CertificateDefinition
    layout: Layout | None = None


@dataclass(frozen=True)
class Expected:
    """A device certificate (DER) that should be on a chip.

    It comes with where it is from.
    """

    certificate: bytes
    source: str


def compare_with_chip(
    session: ChipSession,
    records: ChipRecords,
    expected: Expected | None,
    *,
    definition: CertificateDefinition | None = None,
) -> ChipComparison:
    """Rebuild the device certificate from the chip and compare.

    Changes nothing on the chip.

    Without `expected` the records of earlier runs, or a virtual board's own files, say what should be there; without
    a `definition` it is the layout's, made from the expected certificate. What cannot be rebuilt is compared as the
    chip has it.

    Raises:
        InputError: `no-expected` when nothing is known of this chip, `not-this-layout` when the expected certificate
            does not fit the layout and there is no definition.
    """
    config = session.read_config()
    serial_number = config.serial_number.hex()
    if expected is None:
        certificates = known_certificates(session, records)
        if certificates is None:
            raise InputError(
                "no-expected",
                f"Nothing is known of the chip {serial_number}: it was not provisioned from this computer.",
                "Give the certificate that should be on it.",
            )
        if certificates.profile is not None and certificates.profile.layout is Layout.FILE:
            raise _kept_as_file(session, certificates, certificates.profile.device_key_slot)
        expected = Expected(certificates.device, certificates.source)
    read = location_reader(session)
    layout, template, signer_key = layout_of_expected(
        read, expected.certificate, known_of_chip(records), serial_number, definition
    )
    context = ComparisonContext(key_slot=template.private_key_slot, chip_serial_number=serial_number)
    stored, context = rebuilt_for_comparison(template, read, context, signer_key)
    comparison = compare(expected.certificate, stored)
    if any(found.path == PUBLIC_KEY for found in comparison.ranges):
        context = replace(context, slot_keys=live_keys(session, config))
    return ChipComparison(comparison, serial_number, expected.source, context, template, layout)


def layout_of_expected(
    read: Reader,
    expected: bytes,
    known: Sequence[KnownCertificates],
    serial_number: str,
    definition: CertificateDefinition | None,
) -> tuple[Layout | None, CertificateDefinition, DeviceLocation | None]:
    """The layout that a chip has its certificate in.

    Its name, the definition, and where the signer's key is.

    `definition` is one that somebody gave, and goes before all evidence.

    Raises:
        InputError: `not-this-layout` when no layout can store the certificate.
    """
    if definition is not None:
        return None, definition, USUAL_SIGNER_KEY
    reading = reading_of_expected(read, expected, known, serial_number)
    if reading is None:
        return Layout.ECC608_MASS_PROVISIONING, device_definition(expected), USUAL_SIGNER_KEY
    return reading.layout, reading.stored.device, reading.stored.signer_key


def _kept_as_file(session: ChipSession, known: KnownCertificates, slot: int) -> InputError:
    agrees = certificate_public_key(load_certificate(known.device)) == session.public_key(slot)
    return InputError(
        "nothing-stored",
        f"The profile of this chip keeps the certificate as a file ({known.source}); there is none on the chip to "
        f"compare. It is {'' if agrees else 'NOT '}for the key in slot {slot}.",
        "See the certificate with `atecc-bench cert show`.",
    )


def printed_expectation(
    session: ChipSession, records: ChipRecords, printed: PrintedCertificate, source: str
) -> Expected:
    """The expected certificate, of which only a print is at hand.

    What the print does not show is as in the certificate that was made for the chip.

    Raises:
        InputError: `no-expected` when that is not known.
    """
    certificates = known_certificates(session, records)
    if certificates is None:
        raise InputError(
            "no-expected",
            f"{source} is what a tool prints of a certificate, and the certificate of this chip is not known here.",
            "Give the certificate itself as PEM or DER.",
        )
    return Expected(as_certificate(printed, certificates.device), source)


def rebuilt_for_comparison(
    definition: CertificateDefinition, read: Reader, context: ComparisonContext, signer_key: DeviceLocation | None
) -> tuple[bytes, ComparisonContext]:
    """Rebuild what can be rebuilt, however wrong it is.

    `signer_key` is where the layout keeps the signer's public key, None where it keeps none. What was noticed on the
    way is added to what is `context`. Where there is nothing to rebuild, the bytes of the
    certificate's slot are given as they are.
    """
    raw = read(definition.comp_cert_dev_loc)
    try:
        compressed = CompressedCertificate.parse(raw)
    except InputError as error:
        return raw, replace(context, remarks=(*context.remarks, error.message))
    authority = None if signer_key is None else _authority(read(signer_key))
    if authority is not None:
        context = replace(context, authority_keys=(authority,))
    elif signer_key is not None:
        remark = f"Slot {signer_key.slot} holds no public key, so the authorityKeyIdentifier is the template's."
        context = replace(context, remarks=(*context.remarks, remark))
    found, wanted = (
        (one.template_id, one.chain_id, one.sn_source.specification_name) for one in (compressed, definition)
    )
    if found != wanted:
        said = "template {}, chain {}, {}"
        context = replace(
            context,
            wrong_template=f"The 72 bytes on the chip belong to {said.format(*found)}; this is {said.format(*wanted)}.",
        )
    try:
        unsigned = fill_template(definition, read, authority, compressed)
    except (InputError, RefusedError) as error:
        return raw, replace(context, remarks=(*context.remarks, error.message))
    return with_signature(unsigned, definition, compressed.der_signature), context


def _authority(slot: bytes) -> bytes | None:
    try:
        return unpad_public_key(slot) if len(slot) == PADDED_PUBLIC_KEY_LENGTH else slot
    except InputError:
        return None


def live_keys(session: ChipSession, config: ConfigZone) -> Mapping[int, bytes]:
    """Live public keys of the slots that give them.

    Asking for them changes nothing.
    """
    keys: dict[int, bytes] = {}
    for slot in range(SLOT_COUNT):
        if slot_policy(config, slot).holds is not Holds.ECC_PRIVATE:
            continue
        try:
            keys[slot] = session.public_key(slot)
        except BenchError:
            continue  # a slot without a key, or one that keeps its public key to itself
    return keys
