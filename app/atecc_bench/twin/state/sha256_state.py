"""SHA-256 with a state that can be taken out.

No library offers to take it out and put it back (FIPS 180-4). The context format of the ATECC608 (SHA ReadContext,
WriteContext): the number of bytes hashed, four bytes little-endian; the eight words of the state, little-endian; the
bytes of the block that is not complete yet.
"""

from math import isqrt

BLOCK = 64
CONTEXT_HEAD = 36
LARGEST_CONTEXT = CONTEXT_HEAD + BLOCK - 1
_MASK = 0xFFFFFFFF


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _cube_root(number: int) -> int:
    low, high = 0, 1 << number.bit_length() // 3 + 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


# The first 32 bits behind the point of the square roots of 8 primes and of the cube roots of 64.
_START = tuple(isqrt(prime << 64) & _MASK for prime in _primes(8))
_ROUND = tuple(_cube_root(prime << 96) & _MASK for prime in _primes(64))


class Sha256State:
    """A running SHA-256."""

    def __init__(self, words: tuple[int, ...] = _START, length: int = 0, rest: bytes = b"") -> None:
        self._words: tuple[int, ...] = words
        self._length: int = length
        self._rest: bytes = rest

    @property
    def length(self) -> int:
        """Bytes hashed so far."""
        return self._length

    @classmethod
    def from_context(cls, context: bytes) -> "Sha256State":
        """Put a context back.

        Raises:
            ValueError: The context's length does not fit the number of bytes it names.

        """
        length = int.from_bytes(context[:4], "little")
        rest = context[CONTEXT_HEAD:]
        if len(context) < CONTEXT_HEAD or len(rest) != length % BLOCK:
            raise ValueError("the context has a wrong length")
        words = tuple(int.from_bytes(context[i : i + 4], "little") for i in range(4, CONTEXT_HEAD, 4))
        return cls(words, length, rest)

    def to_context(self) -> bytes:
        """The context, 36 to 99 bytes."""
        words = b"".join(word.to_bytes(4, "little") for word in self._words)
        return (self._length & _MASK).to_bytes(4, "little") + words + self._rest

    def update(self, data: bytes) -> None:
        """Hash some more bytes."""
        self._length += len(data)
        data = self._rest + data
        whole = len(data) // BLOCK * BLOCK
        for start in range(0, whole, BLOCK):
            self._words = _compress(self._words, data[start : start + BLOCK])
        self._rest = data[whole:]

    def digest(self) -> bytes:
        """The digest of all bytes so far, 32 bytes."""
        end = Sha256State(self._words, self._length, self._rest)
        zeros = -(len(self._rest) + 9) % BLOCK
        end.update(b"\x80" + bytes(zeros) + (8 * self._length).to_bytes(8, "big"))
        return b"".join(word.to_bytes(4, "big") for word in end._words)


def _rotate(word: int, count: int) -> int:
    return word >> count | word << 32 - count & _MASK


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, BLOCK, 4)]
    for i in range(16, 64):
        s0 = _rotate(w[i - 15], 7) ^ _rotate(w[i - 15], 18) ^ w[i - 15] >> 3
        s1 = _rotate(w[i - 2], 17) ^ _rotate(w[i - 2], 19) ^ w[i - 2] >> 10
        w.append(w[i - 16] + s0 + w[i - 7] + s1 & _MASK)
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(_ROUND, w, strict=True):
        s1 = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        t1 = h + s1 + (e & f ^ ~e & g) + constant + word
        s0 = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        t2 = s0 + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = t1 + t2 & _MASK, a, b, c, d + t1 & _MASK, e, f, g
    return tuple(old + new & _MASK for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))
