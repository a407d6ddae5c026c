"""The verb that encrypts an escrow file anew, for other keepers."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.confirm import slots_text
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.passphrase import (
    EscrowPassphraseFileOption,
    EscrowRecipientOption,
    escrow_passphrase,
    escrow_recipients,
    new_escrow_passphrase,
    passphrase_in,
)
from atecc_bench.records.escrow import load_escrow, save_escrow
from atecc_bench.records.escrow_recipients import EscrowKey, escrow_key


def escrow(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An escrow file, of this version or an earlier one.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new escrow file.")],
    key: Annotated[
        str | None,
        typer.Option("--escrow-key", metavar="FILE", help="Private key of a recipient, in place of its passphrase."),
    ] = None,
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option("--key-passphrase-file", metavar="FILE", help="Passphrase of --escrow-key, if encrypted."),
    ] = None,
    passphrase_file: EscrowPassphraseFileOption = None,
    recipient: EscrowRecipientOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Encrypt an escrow file anew, for other keepers.

    The new file has the same keys, under the escrow passphrase and for the given recipients. With --escrow-key the old
    file is opened by the private key of one of its recipients, and the passphrase is that of the new file alone.
    """
    with reporting(as_json=json):
        recipients = escrow_recipients(recipient)
        content = read_bytes(file)
        if key is None:
            passphrase = escrow_passphrase(Path(file), passphrase_file)
            escrowed = load_escrow(content, passphrase)
        else:
            escrowed = load_escrow(content, _key(key, key_passphrase_file))
            passphrase = new_escrow_passphrase(passphrase_file)
        save_escrow(out, escrowed, passphrase, recipients)
    if json:
        print_json({
            "serial_number": escrowed.serial_number.hex(), "slots": sorted(escrowed.keys),
            "recipients": [one.thumbprint for one in recipients], "escrow": str(out),
        })  # fmt: skip
        return
    others = f" and for {len(recipients)} more keepers" if recipients else ""
    what = f"The keys of {slots_text(sorted(escrowed.keys))} of chip {escrowed.serial_number.hex()}"
    console().print(f"{what} are in {out}, under the passphrase{others}.")


def _key(file: str, passphrase_file: Path | None) -> EscrowKey:
    return escrow_key(read_bytes(file), passphrase_in(passphrase_file) if passphrase_file else None)
