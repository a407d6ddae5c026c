"""Writing and reading any certificate on a chip by its template.

Checks come first, old bytes are saved, and everything is read back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.protocol.zones import BLOCK, slot_size
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.read_certificates import location_reader, slot_images
from atecc_bench.onchip.verified_writes import write_slots_verified
from atecc_bench.onchip.write_chain import check_writable
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition, full_stored_definition, read_full_stored
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_issued_by, check_valid_at

Template = CertificateDefinition | FullStoredDefinition


@dataclass(frozen=True)
class WrittenByTemplate:
    """The result of writing a certificate by its template.

    It has the slots that were written, and whether the certificate was read back and compared. Before the data lock no
    slot can be read, so that nothing is saved and nothing compared.
    """

    slots: tuple[int, ...]
    compared: bool


def read_by_template(session: ChipSession, template: Template, issuer: x509.Certificate | None) -> bytes:
    """Rebuild a certificate (DER) from the chip by its template.

    Its authority key identifier is that of `issuer`'s key; without `issuer` it stays as the template has it.

    Raises:
        BenchError: What `rebuild` and `read_full_stored` raise.
    """
    if isinstance(template, FullStoredDefinition):
        return read_full_stored(template, location_reader(session))
    return rebuild(template, location_reader(session), None if issuer is None else certificate_public_key(issuer))


def write_by_template(
    session: ChipSession,
    certificate: x509.Certificate,
    template: Template,
    issuer: x509.Certificate,
    now: datetime,
    save: Callable[[Mapping[int, bytes]], None],
) -> WrittenByTemplate:
    """Write a certificate to the chip and compare what comes back.

    Only those slots are written that do not hold the certificate yet. `save` gets the old contents of the slots that
    are about to be overwritten, and must have them safe when it returns.

    Raises:
        InputError: `serial-number-needed`.
        RefusedError: Before anything is written: `config-zone-open`, `chain-broken`, `certificate-expired`;
            `public-key-mismatch` when the certificate is for another key than the live one; what cannot be represented
            (`date-not-representable`, `template-mismatch`, `not-rebuildable`, `certificate-too-long`);
            `slot-not-writable`; afterwards `read-back-differs`, `rebuilt-differs`.
    """
    config = session.read_config()
    if not config.config_locked:
        raise RefusedError(
            "config-zone-open",
            "The configuration zone is not locked yet, and before that no slot can be written.",
            "Lock the configuration first; provisioning does.",
        )
    check_issued_by(certificate, issuer, "new", "the issuer that was given")
    check_valid_at(certificate, now, "new")
    der = certificate.public_bytes(Encoding.DER)
    _check_live_key(session, config, certificate, template)
    images = _images(session, config, der, template, issuer)
    present = {slot: _present(session, config, slot, len(image)) for slot, image in images.items()}
    stale = tuple(slot for slot, image in images.items() if present[slot][: len(image)] != image)
    check_writable(config, stale)
    if stale and config.data_locked:
        save({slot: present[slot] for slot in stale})
    # What stands behind an image in its last block stays.
    whole = {slot: images[slot] + present[slot][len(images[slot]) :] for slot in stale}
    if config.data_locked:
        write_slots_verified(session, whole)
    else:  # nothing can be read back yet
        for slot, content in whole.items():
            session.write_slot(slot, content)
    if config.data_locked and read_by_template(session, template, issuer) != der:
        raise RefusedError(
            "rebuilt-differs",
            "The certificate rebuilt from the chip is not the one that was written.",
            "The old contents are saved. Compare with `atecc-bench diagnose`, then write again.",
        )
    return WrittenByTemplate(stale, config.data_locked)


def _check_live_key(
    session: ChipSession, config: ConfigZone, certificate: x509.Certificate, template: Template
) -> None:
    if isinstance(template, FullStoredDefinition):
        slot = template.private_key_slot
    elif template.public_key_dev_loc.is_genkey:
        slot = template.public_key_dev_loc.slot
    else:
        return  # the public key is written together with the certificate
    if not config.key_configs[slot].private:
        return
    try:
        live = session.public_key(slot)
    except ChipStatusError as error:
        raise RefusedError(
            "public-key-mismatch",
            f"Slot {slot} shows no public key, so the certificate cannot be for it: {error.message}",
            "Generate or import the key first.",
        ) from error
    if live != certificate_public_key(certificate):
        raise RefusedError(
            "public-key-mismatch",
            f"The certificate was signed for another key than the one in slot {slot}.",
            "Issue a certificate for the live key with `atecc-bench cert build`, and write that.",
        )


def _images(
    session: ChipSession, config: ConfigZone, der: bytes, template: Template, issuer: x509.Certificate
) -> dict[int, bytes]:
    if isinstance(template, FullStoredDefinition):
        slot = template.comp_cert_dev_loc.slot
        full_stored_definition(der, slot)
        return {slot: der}
    contents = slot_contents(der, template, config.serial_number)
    if rebuild(template, contents.__getitem__, certificate_public_key(issuer)) != der:
        raise RefusedError(
            "not-rebuildable",
            "The certificate's authorityKeyIdentifier is not the SHA-1 of its issuer's key, as a rebuild makes it.",
            "Make the template with the issuer given (`template make --issuer`), so that it stays as it is.",
        )
    return slot_images(contents, lambda slot, count: _present(session, config, slot, count)[:count])


def _present(session: ChipSession, config: ConfigZone, slot: int, count: int) -> bytes:
    """Read what a slot holds now, in whole blocks.

    They are as many as a write of `count` bytes changes.
    """
    length = min(-(-count // BLOCK) * BLOCK, slot_size(slot))
    if not config.data_locked:
        return bytes(length)
    if slot_policy(config, slot).read is not Access.CLEAR:
        raise RefusedError(
            "slot-not-readable",
            f"Slot {slot} cannot be read in clear, so no certificate can be kept there.",
            "Choose another slot in the template.",
        )
    return session.read_slot(slot, 0, length)
