"""The manifest entry of one chip that was provisioned or verified."""

from collections.abc import Mapping
from datetime import datetime

from cryptography import x509

from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import signer_organization
from atecc_bench.pki.x509.device_manifest import ManifestDevice, check_manifest, make_manifest
from atecc_bench.provision.plan.plan import Plan

UNIT = "Manufacturing"


def signed_manifest(
    plan: Plan,
    public_keys: Mapping[int, bytes],
    certificates: ChipCertificates,
    authority: CertificateAuthority,
    now: datetime,
) -> bytes:
    """Make a signed manifest (JSON) with this chip alone.

    It is signed by the authority's signer and checked again.

    Raises:
        BenchError: What `check_manifest` raises.
    """
    part = plan.survey.config.part.value
    device, signer = (x509.load_der_x509_certificate(der) for der in (certificates.device, certificates.signer))
    entry = ManifestDevice(
        serial_number=plan.survey.config.serial_number,
        model=part,
        part_number=part,
        organization=signer_organization(authority) or "",
        unit=UNIT,
        provisioned=now,
        public_keys={slot: public_keys[slot] for slot in plan.profile.private_slots if slot in public_keys},
        chains={plan.profile.device_key_slot: (device, signer)},
    )
    text = make_manifest([entry], authority.signer_key, authority.signer)
    check_manifest(text, authority.signer)
    return text.encode("utf-8")
