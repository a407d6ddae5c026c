"""A device in AWS IoT: certificate, thing, policy and group."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.aws_client import AwsIot
from atecc_bench.cloud.cloud_actions import ActionOutcome
from atecc_bench.cloud.registration import document_text, filled_registration
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import load_certificates
from atecc_bench.profiles.registration_part import AwsCertificate, AwsPolicy, AwsRegistration

_NOT_YET = "(ARN of the certificate)"


def certificate_id(certificate: x509.Certificate) -> str:
    """The id that AWS IoT gives a certificate: its SHA-256."""
    return certificate.fingerprint(SHA256()).hex()


def register_device(
    aws: AwsIot, chain: tuple[x509.Certificate, ...], wanted: AwsRegistration, values: Mapping[str, str]
) -> None:
    """Make a device known with all that belongs to it.

    What is there stays as it is.

    `chain` is the device certificate with its issuer behind it. Calls and what was there are in `aws.actions`.

    Raises:
        BenchError: What the service refuses; what was done before that stays.
    """
    filled = filled_registration(wanted, values)
    arn = _certificate(aws, chain, filled.certificate)
    if filled.thing is not None:
        _thing(aws, filled, filled.thing)
        _attach_thing(aws, filled.thing, arn)
    if filled.policy is not None:
        _policy(aws, filled.policy)
        _attach_policy(aws, filled.policy.name, arn)
    if filled.group is not None and filled.thing is not None:
        _group(aws, filled.group, filled.thing)


def fetch_certificate(aws: AwsIot, request_pem: bytes) -> tuple[x509.Certificate, ...]:
    """Have AWS issue the certificate for a chip's request.

    It is active at once.

    Raises:
        BenchError: What the service refuses.
    """
    answer = aws.change(
        "create_certificate_from_csr", "AWS issues a certificate for the chip's request, and it is active.",
        {"setAsActive": True}, certificateSigningRequest=request_pem.decode("ascii"), setAsActive=True,
    )  # fmt: skip
    pem = str(answer.get("certificatePem", ""))
    return tuple(load_certificates(pem.encode("ascii"))) if pem else ()


def _certificate(aws: AwsIot, chain: tuple[x509.Certificate, ...], how: AwsCertificate) -> str:
    leaf = chain[0]
    identifier = certificate_id(leaf)
    found = aws.look("describe_certificate", certificateId=identifier)
    if found is not None:
        told = found["certificateDescription"]
        status = str(told.get("status"))
        sentence = f"The certificate {identifier[:16]}… is there, {status}."
        if status != "ACTIVE":
            aws.there("register_certificate", sentence, outcome=ActionOutcome.DIFFERS)
        else:
            aws.there("register_certificate", sentence)
        return str(told["certificateArn"])
    pem = leaf.public_bytes(Encoding.PEM).decode("ascii")
    shown: dict[str, object] = {"certificate": identifier, "status": "ACTIVE"}
    if how is AwsCertificate.WITH_CA:
        if len(chain) < 2:
            raise InputError(
                "chain-needed",
                "With its CA a certificate is registered together with the certificate of who issued it.",
                "Give the signer's certificate too, or register without the CA.",
            )
        issuer = chain[1].public_bytes(Encoding.PEM).decode("ascii")
        answer = aws.change(
            "register_certificate", f"The certificate of {_name(leaf)} is registered under its CA.",
            shown | {"ca": certificate_id(chain[1])},
            certificatePem=pem, caCertificatePem=issuer, status="ACTIVE",
        )  # fmt: skip
    else:
        answer = aws.change(
            "register_certificate_without_ca", f"The certificate of {_name(leaf)} is registered without a CA.", shown,
            certificatePem=pem, status="ACTIVE",
        )  # fmt: skip
    return str(answer.get("certificateArn", _NOT_YET))


def _thing(aws: AwsIot, wanted: AwsRegistration, name: str) -> None:
    found = aws.look("describe_thing", thingName=name)
    if found is not None:
        told: Mapping[str, Any] = found.get("attributes", {})
        differs = {key: value for key, value in wanted.attributes.items() if told.get(key) != value}
        outcome = ActionOutcome.DIFFERS if differs else ActionOutcome.THERE
        also = f", with other attributes: {', '.join(sorted(differs))}" if differs else ""
        aws.there("create_thing", f"The thing {name} is there{also}.", outcome=outcome)
        return
    parameters: dict[str, object] = {"thingName": name}
    if wanted.thing_type is not None:
        parameters["thingTypeName"] = wanted.thing_type
    if wanted.attributes:
        parameters["attributePayload"] = {"attributes": dict(wanted.attributes)}
    aws.change("create_thing", f"The thing {name} is made.", None, **parameters)


def _attach_thing(aws: AwsIot, name: str, arn: str) -> None:
    if arn != _NOT_YET and aws.look("describe_thing", thingName=name) is not None:
        principals = aws.look_at_all("list_thing_principals", "principals", thingName=name)
        if arn in principals:
            aws.there("attach_thing_principal", f"The certificate belongs to the thing {name}.")
            return
    aws.change(
        "attach_thing_principal", f"The certificate is attached to the thing {name}.", thingName=name, principal=arn
    )


def _policy(aws: AwsIot, wanted: AwsPolicy) -> None:
    found = aws.look("get_policy", policyName=wanted.name)
    if found is not None:
        same = wanted.document is None or json.loads(found["policyDocument"]) == wanted.document
        also = "" if same else ", with another document, and stays so"
        aws.there(
            "create_policy", f"The policy {wanted.name} is there{also}.",
            outcome=ActionOutcome.THERE if same else ActionOutcome.DIFFERS,
        )  # fmt: skip
        return
    if wanted.document is None:
        raise InputError(
            "no-such-policy",
            f"There is no policy {wanted.name}, and the registration has no document to make it of.",
            "Make it in the account, or give its document.",
        )
    aws.change(
        "create_policy", f"The policy {wanted.name} is made.",
        policyName=wanted.name, policyDocument=document_text(wanted.document),
    )  # fmt: skip


def _attach_policy(aws: AwsIot, name: str, arn: str) -> None:
    if arn != _NOT_YET:
        attached = aws.look_at_all("list_attached_policies", "policies", "marker", target=arn)
        if any(one.get("policyName") == name for one in attached):
            aws.there("attach_policy", f"The policy {name} is attached to the certificate.")
            return
    aws.change("attach_policy", f"The policy {name} is attached to the certificate.", policyName=name, target=arn)


def _group(aws: AwsIot, group: str, thing: str) -> None:
    if aws.look("describe_thing_group", thingGroupName=group) is None:
        aws.change("create_thing_group", f"The group {group} is made.", thingGroupName=group)
    else:
        aws.there("create_thing_group", f"The group {group} is there.")
    if aws.look("describe_thing", thingName=thing) is not None:
        groups = aws.look_at_all("list_thing_groups_for_thing", "thingGroups", thingName=thing)
        if any(one.get("groupName") == group for one in groups):
            aws.there("add_thing_to_thing_group", f"{thing} is in the group {group}.")
            return
    aws.change("add_thing_to_thing_group", f"{thing} is put into {group}.", thingGroupName=group, thingName=thing)


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()
