"""Whether a signer certificate fits the chip.

It does when it is the same certificate after it was rebuilt from the layout.
"""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import SignatureAlgorithmOID

from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.pki.compressed.massprovisioning import signer_definition
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.keys.key_files import certificate_public_key, key_identifier
from atecc_bench.pki.x509.chain_checks import extension_of


def check_storable(signer: x509.Certificate, root: x509.Certificate) -> None:
    """Raise `RefusedError` (`signer-not-storable`), with the reason, unless a chip can hold `signer`."""
    if signer.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise _not_storable("it is not signed with ECDSA and SHA-256, and the 72 bytes have room for no other")
    der = signer.public_bytes(Encoding.DER)
    try:
        root_public_key = certificate_public_key(root)
        definition = signer_definition(der)
        contents = slot_contents(der, definition)
        same = rebuild(definition, contents.__getitem__, root_public_key) == der
    except BenchError as error:
        raise _not_storable(error.message) from error
    if not same:
        raise _not_storable("its authorityKeyIdentifier is not the SHA-1 of the root's public key")
    try:
        subject_key = extension_of(signer, x509.SubjectKeyIdentifier)
    except ValueError as error:
        raise _not_storable("its extensions are malformed") from error
    # Device certificates are rebuilt with the SHA-1 as their authority key identifier.
    if subject_key is not None and subject_key.digest != key_identifier(certificate_public_key(signer)):
        raise _not_storable("its subjectKeyIdentifier is not the SHA-1 of its public key")


def _not_storable(why: str) -> RefusedError:
    return RefusedError(
        "signer-not-storable",
        f"The signer certificate cannot be rebuilt from a chip: {why.removesuffix('.')}.",
        "Have a signer certificate issued with ECDSA-SHA256 by a P-256 root, with key identifiers that are "
        "the SHA-1 of the key and a serial number of up to 20 bytes.",
    )
