"""What certificates a chip holds, by all that is known of it.

The record of this chip and the profile it was made with, the slots themselves, and Microchip's own structures say how
they are to be read. Changes nothing on the chip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.read_certificates import location_reader, prove_possession
from atecc_bench.pki.keys.key_files import certificate_public_key, load_certificate
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.chain.external_certificate import check_external_certificate
from atecc_bench.records.run_records import ChipRecords
from atecc_bench.workflows.comparison.held_chain import Fit, HeldChain, fitting, held_chains
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates, known_of_chip
from atecc_bench.workflows.comparison.slot_findings import SlotFinding, slot_findings


@dataclass(frozen=True)
class FiledDevice:
    """A device certificate that is kept as a file.

    Its key is in the chip, or should be.
    """

    known: KnownCertificates
    key_slot: int
    key_agrees: bool


@dataclass(frozen=True)
class CertificatesOnChip:
    """How the certificates on a chip can be read.

    `readings` are those that fit the chip best, more than one where its contents do not decide. `supposed` is what a
    record says of a chip that holds something else. `filed` is a certificate that no chip stores. Where there is none
    of them, `slots` say what stands in each slot.
    """

    readings: tuple[HeldChain, ...]
    supposed: HeldChain | None
    filed: FiledDevice | None
    slots: tuple[SlotFinding, ...]

    @property
    def best(self) -> HeldChain | None:
        """The reading to go by."""
        return self.readings[0] if self.readings else self.supposed


def certificates_on_chip(
    session: ChipSession, records: ChipRecords, known: Sequence[KnownCertificates] | None = None
) -> CertificatesOnChip:
    """Find out how the certificates on a chip are to be read.

    `known` are certificates that it may hold, the likeliest first; None stands for all that is known of it.

    Raises:
        RefusedError: `data-zone-open` while nothing can be read.
        DeviceError: The link fails.
    """
    if not session.zones_locked()[1]:
        raise data_zone_open()
    known = known_of_chip(records) if known is None else known
    chains = held_chains(location_reader(session), known, records.serial_number)
    # What has Microchip's structure, but not its signature, is not Microchip's.
    chains = tuple(held for held in chains if not held.known.pattern or held.fit is Fit.SIGNED)
    readings = fitting(chains)
    supposed = next(iter(chains), None) if not readings else None
    filed = next((_filed(session, one) for one in known if _is_file(one)), None)
    found = () if readings or filed else slot_findings(session)
    return CertificatesOnChip(readings, supposed, filed, found)


def known_certificates(session: ChipSession, records: ChipRecords) -> KnownCertificates | None:
    """The certificates that are believed to belong to a chip.

    They are on it, or kept as files.

    Where the chip decides between a record and a scenario, it is asked.
    """
    known = tuple(one for one in known_of_chip(records) if not one.pattern)
    if len(known) <= 1:
        return next(iter(known), None)
    chains = held_chains(location_reader(session), known, records.serial_number)
    return chains[0].known if chains else known[0]


def data_zone_open() -> RefusedError:
    """The error that says that a chip holds no certificates yet."""
    return RefusedError(
        "data-zone-open",
        "The data zone of this chip is not locked yet: its slots cannot be read, and hold no certificates.",
        "Provision the chip first.",
    )


@dataclass(frozen=True)
class ChainOnChip:
    """A chain of certificates (DER).

    The device's and, where they are known, its signer's and the root's. `root_public_key` is X‖Y as the chip holds
    it, None where it holds none; `key_slot` has the device's key. `layouts` are those by which it may have been read.
    """

    device: bytes
    signer: bytes | None
    root: bytes | None
    root_public_key: bytes | None
    key_slot: int
    source: str
    layouts: tuple[Layout, ...]


def chain_on_chip(session: ChipSession, records: ChipRecords, found: CertificatesOnChip) -> ChainOnChip:
    """The chain by the best reading.

    Raises:
        InputError: `no-template` when nothing is known by which it could be read, with what the slots hold.
        BenchError: What rebuilding raises, where a record says what the chip should hold and it holds something else.
    """
    best, filed = found.best, found.filed
    if best is None and filed is not None:
        known = filed.known
        return ChainOnChip(known.device, known.signer, known.root, None, filed.key_slot, known.source, (Layout.FILE,))
    if best is None or best.known.signer is None or best.known.root is None:
        raise _nothing_known(records, found)
    known, root_key = best.known, certificate_public_key(load_certificate(best.known.root))
    signer_key = certificate_public_key(load_certificate(best.known.signer))
    held = best.certificates or best.stored.rebuild(location_reader(session), best.known.signer, signer_key, root_key)
    return ChainOnChip(
        device=held.device,
        signer=held.signer,
        root=known.root,
        root_public_key=held.root_public_key,
        key_slot=best.stored.device.private_key_slot,
        source=known.source,
        layouts=tuple(dict.fromkeys(one.layout for one in (found.readings or (best,)))),
    )


def check_chain_on_chip(chain: ChainOnChip, now: datetime) -> None:
    """Verify the certificates of a chain, without asking the chip.

    Raises:
        RefusedError: `chain-broken`, `certificate-expired` and the like.
    """
    files = [load_certificate(der) for der in (chain.device, chain.signer, chain.root) if der is not None]
    if chain.root is not None and chain.root_public_key not in (None, certificate_public_key(files[-1])):
        raise RefusedError(
            "chain-broken",
            "The root public key on the chip is not that of the root certificate.",
            "Give the root this chip was provisioned under with --like.",
        )
    check_external_certificate(files, now)


def verify_chain(session: ChipSession, chain: ChainOnChip, now: datetime) -> None:
    """Verify a chain, and that the chip has its key.

    The chip signs a fresh challenge.

    Raises:
        RefusedError: What `check_chain_on_chip` raises, `challenge-failed`.
    """
    check_chain_on_chip(chain, now)
    prove_possession(session, chain.key_slot, certificate_public_key(load_certificate(chain.device)))


def _nothing_known(records: ChipRecords, found: CertificatesOnChip) -> InputError:
    certificates = [one for one in found.slots if one.certificate]
    where = ", ".join(f"slot {one.slot}" for one in certificates)
    said = f"72 bytes of a certificate stand in {where}" if certificates else "no slot holds the 72 bytes of one"
    words = "".join(f"\n  slot {one.slot}: {one.words}" for one in found.slots)
    return InputError(
        "no-template",
        f"No certificate of the chip {records.serial_number} is known here, so none can be rebuilt: {said}.{words}",
        "Give a folder with certificates of the same structure with --like.",
    )


def _is_file(known: KnownCertificates) -> bool:
    return known.profile is not None and known.profile.layout is Layout.FILE


def _filed(session: ChipSession, known: KnownCertificates) -> FiledDevice:
    slot = 0 if known.profile is None else known.profile.device_key_slot
    try:
        live = session.public_key(slot)
    except ChipStatusError:
        return FiledDevice(known, slot, key_agrees=False)
    return FiledDevice(known, slot, key_agrees=certificate_public_key(load_certificate(known.device)) == live)
