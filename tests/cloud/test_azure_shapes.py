"""Requests to Azure against what Microsoft's own package sends, and against Microsoft's specification."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.azure_client import DPS_SCOPE, DPS_VERSION, HUB_SCOPE, HUB_VERSION, AzureService
from atecc_bench.cloud.azure_devices import enroll_device, enroll_group, register_thumbprints
from atecc_bench.cloud.cloud_actions import ActionOutcome
from tests.connect.conftest import Device
from tests.support.servers.papers import root
from tests.support.servers.recorded_azure import TOKEN, Recorded, RecordedAzure, SignedIn, recorded_azure

pytest.importorskip("azure.core", reason="needs azure-core")
SHAPES = json.loads((Path(__file__).parents[1] / "data" / "azure-requests.json").read_text(encoding="utf-8"))
HUB, DPS, ENROLMENTS = SHAPES["hub_device"], SHAPES["provisioning"], SHAPES["enrolments"]


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedAzure]:
    with recorded_azure(tmp_path) as (record, ca):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        yield record


class Scoped(SignedIn):
    """Notes what it was asked a token for."""

    def __init__(self) -> None:
        self.scopes: set[str] = set()

    def get_token(self, *scopes: str, **more: Any) -> Any:
        self.scopes.update(scopes)
        return super().get_token(*scopes, **more)


def faults(body: Any, kind: Any) -> list[str]:
    """What in a body is not as the specification has it."""
    if kind == "string":
        return [] if isinstance(body, str) else [f"{body!r} is no text"]
    if kind == "boolean":
        return [] if isinstance(body, bool) else [f"{body!r} is no boolean"]
    if isinstance(kind, list):
        return [] if body in kind else [f"{body!r} is none of {kind}"]
    definition: Mapping[str, Any] = DPS["definitions"][kind]
    wrong = [f"{kind} has no {name}" for name in body.keys() - definition["properties"].keys()]
    wrong += [f"{kind} wants {name}" for name in definition["required"] if name not in body]
    known = body.keys() & definition["properties"].keys()
    return wrong + [fault for name in known for fault in faults(body[name], definition["properties"][name])]


def check_provisioning(sent: Recorded, operation: str, name: str) -> None:
    wanted = DPS["operations"][operation]
    assert (sent.method, sent.path) == (wanted["method"], wanted["path"].replace("{id}", quote(name, safe="")))
    assert sent.version == DPS["api_version"]
    assert "if-match" not in sent.headers  # that would be a change of what is there
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    assert faults(sent.body, wanted["body"]) == []


def test_an_enrolment_group_is_sent_as_specified(azure: RecordedAzure) -> None:
    signed_in = Scoped()
    enroll_group(AzureService(azure.url, DPS_SCOPE, DPS_VERSION, signed_in), "pumps:a", "bench")
    (sent,) = azure.changes
    check_provisioning(sent, "EnrollmentGroup_CreateOrUpdate", "pumps:a")
    assert signed_in.scopes == {DPS["scope"]}


def test_an_individual_enrolment_is_sent_as_specified(azure: RecordedAzure, device: Device) -> None:
    enroll_device(AzureService(azure.url, DPS_SCOPE, DPS_VERSION, SignedIn()), device.chain[0])
    (sent,) = azure.changes
    check_provisioning(sent, "IndividualEnrollment_CreateOrUpdate", device.desk.serial_number)


def check_enrolment(sent: Recorded, path: str, body: Mapping[str, Any]) -> None:
    assert (sent.method, sent.path, sent.version) == (ENROLMENTS["method"], path, ENROLMENTS["api_version"])
    assert {name: sent.headers[name] for name in ENROLMENTS["headers"]} == ENROLMENTS["headers"]
    assert "if-match" not in sent.headers
    assert sent.body == body


def test_an_enrolment_group_is_sent_as_the_package_sends_it(azure: RecordedAzure) -> None:
    signed_in, group = Scoped(), ENROLMENTS["group"]
    enroll_group(AzureService(azure.url, DPS_SCOPE, DPS_VERSION, signed_in), ENROLMENTS["id"], "bench")
    (sent,) = azure.changes
    check_enrolment(sent, group["path"], group["body"])
    assert signed_in.scopes == {ENROLMENTS["scope"]}


def test_an_individual_enrolment_is_sent_as_the_package_sends_it(azure: RecordedAzure) -> None:
    leaf, device = certificate_of(ENROLMENTS["id"]), ENROLMENTS["device"]
    enroll_device(AzureService(azure.url, DPS_SCOPE, DPS_VERSION, SignedIn()), leaf)
    (sent,) = azure.changes
    certificates = {"primary": {"certificate": leaf.public_bytes(Encoding.PEM).decode("ascii")}}
    attestation = {**device["body"]["attestation"], "x509": {"clientCertificates": certificates}}
    check_enrolment(sent, device["path"], {**device["body"], "attestation": attestation})


def test_what_is_not_as_specified_is_found() -> None:
    wrong = {"enrollmentGroupID": "pumps", "attestation": {"type": "X509"}, "provisioningStatus": True}
    assert len(faults(wrong, "EnrollmentGroup")) == 4


def test_a_registration_id_minds_no_case(azure: RecordedAzure) -> None:
    dps = AzureService(azure.url, DPS_SCOPE, DPS_VERSION, SignedIn())
    leaf = certificate_of("Pump-7")
    enroll_device(dps, leaf)
    azure.things["/enrollments/Pump-7"]["registrationId"] = "pump-7"
    enroll_device(dps, leaf)
    assert [action.outcome for action in dps.actions] == [ActionOutcome.DONE, ActionOutcome.THERE]


def test_a_device_of_a_hub_is_sent_as_the_package_sends_it(azure: RecordedAzure) -> None:
    leaf, signed_in = certificate_of(HUB["id"]), Scoped()
    register_thumbprints(AzureService(azure.url, HUB_SCOPE, HUB_VERSION, signed_in), leaf)
    (sent,) = azure.changes
    thumbprints = {
        "primaryThumbprint": leaf.fingerprint(SHA1()).hex().upper(),  # noqa: S303
        "secondaryThumbprint": leaf.fingerprint(SHA256()).hex().upper(),
    }
    wanted = {**HUB["body"], "authentication": {**HUB["body"]["authentication"], "x509Thumbprint": thumbprints}}
    assert HUB["body"]["authentication"]["x509Thumbprint"].keys() == thumbprints.keys()
    assert (sent.method, sent.path, sent.version) == (HUB["method"], HUB["path"], HUB["api_version"])
    assert sent.body == wanted
    assert {name: sent.headers[name].partition(";")[0] for name in HUB["headers"]} == HUB["headers"]
    assert "if-match" not in sent.headers
    assert signed_in.scopes == {HUB["scope"]}


def certificate_of(name: str) -> x509.Certificate:
    return root(name).certificate
