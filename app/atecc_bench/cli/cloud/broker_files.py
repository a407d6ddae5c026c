"""The verb that writes what brokers want to know."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.certificates.ca import DirectoryArgument
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.output_files import check_folder, write_all_new
from atecc_bench.cloud.broker_files import Platform, broker_files
from atecc_bench.pki.authority.certificate_authority import load_authority_certificates
from atecc_bench.workflows.devices.connection import certificates_of


def files(
    directory: DirectoryArgument,
    platform: Annotated[Platform, typer.Option("--for", help="Who is to take the devices.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the new files.")],
    cert: Annotated[
        list[str] | None, typer.Option("--cert", metavar="FILE", help="Certificates of devices, where they are listed.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Write the files by which a broker takes devices of a CA.

    For mosquitto, EMQX, HiveMQ and ThingsBoard. Nothing is sent anywhere.
    """
    with reporting(as_json=json):
        check_folder(out)
        root, signer = load_authority_certificates(directory)
        devices = certificates_of([read_bytes(file) for file in cert or []])
        made = broker_files(platform, (signer, root), devices)
        written = {out / name: content for name, content in made.files.items()}
        write_all_new(written)
    if json:
        print_json({"files": [str(path) for path in written], "lines": list(made.lines)})
        return
    for path in written:
        console().print(f"Written: {path}")
    for line in made.lines:
        console().print(line)
