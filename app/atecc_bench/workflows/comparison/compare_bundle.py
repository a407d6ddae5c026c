"""Comparison of a support bundle with the certificate that was expected.

What the bundle says was on a chip is compared with what should have been. No hardware is needed.
"""

from atecc_bench.diagnose.bundle.bundle_file import Bundle
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.workflows.comparison.compare_chip import (
    ChipComparison,
    Expected,
    layout_of_expected,
    rebuilt_for_comparison,
)
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates

EXPECTED = "expected-device"


def compare_with_bundle(
    bundle: Bundle, expected: Expected | None = None, definition: CertificateDefinition | None = None
) -> ChipComparison:
    """Compare a bundle's device certificate with the expected one.

    The device certificate is rebuilt from the slots in the bundle.

    Raises:
        InputError: `no-expected` without a certificate to compare with, `bundle-lacks` when a slot is not in it,
            `not-a-bundle` when its own certificate is none, and what `layout_of_expected` raises.
    """
    if expected is None:
        if EXPECTED not in bundle.certificates:
            raise InputError(
                "no-expected",
                "The bundle holds no certificate that was expected on the chip.",
                "Give the certificate that should be on it.",
            )
        expected = Expected(_certificate(bundle, EXPECTED), "the bundle")
    serial_number = bundle.config_zone.serial_number.hex()

    def read(location: DeviceLocation) -> bytes:
        return _read(bundle, location)

    layout, template, signer_key = layout_of_expected(
        read, expected.certificate, _known(bundle), serial_number, definition
    )
    context = ComparisonContext(
        key_slot=template.private_key_slot, chip_serial_number=serial_number, slot_keys=dict(bundle.public_keys)
    )
    stored, context = rebuilt_for_comparison(template, read, context, signer_key)
    comparison = compare(expected.certificate, stored)
    return ChipComparison(comparison, serial_number, expected.source, context, template, layout)


def _known(bundle: Bundle) -> tuple[KnownCertificates, ...]:
    names = (EXPECTED, "expected-signer", "expected-root")
    if not all(name in bundle.certificates for name in names):
        return ()
    device, signer, root = (_certificate(bundle, name) for name in names)
    return (KnownCertificates(device, signer, root, "the bundle"),)


def _certificate(bundle: Bundle, name: str) -> bytes:
    der = bundle.certificates[name]
    try:
        load_certificate(der)
    except InputError as error:
        raise InputError(
            "not-a-bundle",
            f"This support bundle is damaged: certificates/{name}.der is no certificate: {error.message}",
            "Give the certificate that should be on the chip (--expected), or another bundle.",
        ) from error
    return der


def _read(bundle: Bundle, location: DeviceLocation) -> bytes:
    end = location.offset + location.count
    if location.is_genkey:
        found = bundle.public_keys.get(location.slot)
        if found is not None:
            return found
    elif location.zone is DeviceZone.DATA:
        slot = bundle.slots.get(location.slot)
        if slot is not None and slot.contents is not None:
            return slot.contents[location.offset : end]
    else:
        zone = bundle.config if location.zone is DeviceZone.CONFIG else bundle.otp
        if zone is not None:
            return zone[location.offset : end]
    what = "the public key of slot" if location.is_genkey else "what is in slot"
    raise InputError(
        "bundle-lacks",
        f"The bundle does not hold {what} {location.slot}, which the certificate is rebuilt from.",
        "Make a new bundle of this chip once its data zone is locked and its keys are made.",
    )
