"""Each profile that carries a certificate connects over a served board: the verb's way, and as a proof of the run."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import Destination, MqttWish, TlsVersion
from atecc_bench.connect.server_trust import ServerTrust
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.profiles.server_proof import MqttProof, TlsProof, TlsServer
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from atecc_bench.workflows.devices.connection import chain_on_chip, connect_device
from tests.support.boards.finished_boards import PRESETS, authority_of_today, finish, open_served, run_profile
from tests.support.servers.papers import HOST, ServerPapers
from tests.support.servers.processes import free_port, mosquitto

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broker(papers: ServerPapers) -> Iterator[int]:
    certificate, key = papers.pem_files()
    makers = resource_path("scenarios", "trustgo", "root.pem").read_bytes()
    known = papers.file("known.pem", makers, *_pem(authority_of_today().root))
    settings = (
        f"certfile {certificate}\nkeyfile {key}\ncafile {known}\nrequire_certificate true\n"
        "use_identity_as_username true\nallow_anonymous false\n"
    )
    with mosquitto(papers.folder, {"mqtts": settings}) as ports:
        yield ports["mqtts"]


def _pem(certificate: object) -> tuple[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    assert isinstance(certificate, x509.Certificate)
    return (certificate.public_bytes(Encoding.PEM),)


@pytest.mark.parametrize("name", PRESETS)
def test_a_finished_device_connects(
    name: str, served_board: Callable[[str], str], broker: int, papers: ServerPapers, tmp_path: Path
) -> None:
    records = Records(tmp_path)
    with open_served(served_board, name) as board:
        chip, _ = finish(board, name, records)
        before = chip.session.read_config()
        found = chain_on_chip(chip, records, datetime.now(UTC))
        for version in TlsVersion:
            destination = Destination(HOST, broker, version=version, mqtt=MqttWish())
            trust = ServerTrust((papers.root.certificate,), "ca.pem")
            tried = connect_device(chip, found, destination, trust, datetime.now(UTC))
            assert tried.error is None, tried.error
            assert tried.steps[-1].id is ConnectStepId.MQTT_CONNECT
        assert chip.session.read_config() == before

        profile = load_profile(name)
        server = TlsServer(host=HOST, port=broker, ca_file=papers.root.pem.decode(), mqtt=MqttProof())
        proving = profile.model_copy(update={"proofs": (*profile.proofs, TlsProof(tls=server))})
        certificate = found.chain if name == "aws-iot" else ()
        report = run_profile(chip, proving, records, certificate)
        assert report.outcome.verdict is Verdict.PASS, report.error
        assert Proof.CONNECTED in report.outcome.proved
        assert b"CONNACK 0" in report.artifacts["connection_json"].read_bytes()

        gone = proving.model_copy(
            update={"proofs": (*profile.proofs, TlsProof(tls=server.model_copy(update={"port": free_port()})))}
        )
        report = run_profile(chip, gone, records, certificate)
        assert report.outcome.verdict is Verdict.FAIL
        assert report.error is not None
        assert (report.error.id, report.plan.has(StepId.CONNECT)) == ("server-not-reachable", True)
