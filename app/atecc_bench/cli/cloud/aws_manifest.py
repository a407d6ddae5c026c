"""The verb that registers a lot of Trust&GO chips with AWS IoT."""

from typing import Annotated

import typer

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.cli.cloud.cloud_options import (
    PlanOption,
    RegionOption,
    RegistrationOption,
    print_actions,
    registration_of,
)
from atecc_bench.cli.common.input_files import read_bytes, read_certificate
from atecc_bench.cli.common.output import JsonOption, print_json, reporting
from atecc_bench.cloud.aws_client import AwsIot, open_aws
from atecc_bench.cloud.aws_manifest import register_manifest
from atecc_bench.pki.x509.device_manifest import check_manifest


def aws_manifest(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The manifest; - reads stdin.")],
    cert: Annotated[str, typer.Option("--cert", metavar="FILE", help="Certificate of whoever signed it.")],
    registration: RegistrationOption = None,
    slot: Annotated[
        int | None, typer.Option("--slot", min=0, max=15, help="Slot whose certificate it is; by default the first.")
    ] = None,
    region: RegionOption = None,
    *,
    plan: PlanOption = False,
    json: JsonOption = False,
) -> None:
    """Register every chip of a signed manifest with AWS IoT.

    The manifest is checked first. Things are named by the chip's serial number unless the registration says otherwise.
    """
    with reporting(as_json=json):
        devices = check_manifest(read_bytes(file, LARGEST_FILE), read_certificate(cert))
        wanted = registration_of(registration)
        if registration is None:
            wanted = wanted.model_copy(update={"thing": "{serial_number}"})
        aws = AwsIot(open_aws(region or wanted.region), plan)
        register_manifest(aws, devices, wanted, slot)
    if json:
        print_json({"devices": len(devices), "actions": [action.document for action in aws.actions]})
    else:
        print_actions(aws.actions)
