"""Where a CA's passphrase may lie ready: the environment, or this user's keyring."""

import os
from pathlib import Path

from atecc_bench.errors import InputError

VARIABLE = "ATECC_BENCH_CA_PASSPHRASE"
SERVICE = "atecc-bench"


def ready_passphrase(directory: Path) -> bytes | None:
    """The passphrase of the authority in `directory`, if nobody needs to be asked for it."""
    return os.fsencode(os.environ.get(VARIABLE, "")) or _from_keyring(directory)


def remember(directory: Path, passphrase: bytes) -> None:
    """Put the passphrase into this user's keyring.

    Raises:
        InputError: `no-keyring`.

    """
    # Imported where it is used: looking for the system's keyring takes a while.
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, str(directory.resolve()), passphrase.decode())
    except (KeyringError, UnicodeDecodeError) as error:
        raise InputError(
            "no-keyring",
            f"the keyring does not take the passphrase: {type(error).__name__}.",
            "Use --passphrase-file instead.",
        ) from error


def _from_keyring(directory: Path) -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        password = keyring.get_password(SERVICE, str(directory.resolve()))
    except KeyringError:
        return None  # no keyring on this system: somebody will be asked
    return password.encode() if password else None
