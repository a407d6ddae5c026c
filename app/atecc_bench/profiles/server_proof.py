"""A server that has to take the device before a PASS."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from atecc_bench.connect.destination import (
    HTTPS_PORT,
    MQTT_PORT,
    Destination,
    MqttVersion,
    MqttWish,
    TlsVersion,
)
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.profiles.strict_part import StrictPart

PROOF_TAG, TLS_TAG = "[proof]", "[tls]"  # stand in pydantic's `loc` for the kind of an entry


def _usable_port(value: int) -> int:
    if not 0 < value < 1 << 16:
        raise ValueError("it should be a number from 1 to 65535")
    return value


class MqttProof(StrictPart):
    """What a broker has to take; placeholders are filled."""

    version: MqttVersion = MqttVersion.MQTT_3_1_1
    client_id: str | None = Field(default=None, min_length=1)
    topic: str | None = Field(default=None, min_length=1)


class TlsServer(StrictPart):
    """A server and how it is spoken with; placeholders are filled.

    `ca_file` is the text of the file that the profile names: CAs that may vouch for the server. Without one they are
    those of the computer.
    """

    host: str = Field(min_length=1)
    port: Annotated[int, Field(strict=True), AfterValidator(_usable_port)] | None = None
    ca_file: str | None = None
    sni: str | None = Field(default=None, min_length=1)
    alpn: tuple[str, ...] = ()
    version: TlsVersion | None = None
    mqtt: MqttProof | None = None
    http: str | None = Field(default=None, min_length=1)

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that may have placeholders."""
        mqtt = self.mqtt or MqttProof()
        return tuple(text for text in (self.host, self.sni, mqtt.client_id, mqtt.topic) if text is not None)

    def destination(self, values: Mapping[str, str]) -> Destination:
        """The server as it is for one device."""

        def text(one: str | None) -> str | None:
            return None if one is None else filled(one, values)

        mqtt = self.mqtt
        wish = None if mqtt is None else MqttWish(mqtt.version, text(mqtt.client_id), text(mqtt.topic))
        port = self.port or (HTTPS_PORT if self.http is not None else MQTT_PORT)
        return Destination(filled(self.host, values), port, text(self.sni), self.alpn, self.version, wish, self.http)


class TlsProof(StrictPart):
    """The entry of a profile's proofs that names a server."""

    tls: TlsServer


def _kind(entry: Any) -> str:
    return TLS_TAG if isinstance(entry, (dict, TlsProof)) else PROOF_TAG


ProofEntry = Annotated[Annotated[Proof, Tag(PROOF_TAG)] | Annotated[TlsProof, Tag(TLS_TAG)], Discriminator(_kind)]
