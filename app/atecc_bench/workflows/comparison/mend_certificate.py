"""Mending a chip whose certificate is not for its key.

A certificate is issued for the live key, written and proved, and a record is kept.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.onchip.write_chain import Chain, write_chain
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.authority.issuer import issuer_of, on_the_hour
from atecc_bench.pki.compressed.massprovisioning import DEVICE_KEY_SLOT, MASS_PROVISIONING_SLOTS
from atecc_bench.records.run_records import ChipRecords, DeviceRecord, to_json


@dataclass(frozen=True)
class Recorded:
    """Certificates that were written and proved.

    The slots are in their order, and the files of the record are by name.
    """

    serial_number: str
    written_slots: tuple[int, ...]
    virtual: bool
    artifacts: Mapping[str, Path]

    @property
    def document(self) -> dict[str, object]:
        """What the record says of it."""
        return {
            "virtual": self.virtual,
            "serial_number": self.serial_number,
            "written_slots": list(self.written_slots),
            "proved": True,
        }


def agreed(slots: Collection[int]) -> None:
    """Ask nobody: who calls has asked already."""
    del slots


def can_be_mended(config: ConfigZone) -> bool:
    """Whether the slots of this chip still take certificates in clear."""
    if not (config.config_locked and config.data_locked):
        return False
    return all(slot_policy(config, slot).write is Access.CLEAR for slot in MASS_PROVISIONING_SLOTS)


def mend(
    session: ChipSession,
    authority: CertificateAuthority,
    organization: str | None,
    records: ChipRecords,
    now: datetime,
    confirm: Callable[[Collection[int]], None] = agreed,
) -> Recorded:
    """Issue a certificate for the chip's live key, and write it.

    Its chain is written with it. `organization` None is the signer's.

    Raises:
        BenchError: What `write_and_record` and issuing raise.
    """
    issued = issue_device_certificate(
        authority,
        session.public_key(DEVICE_KEY_SLOT),
        organization=issuer_of(authority.root, authority.signer, organization).organization,
        common_name=session.serial_number().hex(),
        not_before=on_the_hour(now),
    )
    chain = Chain(x509.load_der_x509_certificate(issued), authority.signer, authority.root)
    return write_and_record(session, chain, records, now, confirm)


def write_and_record(
    session: ChipSession,
    chain: Chain,
    records: ChipRecords,
    now: datetime,
    confirm: Callable[[Collection[int]], None] = agreed,
) -> Recorded:
    """Write a chain, prove it, and keep a record of it all.

    `confirm` gets the slots that are about to be overwritten, once all is checked; what it raises ends it before
    anything is kept or written. The old bytes are saved before. Then the chain is read back and rebuilt, and the chip
    is challenged.

    Raises:
        InputError: `record-not-writable`.
        BenchError: What `write_chain` raises.
    """
    serial_number, virtual = records.serial_number, records.virtual
    begun: list[DeviceRecord] = []

    def save(old: Mapping[int, bytes]) -> None:
        confirm(tuple(old))
        begun.append(records.begin(now))
        begun[0].save_slots(old)

    written = write_chain(session, chain, now, save)
    record = begun[0] if begun else records.begin(now)
    for name, certificate in (("device", chain.device), ("signer", chain.signer), ("root", chain.root)):
        record.write(f"{name}_pem", certificate.public_bytes(Encoding.PEM))
    recorded = Recorded(serial_number, written.slots, virtual, record.artifacts)
    record.write("result_json", to_json(recorded.document))
    return Recorded(serial_number, written.slots, virtual, record.artifacts)
