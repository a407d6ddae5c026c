"""Kit Protocol request lines, read.

Names cut to prefixes, letter case, arguments, hex digits.
"""

import re
from dataclasses import dataclass

from atecc_bench.chip.protocol.status import KitStatus

LONGEST_LINE = 512
_REQUEST = re.compile(r"([0-9A-Za-z:]+)(?:\(([^()]*)\))?")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


class KitError(Exception):
    """A request ends here with this status and empty parentheses."""

    def __init__(self, status: KitStatus) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True)
class Request:
    """One request.

    Its names in lower case, and the text between its parentheses.
    """

    names: tuple[str, ...]
    argument: str

    @classmethod
    def parse(cls, line: str) -> "Request":
        """Parse a line without its line feed.

        Raises:
            KitError: The line is malformed.
        """
        if len(line) > LONGEST_LINE:
            raise KitError(KitStatus.INVALID_SIZE)
        match = _REQUEST.fullmatch(line)
        if match is None:
            raise KitError(KitStatus.BAD_PARAM)
        return cls(tuple(match[1].lower().split(":")), match[2] or "")

    def fits(self, path: str) -> bool:
        """True when the names abbreviate a path like `board:version`.

        Each name is a prefix of the name at its place.
        """
        full = path.split(":")
        return len(full) == len(self.names) and all(
            name and whole.startswith(name) for name, whole in zip(self.names, full, strict=True)
        )

    def hex_argument(self) -> bytes:
        """The argument as bytes."""
        if not _HEX.fullmatch(self.argument):
            raise KitError(KitStatus.BAD_PARAM)
        return bytes.fromhex(self.argument)

    def hex_byte(self) -> int:
        """The argument as one byte."""
        data = self.hex_argument()
        if len(data) != 1:
            raise KitError(KitStatus.BAD_PARAM)
        return data[0]

    def numbers(self, count: int) -> list[int]:
        """The argument as decimal numbers with commas between them."""
        words = self.argument.split(",")
        if len(words) != count or not all(re.fullmatch(r"[0-9]{1,9}", word) for word in words):
            raise KitError(KitStatus.BAD_PARAM)
        return [int(word) for word in words]


def reply(status: KitStatus, payload: bytes = b"") -> str:
    """A reply without its line feed."""
    return f"{status:02X}({payload.hex().upper()})"
