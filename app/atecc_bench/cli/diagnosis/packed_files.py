"""Files that were packed on their way.

They are gzip, or a zip file with one file in it.
"""

import io
import zipfile
import zlib

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.diagnose.bundle.bundle_file import DOCUMENT
from atecc_bench.errors import InputError

ZIP = b"PK"
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_TOO_LARGE = f"unpacked it is larger than {LARGEST_FILE >> 20} MiB"
_DAMAGED = (zlib.error, ValueError, RuntimeError, EOFError, OSError, LookupError)


def ungzipped(data: bytes, name: str) -> bytes:
    """The content of a gzip file; other files as they are.

    Raises:
        InputError: `not-unpackable`.
    """
    if not data.startswith(_GZIP):
        return data
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = unpacking.decompress(data, LARGEST_FILE + 1)
    except zlib.error as error:
        raise _not_unpackable(name, "it is damaged") from error
    if len(content) > LARGEST_FILE:
        raise _not_unpackable(name, _TOO_LARGE)
    if not unpacking.eof:
        raise _not_unpackable(name, "its end is missing")
    return content


def only_member(data: bytes, name: str) -> bytes | None:
    """The one file in a zip file.

    None where there are others, or it is a bundle's document.

    Raises:
        InputError: `not-unpackable`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
            if len(members) != 1 or members[0].filename == DOCUMENT:
                return None
            with archive.open(members[0]) as member:
                content = member.read(LARGEST_FILE + 1)
    except zipfile.BadZipFile:
        return None
    except _DAMAGED as error:
        raise _not_unpackable(name, "it is damaged, or encrypted") from error
    if len(content) > LARGEST_FILE:
        raise _not_unpackable(name, _TOO_LARGE)
    return content


def _not_unpackable(name: str, why: str) -> InputError:
    return InputError(
        "not-unpackable",
        f"{name} cannot be unpacked: {why}.",
        "Unpack it, and give the file that has the log, the dump or the certificate.",
    )
