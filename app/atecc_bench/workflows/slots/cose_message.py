"""Signed messages in CBOR, made with a key in a chip.

Format: COSE_Sign1 (RFC 9052) with ES256 (RFC 9053), and the payload in it.
"""

import hashlib

import cbor2

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.workflows.slots.sign_with_chip import ChipSignature, sign_digest

_TAG = 18
_ALGORITHM, _ES256 = 1, -7
_CONTEXT = "Signature1"


def make_cose_message(session: ChipSession, slot: int, payload: bytes) -> tuple[ChipSignature, bytes]:
    """Sign a payload with a slot's key as a COSE_Sign1 message.

    Raises:
        RefusedError: `challenge-failed` when the signature is not that of the slot's public key.
        ChipStatusError: The chip refuses.
    """
    protected = cbor2.dumps({_ALGORITHM: _ES256})
    signed = cbor2.dumps([_CONTEXT, protected, b"", payload])
    signature = sign_digest(session, slot, hashlib.sha256(signed).digest())
    return signature, cbor2.dumps(cbor2.CBORTag(_TAG, [protected, {}, payload, signature.raw]))
