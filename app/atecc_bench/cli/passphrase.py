"""The passphrase of a certificate authority: from a file, the environment, the keyring, or a prompt."""

import os
import sys
from pathlib import Path
from typing import Annotated

import keyring
import typer
from keyring.errors import KeyringError

from atecc_bench.errors import InputError

VARIABLE = "ATECC_BENCH_CA_PASSPHRASE"
SERVICE = "atecc-bench"

PassphraseFileOption = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="File whose first line is the CA's passphrase.")
]


def existing_passphrase(directory: Path, file: Path | None) -> bytes:
    """The passphrase of the authority in `directory`.

    Raises:
        InputError: `passphrase-needed` when there is none anywhere and nobody to ask.

    """
    found = _given(file) or _remembered(directory)
    if found:
        return found
    _someone_must_be_there()
    return typer.prompt(f"Passphrase of the CA in {directory}", hide_input=True, err=True).encode()


def new_passphrase(file: Path | None) -> bytes:
    """A passphrase for a new authority, asked for twice when it is typed."""
    given = _given(file)
    if given:
        return given
    _someone_must_be_there()
    prompt = "Passphrase for the new CA's keys"
    return typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True).encode()


def remember(directory: Path, passphrase: bytes) -> None:
    """Put the passphrase into this user's keyring.

    Raises:
        InputError: `no-keyring`.

    """
    try:
        keyring.set_password(SERVICE, str(directory.resolve()), passphrase.decode())
    except KeyringError as error:
        raise InputError(
            "no-keyring", f"The keyring does not take the passphrase: {error}", "Use --passphrase-file instead."
        ) from error


def _given(file: Path | None) -> bytes | None:
    if file is not None:
        try:
            return file.read_bytes().splitlines()[0]
        except (OSError, IndexError) as error:
            raise InputError(
                "passphrase-needed",
                f"The passphrase file {file} cannot be used: it is missing, unreadable or empty.",
                "Write the passphrase into its first line.",
            ) from error
    return os.environ.get(VARIABLE, "").encode() or None


def _remembered(directory: Path) -> bytes | None:
    try:
        password = keyring.get_password(SERVICE, str(directory.resolve()))
    except KeyringError:
        return None  # no keyring on this system: somebody will be asked
    return password.encode() if password else None


def _someone_must_be_there() -> None:
    if not sys.stdin.isatty():
        raise InputError(
            "passphrase-needed",
            "The CA's passphrase is needed, and there is nobody to ask.",
            f"Give it with --passphrase-file or in {VARIABLE}.",
        )
