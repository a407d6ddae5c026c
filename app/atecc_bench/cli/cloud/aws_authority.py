"""The verb that registers a CA with AWS IoT."""

import json as json_module
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from atecc_bench.cli.certificates.ca import DirectoryArgument
from atecc_bench.cli.cloud.cloud_options import PlanOption, RegionOption, print_actions
from atecc_bench.cli.common.input_files import read_text
from atecc_bench.cli.common.output import JsonOption, print_json, reporting
from atecc_bench.cli.common.passphrase import PassphraseFileOption, existing_passphrase
from atecc_bench.cloud.aws_authority import CaMode, JitpTemplate, register_authority
from atecc_bench.cloud.aws_client import AwsIot, open_aws
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import SIGNER, check_key, load_authority_certificates
from atecc_bench.pki.authority.key_store import load_authority_key


def aws_ca(
    directory: DirectoryArgument,
    mode: Annotated[CaMode, typer.Option("--mode", help="For one account, or for several by SNI.")] = CaMode.DEFAULT,
    jitp: Annotated[
        str | None, typer.Option("--jitp", metavar="FILE", help="A provisioning template (JSON) for first connections.")
    ] = None,
    jitp_name: Annotated[str, typer.Option("--jitp-name", metavar="NAME", help="Its name.")] = "atecc-bench",
    role: Annotated[
        str | None, typer.Option("--role", metavar="ARN", help="With --jitp: the role that provisions.")
    ] = None,
    region: RegionOption = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    auto_register: Annotated[
        bool, typer.Option("--auto-register", help="Register its devices as they first connect (JITR).")
    ] = False,
    plan: PlanOption = False,
    json: JsonOption = False,
) -> None:
    """Register a CA with AWS IoT: the signer that issues devices.

    It proves its key by a certificate for the account's registration code. What exists already stays as it is.
    """
    with reporting(as_json=json):
        if (jitp is None) != (role is None):
            raise InputError("usage", "A template needs a role, and a role a template.", "Give --jitp and --role.")
        template = None if jitp is None or role is None else JitpTemplate(jitp_name, _template(jitp), role)
        _, signer = load_authority_certificates(directory)
        key = load_authority_key(directory, SIGNER, existing_passphrase(directory, passphrase_file))
        check_key(signer, key)
        aws = AwsIot(open_aws(region), plan)
        register_authority(
            aws, signer, key, datetime.now(UTC), mode=mode, auto_registration=auto_register, jitp=template
        )  # fmt: skip
    if json:
        print_json({"actions": [action.document for action in aws.actions]})
    else:
        print_actions(aws.actions)


def _template(file: str) -> dict[str, Any]:
    try:
        found: Any = json_module.loads(read_text(file))
    except ValueError as error:
        raise InputError("bad-registration", f"{file} is no JSON: {error}.", "Give the template's body.") from error
    if not isinstance(found, dict):
        raise InputError("bad-registration", f"{file} is no JSON object.", "Give Parameters and Resources.")
    return found  # pyright: ignore[reportUnknownVariableType]
