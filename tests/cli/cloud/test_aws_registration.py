"""From a blank chip to a connected device in one run, and what becomes of it when no cloud can be reached."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.profiles.files import load_profile
from atecc_bench.resources import resource_path
from tests.cloud.conftest import account as account
from tests.cloud.conftest import emulator as emulator
from tests.support.servers.aws_emulator import SECRET_KEY, TOKEN, AwsEmulator

pytestmark = pytest.mark.slow
Run = Callable[..., Any]
FETCHED = """
registration:
  aws:
    certificate: fetched
    thing: "{thing_name}"
    group: pumps
    policy:
      name: pumps
      document: {Version: "2012-10-17", Statement: []}
"""


def profile(folder: Path, account: AwsEmulator, base: str, registration: str, *, connects: bool = True) -> Path:
    """A profile that comes along, with a registration and a server behind it."""
    text = resource_path("profiles", f"{base}.yaml").read_text(encoding="utf-8")
    (folder / "emulator.pem").write_bytes(account.ca_pem)
    server = f"{{tls: {{host: localhost, port: {account.mqtt_port}, ca_file: emulator.pem, mqtt: {{}}}}}}"
    if connects:
        text = text.replace("proofs: [", f"proofs: [{server}, ")
    path = folder / "mine.yaml"
    path.write_text(text.replace(f"name: {base}\n", "name: mine\n") + registration)
    assert load_profile(str(path)).registration is not None
    return path


def provision(run: Run, url: str, path: Path, *words: object) -> Any:
    return run("provision", "--port", url, "--profile", path, "--yes", "--json", *words)


def test_a_blank_chip_is_connected_in_one_run(run: Run, chip: Run, account: AwsEmulator, tmp_path: Path) -> None:
    board = chip("fresh")
    path = profile(tmp_path, account, "aws-iot", FETCHED)
    done = provision(run, board.url, path, "--field", "thing_name=pump-7")
    assert (done.code, done.document["verdict"]) == (0, "PASS")
    assert {proof["id"]: proof["proved"] for proof in done.document["proofs"]}["connected"] is True
    steps = [step["id"] for step in done.document["steps"]]
    assert steps[-3:] == ["attest", "register", "connect"]
    client = account.client()
    assert client.describe_thing(thingName="pump-7")
    assert client.list_things_in_thing_group(thingGroupName="pumps")["things"] == ["pump-7"]
    assert run("cloud", "queue", "--virtual", "--json").document == {"sent": [], "waiting": []}
    told = run("provision", "--port", board.url, "--profile", path, "--yes")
    assert (told.code, "It is registered with AWS IoT." in told.out) == (0, True)
    fields = tmp_path / "registration.yaml"
    fields.write_text('aws: {thing: "{thing_name}", group: pumps}')  # the name was typed for the run
    by_hand = run("cloud", "aws-device", "--port", board.url, "--registration", fields, "--json").document
    assert {action["outcome"] for action in by_hand["actions"]} == {"there"}
    again = provision(run, board.url, path)
    assert (again.code, len(client.list_certificates()["certificates"])) == (0, 1)


def test_without_a_cloud_the_request_waits(
    run: Run, chip: Run, account: AwsEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, path = chip("fresh"), profile(tmp_path, account, "aws-iot", FETCHED)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9")
    done = provision(run, board.url, path)
    assert (done.code, done.error_id) == (1, "certificate-awaited")
    assert "cannot be reached" in done.document["error"]["message"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    told = run("provision", "--port", board.url, "--profile", path, "--yes")  # in words, with all that comes behind
    assert (told.code, "PASS" in told.out, "Connect" in told.out) == (0, True, True)


def test_a_batch_that_passed_passes_without_a_cloud_and_is_registered_later(
    run: Run, ca: Path, account: AwsEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = 'registration: {aws: {thing: "{serial_number}", attributes: {batch: b1}}}\n'
    path = profile(tmp_path, account, "trustcustom-tls", registration, connects=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9")
    done = provision(run, "virtual://fresh?seed=5", path, "--ca", ca, "--port", "virtual://fresh?seed=6")
    assert (done.code, [one["verdict"] for one in done.document["devices"]]) == (0, ["PASS", "PASS"])
    serial_numbers = {one["serial_number"] for one in done.document["devices"]}
    waiting = run("cloud", "queue", "--virtual", "--json").document["waiting"]
    assert {one["serial_number"] for one in waiting} == serial_numbers
    assert {one["error"]["id"] for one in waiting} == {"cloud-not-reachable"}
    assert run("cloud", "queue", "--virtual", "--send").code == 1
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    done = run("cloud", "queue", "--virtual", "--send", "--json")
    assert (done.code, done.document["waiting"], set(done.document["sent"])) == (0, [], serial_numbers)
    assert {one["thingName"] for one in account.client().list_things()["things"]} == serial_numbers


def test_a_cloud_that_refuses_fails_no_device(
    run: Run, chip: Run, ca: Path, account: AwsEmulator, tmp_path: Path
) -> None:  # fmt: skip
    path = profile(
        tmp_path, account, "trustcustom-tls", "registration: {aws: {policy: {name: nobody-made-it}}}\n", connects=False
    )
    board = chip("fresh")
    assert provision(run, board.url, path, "--ca", ca).document["verdict"] == "PASS"
    waiting = run("cloud", "queue", "--virtual", "--json").document["waiting"]
    assert [one["error"]["id"] for one in waiting] == ["no-such-policy"]


def test_no_credential_is_written_anywhere(
    run: Run, chip: Run, ca: Path, isolated: Path, account: AwsEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = "registration: {aws: {policy: {name: nobody-made-it}}}\n"
    path = profile(tmp_path, account, "trustcustom-tls", registration, connects=False)
    log = tmp_path / "log.txt"
    heard: list[str] = []
    words = ("provision", "--port", chip("fresh").url, "--profile", path, "--ca", ca, "--yes", "--json")
    logged = ("--log-file", log, "--log-level", "debug")
    device = resource_path("scenarios", "provisioned", "device.pem")
    for url in (account.url, "http://localhost:9"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        for verb in (words, ("cloud", "aws-device", "--cert", device), ("cloud", "queue", "--virtual", "--send")):
            if verb is not words or url == account.url:
                done = run(*logged, *verb)
                heard += [done.out, done.err]
    written = [file.read_bytes() for file in (*isolated.rglob("*"), log) if file.is_file()]
    assert written
    for secret in (SECRET_KEY, TOKEN):
        assert not [text for text in heard if secret in text]
        assert not [content for content in written if secret.encode() in content]


def test_the_verbs(run: Run, account: AwsEmulator, ca: Path, tmp_path: Path) -> None:
    device, signer = (resource_path("scenarios", "provisioned", f"{name}.pem") for name in ("device", "signer"))
    plan = run("cloud", "aws-device", "--cert", device, "--cert", signer, "--plan", "--json").document
    assert [action["outcome"] for action in plan["actions"]] == ["planned"] * 3
    done = run("cloud", "aws-device", "--port", "virtual://provisioned")
    assert (done.code, "register_certificate_without_ca" in done.out) == (0, True)
    again = run("cloud", "aws-device", "--cert", device, "--json").document
    assert {action["outcome"] for action in again["actions"]} == {"there"}
    shown = run("cloud", "aws-ca", ca, "--plan")
    assert (shown.code, "would call" in shown.out) == (0, True)
    assert run("cloud", "aws-ca", ca, "--auto-register").code == 0
    csr = tmp_path / "new.csr"
    assert run("key", "csr", "--port", "virtual://provisioned", "--slot", "0", "--out", csr).code == 0
    out = tmp_path / "new.pem"
    assert run("cloud", "aws-certificate", "--csr", csr, "--out", out).code == 0
    assert out.read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_a_lot_of_chips_by_its_manifest(run: Run, chip: Run, ca: Path, isolated: Path, account: AwsEmulator) -> None:
    board = chip("trustgo")
    words = ("--profile", "trust-and-go", "--ca", ca, "--yes", "--json")
    made = run("provision", "--port", board.url, *words).document["artifacts"]["manifest_json"]
    done = run("cloud", "aws-manifest", made, "--cert", ca / "signer.pem", "--json")
    assert (done.code, done.document["devices"]) == (0, 1)
    assert account.client().describe_thing(thingName=board.serial_number)
    again = run("cloud", "aws-manifest", made, "--cert", ca / "signer.pem", "--json").document
    assert {action["outcome"] for action in again["actions"]} == {"there"}
    damaged = json.loads(Path(made).read_text())
    shutil.copy(made, isolated / "copy.json")
    damaged[0]["payload"] = damaged[0]["payload"][:-8] + "AAAAAAAA"
    (isolated / "damaged.json").write_text(json.dumps(damaged))
    assert run("cloud", "aws-manifest", isolated / "damaged.json", "--cert", ca / "signer.pem").code != 0


@pytest.mark.parametrize(
    "text",
    [
        "aws: {thing: 5}",
        "azure: {}",
        "azure: {dps: a, hub: b}",
        "azure: {dps: a}",
        "aws: {certificate: maybe}",
        "- a",
        "aws: {policy: {}}",
        "{",
        "aws: {nobody: x}",
    ],
)
def test_what_is_no_registration(run: Run, account: AwsEmulator, tmp_path: Path, text: str) -> None:
    file = tmp_path / "registration.yaml"
    file.write_text(text)
    device = resource_path("scenarios", "provisioned", "device.pem")
    done = run("cloud", "aws-device", "--cert", device, "--registration", file, "--json")
    assert (done.code, done.error_id) == (2, "bad-registration")


def test_a_field_that_nobody_gave(run: Run, account: AwsEmulator, tmp_path: Path) -> None:
    file = tmp_path / "registration.yaml"
    file.write_text('aws: {thing: "{place}-{common_name}"}')
    words = ("--cert", resource_path("scenarios", "provisioned", "device.pem"), "--registration", file, "--json")
    assert run("cloud", "aws-device", *words).error_id == "no-such-field"
    assert run("cloud", "aws-device", *words, "--field", "place=here").code == 0
