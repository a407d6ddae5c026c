"""How many bytes of data a command carries by its mode.

Format: datasheets, "Commands".
"""

from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    LONG_ACCESS,
    AesMode,
    GenDigZone,
    GenKeyMode,
    MacMode,
    NonceMode,
    Opcode,
    VerifyMode,
)
from atecc_bench.chip.protocol.p256 import P256_POINT
from atecc_bench.chip.protocol.zones import BLOCK, WORD

_MAC, _POINT, _KEY = 32, 64, 36
_AES_MODE, _NONCE_MODE, _VERIFY_MODE = 0x07, 0x03, 0x07
_VALIDATION = 19
_CHECK_MAC = 77


def data_length(opcode: int, param1: int) -> int:
    """The fewest bytes of data that a command takes."""
    match opcode:
        case Opcode.WRITE:
            size = BLOCK if param1 & LONG_ACCESS else WORD
            return size + (_MAC if param1 & ENCRYPTED_ACCESS else 0)
        case Opcode.NONCE:
            if param1 & _NONCE_MODE != NonceMode.PASS_THROUGH:
                return 20
            return 64 if param1 & NonceMode.LENGTH_64 else BLOCK
        case Opcode.GEN_KEY:
            return 3 if param1 & GenKeyMode.PUBLIC_KEY_DIGEST else 0
        case Opcode.VERIFY:
            more = {VerifyMode.EXTERNAL: _POINT, VerifyMode.VALIDATE: _VALIDATION, VerifyMode.INVALIDATE: _VALIDATION}
            return _POINT + more.get(VerifyMode(param1 & _VERIFY_MODE), 0)
        case Opcode.MAC:
            return 0 if param1 & MacMode.BLOCK2_TEMP_KEY else BLOCK
        case Opcode.CHECK_MAC:
            return _CHECK_MAC
        case Opcode.GEN_DIG:
            return BLOCK if param1 == GenDigZone.SHARED_NONCE else 0
        case Opcode.ECDH:
            return _POINT
        case Opcode.PRIV_WRITE:
            return _KEY + _MAC
        case Opcode.AES:
            return 32 if param1 & _AES_MODE == AesMode.GFM else 16
        case Opcode.KDF:
            return 4
        case Opcode.SECURE_BOOT:
            return BLOCK
        case _:
            return 0


def completed(opcode: int, param1: int, data: bytes, filler: int) -> bytes:
    """The data, filled up with `filler` as the command wants.

    A public key that is missing is a sound one.
    """
    missing = data_length(opcode, param1) - len(data)
    if missing <= 0:
        return data
    if missing >= _POINT and opcode in (Opcode.ECDH, Opcode.VERIFY):
        return data + bytes([filler]) * (missing - _POINT) + P256_POINT
    if opcode == Opcode.PRIV_WRITE and not data:
        return bytes(_KEY - 1) + b"\1" + bytes([filler]) * _MAC
    return data + bytes([filler]) * missing
