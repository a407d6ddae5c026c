"""CRC-16 of the ATECC family.

Polynomial 0x8005, bits taken least significant first, sent little-endian.
"""

_POLYNOMIAL = 0x8005


def _shift_in(crc: int, byte: int) -> int:
    for bit in range(8):
        differs = (byte >> bit & 1) != crc >> 15
        crc = crc << 1 & 0xFFFF
        if differs:
            crc ^= _POLYNOMIAL
    return crc


def _bit_reversed(byte: int) -> int:
    return int(f"{byte:08b}"[::-1], 2)


# Indexed by the data byte xor-ed onto the bit-reversed high byte of the running CRC.
_TABLE = tuple(_shift_in(0, byte) for byte in range(256))
_REVERSED = tuple(_bit_reversed(byte) for byte in range(256))


def crc16(data: bytes) -> int:
    """CRC of `data` as an integer.

    On the wire its low byte goes first (`crc16_bytes`).
    """
    crc = 0
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _TABLE[_REVERSED[crc >> 8] ^ byte]
    return crc


def crc16_bytes(data: bytes) -> bytes:
    """CRC of `data` as the two bytes that end a packet."""
    return crc16(data).to_bytes(2, "little")
