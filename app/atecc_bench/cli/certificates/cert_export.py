"""The verb `cert export`, which writes certificates to files.

The forms are a PEM chain, DER, or a C header.
"""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.diagnose.paste.pki_objects import certificates_in
from atecc_bench.errors import InputError
from atecc_bench.pki.c_source.certificate_export import ExportFormat, export_certificates

_ENDINGS: Final = {
    ".pem": ExportFormat.PEM,
    ".crt": ExportFormat.PEM,
    ".der": ExportFormat.DER,
    ".cer": ExportFormat.DER,
    ".h": ExportFormat.C_HEADER,
}
_WORDS: Final = {ExportFormat.PEM: "PEM", ExportFormat.DER: "DER", ExportFormat.C_HEADER: "C header"}


def export(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Certificates, the device's own first.")],
    wanted: Annotated[
        ExportFormat | None, typer.Option("--format", help="What to write; by default as --out ends, or PEM.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name in the C header.")] = "device_chain",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, .pem, .der or .h; stdout without.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Write certificates as a PEM chain, DER, or a C header.

    They are in the order given.
    """
    with reporting(as_json=json):
        export_format = _format(wanted, out)
        chain = [certificate for file in files for certificate in certificates_in(read_bytes(file))]
        content = export_certificates(chain, export_format, name)
        if out is not None:
            write_new(out, content)
    if json:
        document: dict[str, object] = {"certificates": len(chain), "format": export_format.value}
        text = content.hex() if export_format is ExportFormat.DER else content.decode("ascii")
        print_json({**document, "path": str(out)} if out else {**document, "content": text})
    elif out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        what = "certificate" if len(chain) == 1 else "certificates"
        console().print(f"{len(chain)} {what} as {_WORDS[export_format]}: {out}")


def _format(wanted: ExportFormat | None, out: Path | None) -> ExportFormat:
    """What is written, as was asked for and the file called.

    Raises:
        InputError: `ending-unknown`, or `usage` when the two contradict each other.
    """
    if out is None:
        return wanted or ExportFormat.PEM
    told = _ENDINGS[check_new(out, *_ENDINGS)]
    if wanted not in (None, told):
        raise InputError(
            "usage",
            f"--format {wanted.value} and {out} contradict each other.",
            "Leave --format out, or give a name with another ending.",
        )
    return told
