"""Verbs for Azure, signed in by azure-identity's own ways, and what they leave of that."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.cloud.azure_authority import open_dps_management
from atecc_bench.resources import resource_path
from tests.support.servers.recorded_azure import IDENTITY_SECRET, TOKEN, RecordedAzure, recorded_azure

pytest.importorskip("azure.identity", reason="needs azure-identity")
pytest.importorskip("azure.mgmt.iothubprovisioningservices", reason="needs azure-mgmt-iothubprovisioningservices")
pytestmark = pytest.mark.slow
Run = Callable[..., Any]
DEVICE = resource_path("scenarios", "provisioned", "device.pem")
NOWHERE = "https://localhost:9"
TO_DPS = ("cloud", "azure-device", "--cert", DEVICE, "--dps", "mine", "--json")
TO_HUB = ("cloud", "azure-device", "--cert", DEVICE, "--hub", "mine")


def leads_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for module in ("atecc_bench.cli.cloud.azure", "atecc_bench.cloud.azure_devices"):
        monkeypatch.setattr(f"{module}.service_host", lambda *_, **more: url.removeprefix("https://"))


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedAzure]:
    """What every name of a service leads to."""
    with recorded_azure(tmp_path) as (record, ca):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        for name, value in record.environment.items():
            monkeypatch.setenv(name, value)
        leads_to(monkeypatch, record.url)
        monkeypatch.setattr(
            "atecc_bench.cli.cloud.azure.open_dps_management",
            lambda *of: open_dps_management(*of, base_url=record.url, credential_scopes=[f"{record.url}/.default"]),
        )
        yield record


def test_no_token_is_written_anywhere(
    run: Run, ca: Path, isolated: Path, azure: RecordedAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.txt"
    subscription = "00000000-0000-0000-0000-000000000000"
    to_group = ("cloud", "azure-group", ca, "--dps", "d", "--resource-group", "g", "--subscription", subscription)
    verbs = (TO_DPS, TO_HUB, to_group)
    done = [run("--log-file", log, "--log-level", "debug", *verb) for verb in verbs]
    assert [one.code for one in done] == [0, 0, 0]
    assert {request.headers["authorization"] for request in azure.requests} == {f"Bearer {TOKEN}"}
    monkeypatch.setattr(azure, "answer", lambda *_: (403, {"message": "not allowed"}))
    refused = [run("--log-file", log, "--log-level", "debug", *verb) for verb in verbs]
    leads_to(monkeypatch, NOWHERE)
    refused += [run("--log-file", log, "--log-level", "debug", *verb) for verb in (TO_DPS, TO_HUB)]
    assert 0 not in [one.code for one in refused]
    heard = [text for one in (*done, *refused) for text in (one.out, one.err)]
    written = [file.read_bytes() for file in (*isolated.rglob("*"), log) if file.is_file()]
    assert log.stat().st_size
    for secret in (TOKEN, IDENTITY_SECRET):
        assert not [text for text in heard if secret in text]
        assert not [content for content in written if secret.encode() in content]


def test_nobody_is_signed_in(run: Run, azure: RecordedAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in azure.environment:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    done = run(*TO_DPS)
    assert (done.code, done.error_id) == (2, "no-cloud-credentials")
    assert azure.requests == []


@pytest.mark.parametrize(("service", "place"), [("dps", "enrollments"), ("hub", "devices")])
def test_a_device_that_passed_waits_for_azure(
    run: Run, ca: Path, azure: RecordedAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str, place: str
) -> None:
    text = resource_path("profiles", "trustcustom-tls.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(
        text.replace("name: trustcustom-tls\n", "name: mine\n") + f"registration: {{azure: {{{service}: bench}}}}\n"
    )
    leads_to(monkeypatch, NOWHERE)
    done = run("provision", "--port", "virtual://fresh?seed=5", "--profile", path, "--ca", ca, "--yes", "--json")
    assert (done.code, done.document["verdict"]) == (0, "PASS")
    (waits,) = run("cloud", "queue", "--virtual", "--json").document["waiting"]
    assert waits["error"]["id"] == "cloud-not-reachable"
    leads_to(monkeypatch, azure.url)
    sent = run("cloud", "queue", "--virtual", "--send", "--json")
    assert (sent.code, sent.document) == (0, {"sent": [waits["serial_number"]], "waiting": []})
    assert [request.path for request in azure.changes] == [f"/{place}/{waits['serial_number']}"]


def test_one_cloud_out_of_reach_keeps_nothing_from_the_other(
    run: Run, ca: Path, azure: RecordedAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = resource_path("profiles", "trustcustom-tls.yaml").read_text(encoding="utf-8")
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    leads_to(monkeypatch, NOWHERE)
    for seed, registration in ((5, "aws: {}"), (6, "azure: {dps: bench}")):
        path = tmp_path / f"mine-{seed}.yaml"
        path.write_text(text + f"registration: {{{registration}}}\n")
        words = ("--profile", path, "--ca", ca, "--yes")
        assert run("provision", "--port", f"virtual://fresh?seed={seed}", *words).code == 0
    leads_to(monkeypatch, azure.url)
    sent = run("cloud", "queue", "--virtual", "--send", "--json")
    assert (sent.code, len(sent.document["sent"]), len(sent.document["waiting"])) == (1, 1, 1)
    assert len(azure.changes) == 1
