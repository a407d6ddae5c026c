"""The two monotonic counters, as bytes of the configuration zone.

Eight bytes each, written so that little EEPROM wears out: two 16-bit fields lose one bit per count, in turns of 16
counts; behind them stand how often each turn was complete (format: CryptoAuthLib's `atcab_write_config_counter`).
"""

LARGEST = 2_097_151
_TURN = 32
_HALF = 16


def encode_counter(value: int) -> bytes:
    """The eight bytes of a count from 0 to 2,097,151."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"a counter holds 0 to {LARGEST}, not {value}")
    second = max(value - _HALF, 0)
    fields = (0xFFFF >> value % _TURN, 0xFFFF >> second % _TURN, value // _TURN, second // _TURN)
    return b"".join(field.to_bytes(2, "big") for field in fields)


def decode_counter(raw: bytes) -> int:
    """Read the count out of a counter's eight bytes.

    Bytes that no count leads to are read as the chip counts them.
    """
    first, second, first_turns, second_turns = (int.from_bytes(raw[i : i + 2], "big") for i in range(0, 8, 2))
    if first:
        return first_turns * _TURN + _HALF - first.bit_count()
    return second_turns * _TURN + 2 * _HALF - second.bit_count()


def encode_count_match(value: int) -> bytes:
    """Encode the limit of CountMatch, as its slot must begin.

    The limit twice, little-endian.
    """
    return value.to_bytes(4, "little") * 2


def decode_count_match(contents: bytes) -> int | None:
    """Read the limit at the start of a CountMatch slot.

    None when its two copies differ.
    """
    return int.from_bytes(contents[:4], "little") if contents[:4] == contents[4:8] else None
