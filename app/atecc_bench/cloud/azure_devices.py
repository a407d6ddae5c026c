"""Enrolments and X.509 devices in Azure."""

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.azure_client import (
    DPS_SCOPE,
    DPS_VERSION,
    HUB_SCOPE,
    HUB_VERSION,
    AzureService,
    azure_credential,
)
from atecc_bench.cloud.cloud_actions import ActionOutcome, CloudAction
from atecc_bench.connect.destination import is_host_name
from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.distinguished_names import common_name_of
from atecc_bench.profiles.registration_part import AzureRegistration

_REGISTRATION_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?")
_DEVICE_ID = re.compile(r"[A-Za-z0-9\-:.+%_#*?!(),=@$']{1,128}")


_DPS_DOMAIN, _HUB_DOMAIN = "azure-devices-provisioning.net", "azure-devices.net"


def service_host(name: str, *, hub: bool = False) -> str:
    """Host of a service by its name.

    A whole name of a host stays.

    Raises:
        InputError: `server-not-usable`.
    """
    host = name if "." in name else f"{name}.{_HUB_DOMAIN if hub else _DPS_DOMAIN}"
    if not is_host_name(host):
        raise InputError("server-not-usable", f"{name!r} is no name of a service.", "Give its name, such as my-dps.")
    return host


def open_azure(
    wanted: AzureRegistration, *, plan_only: bool = False, actions: list[CloudAction] | None = None
) -> AzureService:
    """Make a client for the service that a registration names.

    Nothing is sent yet.

    Raises:
        InputError: `azure-not-installed`, `server-not-usable`.
    """
    hub = wanted.hub is not None
    host = service_host(wanted.hub or wanted.dps or "", hub=hub)
    scope, version = (HUB_SCOPE, HUB_VERSION) if hub else (DPS_SCOPE, DPS_VERSION)
    return AzureService(
        f"https://{host}", scope, version, azure_credential(), plan_only, [] if actions is None else actions
    )


def register_with_azure(service: AzureService, leaf: x509.Certificate, wanted: AzureRegistration) -> None:
    """Make a device known to the service that a registration names.

    Raises:
        InputError: `name-not-usable`.
        BenchError: What the service refuses.
    """
    if wanted.hub is not None:
        register_thumbprints(service, leaf)
    else:
        enroll_device(service, leaf)


def enroll_group(dps: AzureService, name: str, certificate_name: str) -> None:
    """Make an enrolment group for all devices of a CA.

    `certificate_name` is that of the CA in the service, which was verified there. What is there stays as it is.

    Raises:
        BenchError: What the service refuses.
    """
    body = {
        "enrollmentGroupId": name,
        "attestation": {"type": "x509", "x509": {"caReferences": {"primary": certificate_name}}},
        "provisioningStatus": "enabled",
    }
    _put_once(dps, _path("enrollmentGroups", name), "enrollmentGroups", f"the enrolment group {name}", body)


def enroll_device(dps: AzureService, leaf: x509.Certificate) -> None:
    """Make an individual enrolment for one device certificate.

    The service takes the device by the common name of its certificate.

    Raises:
        InputError: `name-not-usable`.
        BenchError: What the service refuses.
    """
    name = common_name_of(leaf)
    if not _REGISTRATION_ID.fullmatch(name):
        raise InputError(
            "name-not-usable",
            f"The common name {name!r} is no registration id: those are letters, digits and . _ : - inside.",
            "Issue the certificate for another name, or use an enrolment group.",
        )
    pem = leaf.public_bytes(Encoding.PEM).decode("ascii")
    body = {
        "registrationId": name,
        "deviceId": name,
        "attestation": {"type": "x509", "x509": {"clientCertificates": {"primary": {"certificate": pem}}}},
        "provisioningStatus": "enabled",
    }
    _put_once(dps, _path("enrollments", name), "enrollments", f"the enrolment of {name}", body)


def register_thumbprints(hub: AzureService, leaf: x509.Certificate) -> None:
    """Make a device of a hub that is known by thumbprints.

    Raises:
        InputError: `name-not-usable`.
        BenchError: What the service refuses.
    """
    name = common_name_of(leaf)
    if not _DEVICE_ID.fullmatch(name):
        raise InputError(
            "name-not-usable", f"The common name {name!r} is no device id.", "Issue the certificate for another name."
        )
    primary, secondary = leaf.fingerprint(SHA1()).hex().upper(), leaf.fingerprint(SHA256()).hex().upper()  # noqa: S303
    body = {
        "deviceId": name,
        "status": "enabled",
        "authentication": {
            "type": "selfSigned",
            "x509Thumbprint": {"primaryThumbprint": primary, "secondaryThumbprint": secondary},
        },
        "capabilities": {"iotEdge": False},
    }
    _put_once(hub, _path("devices", name), "devices", f"the device {name}", body)


def _path(kind: str, name: str) -> str:
    return f"/{kind}/{quote(name, safe='')}"  # device ids may hold # and ?


def _put_once(service: AzureService, path: str, call: str, what: str, body: Mapping[str, Any]) -> None:
    found = service.look(path)
    if found is None:
        service.put(path, call, f"{what.capitalize()} is made.", body)
    elif _holds(found, body):
        service.there(call, f"{what.capitalize()} is there.")
    else:
        service.there(
            call, f"{what.capitalize()} is there in another form, and stays so.", outcome=ActionOutcome.DIFFERS
        )


def _holds(found: Any, wanted: Any) -> bool:
    """Whether what was found says all that is wanted.

    Services add fields of their own.
    """
    if isinstance(wanted, dict):
        told, asked = cast("dict[str, Any]", found), cast("dict[str, Any]", wanted)
        return isinstance(found, dict) and all(
            # A certificate comes back as what the service reads out of it.
            key == "certificate" or (key in told and _same(key, told[key], value))
            for key, value in asked.items()
        )
    return found == wanted


def _same(key: str, found: Any, wanted: Any) -> bool:
    if key == "registrationId":
        return str(found).casefold() == str(wanted).casefold()  # the service minds no case there
    return _holds(found, wanted)
