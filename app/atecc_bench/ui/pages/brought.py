"""Where what somebody drops or pastes belongs.

A dump or a bundle is inspected, certificates are held against the chip, a code is explained, and any other text is
diagnosed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.diagnose.codes.explain_code import explain_code
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from atecc_bench.diagnose.paste.pki_objects import certificates_in
from atecc_bench.errors import InputError
from atecc_bench.ui.state.subject import ZIP_START
from atecc_bench.workflows.brought_files import read_brought

LONGEST_CODE = 60  # characters; a longer text is a log or a dump


class Kind(Enum):
    """What was brought; the value is the page that it is for."""

    CONFIGURATION = "Inspect"
    CERTIFICATES = "Certificates"
    CODE = "Console"
    LOG = "Compare"


@dataclass(frozen=True)
class Brought:
    """Files or a text, and what they are."""

    kind: Kind
    text: str = ""
    paths: tuple[Path, ...] = ()


def recognise_files(paths: Sequence[Path]) -> Brought:
    """Kind of one file, or of several that belong together.

    Raises:
        InputError: What `read_brought` raises.
    """
    read = [_read(path) for path in paths]
    first, text = read[0]
    alike = len({kind for kind, _ in read}) == 1
    kind = first if alike and (len(paths) == 1 or first is Kind.CERTIFICATES) else Kind.LOG
    return Brought(kind, text if kind is Kind.CODE else "", tuple(paths))


def _read(path: Path) -> tuple[Kind, str]:
    data = read_brought(path, LARGEST_FILE)
    if data.startswith(ZIP_START):
        return Kind.CONFIGURATION, ""
    text = data.decode("utf-8", "replace")
    return _kind_of(data, text), text


def recognise_text(text: str) -> Brought:
    """Kind of a text that was pasted."""
    return Brought(_kind_of(text.encode("utf-8", "replace"), text), text=text)


def _kind_of(data: bytes, text: str) -> Kind:
    short = text.strip()
    if len(short) <= LONGEST_CODE and "\n" not in short and _is_code(short):
        return Kind.CODE
    if _holds_certificates(data):
        return Kind.CERTIFICATES
    try:
        read_configuration(text)
    except InputError:
        return Kind.LOG
    return Kind.CONFIGURATION


def _is_code(text: str) -> bool:
    try:
        return bool(explain_code(text).summary)
    except InputError:
        return False


def _holds_certificates(data: bytes) -> bool:
    try:
        return bool(certificates_in(data))
    except InputError:
        return False
