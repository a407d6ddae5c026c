"""A CA in AWS IoT, and its proof of possession.

In the mode DEFAULT the CA belongs to one account, and proves that it has its key: it issues a certificate whose common
name is the account's registration code. In the mode SNI_ONLY it may be in several accounts, and proves nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.aws_client import AwsIot
from atecc_bench.cloud.aws_device import certificate_id
from atecc_bench.cloud.cloud_actions import ActionOutcome
from atecc_bench.cloud.possession import verification_certificate


class CaMode(StrEnum):
    """Whether a CA belongs to one account."""

    DEFAULT = "default"
    SNI_ONLY = "sni-only"


@dataclass(frozen=True)
class JitpTemplate:
    """Template of what AWS makes of a device (JITP).

    It does so when a device of the CA first connects.

    `role_arn` is the role that AWS does it in.
    """

    name: str
    body: Mapping[str, object]
    role_arn: str


def register_authority(
    aws: AwsIot,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    mode: CaMode = CaMode.DEFAULT,
    auto_registration: bool = False,
    jitp: JitpTemplate | None = None,
) -> None:
    """Register a CA of which the key is at hand.

    What is there stays as it is.

    With `auto_registration` its devices are registered as they first connect (JITR), with `jitp` with all that its
    template says.

    Raises:
        BenchError: What the service refuses.
    """
    identifier = certificate_id(authority)
    found = aws.look("describe_ca_certificate", certificateId=identifier)
    if jitp is not None:
        _template(aws, jitp)
    if found is not None:
        _tell_present(aws, found, auto_registration=auto_registration or jitp is not None)
        return
    parameters: dict[str, object] = {
        "caCertificate": authority.public_bytes(Encoding.PEM).decode("ascii"),
        "setAsActive": True,
        "allowAutoRegistration": auto_registration or jitp is not None,
    }
    shown: dict[str, object] = {"ca": identifier, "setAsActive": True,
                                "allowAutoRegistration": parameters["allowAutoRegistration"]}  # fmt: skip
    if jitp is not None:
        parameters["registrationConfig"] = shown["registrationConfig"] = {"templateName": jitp.name}
    if mode is CaMode.SNI_ONLY:
        parameters["certificateMode"] = shown["certificateMode"] = "SNI_ONLY"
    else:
        code = str((aws.look("get_registration_code") or {}).get("registrationCode", ""))
        proof = verification_certificate(code, authority, key, now)
        parameters["verificationCertificate"] = proof.public_bytes(Encoding.PEM).decode("ascii")
        shown["verificationCertificate"] = "for the account's registration code, issued by this CA"
    aws.change(
        "register_ca_certificate", f"The CA {authority.subject.rfc4514_string()} is registered.", shown, **parameters
    )


def _template(aws: AwsIot, jitp: JitpTemplate) -> None:
    if aws.look("describe_provisioning_template", templateName=jitp.name) is not None:
        aws.there("create_provisioning_template", f"The template {jitp.name} is there.")
        return
    aws.change(
        "create_provisioning_template", f"The template {jitp.name} is made (JITP).",
        {"templateName": jitp.name, "provisioningRoleArn": jitp.role_arn, "type": "JITP"},
        templateName=jitp.name, templateBody=json.dumps(jitp.body), provisioningRoleArn=jitp.role_arn, type="JITP",
        enabled=True,
    )  # fmt: skip


def _tell_present(aws: AwsIot, found: Mapping[str, object], *, auto_registration: bool) -> None:
    told = found.get("certificateDescription")
    description: dict[str, object] = dict(told) if isinstance(told, dict) else {}  # pyright: ignore
    status, automatic = description.get("status"), description.get("autoRegistrationStatus")
    same = status == "ACTIVE" and (automatic == "ENABLE" or not auto_registration)
    aws.there(
        "register_ca_certificate",
        f"The CA is there, {status}, with automatic registration {'on' if automatic == 'ENABLE' else 'off'}.",
        outcome=ActionOutcome.THERE if same else ActionOutcome.DIFFERS,
    )
