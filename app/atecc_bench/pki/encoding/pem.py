"""PEM blocks in a file, whatever stands between them.

Format: RFC 7468, section 2.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from atecc_bench.text_files import text_of

_BOUNDARY = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]+)-----")


@dataclass(frozen=True)
class PemBlock:
    """One PEM block.

    Its label, such as `EC PRIVATE KEY`, and its bytes with both boundary lines.
    """

    label: str
    pem: bytes

    def der(self) -> bytes:
        """The bytes that the block's lines stand for.

        Empty when they are no Base64.
        """
        lines = [line for line in self.pem.splitlines()[1:-1] if b":" not in line]
        try:
            return base64.b64decode(b"".join(lines))
        except ValueError:
            return b""


def pem_blocks(data: bytes) -> tuple[PemBlock, ...]:
    """Return the PEM blocks of a file in their order.

    The text, the byte order mark and what else is around them is left out. Empty for a file that is not PEM.
    """
    if b"\0" in data and (in_utf_16 := text_of(data, "replace")).isascii():
        data = in_utf_16.encode("ascii")
    blocks: list[PemBlock] = []
    opening: re.Match[bytes] | None = None
    for boundary in _BOUNDARY.finditer(data):
        if boundary[1] == b"BEGIN":
            opening = boundary
        elif opening is not None and opening[2] == boundary[2]:
            blocks.append(PemBlock(boundary[2].decode("ascii"), data[opening.start() : boundary.end()]))
            opening = None
    return tuple(blocks)


def labels_of(blocks: Sequence[PemBlock]) -> str:
    """Labels of the blocks, each once, for people."""
    return " and ".join(dict.fromkeys(block.label for block in blocks))
