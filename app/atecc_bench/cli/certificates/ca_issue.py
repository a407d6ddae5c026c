"""The verb `ca issue`, which signs a request."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.certificates.ca import DirectoryArgument
from atecc_bench.cli.common.input_files import read_request
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cli.common.passphrase import PassphraseFileOption, existing_passphrase
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import ROOT, SIGNER, check_key, load_authority_certificates
from atecc_bench.pki.authority.issue_request import DEFAULT_DAYS, Purpose, issue_for_request
from atecc_bench.pki.authority.key_store import key_path, load_authority_key
from atecc_bench.pki.x509.csr import alternative_names, subject_of_text


class IssuedBy(StrEnum):
    """Which certificate of the authority signs."""

    SIGNER = "signer"
    ROOT = "root"


def issue(
    directory: DirectoryArgument,
    csr: Annotated[str, typer.Option("--csr", metavar="FILE", help="The request, PEM or DER, in any wrapping.")],
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="As CN=…,O=…; by default the request's.")
    ] = None,
    san: Annotated[
        list[str] | None, typer.Option("--san", metavar="NAME", help="DNS:…, IP:…; by default the request's.")
    ] = None,
    purpose: Annotated[Purpose, typer.Option("--for", help="What it may be used for.")] = Purpose.ANY,
    days: Annotated[int, typer.Option("--days", min=1, max=36_500, help="Its validity.")] = DEFAULT_DAYS,
    by: Annotated[IssuedBy, typer.Option("--by", help="Which of the two certificates signs.")] = IssuedBy.SIGNER,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, .pem, .crt or .der; stdout without.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Issue a certificate for any request.

    For the proof that AWS or Azure ask for, a server, or a device without a chip.
    """
    with reporting(as_json=json):
        ending = check_new(out, ".pem", ".crt", ".der") if out is not None else ""
        request = read_request(csr)
        named = None if subject is None else subject_of_text(subject)
        names = alternative_names(san).value if san else None
        root, signer = load_authority_certificates(directory)
        issuer, stem = (root, ROOT) if by is IssuedBy.ROOT else (signer, SIGNER)
        if key_path(directory, stem) is None:
            raise InputError(
                "no-ca-key",
                f"The key of the {by.value} is not in {directory}: it is somebody else's.",
                "Issue by the other (--by), or send the request to whoever has the key.",
            )
        key = load_authority_key(directory, stem, existing_passphrase(directory, passphrase_file))
        check_key(issuer, key)
        certificate = issue_for_request(
            request, issuer, key, now=datetime.now(UTC), days=days, subject=named,
            names=names if isinstance(names, x509.SubjectAlternativeName) else None, purpose=purpose,
        )  # fmt: skip
        pem = certificate.public_bytes(Encoding.PEM)
        if out is not None:
            write_new(out, certificate.public_bytes(Encoding.DER) if ending == ".der" else pem)
    if json:
        where = {"path": str(out)} if out else {}
        print_json({
            "subject": certificate.subject.rfc4514_string(), "issuer": certificate.issuer.rfc4514_string(),
            "not_after": certificate.not_valid_after_utc.isoformat(), "certificate_pem": pem.decode("ascii"), **where,
        })  # fmt: skip
    elif out is None:
        typer.echo(pem.decode("ascii").rstrip())
    else:
        until = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        console().print(f"The certificate of {certificate.subject.rfc4514_string()}, valid until {until}, is in {out}.")
