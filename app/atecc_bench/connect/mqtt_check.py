"""MQTT over a TLS connection: CONNECT, and PUBLISH to a topic.

By paho-mqtt; each refusal is told by what it means.
"""

import json
import time
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import TIME_LIMIT_S, MqttVersion, MqttWish
from atecc_bench.connect.handshake import Watch, accepted, is_accepted
from atecc_bench.connect.tls_socket import TlsSocket
from atecc_bench.errors import RefusedError

_SLICE_S, _KEEP_ALIVE_S = 0.1, 60
_PROTOCOLS = {MqttVersion.MQTT_3_1_1: MQTTProtocolVersion.MQTTv311, MqttVersion.MQTT_5: MQTTProtocolVersion.MQTTv5}
# paho-mqtt gives the codes of MQTT 5 for those of 3.1.1, which servers write into their logs.
_OLD_CODES = {0x84: 1, 0x85: 2, 0x88: 3, 0x86: 4, 0x87: 5}
_UNSUPPORTED, _CLIENT_ID, _UNAVAILABLE, _USER, _NOT_AUTHORIZED = 0x84, 0x85, 0x88, 0x86, 0x87
_FAILURE = 0x80


class _Client(paho.Client):
    """A client of paho-mqtt on a connection that is open already."""

    def __init__(self, over: TlsSocket, client_id: str, version: MqttVersion) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2, client_id, protocol=_PROTOCOLS[version], reconnect_on_failure=False
        )
        self._over = over
        self.answer: ReasonCode | None = None
        self.published: ReasonCode | None = None
        self.ended: ReasonCode | None = None
        self.on_connect, self.on_publish, self.on_disconnect = self._connected, self._published, self._ended

    def _create_socket(self) -> Any:
        return self._over

    def _connected(
        self, client: paho.Client, userdata: Any, flags: paho.ConnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        self.answer = code

    def _published(
        self, client: paho.Client, userdata: Any, mid: int, code: ReasonCode, more: Properties | None
    ) -> None:  # fmt: skip
        self.published = code

    def _ended(
        self, client: paho.Client, userdata: Any, flags: paho.DisconnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        self.ended = code


def check_mqtt(watch: Watch, over: TlsSocket, wish: MqttWish) -> None:
    """Connect to a broker over an open connection, publish, and leave.

    Raises:
        BenchError: Why the broker would not: `mqtt-not-authorized` and others.
    """
    watch.at = ConnectStepId.MQTT_CONNECT
    client_id = watch.identity.name if wish.client_id is None else wish.client_id
    client = _Client(over, client_id, wish.version)
    client.connect(watch.destination.host, watch.destination.port, _KEEP_ALIVE_S)
    _wait(watch, client, over, lambda: client.answer is not None)
    if over.error is not None:
        raise over.error
    if client.answer is None:
        raise _no_connack(watch, client_id)
    if client.answer.value >= _FAILURE:
        raise _refused(client.answer, client_id, wish.version)
    if not is_accepted(watch):
        accepted(watch, "The server took the certificate and the signature: it answers.")
    code = f"CONNACK {client.answer.value}" if wish.version is MqttVersion.MQTT_3_1_1 else str(client.answer)
    watch.done(
        ConnectStepId.MQTT_CONNECT, f"The broker took {client_id} by MQTT {wish.version}: {code}.",
        ConnectStepId.MQTT_PUBLISH,
    )  # fmt: skip
    if wish.topic is not None:
        _publish(watch, client, over, wish.topic)
    client.disconnect()


def _publish(watch: Watch, client: _Client, over: TlsSocket, topic: str) -> None:
    message = json.dumps({"device": watch.identity.name, "from": "atecc-bench"})
    try:
        client.publish(topic, message, qos=1)
    except ValueError as error:
        raise RefusedError(
            "mqtt-topic-not-usable", f"Nothing can be published to {topic!r}: {error}.", "Give a topic without + and #."
        ) from error
    _wait(watch, client, over, lambda: client.published is not None)
    if client.published is None or client.published.value >= _FAILURE:
        told = f"it answered {client.published}" if client.published is not None else "it closed the connection"
        raise RefusedError(
            "mqtt-not-authorized",
            f"The broker took the device, and not what it published to {topic}: {told}.",
            "Let the device's policy or ACL allow iot:Publish, or write, for this topic.",
        )
    watch.done(ConnectStepId.MQTT_PUBLISH, f"Published to {topic}, and the broker has it.", ConnectStepId.MQTT_PUBLISH)


def _wait(watch: Watch, client: _Client, over: TlsSocket, done: Any) -> None:
    until = time.monotonic() + TIME_LIMIT_S
    while not done() and client.ended is None and over.error is None and time.monotonic() < until:
        watch.check_cancelled()
        if client.loop(_SLICE_S) != paho.MQTT_ERR_SUCCESS:
            return


def _no_connack(watch: Watch, client_id: str) -> RefusedError:
    return RefusedError(
        "mqtt-not-authorized",
        f"{watch.destination.text} took the certificate, and ended the connection instead of answering the CONNECT of "
        f"{client_id}.",
        "AWS IoT does so when no policy on the certificate allows iot:Connect for this client id; other brokers when "
        "another protocol is spoken at this port. Look at the policy, or give --client-id.",
    )


def _refused(code: ReasonCode, client_id: str, version: MqttVersion) -> RefusedError:
    old = version is MqttVersion.MQTT_3_1_1 and code.value in _OLD_CODES
    said = f"CONNACK {_OLD_CODES[code.value]} ({str(code).lower()})" if old else f"CONNACK {code.value:#04x} ({code})"
    what = f"The broker answers {said} to {client_id}"
    match code.value:
        case value if value == _NOT_AUTHORIZED:
            return RefusedError(
                "mqtt-not-authorized",
                f"{what}: TLS is right, and nothing allows this device to connect.",
                "Attach a policy, or add it to the ACL; mosquitto takes the common name as the user name with "
                "use_identity_as_username true.",
            )
        case value if value == _USER:
            return RefusedError(
                "mqtt-not-authorized",
                f"{what}: it wants a user name and a password besides the certificate.",
                "Let the listener take the certificate for it (mosquitto: use_identity_as_username true).",
            )
        case value if value == _CLIENT_ID:
            return RefusedError(
                "mqtt-refused",
                f"{what}: it does not take this client id.",
                "Give another with --client-id; clouds want the name of the device or thing.",
            )
        case value if value == _UNSUPPORTED:
            return RefusedError(
                "mqtt-refused", f"{what}: it does not speak MQTT {version}.", "Try --mqtt-version 3.1.1, or 5."
            )
        case value if value == _UNAVAILABLE:
            return RefusedError("mqtt-refused", f"{what}: it is not available now.", "Try again later.")
        case _:
            return RefusedError("mqtt-refused", f"{what}.", "See the broker's log.")
