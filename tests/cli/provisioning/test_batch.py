"""A batch: several ports at once, one device after the other at each."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from atecc_bench.pki.authority.certificate_authority import load_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.pki.keys.key_files import private_key_from_entropy
from atecc_bench.profiles.files import load_profile
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.workflows.devices.batch import Batch, DeviceResult, run_batch
from atecc_bench.workflows.devices.provisioning import ProvisioningJob
from tests.cli.conftest import left_in
from tests.support.ledgers import records_in

PASSPHRASE = b"correct horse"
IMPORTS = """
name: mine
title: The device key comes from a file
parts: [ATECC608A]
configuration: {base: massprovisioning-608, slots: {0: {WriteConfig: 6, WriteKey: 4}}}
keys: [{slot: 0, title: Device key, source: import}]
certificates: {layout: ECC608-MassProvisioning, subject: {CN: "{serial_number}"}}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""


@pytest.fixture
def batch(ca: Path, tmp_path: Path) -> Callable[..., Batch]:
    authority = load_authority(ca, PASSPHRASE)
    job = ProvisioningJob(load_profile("trustcustom-tls"), issuer_of(authority.root, authority.signer, None), authority)

    def make(count: int, wait_s: float | None = 0.0) -> Batch:
        return Batch(job, records_in(tmp_path), 921600, count, wait_s)

    return make


def never() -> bool:
    return False


def ignore(result: DeviceResult) -> None:
    del result


@pytest.mark.slow
def test_each_port_gets_its_devices_and_all_work_at_once(batch: Any, served_board: Callable[[str], str]):
    ports = [served_board("virtual://fresh?devices=3") for _ in range(2)]
    told: list[DeviceResult] = []
    working: set[str] = set()

    def tell(result: DeviceResult) -> None:
        told.append(result)
        working.update(t.name for t in threading.enumerate() if t.name.startswith("port"))

    results = run_batch(batch(3), ports, tell, never)
    assert told == results
    assert all(result.passed and result.exit_code == 0 for result in results)
    assert len(working) == 2
    assert {port: sum(r.port == port for r in results) for port in ports} == dict.fromkeys(ports, 3)
    assert len({result.serial_number for result in results}) == 6
    assert not [t for t in threading.enumerate() if t.name.startswith("port")]


def test_the_same_device_is_not_done_twice(batch: Any, served_board: Callable[[str], str]):
    first, last = run_batch(batch(2), [served_board("virtual://fresh")], ignore, never)
    assert first.passed
    assert last.error is not None
    assert (last.error.id, last.exit_code) == ("no-next-device", 2)


def test_a_port_that_is_not_there_does_not_hold_up_the_others(batch: Any, served_board: Callable[[str], str]):
    results = run_batch(batch(1), ["/dev/none", served_board("virtual://fresh")], ignore, never)
    by_port = {result.port == "/dev/none": result for result in results}
    assert by_port[False].passed
    assert by_port[True].exit_code == 3
    assert by_port[True].document()["verdict"] == "FAIL"


def test_a_chip_that_the_profile_does_not_fit_is_a_fail_of_its_own(batch: Any, served_board: Callable[[str], str]):
    ports = [served_board("virtual://atecc508a"), served_board("virtual://fresh")]
    results = {result.port: result for result in run_batch(batch(1), ports, ignore, never)}
    refused, passed = (results[port] for port in ports)
    assert refused.error is not None
    assert (refused.error.id, refused.exit_code) == ("wrong-part", 1)
    assert passed.passed


def test_cancelling_ends_between_two_devices(batch: Any, served_board: Callable[[str], str]):
    done: list[DeviceResult] = []
    results = run_batch(batch(5), [served_board("virtual://fresh?devices=5")], done.append, lambda: len(done) == 2)
    assert [result.passed for result in results] == [True, True]


class TestTheVerb:
    def arguments(self, ca: Path, *ports: str) -> list[object]:
        given = [item for port in ports for item in ("--port", port)]
        return ["provision", *given, "--profile", "trustcustom-tls", "--ca", ca]

    def test_two_devices_at_each_of_two_ports_give_one_document(self, run: Any, ca: Path):
        done = run(
            *self.arguments(ca, "virtual://fresh", "virtual://fresh?seed=1&devices=2"),
            "--count",
            2,
            "--yes",
            "--json",
            "--wait",
            0,
        )
        document = done.document
        assert document["virtual"] is True
        by_port = [device["port"] for device in document["devices"]]
        assert by_port.count("virtual://fresh") == 2
        assert document["passed"] + document["failed"] == len(document["devices"])
        assert {device["exit_code"] for device in document["devices"] if device["verdict"] == "PASS"} == {0}
        assert done.code == max(device["exit_code"] for device in document["devices"])

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("/dev/none", "/dev/none"),
            ("{folder}/port", "{folder}/link"),
            ("{folder}/port", "{folder}/../{name}/port"),
            ("virtual://fresh", "virtual://fresh"),
            ("virtual://fresh?state={folder}/a.json", "virtual://fresh?speed=max&state={folder}/./a.json"),
            ("rfc2217://Desk:2217", "rfc2217://desk:2217?timeout=3"),
        ],
    )
    def test_a_port_that_is_given_twice_is_refused_before_anything_starts(
        self, run: Any, ca: Path, tmp_path: Path, isolated: Path, one: str, other: str
    ):
        (tmp_path / "port").touch()
        if "link" in other:
            if sys.platform == "win32":
                pytest.skip("Windows lets only administrators make symbolic links")
            (tmp_path / "link").symlink_to(tmp_path / "port")
        ports = [port.format(folder=tmp_path, name=tmp_path.name) for port in (one, other)]
        done = run(*self.arguments(ca, "virtual://fresh?seed=7", *ports), "--yes", "--json")
        assert (done.code, done.error_id) == (2, "port-repeated")
        assert ports[1] in done.document["error"]["message"]
        assert left_in(isolated) == []

    def test_it_is_confirmed_once_by_the_name_of_the_profile(self, run: Any, ca: Path):
        arguments = self.arguments(ca, "virtual://fresh", "virtual://fresh?speed=max")
        wrong = run(*arguments, stdin="yes\n")
        assert (wrong.code, "PASS" in wrong.out) == (1, False)
        right = run(*arguments, stdin="trustcustom-tls\n")
        assert (right.code, right.out.count("PASS VIRTUAL")) == (0, 2)

    def test_with_json_nobody_is_asked(self, run: Any, ca: Path):
        done = run(*self.arguments(ca, "virtual://fresh"), "--count", 2, "--json")
        assert (done.code, done.error_id) == (2, "confirmation-needed")

    def test_a_fail_at_one_port_is_told_beside_the_passes(self, run: Any, ca: Path):
        done = run(*self.arguments(ca, "virtual://fresh", "virtual://atecc508a", "virtual://no-chip"), "--yes")
        assert done.code == 3
        assert done.out.count("PASS VIRTUAL") == 1
        assert done.out.count("FAIL VIRTUAL") == 2

    def test_a_batch_is_not_only_rehearsed(self, run: Any, ca: Path, tmp_path: Path):
        done = run(
            "provision",
            "--port",
            "virtual://fresh",
            "--count",
            2,
            "--profile",
            "trustcustom-tls",
            "--ca",
            ca,
            "--rehearse",
            "--json",
        )
        assert (done.code, done.error_id) == (2, "usage")

    def test_a_private_key_from_a_file_is_for_one_chip_and_for_no_batch(self, run: Any, ca: Path, tmp_path: Path):
        key = private_key_from_entropy(seeded_entropy(5)).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        (tmp_path / "key.pem").write_bytes(key)
        (tmp_path / "mine.yaml").write_text(IMPORTS)
        done = run(
            "provision", "--port", "virtual://fresh", "--count", 2, "--profile", tmp_path / "mine.yaml", "--ca", ca,
            "--key", f"0={tmp_path / 'key.pem'}", "--yes", "--json",
        )  # fmt: skip
        assert (done.code, done.error_id) == (2, "usage")

    def test_a_name_that_differs_from_device_to_device_is_not_given_to_a_batch(self, run: Any):
        arguments = ["provision", "--port", "virtual://fresh", "--count", 2, "--profile", "aws-iot", "--yes", "--json"]
        done = run(*arguments, "--field", "thing_name=pump-0042")
        assert (done.code, done.error_id) == (2, "usage")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_an_escrow_passphrase_is_typed_twice_whatever_lies_in_the_folder(
    ca: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ATECC_BENCH_ESCROW_PASSPHRASE", raising=False)
    (tmp_path / "escrow.json").write_text("{}")
    verb = ["provision", "--port", "virtual://fresh", "--count", "2", "--profile", "trustcustom-tls", "--ca", str(ca)]
    keyboard, stdin = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", *verb, "--fill-keys", "--yes"],
        cwd=tmp_path, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    said = b""
    try:
        for typed in (b"the right escrow\n", b"teh right escrow\n", b"\x04"):
            assert process.stderr is not None
            asked = b""
            while not asked.endswith(b": "):
                read = os.read(process.stderr.fileno(), 1000)
                assert read, said + asked
                asked += read
            said += asked
            os.write(keyboard, typed)
        assert process.wait(timeout=20) == 3
    finally:
        process.kill()
        process.communicate()
        os.close(keyboard)
        os.close(stdin)
    assert b"do not match" in said
