"""Verbs that make CAs and devices known to Azure."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from atecc_bench.cli.certificates.ca import DirectoryArgument
from atecc_bench.cli.cloud.cloud_options import PlanOption, print_actions
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    check_named,
    print_json,
    reporting,
)
from atecc_bench.cli.common.passphrase import PassphraseFileOption, existing_passphrase
from atecc_bench.cloud.azure_authority import open_dps_management, prove_authority
from atecc_bench.cloud.azure_client import (
    DPS_SCOPE,
    DPS_VERSION,
    AzureService,
    azure_credential,
)
from atecc_bench.cloud.azure_devices import enroll_group, open_azure, register_with_azure, service_host
from atecc_bench.errors import InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.pki.authority.certificate_authority import SIGNER, check_key, load_authority_certificates
from atecc_bench.pki.authority.key_store import load_authority_key
from atecc_bench.profiles.registration_part import AzureRegistration
from atecc_bench.workflows.devices.connection import certificates_of, chain_on_chip


def azure_group(
    directory: DirectoryArgument,
    dps: Annotated[str, typer.Option("--dps", metavar="NAME", help="The Device Provisioning Service.")],
    resource_group: Annotated[str, typer.Option("--resource-group", metavar="NAME", help="Its resource group.")],
    subscription: Annotated[str, typer.Option("--subscription", metavar="ID", help="Its subscription.")],
    group: Annotated[str, typer.Option("--group", metavar="NAME", help="Name of group and CA there.")] = "atecc-bench",
    passphrase_file: PassphraseFileOption = None,
    *,
    plan: PlanOption = False,
    json: JsonOption = False,
) -> None:
    """Enrol all devices of a CA with Azure, by a group.

    The signer is uploaded and proves its key by a certificate for the service's code. What exists stays as it is.
    """
    with reporting(as_json=json):
        service = f"https://{service_host(dps)}"
        _, signer = load_authority_certificates(directory)
        key = load_authority_key(directory, SIGNER, existing_passphrase(directory, passphrase_file))
        check_key(signer, key)
        credential = azure_credential()
        management = open_dps_management(credential, subscription)
        place = (resource_group, dps)
        actions = prove_authority(management, place, group, signer, key, datetime.now(UTC), plan_only=plan)
        enrolling = AzureService(service, DPS_SCOPE, DPS_VERSION, credential, plan, actions)
        enroll_group(enrolling, group, group)
    if json:
        print_json({"actions": [action.document for action in actions]})
    else:
        print_actions(actions)


def azure_device(
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="URL", help="The chip whose certificate it is.", callback=check_named),
    ] = None,
    cert: Annotated[str | None, typer.Option("--cert", metavar="FILE", help="Instead: its certificate.")] = None,
    dps: Annotated[
        str | None, typer.Option("--dps", metavar="NAME", help="Enrol it with this Device Provisioning Service.")
    ] = None,
    hub: Annotated[
        str | None, typer.Option("--hub", metavar="NAME", help="Or make it a device of this hub, by thumbprint.")
    ] = None,
    *,
    plan: PlanOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make one device known to Azure, by its certificate.

    As an individual enrolment, or by thumbprint in a hub. What exists stays as it is.
    """
    with reporting(as_json=json):
        if (port is None) == (cert is None) or (dps is None) == (hub is None):
            raise InputError(
                "usage", "One device goes to one service.", "Give --port or --cert, and --dps or --hub."
            )  # fmt: skip
        service_host(dps or hub or "", hub=hub is not None)
        wanted = AzureRegistration(dps=dps, hub=hub)
        if port is not None:
            with open_device(port, baud=baud) as device:
                leaf = chain_on_chip(device, user_records(), datetime.now(UTC)).chain[0]
        else:
            leaf = certificates_of([read_bytes(cert or "")])[0]
        service = open_azure(wanted, plan_only=plan)
        register_with_azure(service, leaf, wanted)
    if json:
        print_json({"actions": [action.document for action in service.actions]})
    else:
        print_actions(service.actions)
