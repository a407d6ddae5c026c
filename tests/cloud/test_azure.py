"""Azure: the requests that are sent, what exists already, and a CA that proves its key."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.azure_authority import open_dps_management, prove_authority
from atecc_bench.cloud.azure_client import DPS_SCOPE, DPS_VERSION, HUB_SCOPE, HUB_VERSION, AzureService
from atecc_bench.cloud.azure_devices import enroll_device, enroll_group, register_thumbprints
from atecc_bench.cloud.cloud_actions import ActionOutcome
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from tests.connect.conftest import Device
from tests.support.servers.papers import root
from tests.support.servers.recorded_azure import TOKEN, RecordedAzure, SignedIn, recorded_azure

pytest.importorskip("azure.identity", reason="needs azure-identity")
pytest.importorskip("azure.mgmt.iothubprovisioningservices", reason="needs azure-mgmt-iothubprovisioningservices")
PLACE = ("group", "dps")
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
RESOURCE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/group/providers/Microsoft.Devices/provisioningServices/dps"
    "/certificates/bench"
)  # fmt: skip


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedAzure]:
    with recorded_azure(tmp_path) as (record, ca):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        yield record


def service(azure: RecordedAzure, *, plan_only: bool = False, hub: bool = False) -> AzureService:
    scope, version = (HUB_SCOPE, HUB_VERSION) if hub else (DPS_SCOPE, DPS_VERSION)
    return AzureService(azure.url, scope, version, SignedIn(), plan_only)


def management(azure: RecordedAzure) -> Any:
    scopes = [f"{azure.url}/.default"]
    return open_dps_management(SignedIn(), SUBSCRIPTION, base_url=azure.url, credential_scopes=scopes)


def outcomes(actions: list[Any]) -> list[ActionOutcome]:
    return [action.outcome for action in actions]


def test_a_ca_proves_its_key(azure: RecordedAzure, signing: CertificateAuthority) -> None:
    now = datetime.now(UTC)
    done = prove_authority(management(azure), PLACE, "bench", signing.signer, signing.signer_key, now)
    assert outcomes(done) == [ActionOutcome.DONE, ActionOutcome.DONE]
    assert [(one.method, one.path) for one in azure.changes] == [
        ("PUT", RESOURCE), ("POST", f"{RESOURCE}/generateVerificationCode"), ("POST", f"{RESOURCE}/verify"),
    ]  # fmt: skip
    assert azure.things[RESOURCE]["properties"]["isVerified"] is True
    again = prove_authority(management(azure), PLACE, "bench", signing.signer, signing.signer_key, now)
    assert outcomes(again) == [ActionOutcome.THERE]
    other = root("Another")
    found = prove_authority(management(azure), PLACE, "bench", other.certificate, other.key, now)  # pyright: ignore
    assert outcomes(found) == [ActionOutcome.DIFFERS]
    assert len(azure.changes) == 3


def test_a_plan_of_a_ca_sends_nothing(azure: RecordedAzure, signing: CertificateAuthority) -> None:
    done = prove_authority(
        management(azure), PLACE, "bench", signing.signer, signing.signer_key, datetime.now(UTC), plan_only=True
    )
    assert outcomes(done) == [ActionOutcome.PLANNED, ActionOutcome.PLANNED]
    assert azure.changes == []


def test_a_wrong_code_is_refused(azure: RecordedAzure, signing: CertificateAuthority) -> None:
    def other_code(path: str, body: Any) -> tuple[int, Any]:
        azure.code = "another"
        return RecordedAzure._verified(azure, path, body)  # pyright: ignore[reportPrivateUsage]

    azure._verified = other_code  # type: ignore[method-assign]  # pyright: ignore
    with pytest.raises(RefusedError) as caught:
        prove_authority(management(azure), PLACE, "bench", signing.signer, signing.signer_key, datetime.now(UTC))
    assert caught.value.id == "cloud-refused"
    assert "verification code" in caught.value.message


def test_an_enrolment_group(azure: RecordedAzure) -> None:
    dps = service(azure)
    enroll_group(dps, "pumps", "bench")
    (sent,) = azure.changes
    assert (sent.method, sent.path, sent.version) == ("PUT", "/enrollmentGroups/pumps", "2021-10-01")
    assert sent.body == {
        "enrollmentGroupId": "pumps",
        "attestation": {"type": "x509", "x509": {"caReferences": {"primary": "bench"}}},
        "provisioningStatus": "enabled",
    }
    enroll_group(dps, "pumps", "bench")
    enroll_group(dps, "pumps", "another")
    assert outcomes(dps.actions) == [ActionOutcome.DONE, ActionOutcome.THERE, ActionOutcome.DIFFERS]
    assert len(azure.changes) == 1


def test_an_individual_enrolment(azure: RecordedAzure, device: Device) -> None:
    dps = service(azure)
    enroll_device(dps, device.chain[0])
    (sent,) = azure.changes
    name = device.desk.serial_number
    assert (sent.path, sent.body["registrationId"], sent.body["deviceId"]) == (f"/enrollments/{name}", name, name)
    certificate = sent.body["attestation"]["x509"]["clientCertificates"]["primary"]["certificate"]
    assert certificate == device.chain[0].public_bytes(Encoding.PEM).decode()
    azure.things[sent.path]["attestation"]["x509"]["clientCertificates"]["primary"] = {"info": {"subjectName": "x"}}
    enroll_device(dps, device.chain[0])
    assert outcomes(dps.actions) == [ActionOutcome.DONE, ActionOutcome.THERE]


def test_a_device_of_a_hub_by_its_thumbprints(azure: RecordedAzure, device: Device) -> None:
    hub = service(azure, hub=True)
    register_thumbprints(hub, device.chain[0])
    (sent,) = azure.changes
    assert (sent.path, sent.version) == (f"/devices/{device.desk.serial_number}", "2021-04-12")
    assert sent.body["authentication"] == {
        "type": "selfSigned",
        "x509Thumbprint": {
            "primaryThumbprint": device.chain[0].fingerprint(SHA1()).hex().upper(),  # noqa: S303
            "secondaryThumbprint": device.chain[0].fingerprint(SHA256()).hex().upper(),
        },
    }


def test_a_plan_of_a_device_sends_nothing(azure: RecordedAzure, device: Device) -> None:
    dps = service(azure, plan_only=True)
    enroll_device(dps, device.chain[0])
    assert (outcomes(dps.actions), azure.changes) == ([ActionOutcome.PLANNED], [])


def test_a_name_that_is_no_registration_id(azure: RecordedAzure) -> None:
    with pytest.raises(InputError) as caught:
        enroll_device(service(azure), root("Not Small Letters").certificate)
    assert caught.value.id == "name-not-usable"


def test_a_service_that_cannot_be_reached(device: Device) -> None:
    dps = AzureService("https://localhost:9", DPS_SCOPE, DPS_VERSION, SignedIn())
    with pytest.raises(BenchError) as caught:
        enroll_device(dps, device.chain[0])
    assert caught.value.id == "cloud-not-reachable"
    assert TOKEN not in caught.value.message + caught.value.hint


def test_a_service_that_refuses(azure: RecordedAzure, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(azure, "answer", lambda *_: (403, {"message": "not allowed"}))
    with pytest.raises(RefusedError, match="HTTP 403") as caught:
        enroll_device(service(azure), device.chain[0])
    assert TOKEN not in caught.value.message + caught.value.hint
