"""Bytes packed as text: Base64, and the bytes themselves."""

import base64
import re
from collections.abc import Iterator

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.dumps.byte_runs import WRITABLE, ByteRun

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}(?:\s*\n\s*[A-Za-z0-9+/_-]{4,})*={0,2}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_URL_SAFE = {ord("-"): "+", ord("_"): "/"}
_SIZES = {-(-size * 8 // 6): size for size in (CONFIG_SIZE, WRITABLE)}  # digits without padding


def base64_runs(text: str) -> Iterator[ByteRun]:
    """Runs of Base64 that are as long as a configuration."""
    for match in _BASE64.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        pieces = match[0].split()
        for start in range(len(pieces)):
            digits = ""
            for end, piece in enumerate(pieces[start:], start):
                digits += piece.rstrip("=").translate(_URL_SAFE)
                size = _SIZES.get(len(digits))
                if size is not None and not _HEX.fullmatch(digits):
                    data = base64.b64decode(digits + "=" * (-len(digits) % 4))
                    yield ByteRun(tuple(data), "Base64", first + start, first + end)
                if size is not None or len(digits) > max(_SIZES):
                    break


def raw_run(data: bytes) -> ByteRun | None:
    """A file that has the size of a configuration, as it is."""
    if len(data) not in (CONFIG_SIZE, WRITABLE):
        return None
    return ByteRun(tuple(data), f"{len(data)} bytes as the chip has them", 1, 1)
