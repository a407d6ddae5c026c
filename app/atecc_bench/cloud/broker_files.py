"""Files and lines by which brokers take devices of a CA.

Nothing is sent anywhere: it is what goes into their configuration, or into their own forms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.encoding.distinguished_names import common_name_of


class Platform(StrEnum):
    """Brokers and platforms that are known here."""

    MOSQUITTO = "mosquitto"
    EMQX = "emqx"
    HIVEMQ = "hivemq"
    THINGSBOARD = "thingsboard"


@dataclass(frozen=True)
class BrokerFiles:
    """Files by name, and what to do with them."""

    files: Mapping[str, bytes]
    lines: tuple[str, ...]


def broker_files(
    platform: Platform, issuers: tuple[x509.Certificate, ...], devices: tuple[x509.Certificate, ...]
) -> BrokerFiles:
    """Make what a platform wants to know of a CA.

    `issuers` has the signer first; `devices` are for platforms that list them.
    """
    return _MAKERS[platform](issuers, devices)


def _pem(certificates: tuple[x509.Certificate, ...]) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _mosquitto(issuers: tuple[x509.Certificate, ...], devices: tuple[x509.Certificate, ...]) -> BrokerFiles:
    configuration = (
        "listener 8883\n"
        "certfile server.pem\n"
        "keyfile server.key\n"
        "cafile device-ca.pem\n"
        "require_certificate true\n"
        "use_identity_as_username true\n"
        "allow_anonymous false\n"
        "acl_file devices.acl\n"
    )
    acl = "# Each device writes and reads below its own common name.\npattern readwrite devices/%u/#\n"
    acl += "".join(f"# {common_name_of(one)}\n" for one in devices)
    return BrokerFiles(
        {"device-ca.pem": _pem(issuers), "mosquitto.conf": configuration.encode(), "devices.acl": acl.encode()},
        (
            "Put the server's own certificate and key beside these as server.pem and server.key.",
            "Start it with: mosquitto -c mosquitto.conf",
            "A client id that is no user name needs no line: the certificate's common name is the user.",
        ),
    )


def _emqx(issuers: tuple[x509.Certificate, ...], devices: tuple[x509.Certificate, ...]) -> BrokerFiles:
    configuration = (
        "listeners.ssl.default {\n"
        '  bind = "0.0.0.0:8883"\n'
        "  ssl_options {\n"
        '    cacertfile = "etc/certs/device-ca.pem"\n'
        '    certfile = "etc/certs/server.pem"\n'
        '    keyfile = "etc/certs/server.key"\n'
        "    verify = verify_peer\n"
        "    fail_if_no_peer_cert = true\n"
        "  }\n"
        "}\n"
        "mqtt.peer_cert_as_username = cn\n"
        "mqtt.peer_cert_as_clientid = cn\n"
    )
    acl = '{allow, all, all, ["devices/${username}/#"]}.\n{deny, all}.\n'
    return BrokerFiles(
        {"device-ca.pem": _pem(issuers), "emqx.conf": configuration.encode(), "acl.conf": acl.encode()},
        (
            "Put device-ca.pem into etc/certs, the lines of emqx.conf into etc/emqx.conf, acl.conf into etc.",
            "With peer_cert_as_clientid every device has to come with its common name as the client id.",
        ),
    )


def _hivemq(issuers: tuple[x509.Certificate, ...], devices: tuple[x509.Certificate, ...]) -> BrokerFiles:
    configuration = (
        "<tls-tcp-listener>\n"
        "  <port>8883</port>\n"
        "  <bind-address>0.0.0.0</bind-address>\n"
        "  <tls>\n"
        "    <keystore><path>server.jks</path><password>CHANGE</password>"
        "<private-key-password>CHANGE</private-key-password></keystore>\n"
        "    <truststore><path>device-ca.jks</path><password>CHANGE</password></truststore>\n"
        "    <client-authentication-mode>REQUIRED</client-authentication-mode>\n"
        "  </tls>\n"
        "</tls-tcp-listener>\n"
    )
    files: dict[str, bytes] = {"listener.xml": configuration.encode()}
    lines: list[str] = []
    for number, one in enumerate(issuers):
        name = f"device-ca-{number}.pem"
        files[name] = one.public_bytes(Encoding.PEM)
        lines.append(
            f"keytool -importcert -noprompt -alias device-ca-{number} -file {name} -keystore device-ca.jks"
        )  # fmt: skip
    lines.append("Put listener.xml into <listeners> of conf/config.xml, with passwords of your own.")
    return BrokerFiles(files, tuple(lines))


def _thingsboard(issuers: tuple[x509.Certificate, ...], devices: tuple[x509.Certificate, ...]) -> BrokerFiles:
    files = {"device-ca.pem": _pem(issuers)}
    lines = [
        "Turn MQTT over TLS on: MQTT_SSL_ENABLED=true, MQTT_SSL_BIND_PORT=8883 and the server's certificate.",
        "For all devices of the CA: Device profiles, X.509 provisioning, paste device-ca.pem, common name as (.*).",
    ]
    for one in devices:
        name = common_name_of(one)
        print_ = one.fingerprint(SHA256()).hex()
        files[f"{_file_name(name or print_)}.pem"] = _pem((one,))
        lines.append(f"For {name} alone: Device credentials, X.509, paste its file (SHA-256 {print_}).")
    return BrokerFiles(files, tuple(lines))


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text).lstrip(".")[:64]


_MAKERS: Mapping[
    Platform, Callable[[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]], BrokerFiles]
] = {
    Platform.MOSQUITTO: _mosquitto,
    Platform.EMQX: _emqx,
    Platform.HIVEMQ: _hivemq,
    Platform.THINGSBOARD: _thingsboard,
}  # fmt: skip
