"""A server and what is wanted of it.

Its name and port, how TLS is spoken with it, and whether MQTT comes on top.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.errors import InputError

MQTT_PORT, HTTPS_PORT = 8883, 443
TIME_LIMIT_S = 10.0  # for each thing that the server has to answer
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME, _LONGEST_ALPN = 253, 255


class TlsVersion(StrEnum):
    """Versions of TLS that are spoken here."""

    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class MqttVersion(StrEnum):
    """Versions of MQTT that are spoken here."""

    MQTT_3_1_1 = "3.1.1"
    MQTT_5 = "5"


@dataclass(frozen=True)
class MqttWish:
    """What is asked of a broker.

    Without a client id it is the common name of the device certificate. With a topic something is published to it.
    """

    version: MqttVersion = MqttVersion.MQTT_3_1_1
    client_id: str | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Destination:
    """A server by name or address, and port.

    `sni` is the name that the server is asked for, where that is another one; `alpn` the protocols that are offered.
    `version` is None when either will do. `http_path` is fetched over the connection.
    """

    host: str
    port: int
    sni: str | None = None
    alpn: tuple[str, ...] = ()
    version: TlsVersion | None = None
    mqtt: MqttWish | None = None
    http_path: str | None = None

    @property
    def server_name(self) -> str:
        """The name or address that the server's certificate has to be for."""
        return self.sni or self.host

    @property
    def asked_name(self) -> str | None:
        """The name that goes into the ClientHello; an address never does."""
        return None if is_address(self.server_name) else self.server_name

    @property
    def text(self) -> str:
        """Name and port, as a URL has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_address(host: str) -> bool:
    """Whether a host is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_host_and_port(text: str, usual_port: int) -> tuple[str, int]:
    """Split `HOST[:PORT]`; an IPv6 address with a port stands in brackets.

    Raises:
        InputError: `server-not-usable`.
    """
    match = re.fullmatch(r"\[([^\]]*)\](?::(\d+))?|([^:]*)(?::(\d+))?", text)
    if match is None:
        if is_address(text):
            return text, usual_port
        raise _not_usable(text)
    host = match[1] if match[1] is not None else match[3]
    digits = match[2] if match[1] is not None else match[4]
    port = usual_port if digits is None else int(digits)
    if not 0 < port < 1 << 16 or not (is_address(host) or is_host_name(host)):
        raise _not_usable(text)
    return host, port


def is_host_name(text: str) -> bool:
    """Whether a text can be the name of a host."""
    labels = text.removesuffix(".").split(".")
    return len(text) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels)


def check_destination(destination: Destination) -> None:
    """Check the names that go into the ClientHello.

    Raises:
        InputError: `server-not-usable`.
    """
    if not (is_address(destination.host) or is_host_name(destination.host)):
        raise _not_usable(destination.host)
    if destination.sni is not None and not is_host_name(destination.sni):
        raise _not_usable(destination.sni)
    for name in destination.alpn:
        if not (name.isascii() and 0 < len(name) <= _LONGEST_ALPN):
            raise InputError(
                "server-not-usable",
                f"{name!r} is no name of a protocol: ALPN has 1 to {_LONGEST_ALPN} ASCII characters.",
                "Give it as the server's documentation does, for example x-amzn-mqtt-ca.",
            )
    if destination.mqtt is not None and destination.http_path is not None:
        raise InputError("usage", "Over one connection goes MQTT or HTTP.", "Give one of them.")


def _not_usable(text: str) -> InputError:
    return InputError(
        "server-not-usable",
        f"{text!r} is no name or address of a server.",
        "Give HOST or HOST:PORT, for example broker.example:8883 or [2001:db8::1]:8883.",
    )
