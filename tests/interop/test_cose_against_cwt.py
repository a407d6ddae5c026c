"""A COSE_Sign1 message that a chip signed is read and checked by python-cwt, which we did not write."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface
from cwt.exceptions import VerifyError

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.pki.keys.key_files import public_key_from_bytes
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.workflows.slots.cose_message import make_cose_message

PAYLOADS = (b"", b"pump 7", bytes(range(256)) * 5)


def signed(payload: bytes) -> tuple[bytes, COSEKeyInterface]:
    """A message by a chip, and the key that checks it."""
    element = open_board(parse_virtual_url("virtual://provisioned?seed=9")).element
    assert element is not None
    signature, message = make_cose_message(ChipSession(DirectTransport(element)), 0, payload)
    public = public_key_from_bytes(signature.public_key)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return message, COSEKey.from_pem(pem, alg="ES256")


@pytest.mark.parametrize("payload", PAYLOADS, ids=len)
def test_what_a_chip_signed_is_accepted(payload: bytes):
    message, key = signed(payload)
    assert COSE.new().decode(message, key) == payload


def test_another_payload_is_refused():
    message, key = signed(b"pump 7")
    with pytest.raises(VerifyError):
        COSE.new().decode(message.replace(b"pump 7", b"pump 8"), key)
