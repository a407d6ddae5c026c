"""Passphrases of certificate authorities and escrow files.

They are from a file, the environment, the keyring, or a prompt.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.bounded_files import read_bounded
from atecc_bench.cli.common.ask import ask
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import console
from atecc_bench.errors import InputError
from atecc_bench.passphrases import check_new_passphrase
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.records.escrow_recipients import EscrowRecipient, escrow_recipient
from atecc_bench.workflows.ca_access import VARIABLE, CaAccess, ready_passphrase

ESCROW_VARIABLE = "ATECC_BENCH_ESCROW_PASSPHRASE"
_LARGEST_FILE = 1 << 16  # bytes; only the first line is used

PassphraseFileOption = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="File whose first line is the CA's passphrase.")
]

EscrowPassphraseFileOption = Annotated[
    Path | None,
    typer.Option(
        "--escrow-passphrase-file", metavar="FILE", help="File whose first line is the escrow file's passphrase."
    ),
]
EscrowRecipientOption = Annotated[
    list[str] | None,
    typer.Option(
        "--escrow-recipient",
        metavar="FILE",
        help="Public key of somebody who can open it too; can be repeated.",
    ),
]


def escrow_recipients(files: Sequence[str] | None) -> tuple[EscrowRecipient, ...]:
    """The keepers whose public keys were given.

    Raises:
        InputError: What `read_bytes` and `escrow_recipient` raise.
    """
    return tuple(dict.fromkeys(escrow_recipient(read_bytes(file)) for file in files or ()))


def existing_passphrase(directory: Path, file: Path | None) -> bytes:
    """The passphrase of the authority in `directory`.

    Raises:
        InputError: `passphrase-needed` when there is none anywhere and nobody to ask.

    """
    found = passphrase_in(file) if file else ready_passphrase(directory)
    if found:
        return found
    return _ask_for_ca(f"Passphrase of the CA in {directory}", twice=False)


def unlocked_authority(directory: Path, file: Path | None) -> CertificateAuthority:
    """Unlock the authority in a folder.

    Raises:
        BenchError: What `existing_passphrase` and `CaAccess.unlock` raise.
    """
    ca = CaAccess(directory, passphrase=existing_passphrase(directory, file))
    weak = ca.weakly_encrypted()
    authority = ca.unlock()
    if weak:
        console(stderr=True).print(f"Encrypted anew, as guessing their passphrase was too cheap: {', '.join(weak)}.")
    return authority


def new_passphrase(directory: Path, file: Path | None) -> bytes:
    """Get a passphrase for a new authority.

    It is asked for twice when it is typed.

    Raises:
        InputError: As `check_new_passphrase`.
    """
    found = passphrase_in(file) if file else ready_passphrase(directory)
    if not found:
        found = _ask_for_ca("Passphrase for the new CA's keys", twice=True)
    check_new_passphrase(found)
    return found


def escrow_passphrase(path: Path, file: Path | None) -> bytes:
    """The passphrase of the escrow file that is at `path`.

    Raises:
        InputError: `passphrase-needed` when there is none anywhere and nobody to ask.

    """
    return ready_escrow_passphrase(file) or _ask_for_escrow(f"of the escrow file {path}", confirmation=False)


def new_escrow_passphrase(file: Path | None) -> bytes:
    """Get a passphrase for new escrow files.

    It is asked for twice when it is typed.

    Raises:
        InputError: `passphrase-needed` when there is none anywhere and nobody to ask, `weak-passphrase`.
    """
    found = ready_escrow_passphrase(file) or _ask_for_escrow("for new escrow files", confirmation=True)
    check_new_passphrase(found, "The escrow passphrase")
    return found


def ready_escrow_passphrase(file: Path | None) -> bytes:
    """Find the passphrase of escrow files without asking anybody.

    It is nothing when somebody needs to be asked for it.

    Raises:
        InputError: `passphrase-needed` when the file has none.
    """
    return passphrase_in(file) if file else os.fsencode(os.environ.get(ESCROW_VARIABLE, ""))


def passphrase_in(file: Path) -> bytes:
    """The first line of a passphrase file.

    Raises:
        InputError: `passphrase-needed` when there is none in it.

    """
    try:
        first = read_bounded(file, _LARGEST_FILE).splitlines()[0]
    except (OSError, IndexError):
        first = b""
    if not first:
        raise InputError(
            "passphrase-needed",
            f"The passphrase file {file} cannot be used: it is missing, unreadable or empty.",
            "Write the passphrase into its first line.",
        )
    return first


def _ask_for_escrow(which: str, *, confirmation: bool) -> bytes:
    missing = InputError(
        "passphrase-needed",
        f"The passphrase {which} is needed, and there is nobody to ask.",
        f"Give it with --escrow-passphrase-file or in {ESCROW_VARIABLE}.",
    )
    return _typed(f"Passphrase {which}", missing, twice=confirmation)


def _ask_for_ca(question: str, *, twice: bool) -> bytes:
    missing = InputError(
        "passphrase-needed",
        "The CA's passphrase is needed, and there is nobody to ask.",
        f"Give it with --passphrase-file or in {VARIABLE}.",
    )
    return _typed(question, missing, twice=twice)


def _typed(question: str, missing: InputError, *, twice: bool) -> bytes:
    if not sys.stdin.isatty():
        raise missing
    return ask(question, missing, hidden=True, twice=twice).encode()
