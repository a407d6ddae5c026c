"""How the certificates of one device are stored on its chip.

It says what each slot has to hold, as issued and as rebuilt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.onchip.read_certificates import ChipCertificates, slot_images
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.pki.compressed.definition import CertificateDefinition, StandardElement
from atecc_bench.pki.compressed.format import FormatVersion, encode_dates
from atecc_bench.pki.compressed.issue import Particulars, issue_by_template
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    key_identifier,
    pad_public_key,
    private_key_from_entropy,
)
from atecc_bench.provision.chain.stored_chain import Reader, StoredChain


@dataclass(frozen=True, kw_only=True)
class DeviceChain:
    """The definitions of a device's certificates.

    They come with what the device's own certificate will say. `signer` is None when the chip does not hold the signer's
    certificate, `root_key_slot` when it does not hold the root's key. `slots` are bytes by slot in the order of
    writing. `particulars` lack the public key.
    """

    issuer: Issuer
    device: CertificateDefinition
    signer: CertificateDefinition | None
    root_key_slot: int | None
    slots: Mapping[int, int]
    particulars: Particulars

    @property
    def stored(self) -> StoredChain:
        """What the chip stores of it."""
        return StoredChain.of_definitions(self.device, self.signer, self.root_key_slot)

    @property
    def certificate_slot(self) -> int:
        """The slot with the 72 bytes of the device certificate."""
        return self.device.comp_cert_dev_loc.slot

    def issue(self, public_key: bytes, signing_key: ec.EllipticCurvePrivateKey) -> bytes:
        """Issue the certificate (DER) for a public key X‖Y.

        Raises:
            BenchError: What `issue_by_template` raises.
        """
        particulars = replace(self.particulars, public_key=public_key)
        if self.device.sn_source in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
            version = FormatVersion.for_dates(particulars.not_before, particulars.expire_years)
            dates = encode_dates(particulars.not_before, particulars.expire_years, version)
            length = self.device.cert_sn_dev_loc.count - (self.device.sn_source is SerialSource.STORED_DYNAMIC)
            number = hashed_serial_number(SerialSource.PUB_KEY_HASH, public_key, dates, length)
            particulars = replace(particulars, serial_number=number)
        return issue_by_template(self.device, particulars, signing_key, certificate_public_key(self.issuer.signer))

    def sample(self) -> bytes:
        """A certificate that a stand-in signed: right but for key and signature."""
        signer_key = certificate_public_key(self.issuer.signer)
        return self.issue(signer_key, private_key_from_entropy(lambda length: bytes(length)))

    def issuer_contents(self) -> dict[int, bytes]:
        """Slot contents that are the same on every device of this issuer.

        Raises:
            RefusedError: The signer's certificate cannot be rebuilt from a chip, with the reason.
        """
        found: dict[int, bytes] = {}
        if self.root_key_slot is not None:
            found[self.root_key_slot] = pad_public_key(certificate_public_key(self.issuer.root))
        if self.signer is not None:
            der = self.issuer.signer.public_bytes(Encoding.DER)
            contents = slot_contents(der, self.signer)
            if rebuild(self.signer, contents.__getitem__, certificate_public_key(self.issuer.root)) != der:
                raise RefusedError(
                    "signer-not-storable",
                    "The signer certificate cannot be rebuilt from a chip: its authorityKeyIdentifier is not the "
                    "SHA-1 of the root's public key.",
                    "Have a signer certificate issued with key identifiers that are the SHA-1 of the key.",
                )
            found |= slot_images(contents, lambda slot, count: bytes(count))
        return self._in_order(found)

    def device_contents(self, device: bytes) -> dict[int, bytes]:
        """Slot contents that are particular to this device certificate (DER).

        They are what the other slots hold.

        Raises:
            BenchError: What `slot_contents` raises.
        """
        contents = slot_contents(device, self.device, self.particulars.chip_serial_number)
        return self._in_order(slot_images(contents, lambda slot, count: bytes(count)))

    def contents(self, device: bytes) -> dict[int, bytes]:
        """The contents of all slots, in the order of writing."""
        return self._in_order(self.issuer_contents() | self.device_contents(device))

    def known_device_contents(self) -> dict[int, bytes]:
        """Slot contents of the device that are known before its certificate.

        They are those slots that say nothing of its key, its signature or its dates.
        """
        telling = {self.device.comp_cert_dev_loc.slot, self.device.cert_sn_dev_loc.slot}
        if self.device.sn_source not in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
            telling = {self.device.comp_cert_dev_loc.slot}
        telling.add(self.device.public_key_dev_loc.slot)
        return {slot: data for slot, data in self.device_contents(self.sample()).items() if slot not in telling}

    def rebuild(self, read: Reader) -> ChipCertificates:
        """Rebuild both certificates as the chip holds them.

        What it does not hold is the issuer's own.

        Raises:
            BenchError: What `rebuild` raises.
        """
        issuer = self.issuer
        return self.stored.rebuild(
            read,
            issuer.signer.public_bytes(Encoding.DER),
            certificate_public_key(issuer.signer),
            certificate_public_key(issuer.root),
        )

    def _in_order(self, contents: Mapping[int, bytes]) -> dict[int, bytes]:
        order = [*self.slots, *(slot for slot in contents if slot not in self.slots)]
        return {slot: contents[slot].ljust(self.slots.get(slot, 0), b"\0") for slot in order if slot in contents}


def with_authority_key(definition: CertificateDefinition, certificate: bytes, public_key: bytes) -> bytes:
    """Replace the authorityKeyIdentifier in a certificate (DER).

    The certificate is of this definition. It gets the identifier of another issuer's key, X‖Y.
    """
    location = definition.std_cert_elements[StandardElement.AUTH_KEY_ID]
    if not location.count:
        return certificate
    start = definition.location_in(definition.shift_of(certificate), location).offset
    return certificate[:start] + key_identifier(public_key) + certificate[start + location.count :]


def stored_serial_number_is_hash(signer: x509.Certificate, definition: CertificateDefinition) -> bool:
    """Whether a certificate's serial number is computed from its contents.

    It is then the hash of the certificate's key and dates, so that it need not be stored.
    """
    try:
        slot_contents(signer.public_bytes(Encoding.DER), definition)
    except BenchError:
        return False
    return True
