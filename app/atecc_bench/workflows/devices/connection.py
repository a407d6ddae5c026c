"""Connection of a device to a server, as its chip is.

The key never leaves the chip, and the certificates are rebuilt from it: what connects here is what the device will be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.connect.client_identity import ClientIdentity, identity_of, ordered
from atecc_bench.connect.connect_to import connect_to
from atecc_bench.connect.connection_steps import ConnectionTried, Tell
from atecc_bench.connect.destination import Destination
from atecc_bench.connect.server_trust import ServerTrust, trust_of_file, trust_of_system
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.massprovisioning import DEVICE_KEY_SLOT
from atecc_bench.pki.keys.key_files import certificate_public_key, load_certificates
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.records.run_records import ChipRecords, DeviceRecord, Records
from atecc_bench.workflows.comparison import certificates_on_chip as comparison
from atecc_bench.workflows.comparison.compare_chip import live_keys
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.finished_run import newest_pass, plan_again, profile_of


@dataclass(frozen=True)
class DeviceChainFound:
    """A device's certificates and the slot of its key.

    Its own is the first. `source` says where they are from.
    """

    chain: tuple[x509.Certificate, ...]
    slot: int
    source: str


def trust_from(content: bytes | None, source: str) -> ServerTrust:
    """The CAs of a file, or those of this computer.

    Raises:
        InputError: `no-system-store`, and what reading certificates raises.
    """
    return trust_of_system() if content is None else trust_of_file(content, source)


def connect_device(
    chip: ConnectedChip,
    found: DeviceChainFound,
    destination: Destination,
    trust: ServerTrust,
    now: datetime,
    tell: Tell = lambda step: None,
    check_cancelled: Callable[[], None] = lambda: None,
) -> ConnectionTried:
    """Connect a device to a server, with the key in its chip.

    How it went is in what this returns, also when the certificate is not for the key: then nothing is sent.

    Raises:
        DeviceError: The way to the chip failed.
        InputError: What `connect_to` raises.
    """
    try:
        identity = identity_on(chip.session, found)
    except RefusedError as error:
        return ConnectionTried((), error=error)
    return connect_to(destination, identity, trust, now, tell, check_cancelled)


def identity_on(session: ChipSession, found: DeviceChainFound) -> ClientIdentity:
    """Identity of a device whose key is in the chip.

    Raises:
        RefusedError: `public-key-mismatch`, `chain-broken`.
        ChipStatusError: The chip refuses.
    """
    live = session.public_key(found.slot)
    return identity_of(found.chain, live, lambda digest: session.sign(found.slot, digest), found.slot)


def chain_of_files(chip: ConnectedChip, certificates: tuple[x509.Certificate, ...], slot: int) -> DeviceChainFound:
    """Take a device's certificates from files, in any order."""
    return DeviceChainFound(ordered(certificates, chip.session.public_key(slot)), slot, "the files given")


def chain_on_chip(chip: ConnectedChip, records: Records, now: datetime) -> DeviceChainFound:
    """Rebuild a device's certificates from its chip.

    The record of its PASS says how; where there is none, a scenario does, or the maker's own structure. A certificate
    that is kept as a file comes from the record.

    Raises:
        InputError: `no-template` when nothing is known of the chip, and what reading the record raises.
        RefusedError: `not-as-on-record`, and what stands in the way of rebuilding.
    """
    of_chip = chip.records_in(records)
    passed = newest_pass(of_chip)
    if passed is None:
        return _of_what_is_known(chip.session, of_chip)
    run, record = passed
    try:
        profile = profile_of(run)
    except InputError:
        return _without_profile(chip.session, of_chip, record)
    return _of_plan(plan_again(chip, profile, of_chip, record, now), record)


def _of_what_is_known(session: ChipSession, records: ChipRecords) -> DeviceChainFound:
    held = comparison.chain_on_chip(session, records, comparison.certificates_on_chip(session, records))
    ders = (der for der in (held.device, held.signer, held.root) if der is not None)
    return DeviceChainFound(tuple(x509.load_der_x509_certificate(der) for der in ders), held.key_slot, held.source)


def _without_profile(session: ChipSession, records: ChipRecords, record: DeviceRecord) -> DeviceChainFound:
    """Read a chip whose profile is not at hand any more.

    What cannot be rebuilt, such as a certificate that no chip stores, is taken as it was kept.
    """
    try:
        return _of_what_is_known(session, records)
    except InputError:
        names = [name for name in ("device_pem", "signer_pem", "root_pem") if name in record.artifacts]
        chain = tuple(load_certificates(b"".join(record.read(name) for name in names)))
        keys, wanted = live_keys(session, session.read_config()), certificate_public_key(chain[0])
        slot = next((slot for slot, key in keys.items() if key == wanted), DEVICE_KEY_SLOT)
        return DeviceChainFound(chain, slot, f"{record.folder}, not rebuilt: its profile is not at hand")


def _of_plan(plan: Plan, record: DeviceRecord) -> DeviceChainFound:
    slot = plan.profile.device_key_slot
    if plan.profile.layout is Layout.FILE and plan.external_chain:
        return DeviceChainFound(plan.external_chain, slot, f"{record.folder}")
    if plan.certificates is None or plan.chain is None:
        raise RefusedError(
            "not-as-on-record",
            f"The chip {plan.serial_number} does not hold the certificate that its record says.",
            "See what differs with `atecc-bench diagnose`, or provision it again.",
        )
    device, signer = (
        x509.load_der_x509_certificate(der) for der in (plan.certificates.device, plan.certificates.signer)
    )
    return DeviceChainFound((device, signer, plan.chain.issuer.root), slot, "the chip, as its record says")


def certificates_of(files: list[bytes]) -> tuple[x509.Certificate, ...]:
    """The certificates in files that were given."""
    return tuple(one for content in files for one in load_certificates(content))
