"""Files that a verb is given; - is stdin."""

import errno
import sys
from pathlib import Path

from cryptography import x509

from atecc_bench.bounded_files import LARGEST_FILE, read_bounded
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.text_files import text_of


def read_bytes(name: str) -> bytes:
    """Contents of a file.

    Raises:
        InputError: `no-such-file`, `file-too-large`.

    """
    if name == "-":
        return _not_too_large(sys.stdin.buffer.read(LARGEST_FILE + 1))
    try:
        return read_bounded(Path(name))
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise _too_large(name) from error
        raise InputError(
            "no-such-file", f"{name} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error


def _not_too_large(data: bytes) -> bytes:
    if len(data) > LARGEST_FILE:
        raise _too_large("stdin")
    return data


def _too_large(name: str) -> InputError:
    return InputError(
        "file-too-large",
        f"{name} is larger than {LARGEST_FILE >> 20} MiB: it is no key, no certificate and no dump.",
        "Check the name of the file.",
    )


def read_certificate(name: str) -> x509.Certificate:
    """A certificate from a file, PEM or DER.

    Raises:
        InputError: what `read_bytes` and `load_certificate` raise, with the name of the file.

    """
    data = read_bytes(name)
    try:
        return load_certificate(data)
    except InputError as error:
        raise InputError(error.id, f"{name}: {error.message}", error.hint) from error


def read_text(name: str) -> str:
    """Read a text file in UTF-8 or UTF-16.

    Bytes that are neither are replaced.
    """
    return text_of(read_bytes(name), "replace")
