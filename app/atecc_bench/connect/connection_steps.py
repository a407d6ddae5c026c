"""Steps of a connection and how each went, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.errors import BenchError


class ConnectStepId(StrEnum):
    """Steps, in the order in which they come."""

    REACH = "reach"
    AGREE = "agree"
    CHECK_SERVER = "check-server"
    SHOW_CERTIFICATE = "show-certificate"
    SIGN = "sign"
    ACCEPTED = "accepted"
    MQTT_CONNECT = "mqtt-connect"
    MQTT_PUBLISH = "mqtt-publish"
    HTTP_GET = "http-get"


_TITLES = {
    ConnectStepId.REACH: "Reach the server",
    ConnectStepId.AGREE: "Agree on TLS",
    ConnectStepId.CHECK_SERVER: "Check the server",
    ConnectStepId.SHOW_CERTIFICATE: "Show the certificate",
    ConnectStepId.SIGN: "Sign in the chip",
    ConnectStepId.ACCEPTED: "Be accepted",
    ConnectStepId.MQTT_CONNECT: "MQTT CONNECT",
    ConnectStepId.MQTT_PUBLISH: "MQTT PUBLISH",
    ConnectStepId.HTTP_GET: "HTTP GET",
}


@dataclass(frozen=True)
class ConnectStep:
    """One step that was done, and what came of it."""

    id: ConnectStepId
    sentence: str
    seconds: float

    @property
    def title(self) -> str:
        """The step in a few words."""
        return _TITLES[self.id]

    @property
    def document(self) -> dict[str, object]:
        """The step as JSON has it."""
        return {"id": self.id.value, "sentence": self.sentence, "seconds": round(self.seconds, 4)}


Tell = Callable[[ConnectStep], None]


@dataclass(frozen=True)
class ConnectionTried:
    """How a connection went, as far as it came.

    `error` says why it is none, with the step that it stopped at.
    """

    steps: tuple[ConnectStep, ...]
    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    failed_at: ConnectStepId | None = None
    error: BenchError | None = None

    @property
    def failed_title(self) -> str:
        """The step that it stopped at, in a few words."""
        return _TITLES[self.failed_at] if self.failed_at is not None else ""

    @property
    def document(self) -> dict[str, object]:
        """What happened, as JSON has it."""
        return {
            "connected": self.error is None,
            "tls": self.version,
            "cipher": self.cipher,
            "alpn": self.alpn,
            "steps": [step.document for step in self.steps],
            "failed_at": self.failed_at.value if self.failed_at else None,
        }
