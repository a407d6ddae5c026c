"""Verbs of the certificate authority: init, import, show.

Those of further signers are in `ca_signers`.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.cli.common.output_files import check_folder
from atecc_bench.cli.common.passphrase import PassphraseFileOption, new_passphrase, passphrase_in
from atecc_bench.cli.common.pkcs11_options import KeyOption, ModuleOption, TokenOption, reference_of
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import (
    DEFAULT_ROOT_NAME,
    DEFAULT_ROOT_YEARS,
    DEFAULT_SIGNER_NAME,
    DEFAULT_SIGNER_YEARS,
    AuthoritySummary,
    CertificateSummary,
    create_authority,
    import_authority,
    save_authority,
    show_authority,
)
from atecc_bench.pki.authority.issue_ca import ExtensionProfile
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.workflows.ca_access import remember

DirectoryArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the certificate authority.")]
RememberOption = Annotated[bool, typer.Option("--remember", help="Put the passphrase into your keyring.")]


def init(
    directory: DirectoryArgument,
    organization: Annotated[str, typer.Option("--organization", help="Organization in all names.")],
    root_name: Annotated[str, typer.Option("--root-name", help="Common name of the root.")] = DEFAULT_ROOT_NAME,
    signer_name: Annotated[str, typer.Option("--signer-name", help="Common name of the signer.")] = DEFAULT_SIGNER_NAME,
    root_years: Annotated[int, typer.Option("--root-years", min=1, max=127)] = DEFAULT_ROOT_YEARS,
    signer_years: Annotated[int, typer.Option("--signer-years", min=1, max=127)] = DEFAULT_SIGNER_YEARS,
    profile: Annotated[
        ExtensionProfile, typer.Option("--profile", help="Extensions of both certificates.")
    ] = ExtensionProfile.STANDARD,
    passphrase_file: PassphraseFileOption = None,
    *,
    printable: Annotated[
        bool, typer.Option("--printable-names", help="Names as PrintableString, which Arduino's libraries need.")
    ] = False,
    remember_passphrase: RememberOption = False,
    json: JsonOption = False,
) -> None:
    """Make a new root and signer (P-256), with encrypted keys."""
    with reporting(as_json=json):
        _check_folder(directory)
        passphrase = new_passphrase(directory, passphrase_file)
        authority, root_key = create_authority(
            organization=organization,
            now=datetime.now(UTC),
            root_name=root_name,
            signer_name=signer_name,
            root_years=root_years,
            signer_years=signer_years,
            profile=profile,
            printable=printable,
        )
        save_authority(directory, authority, root_key, passphrase)
        _finish(directory, passphrase, remember_passphrase=remember_passphrase, json=json)


def import_(
    directory: DirectoryArgument,
    certificate: Annotated[str, typer.Option("--cert", metavar="FILE", help="CA certificate, PEM or DER.")],
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="FILE", help="Its private key, PEM or DER; or name a PKCS #11 module."),
    ] = None,
    root: Annotated[
        str | None, typer.Option("--root", metavar="FILE", help="Root certificate, when another CA issued --cert.")
    ] = None,
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--key-passphrase-file", metavar="FILE", help="Passphrase of --key, if encrypted, or PIN of the token."
        ),
    ] = None,
    module: ModuleOption = None,
    token: TokenOption = None,
    module_key: KeyOption = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    remember_passphrase: RememberOption = False,
    json: JsonOption = False,
) -> None:
    """Take over an existing CA.

    A self-signed one becomes the root, and a signer is issued under it.
    """
    with reporting(as_json=json):
        _check_folder(directory)
        reference = reference_of(module, token, module_key)
        source = reference if key is None else read_bytes(key)
        if source is None or (key is not None and reference is not None):
            raise InputError(
                "usage", "The CA's key is needed, from one place.", "Give either --key or the three --pkcs11 options."
            )
        certificate_data = read_bytes(certificate)
        key_passphrase = passphrase_in(key_passphrase_file) if key_passphrase_file else None
        imported = load_certificate(certificate_data, key_passphrase)
        # A signer's key in a module is all there is; nothing is saved that a passphrase could protect.
        saves_key = reference is None or imported.subject == imported.issuer
        passphrase = new_passphrase(directory, passphrase_file) if saves_key else b""
        import_authority(
            directory,
            certificate=certificate_data,
            key=source,
            key_passphrase=key_passphrase,
            passphrase=passphrase,
            root=read_bytes(root) if root else None,
            now=datetime.now(UTC),
        )
        _finish(directory, passphrase, remember_passphrase=remember_passphrase, json=json)


def show(directory: DirectoryArgument, *, json: JsonOption = False) -> None:
    """Show a certificate authority; needs no passphrase."""
    with reporting(as_json=json):
        print_summary(show_authority(directory), json=json)


def _check_folder(directory: Path) -> None:
    if directory.resolve() == Path.cwd():
        raise InputError(
            "ca-folder",
            "The CA cannot be made in the folder you are in: it appears whole, as a new folder, or not at all.",
            "Give the name of a folder that does not exist yet.",
        )
    check_folder(directory.absolute().parent)


def _finish(directory: Path, passphrase: bytes, *, remember_passphrase: bool, json: bool) -> None:
    summary = show_authority(directory)
    if remember_passphrase:
        try:
            remember(directory, passphrase)
        except InputError as error:
            raise InputError(error.id, f"The CA is in {directory}, but {error.message}", error.hint) from error
    print_summary(summary, json=json)


def print_summary(summary: AuthoritySummary, *, json: bool) -> None:
    """Show an authority."""
    if json:
        document: dict[str, object] = {
            "directory": str(summary.directory),
            "root": _document(summary.root),
            "signer": _document(summary.signer),
            "root_key": str(summary.root_key_path) if summary.root_key_path else None,
            "signer_key": str(summary.signer_key_path),
            "signers": [{"directory": str(other.directory), **_document(other.signer)} for other in summary.signers],
            "warnings": [
                {"id": one.id, "certificate": one.certificate, "message": one.message, "hint": one.hint}
                for one in summary.warnings
            ],
        }
        print_json(document)
        return
    table = wrapping_table("", "Name", "Valid", "File")
    further = [("Signer", other.signer) for other in summary.signers]
    for title, certificate in (("Root", summary.root), ("Signer", summary.signer), *further):
        valid = f"{certificate.not_before:%Y-%m-%d} – {certificate.not_after:%Y-%m-%d}"
        table.add_row(title, certificate.subject, valid, str(certificate.path))
    console().print(table)
    if summary.root_key_path is None:
        console().print("The root's key is elsewhere.")
    else:
        console().print(f"The root's key: {summary.root_key_path}")
    console().print(f"The signer's key: {summary.signer_key_path}")
    for warning in summary.warnings:
        console().print(f"Warning: {warning.message} {warning.hint}", markup=False)


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
