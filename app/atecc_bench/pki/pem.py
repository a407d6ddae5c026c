"""PEM blocks in a file, whatever stands between them (RFC 7468, section 2)."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

# Nothing is tried twice: a file of nothing but opening lines takes no longer than any other of its size.
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----[^-]*+(?:-(?!----)[^-]*+)*+-----END \1-----")


@dataclass(frozen=True)
class PemBlock:
    """One block: its label, such as `EC PRIVATE KEY`, and its bytes with both boundary lines."""

    label: str
    pem: bytes

    def der(self) -> bytes:
        """The bytes that the block's lines stand for; empty when they are no Base64."""
        lines = [line for line in self.pem.splitlines()[1:-1] if b":" not in line]
        try:
            return base64.b64decode(b"".join(lines))
        except ValueError:
            return b""


def pem_blocks(data: bytes) -> tuple[PemBlock, ...]:
    """Return the blocks of a file in their order, without the text, the byte order mark and what else is around them.

    Empty for a file that is not PEM.
    """
    return tuple(PemBlock(match[1].decode("ascii"), match[0]) for match in _BLOCK.finditer(data))


def labels_of(blocks: Sequence[PemBlock]) -> str:
    """What a file holds, for people: the labels of its blocks, each once."""
    return " and ".join(dict.fromkeys(block.label for block in blocks))
