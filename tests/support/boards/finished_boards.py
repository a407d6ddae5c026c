"""Boards at which each profile that carries a certificate is provisioned to PASS."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import Connection
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority
from atecc_bench.pki.authority.issue_request import issue_for_request
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.run_records import Records
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job

PRESETS = {
    "trustcustom-tls": "fresh",
    "trustcustom-tls-508a": "atecc508a",
    "arduino-eccx08-tls": "fresh",
    "espressif-trustcustom": "fresh",
    "trustflex-own-chain": "trustflex",
    "trust-and-go": "trustgo",
    "aws-iot": "fresh",
}
"""The virtual board for each profile."""


@cache
def authority_of_today() -> CertificateAuthority:
    """An authority whose names every layout can hold, and whose certificates hold today."""
    authority, _ = create_authority(
        organization="Nordlys AS", now=datetime.now(UTC) - timedelta(days=30), printable=True
    )
    return authority


def run_profile(
    chip: ConnectedChip, profile: Profile, records: Records, certificate: tuple[x509.Certificate, ...] = ()
) -> Report:
    """One run of a profile, confirmed unasked."""
    authority = authority_of_today() if profile.needs_authority else None
    issuer = None if authority is None else issuer_of(authority.root, authority.signer, "Nordlys AS")
    job = ProvisioningJob(profile, issuer, authority, inputs=DeviceInputs(certificate=certificate))
    now = datetime.now(UTC)
    planned = preview_job(job, chip, records, now)
    return run_job(replace(planned), chip, now, lambda result: None)


def finish(board: Connection, name: str, records: Records) -> tuple[ConnectedChip, Report]:
    """Provision a board to PASS, also where the certificate comes from outside."""
    chip = ConnectedChip(board, board.open_chip())
    profile = load_profile(name)
    report = run_profile(chip, profile, records)
    if profile.layout is Layout.FILE:
        authority = authority_of_today()
        request = x509.load_pem_x509_csr(report.outcome.files["csr_pem"])
        leaf = issue_for_request(request, authority.signer, authority.signer_key, now=datetime.now(UTC))
        report = run_profile(chip, profile, records, (leaf, authority.signer, authority.root))
    assert report.error is None, report.error
    return chip, report


def roots(chip_root: x509.Certificate) -> bytes:
    """The roots that a server has to know, as one file."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in (authority_of_today().root, chip_root))


def open_served(serve: Callable[[str], str], name: str) -> Connection:
    """A served board for a profile, open."""
    return connect(serve(f"virtual://{PRESETS[name]}"))
