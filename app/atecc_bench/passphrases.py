"""The one rule for new passphrases.

They are of CA keys, escrow files and frozen lines.
"""

from typing import Final

from atecc_bench.errors import InputError

SHORTEST: Final = 12  # characters; NIST SP 800-63B-4 asks 15 of a password that stands alone, and forbids any pattern
FEWEST_DIFFERENT: Final = 5  # characters, so that no row of one key passes
LONGEST: Final = 1023  # bytes, OpenSSL's limit for encrypted keys


def check_new_passphrase(passphrase: bytes, what: str = "The passphrase") -> None:
    """Refuse a new passphrase that is too weak to be one.

    Those that exist are taken as they are. `what` begins the sentence of the refusal.

    Raises:
        InputError: `passphrase-needed` without any, `weak-passphrase`, `passphrase-too-long`.
    """
    if not passphrase:
        raise InputError("passphrase-needed", f"{what} is empty.", "Choose a passphrase.")
    if len(passphrase) > LONGEST:
        raise InputError(
            "passphrase-too-long",
            f"{what} has {len(passphrase)} bytes; openssl reads at most {LONGEST}.",
            "Choose a shorter one.",
        )
    text = passphrase.decode("utf-8", "surrogateescape")
    if len(text) < SHORTEST or len(set(text)) < FEWEST_DIFFERENT:
        raise InputError(
            "weak-passphrase",
            f"{what} needs at least {SHORTEST} characters, {FEWEST_DIFFERENT} of them different.",
            "Four words that do not belong together are long enough, and easier to remember than signs.",
        )
