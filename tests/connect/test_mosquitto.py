"""MQTT with mosquitto: CONNACK 0, the refusals of both versions, and a topic that is not allowed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import MqttVersion, MqttWish, TlsVersion
from tests.connect.conftest import Device, cause, try_it
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import mosquitto

BOTH = pytest.mark.parametrize("version", list(MqttVersion))


@pytest.fixture(scope="module")
def broker(device: Device, papers: ServerPapers, device_ca: Path) -> Iterator[dict[str, int]]:
    certificate, key = papers.pem_files()
    tls = f"certfile {certificate}\nkeyfile {key}\ncafile {device_ca}\nrequire_certificate true\n"
    nobody = papers.file("nobody.passwd", b"")
    writes = papers.file("acl", f"user {device.identity.name}\ntopic write allowed/#\n".encode())
    others = papers.file("others.pem", papers.stranger.pem)
    listeners = {
        "open": f"{tls}use_identity_as_username true\nallow_anonymous false\nacl_file {writes}\n",
        "passwords": f"{tls}allow_anonymous false\npassword_file {nobody}\n",
        "anonymous": f"certfile {certificate}\nkeyfile {key}\nallow_anonymous true\n",
        "strangers": tls.replace(str(device_ca), str(others)) + "use_identity_as_username true\n",
        "without": "allow_anonymous true\n",
    }
    with mosquitto(papers.folder, listeners) as ports:
        yield ports


@BOTH
@pytest.mark.parametrize("tls", list(TlsVersion))
def test_connack_0(
    broker: dict[str, int], device: Device, papers: ServerPapers, version: MqttVersion, tls: TlsVersion
) -> None:
    tried = try_it(broker["open"], device.identity, papers.root, mqtt=MqttWish(version), version=tls)
    assert tried.error is None
    assert tried.version == tls
    assert tried.steps[-1].id is ConnectStepId.MQTT_CONNECT
    assert ConnectStepId.ACCEPTED in [step.id for step in tried.steps]
    if version is MqttVersion.MQTT_3_1_1:
        assert "CONNACK 0" in tried.steps[-1].sentence


@BOTH
def test_connack_5(broker: dict[str, int], device: Device, papers: ServerPapers, version: MqttVersion) -> None:
    tried = try_it(broker["passwords"], device.identity, papers.root, mqtt=MqttWish(version))
    assert (cause(tried), tried.failed_at) == ("mqtt-not-authorized", ConnectStepId.MQTT_CONNECT)
    assert tried.error is not None
    said = "CONNACK 5 (not authorized)" if version is MqttVersion.MQTT_3_1_1 else "CONNACK 0x87 (Not authorized)"
    assert said in tried.error.message
    assert "ACL" in tried.error.hint


@BOTH
def test_a_topic_that_may_be_written_to(
    broker: dict[str, int], device: Device, papers: ServerPapers, version: MqttVersion
) -> None:
    tried = try_it(broker["open"], device.identity, papers.root, mqtt=MqttWish(version, topic="allowed/here"))
    assert tried.error is None
    assert tried.steps[-1].id is ConnectStepId.MQTT_PUBLISH


def test_a_topic_that_may_not(broker: dict[str, int], device: Device, papers: ServerPapers) -> None:
    wish = MqttWish(MqttVersion.MQTT_5, topic="forbidden/there")
    tried = try_it(broker["open"], device.identity, papers.root, mqtt=wish)
    assert (cause(tried), tried.failed_at) == ("mqtt-not-authorized", ConnectStepId.MQTT_PUBLISH)


def test_a_topic_that_is_none(broker: dict[str, int], device: Device, papers: ServerPapers) -> None:
    tried = try_it(broker["open"], device.identity, papers.root, mqtt=MqttWish(topic="a/#"))
    assert cause(tried) == "mqtt-topic-not-usable"


def test_a_broker_that_takes_anybody_proves_nothing(
    broker: dict[str, int], device: Device, papers: ServerPapers
) -> None:  # fmt: skip
    tried = try_it(broker["anonymous"], device.identity, papers.root, mqtt=MqttWish())
    assert cause(tried) == "client-certificate-not-asked"
    assert tried.error is not None
    assert "require_certificate" in tried.error.hint


@BOTH
def test_a_broker_that_does_not_know_the_ca(
    broker: dict[str, int], device: Device, papers: ServerPapers, version: MqttVersion
) -> None:
    tried = try_it(broker["strangers"], device.identity, papers.root, mqtt=MqttWish(version))
    assert cause(tried) == "client-ca-unknown"


def test_a_port_without_tls(broker: dict[str, int], device: Device, papers: ServerPapers) -> None:
    tried = try_it(broker["without"], device.identity, papers.root, mqtt=MqttWish())
    assert cause(tried) in ("not-tls", "server-ended-connection")
    assert tried.error is not None
    assert "port for TLS" in tried.error.hint
