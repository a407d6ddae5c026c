"""Verbs of the certificate authority: init, import, show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from atecc_bench.cli.files import read_bytes
from atecc_bench.cli.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.passphrase import PassphraseFileOption, new_passphrase, passphrase_in
from atecc_bench.errors import InputError
from atecc_bench.pki.authority import (
    AuthoritySummary,
    CertificateSummary,
    create_authority,
    import_authority,
    save_authority,
    show_authority,
)
from atecc_bench.provision.passphrase import remember

app = typer.Typer(no_args_is_help=True, help="The certificate authority that signs device certificates.")

DirectoryArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the certificate authority.")]
RememberOption = Annotated[bool, typer.Option("--remember", help="Put the passphrase into your keyring.")]


@app.command("init")
def init(
    directory: DirectoryArgument,
    organization: Annotated[str, typer.Option("--organization", help="Organization in all names.")],
    passphrase_file: PassphraseFileOption = None,
    *,
    remember_passphrase: RememberOption = False,
    json: JsonOption = False,
) -> None:
    """Make a new root and signer (P-256), with encrypted keys."""
    with reporting(as_json=json):
        _check_folder(directory)
        passphrase = new_passphrase(directory, passphrase_file)
        authority, root_key = create_authority(organization=organization, now=datetime.now(UTC))
        save_authority(directory, authority, root_key, passphrase)
        _finish(directory, passphrase, remember_passphrase=remember_passphrase, json=json)


@app.command("import")
def import_(
    directory: DirectoryArgument,
    certificate: Annotated[str, typer.Option("--cert", metavar="FILE", help="CA certificate, PEM or DER.")],
    key: Annotated[str, typer.Option("--key", metavar="FILE", help="Its private key, PEM or DER.")],
    root: Annotated[
        str | None, typer.Option("--root", metavar="FILE", help="Root certificate, when another CA issued --cert.")
    ] = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option("--key-passphrase-file", metavar="FILE", help="Passphrase of --key, if encrypted.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    remember_passphrase: RememberOption = False,
    json: JsonOption = False,
) -> None:
    """Take over an existing CA. A self-signed one becomes the root, and a signer is issued under it."""
    with reporting(as_json=json):
        _check_folder(directory)
        passphrase = new_passphrase(directory, passphrase_file)
        key_passphrase = passphrase_in(key_passphrase_file) if key_passphrase_file else None
        import_authority(
            directory,
            certificate=read_bytes(certificate),
            key=read_bytes(key),
            key_passphrase=key_passphrase,
            passphrase=passphrase,
            root=read_bytes(root) if root else None,
            now=datetime.now(UTC),
        )
        _finish(directory, passphrase, remember_passphrase=remember_passphrase, json=json)


@app.command("show")
def show(directory: DirectoryArgument, *, json: JsonOption = False) -> None:
    """Show a certificate authority; needs no passphrase."""
    with reporting(as_json=json):
        _print(show_authority(directory), json=json)


def _check_folder(directory: Path) -> None:
    if directory.resolve() == Path.cwd():
        raise InputError(
            "ca-folder",
            "The CA cannot be made in the folder you are in: it appears whole, as a new folder, or not at all.",
            "Give the name of a folder that does not exist yet.",
        )


def _finish(directory: Path, passphrase: bytes, *, remember_passphrase: bool, json: bool) -> None:
    summary = show_authority(directory)
    if remember_passphrase:
        try:
            remember(directory, passphrase)
        except InputError as error:
            raise InputError(error.id, f"The CA is in {directory}, but {error.message}", error.hint) from error
    _print(summary, json=json)


def _print(summary: AuthoritySummary, *, json: bool) -> None:
    if json:
        document: dict[str, object] = {
            "directory": str(summary.directory),
            "root": _document(summary.root),
            "signer": _document(summary.signer),
            "root_key": str(summary.root_key_path) if summary.root_key_path else None,
            "signer_key": str(summary.signer_key_path),
        }
        print_json(document)
        return
    table = Table("", "Name", "Valid", "File", box=None)
    for title, certificate in (("Root", summary.root), ("Signer", summary.signer)):
        valid = f"{certificate.not_before:%Y-%m-%d} – {certificate.not_after:%Y-%m-%d}"
        table.add_row(title, certificate.subject, valid, str(certificate.path))
    console().print(table)
    if summary.root_key_path is None:
        console().print("The root's key is elsewhere.")


def _document(certificate: CertificateSummary) -> dict[str, object]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial_number": certificate.serial_number,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key_identifier": certificate.key_identifier,
        "path": str(certificate.path),
    }
