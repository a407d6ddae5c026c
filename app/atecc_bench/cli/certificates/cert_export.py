"""The verb `cert export`, which writes certificates to files.

The forms are a PEM chain, DER, or a C header.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, print_json, reporting
from atecc_bench.cli.common.output_files import write_new
from atecc_bench.pki.c_source.certificate_export import ExportFormat, export_certificates
from atecc_bench.pki.keys.key_files import load_certificates


def export(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Certificates, the device's own first.")],
    export_format: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = ExportFormat.PEM,
    name: Annotated[str, typer.Option("--name", help="Name in the C header.")] = "device_chain",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The new file; stdout without.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Write certificates as a PEM chain, DER, or a C header.

    They are in the order given.
    """
    with reporting(as_json=json):
        chain = [certificate for file in files for certificate in load_certificates(read_bytes(file))]
        content = export_certificates(chain, export_format, name)
        if out is not None:
            write_new(out, content)
    if json:
        document: dict[str, object] = {"certificates": len(chain), "format": export_format.value}
        text = content.hex() if export_format is ExportFormat.DER else content.decode("ascii")
        print_json({**document, "path": str(out)} if out else {**document, "content": text})
    elif out is None:
        sys.stdout.buffer.write(content)
