"""Causes for which a server ends a handshake.

An alert names a kind of trouble, and servers differ in which they send; dates, chain and what was offered decide.
"""

from dataclasses import dataclass
from datetime import datetime

from atecc_bench.connect.client_identity import ClientIdentity
from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import Destination
from atecc_bench.errors import RefusedError

_AWS_ENDING = ".amazonaws.com"
_ABOUT_CERTIFICATE = frozenset({
    "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown",
    "unknown_ca", "access_denied",
})  # fmt: skip
_ABOUT_AGREEING = frozenset({"handshake_failure", "protocol_version", "insufficient_security", "illegal_parameter"})


@dataclass(frozen=True)
class HandshakeFacts:
    """What is known when a handshake ends.

    `asked`: the server wanted a client certificate; `authorities` are the names (DER) of the CAs it takes, where it
    says so. `signed`: the chip signed. `server_checked`: the server's certificate was found right.
    """

    destination: Destination
    identity: ClientIdentity
    now: datetime
    asked: bool
    signed: bool
    server_checked: bool
    authorities: tuple[bytes, ...] = ()

    @property
    def stage(self) -> ConnectStepId:
        """The step under way."""
        if self.signed:
            return ConnectStepId.ACCEPTED
        if self.server_checked:
            return ConnectStepId.SIGN if self.asked else ConnectStepId.ACCEPTED
        return ConnectStepId.AGREE


def cause_of_alert(alert: str, facts: HandshakeFacts) -> RefusedError:
    """Name the cause of a server's alert."""
    said = f"The server ended the handshake with the alert {alert}"
    match alert:
        case "no_application_protocol":
            offered = ", ".join(facts.destination.alpn)
            return RefusedError(
                "alpn-needed",
                f"{said}: it wants a protocol by ALPN, and {offered or 'none'} was offered.",
                "Offer the one it documents with --alpn; AWS IoT on port 443 wants x-amzn-mqtt-ca.",
            )
        case "unrecognized_name" | "missing_extension":
            asked = facts.destination.asked_name
            return RefusedError(
                "sni-needed",
                f"{said}: it serves no {asked}." if asked else f"{said}: it wants to be asked for by name (SNI).",
                "Give the name it serves as HOST, or with --sni.",
            )
        case "certificate_required":
            return RefusedError(
                "client-certificate-refused",
                f"{said}: it had asked for a client certificate and took none.",
                "See the server's log for the certificate it got.",
            )
        case "decrypt_error" if facts.signed:
            return RefusedError(
                "client-signature-refused",
                f"{said}: the signature by {facts.identity.place}, or one in the chain, does not verify there.",
                "The chain was checked here. Compare the CA certificate that the server has with that of the device: "
                "a CA of the same name with another key does this.",
            )
        case _ if facts.signed and (alert in _ABOUT_CERTIFICATE or alert == "handshake_failure"):
            return _of_certificate(said, alert, facts)
        case _ if alert in _ABOUT_AGREEING and not facts.server_checked:
            return _of_agreement(said, alert, facts)
        case _:
            return RefusedError(
                "server-ended-connection",
                f"{said}.",
                "See the server's log for the reason that it keeps to itself.",
            )


def _of_certificate(said: str, alert: str, facts: HandshakeFacts) -> RefusedError:
    wrong_time = _of_time(said, facts)
    if wrong_time is not None:
        return wrong_time
    identity = facts.identity
    if alert == "certificate_expired":
        return RefusedError(
            "client-certificate-expired",
            f"{said}, and here the certificate of {identity.name} is valid until "
            f"{identity.device.not_valid_after_utc:%Y-%m-%d}: a CA above it expired, or the server's clock is ahead.",
            "Look at the CA certificate that the server has, and at its clock.",
        )
    if alert == "certificate_revoked":
        return RefusedError(
            "client-certificate-refused",
            f"{said}: the certificate of {identity.name} was revoked.",
            "Have a new certificate issued, or take it off the revocation list.",
        )
    if identity.missing_issuer is not None:
        return RefusedError(
            "client-chain-incomplete",
            f"{said}: it was sent {len(identity.sent)} certificate{'s' if len(identity.sent) > 1 else ''}, and that of "
            f"{identity.missing_issuer}, who issued the last, was not among them.",
            "Send the intermediate too: give its certificate behind the device's with --cert; or have the server trust "
            "it.",
        )
    issuers = [one.issuer for one in identity.sent]
    if facts.authorities and not any(one.public_bytes() in facts.authorities for one in issuers):
        return _of_unknown_ca(f"{said}, and the CAs that it names are others", identity)
    if alert == "unknown_ca":
        return _of_unknown_ca(said, identity)
    if alert == "unsupported_certificate":
        return RefusedError(
            "client-certificate-refused",
            f"{said}: the certificate is not for this purpose by its keyUsage or extendedKeyUsage.",
            "Have one issued with digitalSignature, and with clientAuth if it has an extendedKeyUsage.",
        )
    return RefusedError(
        "client-certificate-refused",
        f"{said}: it does not take the certificate of {identity.name}.",
        "Is it registered there, and active? A cloud takes only certificates, or CAs, that it was told of. See the "
        "server's log.",
    )


def _of_unknown_ca(said: str, identity: ClientIdentity) -> RefusedError:
    top = identity.chain[-1]
    return RefusedError(
        "client-ca-unknown",
        f"{said}: it does not know the CA that issued the device certificate, {top.issuer.rfc4514_string()}.",
        "Give the server the certificate of that CA: `ca show` says where its file is.",
    )


def _of_time(said: str, facts: HandshakeFacts) -> RefusedError | None:
    for certificate in facts.identity.chain:
        whose = certificate.subject.rfc4514_string()
        if facts.now > certificate.not_valid_after_utc:
            return RefusedError(
                "client-certificate-expired",
                f"{said}: the certificate of {whose} expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC.",
                "Have it issued again, with other dates.",
            )
        if facts.now < certificate.not_valid_before_utc:
            return RefusedError(
                "client-certificate-not-yet-valid",
                f"{said}: the certificate of {whose} is valid only from "
                f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, and this computer's clock says "
                f"{facts.now:%Y-%m-%d %H:%M} UTC.",
                "Set the clock of this computer or of the server, or wait.",
            )
    return None


def _of_agreement(said: str, alert: str, facts: HandshakeFacts) -> RefusedError:
    version = facts.destination.version
    offered = f"TLS {version}" if version is not None else "TLS 1.2 and 1.3"
    hint = "Allow ECDHE with AES-GCM on the server"
    if alert == "protocol_version":
        hint = "Allow TLS 1.2 or 1.3 on the server, or leave --tls out"
    elif facts.destination.asked_name is None:
        hint += "; some servers also want to be asked for by name (--sni)"
    return RefusedError(
        "no-common-tls",
        f"{said}: nothing of what was offered suits it ({offered}; ECDHE on P-256; AES-GCM and ChaCha20).",
        f"{hint}.",
    )


def cause_of_silence(facts: HandshakeFacts) -> RefusedError:
    """Name the cause of a connection that was closed without an alert."""
    host = facts.destination.host
    if host.endswith(_AWS_ENDING) and facts.destination.port == 443 and not facts.destination.alpn:
        return RefusedError(
            "alpn-needed",
            f"{host} closed the connection without a word: on port 443 AWS IoT wants ALPN.",
            "Add --alpn x-amzn-mqtt-ca, or use port 8883.",
        )
    if facts.signed:
        return RefusedError(
            "client-certificate-refused",
            f"The server closed the connection without an alert once it had the certificate of {facts.identity.name} "
            "and the chip's signature.",
            "Is the certificate registered there, and active? See the server's log.",
        )
    return RefusedError(
        "server-ended-connection",
        "The server closed the connection without an alert.",
        "Is this the port for TLS? Servers behind a gateway may also want a name (--sni) or a protocol (--alpn).",
    )


def not_asked(facts: HandshakeFacts) -> RefusedError:
    """Make the error for a server that asks for no certificate."""
    return RefusedError(
        "client-certificate-not-asked",
        f"{facts.destination.text} never asked for a client certificate: the chip signed nothing, and nothing was "
        "proved of the device.",
        "Use the port where the server wants one, or turn it on (mosquitto: require_certificate true; nginx: "
        "ssl_verify_client on).",
    )


def signature_not_taken() -> RefusedError:
    """Make the error for a server that takes no such signature."""
    return RefusedError(
        "client-signature-not-taken",
        "The server takes no ECDSA signatures on P-256 with SHA-256 from clients, and the chip makes no others.",
        "Allow ecdsa_secp256r1_sha256 on the server: with openssl that is ClientSignatureAlgorithms ECDSA+SHA256.",
    )
