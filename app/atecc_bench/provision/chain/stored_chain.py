"""The certificates that a chip stores: where each part stands, by layout.

Known certificates of a chip give the templates; what the chip holds gives the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.rebuild import rebuild
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH, unpad_public_key

Reader = Callable[[DeviceLocation], bytes]


@dataclass(frozen=True)
class StoredChain:
    """The definitions of what a chip stores of a chain.

    `signer` is None when the chip does not hold the signer's certificate or none is known, `signer_key` and
    `root_key_slot` when it does not hold that public key.
    """

    device: CertificateDefinition
    signer: CertificateDefinition | None
    signer_key: DeviceLocation | None
    root_key_slot: int | None

    @classmethod
    def of_definitions(
        cls, device: CertificateDefinition, signer: CertificateDefinition | None, root_key_slot: int | None = None
    ) -> "StoredChain":
        """A chain whose signer's key is where the signer's definition has it."""
        return cls(device, signer, None if signer is None else signer.public_key_dev_loc, root_key_slot)

    def held_signer_key(self, read: Reader, elsewhere: bytes | None) -> bytes | None:
        """The signer's public key, X‖Y, as the chip holds it.

        `elsewhere` is the one of the known certificate, for a chip that holds none.

        Raises:
            BenchError: The slot cannot be read, or holds no public key.
        """
        return elsewhere if self.signer_key is None else _key(read(self.signer_key))

    def held_root_key(self, read: Reader, elsewhere: bytes) -> bytes:
        """The root's public key, X‖Y, as the chip holds it.

        `elsewhere` is the one of the known certificate, for a chip that holds none.

        Raises:
            BenchError: The slot cannot be read, or holds no public key.
        """
        if self.root_key_slot is None:
            return elsewhere
        return _key(read(DeviceLocation(slot=self.root_key_slot, count=PADDED_PUBLIC_KEY_LENGTH)))

    def rebuild_device(self, read: Reader, signer_key: bytes | None) -> bytes:
        """Rebuild the device certificate (DER).

        `signer_key` is X‖Y of the known signer's certificate, if there is one.

        Raises:
            BenchError: What `rebuild` raises.
        """
        return rebuild(self.device, read, self.held_signer_key(read, signer_key))

    def rebuild(self, read: Reader, signer: bytes, signer_key: bytes, root_key: bytes) -> ChipCertificates:
        """Rebuild what the chip holds; the rest is as given.

        `signer` is a certificate (DER), the keys are X‖Y.

        Raises:
            BenchError: What `rebuild` raises.
        """
        held_root_key = self.held_root_key(read, root_key)
        held_signer = signer if self.signer is None else rebuild(self.signer, read, held_root_key)
        return ChipCertificates(self.rebuild_device(read, signer_key), held_signer, held_root_key)


def _key(content: bytes) -> bytes:
    return unpad_public_key(content) if len(content) == PADDED_PUBLIC_KEY_LENGTH else content
