"""Writing a certificate chain to a chip whose slots still allow it.

Checks come first, old bytes are saved, and everything is read back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_bytes import bytes_text, lock_byte, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, Holds, slot_policy
from atecc_bench.chip.protocol.zones import whole_blocks
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.read_certificates import (
    ChipCertificates,
    location_reader,
    prove_possession,
    rebuild_certificates,
)
from atecc_bench.onchip.verified_writes import write_slots_verified
from atecc_bench.pki.compressed.massprovisioning import (
    COMMON_NAME_SLOT,
    DEVICE_CERTIFICATE_SLOT,
    DEVICE_KEY_SLOT,
    MASS_PROVISIONING_SLOTS,
    ROOT_PUBLIC_KEY_SLOT,
    SIGNER_CERTIFICATE_SLOT,
    SIGNER_DETAILS_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
    device_definition,
    signer_definition,
    slot_14,
)
from atecc_bench.pki.compressed.rebuild import compress
from atecc_bench.pki.encoding.certificate_fields import common_name
from atecc_bench.pki.keys.key_files import certificate_public_key, pad_public_key
from atecc_bench.pki.x509.chain_checks import check_chain


@dataclass(frozen=True)
class Chain:
    """The certificates that are to be on the chip."""

    device: x509.Certificate
    signer: x509.Certificate
    root: x509.Certificate

    def slots(self) -> Mapping[int, bytes]:
        """What each slot of the layout holds for this chain.

        Raises:
            BenchError: What `compress` and the definitions of the layout raise: a chain that a chip cannot hold.
        """
        device, signer = (c.public_bytes(Encoding.DER) for c in (self.device, self.signer))
        return {
            ROOT_PUBLIC_KEY_SLOT: pad_public_key(certificate_public_key(self.root)),
            SIGNER_PUBLIC_KEY_SLOT: pad_public_key(certificate_public_key(self.signer)),
            SIGNER_CERTIFICATE_SLOT: compress(signer, signer_definition(signer)),
            SIGNER_DETAILS_SLOT: slot_14(signer),
            DEVICE_CERTIFICATE_SLOT: compress(device, device_definition(device)),
            COMMON_NAME_SLOT: (common_name(device) or "").encode("utf-8"),
        }


@dataclass(frozen=True)
class Written:
    """The result of writing a certificate chain to a chip.

    It has the slots that were written, in their order, and both certificates as rebuilt from the chip.
    """

    slots: tuple[int, ...]
    certificates: ChipCertificates


def write_chain(
    session: ChipSession, chain: Chain, now: datetime, save: Callable[[Mapping[int, bytes]], None]
) -> Written:
    """Write a certificate chain to the chip and prove the result.

    Only those slots are written that do not hold the chain yet. `save` gets the old contents of the slots that are
    about to be overwritten, and must have them safe when it returns.

    Raises:
        RefusedError: Before anything is written: `public-key-mismatch` when the certificate is for another key than the
            live one, `other-device`, `chain-broken` and the like, `data-zone-open`, `slot-not-writable`; afterwards
            `read-back-differs`, `rebuilt-differs`, `challenge-failed`.
    """
    config = session.read_config()
    _check_state(config)
    check_chain(chain.device, chain.signer, chain.root, now)
    _check_device(session, chain, config)
    wanted = chain.slots()
    present = {
        slot: session.read_slot(slot, 0, whole_blocks(slot, count)) for slot, count in MASS_PROVISIONING_SLOTS.items()
    }
    stale = tuple(slot for slot in MASS_PROVISIONING_SLOTS if not present[slot].startswith(wanted[slot]))
    check_writable(config, stale)
    if stale:
        save({slot: present[slot] for slot in stale})
    write_slots_verified(session, {slot: wanted[slot] for slot in stale})
    return Written(stale, _proved(session, chain))


def _proved(session: ChipSession, chain: Chain) -> ChipCertificates:
    device, signer = (c.public_bytes(Encoding.DER) for c in (chain.device, chain.signer))
    rebuilt = rebuild_certificates(location_reader(session), device, signer)
    if (rebuilt.device, rebuilt.signer) != (device, signer):
        raise RefusedError(
            "rebuilt-differs",
            "The certificates rebuilt from the chip are not those that were written.",
            "Compare them with `atecc-bench diagnose`, then write again.",
        )
    prove_possession(session, DEVICE_KEY_SLOT, certificate_public_key(chain.device))
    return rebuilt


def _check_state(config: ConfigZone) -> None:
    if not (config.config_locked and config.data_locked):
        raise RefusedError(
            "data-zone-open",
            "The zones of this chip are not locked yet, so what its slots hold cannot be read back.",
            "Provision the chip instead: that writes the certificates in the right order.",
        )


def _check_device(session: ChipSession, chain: Chain, config: ConfigZone) -> None:
    serial_number = config.serial_number.hex()
    name = common_name(chain.device.public_bytes(Encoding.DER))
    if name != serial_number:
        raise RefusedError(
            "other-device",
            f"The certificate is for the device {name}, and this chip is {serial_number}.",
            "Write the certificate of this chip, or connect the other one.",
        )
    if session.public_key(DEVICE_KEY_SLOT) != certificate_public_key(chain.device):
        raise RefusedError(
            "public-key-mismatch",
            f"The certificate was signed for another key than the one in slot {DEVICE_KEY_SLOT}.",
            "Issue a certificate for the live key: `atecc-bench cert mend` does, and writes it.",
        )


def check_writable(config: ConfigZone, slots: Iterable[int]) -> None:
    """Check that slots can be written in clear now.

    Raises:
        RefusedError: `slot-not-writable` unless all of them can.
    """
    for slot in slots:
        policy = slot_policy(config, slot)
        if policy.holds is Holds.ECC_PRIVATE or (config.data_locked and policy.write is not Access.CLEAR):
            locked = f"byte {lock_byte(slot)} (SlotLocked)"
            where = locked if config.slot_is_locked(slot) else f"{bytes_text(slot_config_bytes(slot))} (SlotConfig)"
            raise RefusedError(
                "slot-not-writable",
                f"Slot {slot} cannot be written in clear: so say {where} of the configuration.",
                "This certificate cannot be changed on this chip. Nothing was written.",
            )
