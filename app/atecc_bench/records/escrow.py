"""The escrow file with the secret keys of one chip.

They are encrypted under a passphrase, and for whoever else is to keep them, for the day when they are needed again.
Files of earlier versions are read still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from atecc_bench.chip.session.encrypted_access import KEY_LENGTH
from atecc_bench.errors import InputError, WrongPassphraseError
from atecc_bench.records import escrow_jwe, escrow_of_before
from atecc_bench.records.durable_files import write_new
from atecc_bench.records.escrow_recipients import EscrowKey, EscrowRecipient


@dataclass(frozen=True)
class EscrowedKeys:
    """Keys (32 bytes) of one chip by slot; `serial_number` has 9 bytes."""

    serial_number: bytes
    keys: Mapping[int, bytes] = field(repr=False)


def save_escrow(
    path: Path, escrowed: EscrowedKeys, passphrase: bytes, recipients: Sequence[EscrowRecipient] = ()
) -> None:
    """Write a new escrow file (mode 0600) safely to the disk.

    The passphrase opens it, and so does the private key of each recipient.

    Raises:
        InputError: `file-exists`, `not-writable`, `passphrase-needed`.
    """
    _need(passphrase)
    slots = tuple(sorted(escrowed.keys))
    about = escrow_jwe.About(serial_number=escrowed.serial_number.hex(), slots=slots)
    content = escrow_jwe.encrypted(about, [escrowed.keys[slot] for slot in slots], passphrase, recipients)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
    except FileExistsError as error:
        raise InputError(
            "file-exists",
            f"{path} exists already; an escrow file is never overwritten.",
            "Give another name.",
        ) from error
    except OSError as error:
        raise InputError(
            "not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another place."
        ) from error


def escrowed_slots(content: bytes, serial_number: str) -> tuple[int, ...]:
    """Return the slots whose keys an escrow file has for a chip.

    They are as the file says itself; none when it is for no such chip.
    """
    try:
        about = escrow_jwe.about(content) if escrow_jwe.is_jwe(content) else escrow_of_before.parsed(content)
    except ValueError:
        return ()
    return about.slots if about.serial_number == serial_number else ()


def load_escrow(content: bytes, opener: bytes | EscrowKey) -> EscrowedKeys:
    """Open an escrow file by its passphrase, or by a recipient's key.

    Raises:
        InputError: `not-an-escrow-file`, `passphrase-needed`, `wrong-passphrase` (also when it was changed),
            `other-recipient`.
    """
    if isinstance(opener, bytes):
        _need(opener)
    try:
        if escrow_jwe.is_jwe(content):
            about, keys = escrow_jwe.about(content), escrow_jwe.decrypted(content, opener)
        else:
            about = escrow_of_before.parsed(content)
            keys = escrow_of_before.decrypted(about, opener) if isinstance(opener, bytes) else None
    except ValueError as error:
        raise _not_an_escrow_file() from error
    if keys is None and isinstance(opener, EscrowKey):
        raise InputError(
            "other-recipient",
            "This key does not open this escrow file: the file is for others, or was changed.",
            "Give the key of one of its recipients, or its passphrase.",
        )
    if keys is None:
        raise WrongPassphraseError(
            "The passphrase does not open this escrow file, or the file was changed.",
            "Give the passphrase it was made with; capitals and spaces count.",
        )
    if any(len(key) != KEY_LENGTH for key in keys):
        raise _not_an_escrow_file()
    return EscrowedKeys(bytes.fromhex(about.serial_number), dict(zip(about.slots, keys, strict=True)))


def _need(passphrase: bytes) -> None:
    if not passphrase:
        raise InputError(
            "passphrase-needed", "An escrow file needs a passphrase, and none was given.", "Give a passphrase."
        )


def _not_an_escrow_file() -> InputError:
    return InputError(
        "not-an-escrow-file",
        "This is not an escrow file.",
        "Give the file that `atecc-bench key set` or `provision --fill-keys` wrote.",
    )
