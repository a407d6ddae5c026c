"""Escrow files of version 1, which are read still.

JSON with Scrypt (RFC 7914) and AES-256-GCM, whose associated data are the serial number and the slots.
"""

import base64
import json
from typing import Annotated, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from atecc_bench.chip.session.encrypted_access import KEY_LENGTH
from atecc_bench.plain_json import check_parts

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_NONCE_LENGTH = 12

_Base64 = Annotated[str, Field(max_length=4096)]
_Slot = Annotated[int, Field(ge=0, le=15)]


class OldEscrowFile(BaseModel):
    """The document of such a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    atecc_bench_escrow: Literal[1] = 1
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{18}$")]
    slots: tuple[_Slot, ...]
    salt: _Base64
    nonce: _Base64
    ciphertext: _Base64

    @property
    def associated_data(self) -> bytes:
        """What is authenticated with the keys."""
        return json.dumps([self.atecc_bench_escrow, self.serial_number, list(self.slots)]).encode("ascii")


def parsed(content: bytes) -> OldEscrowFile:
    """Read the document; raises ValueError."""
    check_parts(content)
    return OldEscrowFile.model_validate_json(content)


def decrypted(file: OldEscrowFile, passphrase: bytes) -> list[bytes] | None:
    """The keys in the order of their slots.

    None when the passphrase does not open them. Raises ValueError for a file whose parts are none.
    """
    salt, nonce, ciphertext = (
        base64.b64decode(part, validate=True) for part in (file.salt, file.nonce, file.ciphertext)
    )
    if len(nonce) != _NONCE_LENGTH:
        raise ValueError("nonce")
    key = Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(passphrase)
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, file.associated_data)
    except InvalidTag:
        return None
    if len(plain) != KEY_LENGTH * len(file.slots):
        raise ValueError("length")
    return [plain[KEY_LENGTH * at : KEY_LENGTH * (at + 1)] for at in range(len(file.slots))]
