"""PEM blocks in a file, whatever stands between them.

Format: RFC 7468, section 2.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from atecc_bench.log_lines import without_prefix
from atecc_bench.text_files import plain, text_of

_LOOSE = re.compile(r"-{2,6}[ \t]*(BEGIN|END)[ \t]+([A-Z0-9][A-Z0-9 ]*?)[ \t]*-{2,6}")
_NEWLINE = re.compile(r"(?<!\\)\\++(?:r\\++n|[nr])|<br ?/?>|&#1[03];", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_HEADER = re.compile(r"[\s\"'>]*((?:Proc-Type|DEK-Info): [^\"'\\]+)")
_QUOTED = re.compile(r"([\"'])\s*([A-Za-z0-9+/]+={0,2})\s*\1")
_AROUND = re.compile(
    r"^\s*(?:\$\s+)?(?:echo|printf)\s+(?:-\w+\s+)?|(?<!\s)\s*+>>?\s*[\w./~-]++\s*$|(?<=[\"'])\s*\+\s*$|^\s*\+\s+(?=[\"'])"
)
_LEFT_OUT = re.compile(r"[\s\"'`,;()\\>]+")
_WIDTH = 64
_SHORTEST_ROW = 32
_LONGEST_BODY = 1 << 16


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

    The text, the byte order mark and what else is around them is left out, and so is what they are wrapped in:
    quotation marks and `\\n` of a source text or of JSON, a shell's `echo`, the `>` of a mail, and
    what a logger puts before a line. Empty for a file that is not PEM.
    """
    if b"\0" in data and (in_utf_16 := text_of(data, "replace")).isascii():
        data = in_utf_16.encode("ascii")
    if b"BEGIN" not in data:
        return ()
    text = plain(text_of(data, "replace"))
    blocks: list[PemBlock] = []
    opening: re.Match[str] | None = None
    for boundary in _LOOSE.finditer(text):
        if boundary[1] == "BEGIN":
            opening = boundary
        elif opening is not None and opening[2] == boundary[2]:
            blocks.append(PemBlock(boundary[2], _unwrapped(boundary[2], text[opening.end() : boundary.start()])))
            opening = None
    return tuple(blocks)


def _unwrapped(label: str, body: str) -> bytes:
    """A block as RFC 7468 has it.

    It is made of what stands between the boundary lines.
    """
    lines = lines_of_body(body[:_LONGEST_BODY])
    headers = [match[1].strip() for line in lines if (match := _HEADER.match(line))]
    digits = "".join(base64_of_line(line) for line in lines if not _HEADER.match(line))
    packed = [digits[at : at + _WIDTH] for at in range(0, len(digits), _WIDTH)]
    rows = [*headers, "", *packed] if headers else packed
    return "\n".join([f"-----BEGIN {label}-----", *rows, f"-----END {label}-----", ""]).encode("ascii", "replace")


def lines_of_body(body: str) -> list[str]:
    """The lines of a block's body.

    A source text may have written their ends as `\\n`.
    """
    return _NEWLINE.sub("\n", body.replace("\\/", "/")).splitlines()


def base64_of_line(line: str) -> str:
    """The Base64 digits of a line of a block.

    What the line is wrapped in is left out.

    Empty for a line of something else.
    """
    line = _AROUND.sub(" ", without_prefix(line))
    quoted = _QUOTED.search(line)
    if quoted is not None:
        return "".join(quoted[2].split())
    words = _LEFT_OUT.sub(" ", line).split()
    return "".join(words) if all(_WORD.fullmatch(word) for word in words) and _is_one_line(words) else ""


def _is_one_line(words: Sequence[str]) -> bool:
    """Whether words are the digits of one line.

    Or of a block without the ends of its lines; a sentence is none.
    """
    return len(words) == 1 or all(len(word) == len(words[0]) >= _SHORTEST_ROW for word in words[:-1])


def labels_of(blocks: Sequence[PemBlock]) -> str:
    """Labels of the blocks, each once, for people."""
    return " and ".join(dict.fromkeys(block.label for block in blocks))
