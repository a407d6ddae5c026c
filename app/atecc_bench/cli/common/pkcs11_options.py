"""The options that name a key in a PKCS #11 module."""

from typing import Annotated

import typer

from atecc_bench.errors import InputError
from atecc_bench.pki.keys.pkcs11_key import Pkcs11Reference

ModuleOption = Annotated[
    str | None, typer.Option("--pkcs11-module", metavar="FILE", help="Library of the PKCS #11 module that has the key.")
]
TokenOption = Annotated[str | None, typer.Option("--pkcs11-token", metavar="LABEL", help="Label of its token.")]
KeyOption = Annotated[str | None, typer.Option("--pkcs11-key", metavar="LABEL", help="Label of the key pair.")]


def reference_of(module: str | None, token: str | None, key: str | None) -> Pkcs11Reference | None:
    """Build the reference to the key from its three options.

    It says where the key is, and is None when none of the three is given.

    Raises:
        InputError: `usage` when some of the three are missing.
    """
    if module is None and token is None and key is None:
        return None
    if module is None or token is None or key is None:
        raise InputError(
            "usage",
            "A key in a PKCS #11 module needs all of --pkcs11-module, --pkcs11-token and --pkcs11-key.",
            "See what is there with: pkcs11-tool --module FILE --list-objects",
        )
    return Pkcs11Reference(module, token, key)
