"""How a chip's serial number is written for people."""

from typing import Final

SERIAL_DIGITS: Final = 18


def grouped_serial(digits: str) -> str:
    """Hex digits in lower case and groups of four.

    `0123 a0b1 c2d3 e4f5 ee`.
    """
    lower = digits.lower()
    return " ".join(lower[start : start + 4] for start in range(0, len(lower), 4))
