"""A CA in the Device Provisioning Service: uploaded, and its key proved."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.azure_client import azure_error
from atecc_bench.cloud.cloud_actions import ActionOutcome, CloudAction
from atecc_bench.cloud.possession import verification_certificate
from atecc_bench.errors import InputError


def open_dps_management(credential: Any, subscription: str, **more: Any) -> Any:
    """Make a client for the resources of a subscription.

    Nothing is sent yet.

    Raises:
        InputError: `azure-not-installed`.
    """
    try:
        import azure.mgmt.iothubprovisioningservices as _services  # pyright: ignore
    except ImportError as error:
        raise InputError(
            "azure-not-installed",
            "Azure needs the package azure-mgmt-iothubprovisioningservices, which is not installed.",
            "Install it with: pip install 'atecc-bench[azure]'",
        ) from error
    return cast("Any", _services).IotDpsClient(credential, subscription, **more)


def prove_authority(
    client: Any,
    place: tuple[str, str],
    name: str,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    plan_only: bool = False,
) -> list[CloudAction]:
    """Upload a CA and prove that its key is at hand.

    `place` is resource group and service. The service gives a code; the CA issues a certificate with that name, whose
    own key is forgotten. What is there stays as it is.

    Raises:
        BenchError: What the service refuses.
    """
    try:
        return _prove(client.dps_certificate, place, name, authority, key, now, plan_only=plan_only)
    except Exception as error:
        raise azure_error(error) from error


def _prove(
    certificates: Any,
    place: tuple[str, str],
    name: str,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    plan_only: bool,
) -> list[CloudAction]:
    actions: list[CloudAction] = []
    pem = authority.public_bytes(Encoding.PEM)

    def note(call: str, sentence: str, make: Callable[[], Any]) -> Any:
        outcome = ActionOutcome.PLANNED if plan_only else ActionOutcome.DONE
        made = None if plan_only else make()
        actions.append(CloudAction(call, outcome, sentence, {"certificate": name, "service": place[1]}))
        return made

    where = {
        "certificate_name": name, "resource_group_name": place[0], "provisioning_service_name": place[1],
    }  # fmt: skip
    found = _existing(certificates, where)
    if found is None:
        found = note(
            "certificates", f"The CA {authority.subject.rfc4514_string()} is uploaded as {name}.",
            lambda: certificates.create_or_update(
                **where, certificate_description={"properties": {"certificate": base64.b64encode(pem).decode("ascii")}}
            ),
        )  # fmt: skip
    elif str(found.properties.thumbprint).upper() != _thumbprint(authority):
        actions.append(
            CloudAction("certificates", ActionOutcome.DIFFERS, f"{name} is there, of another CA, and stays so.")
        )
        return actions
    elif found.properties.is_verified:
        actions.append(CloudAction("certificates", ActionOutcome.THERE, f"The CA {name} is there and verified."))
        return actions

    def prove() -> None:
        asked = certificates.generate_verification_code(**where, etag=found.etag, match_condition=_match())
        code = str(asked.properties.verification_code)
        proof = verification_certificate(code, authority, key, now).public_bytes(Encoding.PEM).decode("ascii")
        certificates.verify_certificate(
            **where, request={"certificate": proof}, etag=asked.etag, match_condition=_match()
        )  # fmt: skip

    note("certificates/verify", "The CA issues a certificate for the service's code, and that proves its key.", prove)
    return actions


def _existing(certificates: Any, where: Mapping[str, str]) -> Any:
    import azure.core.exceptions as _exceptions  # pyright: ignore

    try:
        return certificates.get(**where)
    except cast("Any", _exceptions).ResourceNotFoundError:
        return None


def _match() -> Any:
    import azure.core as _core  # pyright: ignore

    return cast("Any", _core).MatchConditions.IfNotModified


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 - the service's own
