"""Verbs that make a device known to AWS IoT."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.cloud.cloud_options import (
    FieldsOption,
    PlanOption,
    RegionOption,
    RegistrationOption,
    fields_of,
    print_actions,
    registration_of,
)
from atecc_bench.cli.common.input_files import read_bytes, read_request
from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    check_named,
    console,
    print_json,
    reporting,
)
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cloud.aws_client import AwsIot, open_aws
from atecc_bench.cloud.aws_device import certificate_id, fetch_certificate, register_device
from atecc_bench.errors import InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.pki.encoding.distinguished_names import common_name_of
from atecc_bench.workflows.devices.connection import certificates_of, chain_on_chip
from atecc_bench.workflows.devices.finished_run import typed_fields


def aws_device(
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="URL", help="The chip whose certificate it is.", callback=check_named),
    ] = None,
    cert: Annotated[
        list[str] | None,
        typer.Option("--cert", metavar="FILE", help="Instead: its certificate, who issued it behind it."),
    ] = None,
    registration: RegistrationOption = None,
    fields: FieldsOption = None,
    region: RegionOption = None,
    *,
    plan: PlanOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Register a device with AWS IoT, with thing, group and policy.

    What exists already stays as it is. Credentials are found by boto3's own ways.
    """
    with reporting(as_json=json):
        if (port is None) == (not cert):
            raise InputError("usage", "The device is a chip or its certificate.", "Give either --port or --cert.")
        wanted, given = registration_of(registration), fields_of(fields)
        values: dict[str, str] = {}
        if port is not None:
            with open_device(port, baud=baud) as device:
                records = user_records()
                chain = chain_on_chip(device, records, datetime.now(UTC)).chain
                values |= typed_fields(device.records_in(records))
                values["serial_number"] = device.session.serial_number().hex()
        else:
            chain = certificates_of([read_bytes(file) for file in cert or []])
        values["common_name"] = common_name_of(chain[0])
        aws = AwsIot(open_aws(region or wanted.region), plan)
        register_device(aws, chain, wanted, {**values, **given})
    if json:
        identifier = certificate_id(chain[0])
        print_json({"certificate_id": identifier, "actions": [action.document for action in aws.actions]})
    else:
        print_actions(aws.actions)


def aws_certificate(
    csr: Annotated[str, typer.Option("--csr", metavar="FILE", help="The chip's request (`key csr`, `provision`).")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, .pem; stdout without.")
    ] = None,
    region: RegionOption = None,
    *,
    plan: PlanOption = False,
    json: JsonOption = False,
) -> None:
    """Have AWS IoT issue the certificate for a chip's request.

    It is active at once; `provision --cert` proves that it is for the chip.
    """
    with reporting(as_json=json):
        if out is not None:
            check_new(out, ".pem")
        request = read_request(csr).public_bytes(Encoding.PEM)
        aws = AwsIot(open_aws(region), plan)
        chain = fetch_certificate(aws, request)
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
        if out is not None and chain:
            write_new(out, pem)
    if json:
        where = {"path": str(out)} if out and chain else {}
        actions = [action.document for action in aws.actions]
        print_json({"actions": actions, "certificate_pem": pem.decode("ascii"), **where})
    elif out is None and chain:
        typer.echo(pem.decode("ascii").rstrip())
    else:
        print_actions(aws.actions)
        if out is not None and chain:
            console().print(f"Written: {out}")
