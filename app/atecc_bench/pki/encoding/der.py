"""A DER reader that keeps positions.

It knows which bytes of the input belong to which element (X.690).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from atecc_bench.errors import InputError

CONSTRUCTED = 0x20
BOOLEAN = 0x01
BIT_STRING = 0x03
SEQUENCE = 0x30
SET = 0x31

_MAX_DEPTH = 32
_MAX_LENGTH_BYTES = 4
_MOST_ELEMENTS = 1 << 15


@dataclass(frozen=True)
class DerNode:
    """One element.

    Positions count from the first byte of the input, wherever reading started. `start` is the position of the tag,
    `header_length` the size of tag and length, `length` the size of the value. Only constructed elements have
    `children`.
    """

    tag: int
    start: int
    header_length: int
    length: int
    children: tuple["DerNode", ...] = ()

    @property
    def value_start(self) -> int:
        """Position of the first byte of the value."""
        return self.start + self.header_length

    @property
    def end(self) -> int:
        """Position after the last byte of the value."""
        return self.value_start + self.length

    def value(self, data: bytes) -> bytes:
        """Return the value's bytes.

        `data` is the input this element was read from.
        """
        return data[self.value_start : self.end]

    def walk(self) -> Iterator["DerNode"]:
        """Yield this element and all below it, in byte order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_der(data: bytes, start: int = 0, end: int | None = None) -> DerNode:
    """Read the one element that fills `data[start:end]`.

    An `end` says that more is around it.

    Raises:
        InputError: `truncated-input` when the bytes end early, `not-a-certificate` for anything DER forbids (indefinite
            or padded lengths, bytes left over) or certificates never use.
    """
    limit = len(data) if end is None else end
    node = _Reader(data).read(start, limit, 0 if end is None else 1)
    if node.end != limit:
        raise _malformed(node.end, f"{limit - node.end} bytes follow after its end")
    return node


def parse_damaged_der(data: bytes) -> DerNode:
    """Read as much as there is of an element.

    It, and what is in it, ends at the latest where the data does. Bytes after the element are left alone.

    Raises:
        InputError: `truncated-input` for less than two bytes.
    """
    if len(data) < 2:
        raise _truncated(0, 0)
    return _Reader(data).read_damaged(0, len(data), 0)


class _Reader:
    """Reads the elements of one input, and counts them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_ELEMENTS

    def read(self, start: int, limit: int, depth: int) -> DerNode:
        """Read the element at a position."""
        if depth > _MAX_DEPTH:
            raise _malformed(start, f"it is nested deeper than {_MAX_DEPTH} levels")
        if limit - start < 2:
            raise _truncated(start, depth)
        self._left -= 1
        if self._left < 0:
            raise _malformed(start, f"{_MOST_ELEMENTS} stand before it, and no certificate has so many")
        tag = self._data[start]
        if tag & 0x1F == 0x1F:
            raise _malformed(start, "it has a tag of more than one byte, which no certificate uses")
        header_length, length = _read_length(self._data, start, limit, depth)
        value_start = start + header_length
        if value_start + length > limit:
            raise _truncated(start, depth)
        children: list[DerNode] = []
        if tag & CONSTRUCTED:
            position = value_start
            while position < value_start + length:
                children.append(self.read(position, value_start + length, depth + 1))
                position = children[-1].end
        return DerNode(tag, start, header_length, length, tuple(children))

    def read_damaged(self, start: int, limit: int, depth: int) -> DerNode:
        """Read what there is of the element at a position."""
        data = self._data
        self._left -= 1
        try:
            header_length, length = _read_length(data, start, limit, depth)
        except InputError:
            header_length, length = 2, limit - start - 2
        end = min(limit, start + header_length + length)
        children: list[DerNode] = []
        position = start + header_length
        while data[start] & CONSTRUCTED and depth < _MAX_DEPTH and end - position >= 2 and self._left > 0:
            children.append(self.read_damaged(position, end, depth + 1))
            position = children[-1].end
        return DerNode(data[start], start, header_length, max(0, end - start - header_length), tuple(children))


def _read_length(data: bytes, start: int, limit: int, depth: int) -> tuple[int, int]:
    first = data[start + 1]
    if first < 0x80:
        return 2, first
    count = first & 0x7F
    if not 1 <= count <= _MAX_LENGTH_BYTES:
        raise _malformed(start, "its length is indefinite or absurd")
    if start + 2 + count > limit:
        raise _truncated(start, depth)
    length = int.from_bytes(data[start + 2 : start + 2 + count])
    if length < 0x80 or length.bit_length() <= 8 * (count - 1):
        raise _malformed(start, "its length is not written in the shortest form")
    return 2 + count, length


def encode_length(length: int) -> bytes:
    """Encode a length in its shortest form."""
    if length < 0x80:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(digits)]) + digits


def _truncated(start: int, depth: int) -> InputError:
    # Inside another element, running over the edge contradicts that element's own length.
    if depth:
        return _malformed(start, "it reaches beyond the element around it")
    return InputError(
        "truncated-input",
        f"The data ends before the element at byte {start} does.",
        "Take the whole file; a certificate copied out of a log or a terminal may have lost its end.",
    )


def _malformed(start: int, why: str) -> InputError:
    return InputError(
        "not-a-certificate",
        f"This is not the DER of a certificate: the element at byte {start} is wrong, {why}.",
        "Give an X.509 certificate as PEM or DER.",
    )
