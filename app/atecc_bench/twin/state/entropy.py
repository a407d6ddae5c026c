"""Sources of the twin's random numbers.

The system, or a seed that makes everything repeat.
"""

from collections.abc import Callable
from hashlib import sha256

Entropy = Callable[[int], bytes]


class SeededEntropy:
    """SHA-256 over a seed and a counter.

    `position` counts the blocks of 32 bytes taken so far. Predictable on purpose: keys made from it protect nothing.
    """

    def __init__(self, seed: int, position: int = 0) -> None:
        self.seed = seed
        self.position = position

    def __call__(self, length: int) -> bytes:
        """The next `length` bytes.

        What is left of the last block is dropped.
        """
        data = b""
        while len(data) < length:
            block = f"atecc-bench-twin {self.seed} {self.position}".encode("ascii")
            data += sha256(block).digest()
            self.position += 1
        return data[:length]


def seeded_entropy(seed: int) -> SeededEntropy:
    """Random bytes that repeat from the first to the last."""
    return SeededEntropy(seed)
