"""Files for brokers: mosquitto really takes the device by them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from atecc_bench.cloud.broker_files import Platform, broker_files
from atecc_bench.connect.destination import MqttWish
from tests.connect.conftest import Device, cause, try_it
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import free_port, running_mosquitto


def test_mosquitto_takes_a_device_by_its_files(device: Device, tmp_path: Path) -> None:
    papers = ServerPapers(tmp_path)
    certificate, key = papers.pem_files()
    made = broker_files(Platform.MOSQUITTO, (device.chain[1], device.chain[2]), (device.chain[0],))
    port, names = free_port(), {"server.pem": certificate, "server.key": key}
    for name, content in made.files.items():
        text = content.replace(b"listener 8883", f"listener {port} 127.0.0.1".encode())
        for placed, path in {**names, **{file: tmp_path / file for file in made.files}}.items():
            text = text.replace(f" {placed}\n".encode(), f" {path}\n".encode())
        (tmp_path / name).write_bytes(text if name != "mosquitto.conf" else b"user root\n" + text)
    own = f"devices/{device.identity.name}/hello"
    with running_mosquitto(tmp_path, tmp_path / "mosquitto.conf", [port]):
        tried = try_it(port, device.identity, papers.root, datetime.now(UTC), mqtt=MqttWish(topic=own))
        stranger = try_it(port, device.certified_by(papers.stranger), papers.root, mqtt=MqttWish())
    assert tried.error is None
    assert cause(stranger) == "client-ca-unknown"


@pytest.mark.parametrize("platform", list(Platform))
def test_every_platform_gets_the_whole_chain(device: Device, platform: Platform) -> None:
    made = broker_files(platform, (device.chain[1], device.chain[2]), (device.chain[0],))
    given = [
        one
        for name, content in made.files.items()
        if name.endswith(".pem")
        for one in x509.load_pem_x509_certificates(content)
    ]
    assert {device.chain[1], device.chain[2]} <= set(given)
    assert made.lines
    assert not [content for content in made.files.values() if b"PRIVATE KEY" in content]
