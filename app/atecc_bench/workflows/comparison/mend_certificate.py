"""Mending a chip whose certificate is not for its key.

A certificate is issued for the live key and shown, then written and proved, and a record is kept. Who issued it stays
the same unless somebody confirms another.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.write_chain import Chain, write_chain
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.authority.issuer import issuer_of, on_the_hour
from atecc_bench.pki.compressed.massprovisioning import (
    DEVICE_KEY_SLOT,
    MASS_PROVISIONING_SLOTS,
    ROOT_PUBLIC_KEY_SLOT,
)
from atecc_bench.pki.encoding.distinguished_names import organization_of
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    certificate_public_key,
    key_identifier,
    load_certificate,
    unpad_public_key,
)
from atecc_bench.records.run_records import ChipRecords, DeviceRecord, to_json
from atecc_bench.workflows.comparison.certificates_on_chip import known_certificates
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates


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


@dataclass(frozen=True)
class Mending:
    """What mending writes.

    `before` are the certificates that the chip should have had, where they are known: device, signer, root. `changes`
    say in sentences what of the PKI would be another than before; they are to be confirmed.
    """

    chain: Chain
    before: tuple[x509.Certificate, ...]
    changes: tuple[str, ...]

    @property
    def after(self) -> tuple[x509.Certificate, ...]:
        """The certificates that are written: device, signer, root."""
        return self.chain.device, self.chain.signer, self.chain.root


def prepare_mending(
    session: ChipSession, authority: CertificateAuthority, organization: str | None, records: ChipRecords, now: datetime
) -> Mending:
    """Issue a certificate for the chip's live key.

    Sees what it changes. Nothing is written. `organization` None is that of the certificate which the chip should
    have had, else that of the signer.

    Raises:
        BenchError: What issuing and the chip raise.
    """
    known = known_certificates(session, records)
    before = () if known is None else _certificates(known)
    if organization is None and before:
        organization = organization_of(before[0].subject)
    issued = issue_device_certificate(
        authority,
        session.public_key(DEVICE_KEY_SLOT),
        organization=issuer_of(authority.root, authority.signer, organization).organization,
        common_name=session.serial_number().hex(),
        not_before=on_the_hour(now),
    )
    chain = Chain(x509.load_der_x509_certificate(issued), authority.signer, authority.root)
    return Mending(chain, before, tuple(_changes(session, chain, before)))


def _certificates(known: KnownCertificates) -> tuple[x509.Certificate, ...]:
    return tuple(load_certificate(der) for der in (known.device, known.signer, known.root) if der is not None)


def _changes(session: ChipSession, chain: Chain, before: tuple[x509.Certificate, ...]) -> Iterator[str]:
    held = _held_root_key(session)
    if held is not None and held != certificate_public_key(chain.root):
        yield f"The root on the chip is another than {_name(chain.root)}: its public key is not the one in slot 15."
    if not before:
        return
    device, *issuers = before
    if issuers and certificate_public_key(issuers[0]) != certificate_public_key(chain.signer):
        yield f"The issuer was {_name(issuers[0])}, and would be {_name(chain.signer)}, with another key."
    names = [organization_of(one.subject) or "none" for one in (device, chain.device)]
    if names[0] != names[1]:
        yield f"The organization in the device's name was {names[0]}, and would be {names[1]}."


def _held_root_key(session: ChipSession) -> bytes | None:
    """The root's public key on the chip, if there is one."""
    content = session.read_slot(ROOT_PUBLIC_KEY_SLOT, 0, PADDED_PUBLIC_KEY_LENGTH)
    try:
        return unpad_public_key(content)
    except InputError:
        return None


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()


def chain_words(certificate: x509.Certificate) -> str:
    """A certificate of a chain in a line."""
    dates = f"{certificate.not_valid_before_utc:%Y-%m-%d} – {certificate.not_valid_after_utc:%Y-%m-%d}"
    return f"{_name(certificate)} · {dates} · key {key_identifier(certificate_public_key(certificate)).hex()[:12]}…"


def check_changes(mending: Mending) -> None:
    """Refuse to change who issued the chip's certificate.

    Raises:
        RefusedError: `other-authority` where something of the PKI would be another.
    """
    if mending.changes:
        raise RefusedError(
            "other-authority",
            "This certificate authority is not the one that the chip's certificates are of. "
            + " ".join(mending.changes),
            "Give the authority that issued them. If the change is meant, look at both chains and type the six digits: "
            "without --yes, or say --new-issuer. Nothing was written.",
        )


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
