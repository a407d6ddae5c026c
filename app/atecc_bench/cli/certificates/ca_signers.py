"""Verbs of further signers.

They are `ca add-signer`, and `ca csr` with `ca adopt` for those an outside CA certifies.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.certificates.ca import DirectoryArgument, print_summary
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.passphrase import PassphraseFileOption, existing_passphrase, new_passphrase, passphrase_in
from atecc_bench.cli.common.pkcs11_options import KeyOption, ModuleOption, TokenOption, reference_of
from atecc_bench.pki.authority.certificate_authority import (
    DEFAULT_SIGNER_NAME,
    DEFAULT_SIGNER_YEARS,
    ROOT,
    show_authority,
)
from atecc_bench.pki.authority.issue_ca import ExtensionProfile
from atecc_bench.pki.authority.key_store import is_in_module
from atecc_bench.pki.authority.signers import REQUEST_FILE, add_signer, adopt_signer, request_signer, signer_subject
from atecc_bench.pki.keys.pkcs11_key import open_pkcs11_key

SignerIdOption = Annotated[str | None, typer.Option("--signer-id", help="Four hexadecimal digits that end the name.")]
NameOption = Annotated[str, typer.Option("--name", help="Common name, without the signer id.")]
PinFileOption = Annotated[
    Path | None,
    typer.Option("--pin-file", metavar="FILE", help="PIN of the token that has the key, in its first line."),
]


def add(
    directory: DirectoryArgument,
    signer_id: Annotated[str, typer.Option("--signer-id", help="Four upper-case hexadecimal digits.")],
    name: NameOption = DEFAULT_SIGNER_NAME,
    years: Annotated[int, typer.Option("--years", min=1, max=127, help="Its validity.")] = DEFAULT_SIGNER_YEARS,
    profile: Annotated[ExtensionProfile, typer.Option("--profile", help="Its extensions.")] = ExtensionProfile.STANDARD,
    passphrase_file: PassphraseFileOption = None,
    pin_file: PinFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Issue a further signer under the root.

    Its folder, DIR/signers/ID, is a CA of its own for `provision --ca`.
    """
    with reporting(as_json=json):
        in_module = is_in_module(directory, ROOT)
        secret = existing_passphrase(directory, pin_file if in_module else passphrase_file)
        folder = add_signer(
            directory,
            signer_id=signer_id,
            root_secret=secret,
            passphrase=new_passphrase(directory, passphrase_file) if in_module else secret,
            now=datetime.now(UTC),
            name=name,
            years=years,
            profile=profile,
        )
        print_summary(show_authority(folder), json=json)


def csr(
    directory: DirectoryArgument,
    organization: Annotated[str, typer.Option("--organization", help="Organization in the signer's name.")],
    name: NameOption = DEFAULT_SIGNER_NAME,
    signer_id: SignerIdOption = None,
    passphrase_file: PassphraseFileOption = None,
    module: ModuleOption = None,
    token: TokenOption = None,
    key: KeyOption = None,
    pin_file: PinFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Make a signer's key and a request for an outside CA.

    The outside CA is to sign the request; `ca adopt` takes the answer.
    """
    with reporting(as_json=json):
        reference = reference_of(module, token, key)
        subject = signer_subject(organization, name, signer_id)
        if reference is None:
            request = request_signer(directory, subject=subject, passphrase=new_passphrase(directory, passphrase_file))
        else:
            module_key = open_pkcs11_key(reference, existing_passphrase(directory, pin_file))
            request = request_signer(directory, subject=subject, passphrase=b"", key=module_key)
    path = directory / REQUEST_FILE
    if json:
        print_json({"csr": str(path), "csr_pem": request.decode("ascii")})
    else:
        console().print(request.decode("ascii"), end="")
        console().print(f"Have {path} signed as a CA, then: atecc-bench ca adopt {directory} --cert … --root …")


def adopt(
    directory: DirectoryArgument,
    certificate: Annotated[str, typer.Option("--cert", metavar="FILE", help="What the outside CA issued.")],
    root: Annotated[str, typer.Option("--root", metavar="FILE", help="The certificate of that CA.")],
    passphrase_file: PassphraseFileOption = None,
    pin_file: PinFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Complete a CA of `ca csr` with its issued certificate."""
    with reporting(as_json=json):
        secret = passphrase_in(pin_file) if pin_file else existing_passphrase(directory, passphrase_file)
        adopt_signer(
            directory,
            certificate=read_bytes(certificate),
            root=read_bytes(root),
            secret=secret,
            now=datetime.now(UTC),
        )
        print_summary(show_authority(directory), json=json)
