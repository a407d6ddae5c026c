"""The group `cloud` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.cloud.aws_authority import aws_ca
from atecc_bench.cli.cloud.aws_device import aws_certificate, aws_device
from atecc_bench.cli.cloud.aws_manifest import aws_manifest
from atecc_bench.cli.cloud.azure import azure_device, azure_group
from atecc_bench.cli.cloud.broker_files import files
from atecc_bench.cli.cloud.queue import queue

app = typer.Typer(no_args_is_help=True, help="Register devices and CAs with clouds and brokers.")
app.command("aws-device")(aws_device)
app.command("aws-ca")(aws_ca)
app.command("aws-certificate")(aws_certificate)
app.command("aws-manifest")(aws_manifest)
app.command("azure-group")(azure_group)
app.command("azure-device")(azure_device)
app.command("files")(files)
app.command("queue")(queue)
