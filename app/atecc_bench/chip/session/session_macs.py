"""MACs and session encryption between host and chip.

Pure functions for either side. Layouts as in the data sheets ("MAC", "CheckMac", "DeriveKey", "Write", "PrivWrite",
"Verify", "SecureBoot") and in CryptoAuthLib's host functions. Keys, digests and MACs are 32 bytes, serial numbers 9,
signatures R‖S of 64 bytes.
"""

from hashlib import sha256

from atecc_bench.chip.protocol.commands import MacMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.session.tempkey import command_head, session_digest, short_identity

OTHER_DATA_SIZE = 13  # CheckMac
_PRIV_WRITE_FILLER = bytes(21)
_BLOCK = 32


def mac_message(first: bytes, second: bytes, command: CommandPacket, otp: bytes, serial_number: bytes) -> bytes:
    """The 88 bytes that MAC and HMAC digest.

    `otp` is the whole zone or at least its first 11 bytes.
    """
    mode = command.param1
    if mode & MacMode.INCLUDE_OTP_88:
        otp_part = otp[:11]
    else:
        otp_part = (otp[:8] if mode & MacMode.INCLUDE_OTP_64 else b"").ljust(11, b"\0")
    whole_serial = bool(mode & MacMode.INCLUDE_SERIAL_NUMBER)
    return b"".join((
        first, second, command_head(command), otp_part, serial_number[8:9],
        serial_number[4:8] if whole_serial else bytes(4),
        serial_number[:2],
        serial_number[2:4] if whole_serial else bytes(2),
    ))  # fmt: skip


def check_mac_response(
    first: bytes, second: bytes, mode: int, other_data: bytes, otp: bytes, serial_number: bytes
) -> bytes:
    """The response that CheckMac expects; `other_data` is 13 bytes."""
    message = b"".join((
        first, second, other_data[:4],
        otp[:8] if mode & MacMode.INCLUDE_OTP_64 else bytes(8),
        other_data[4:7], serial_number[8:9], other_data[7:11], serial_number[:2], other_data[11:13],
    ))  # fmt: skip
    return sha256(message).digest()


def derive_key_mac(parent: bytes, command: CommandPacket, serial_number: bytes) -> bytes:
    """The MAC that authorizes DeriveKey; `command` without its data."""
    return sha256(parent + command_head(command) + short_identity(serial_number)).digest()


def write_mac(session_key: bytes, command: CommandPacket, serial_number: bytes, plain: bytes) -> bytes:
    """The MAC of an encrypted Write of 32 bytes."""
    return session_digest(session_key, command_head(command), serial_number, plain)


def priv_write_mac(session_key: bytes, command: CommandPacket, serial_number: bytes, plain: bytes) -> bytes:
    """The MAC of PrivWrite.

    `plain` is 4 zero bytes and the private key.
    """
    return session_digest(session_key, command_head(command), serial_number, plain, _PRIV_WRITE_FILLER)


def crypt_block(session_key: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt 32 bytes of an encrypted Read or Write."""
    return _xor(data, session_key)


def crypt_private_key(session_key: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt the 36 bytes of PrivWrite."""
    return _xor(data, session_key + sha256(session_key).digest()[: len(data) - _BLOCK])


def crypt_output(io_key: bytes, nonce: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt an answer of ECDH or KDF.

    The IO protection key encrypts 32 or 64 bytes with a nonce of 32.
    """
    keys = (sha256(io_key + nonce[start : start + 16]).digest() for start in (0, 16))
    return _xor(data, b"".join(keys)[: len(data)])


def verify_mac(io_key: bytes, message: bytes, nonce: bytes, signature: bytes, command: CommandPacket) -> bytes:
    """MAC that Verify answers when the signature is genuine.

    Verify answers it only if a MAC was asked for.
    """
    return sha256(io_key + message + nonce + signature + command_head(command)).digest()


def secure_boot_key(io_key: bytes, temp_key: bytes) -> bytes:
    """Key that encrypts the digest of SecureBoot and starts its MAC.

    It encrypts by exclusive or.
    """
    return sha256(io_key + temp_key).digest()


def secure_boot_mac(key: bytes, digest: bytes, signature: bytes, command: CommandPacket) -> bytes:
    """MAC that SecureBoot answers, if one was asked for.

    `signature` is empty when a stored digest decided.
    """
    return sha256(key + digest + signature + command_head(command)).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
