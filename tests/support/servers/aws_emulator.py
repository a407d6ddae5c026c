"""AWS IoT in an emulator that checks what it is given, with a broker that knows its certificates."""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.servers.processes import free_port

REGION = "eu-north-1"
# An account's; they are of nobody, and no file, log or message may ever show the second and the third.
ACCESS_KEY, SECRET_KEY, TOKEN = (
    "AKIAIOSFODNN7BENCH00",
    "wJalrXUtnFEMIbenchK7MDENGbPxRfiCYEXAMPLE",
    "FwoGZXIvYXdzEBENCHtoken",
)
_START_S = 30.0


@dataclass(frozen=True)
class AwsEmulator:
    """A running emulator: its API and its broker."""

    url: str
    mqtt_port: int

    @property
    def ca_pem(self) -> bytes:
        """The CA of its broker, which is another one after a reset."""
        with urllib.request.urlopen(f"{self.url}/_ministack/iot/ca.pem", timeout=5) as answer:  # noqa: S310
            return answer.read()

    def environment(self) -> dict[str, str]:
        """What boto3 finds credentials and the way by."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self) -> Any:
        boto3 = cast("Any", __import__("boto3"))
        return boto3.client(
            "iot", region_name=REGION, endpoint_url=self.url, aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )  # fmt: skip

    def reset(self) -> None:
        """Forget all that was registered."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_ministack/reset", method="POST")).close()  # noqa: S310


@contextmanager
def aws_emulator(folder: Path) -> Generator[AwsEmulator]:
    for package in ("ministack", "boto3"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}")
    api, mqtt = free_port(), free_port()
    environment = {
        **os.environ, "GATEWAY_PORT": str(api), "IOT_MTLS_PORT": str(mqtt), "SERVICES": "iot,iam",
        "MINISTACK_HOST": "localhost", "HOME": str(folder), "TMPDIR": str(folder),
    }  # fmt: skip
    with (folder / "emulator.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack"], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            emulator, until = AwsEmulator(f"http://localhost:{api}", mqtt), time.monotonic() + _START_S
            while True:
                try:
                    assert emulator.ca_pem
                    break
                except OSError:
                    assert time.monotonic() < until, (folder / "emulator.log").read_text()
                    time.sleep(0.1)
            yield emulator
        finally:
            server.terminate()
            server.wait()
