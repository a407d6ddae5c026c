"""A TLS handshake with client authentication.

Each step is told as it is done.
"""

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.connect import tlslite_api as tls
from atecc_bench.connect.alert_causes import (
    HandshakeFacts,
    cause_of_alert,
    cause_of_silence,
    not_asked,
    signature_not_taken,
)
from atecc_bench.connect.client_identity import ClientIdentity
from atecc_bench.connect.connection_steps import ConnectStep, ConnectStepId, Tell
from atecc_bench.connect.destination import TIME_LIMIT_S, Destination, TlsVersion
from atecc_bench.connect.server_trust import ServerTrust, check_server
from atecc_bench.errors import BenchError, DeviceError, RefusedError
from atecc_bench.pki.x509.chain_checks import verify_digest

_SLICE_S = 0.1

Cancelled = Callable[[], None]  # raises what ends a wait


@dataclass
class Watch:
    """What happens on the way, with the time since the last step."""

    destination: Destination
    identity: ClientIdentity
    trust: ServerTrust
    now: datetime
    tell: Tell
    check_cancelled: Cancelled
    steps: list[ConnectStep] = field(default_factory=list[ConnectStep])
    version: TlsVersion | None = None
    cipher: str = ""
    asked: bool = False
    signed: bool = False
    server_checked: bool = False
    authorities: tuple[bytes, ...] = ()
    at: ConnectStepId = ConnectStepId.REACH
    since: float = field(default_factory=time.monotonic)

    def done(self, step: ConnectStepId, sentence: str, following: ConnectStepId) -> None:
        """Note a step and what comes behind it."""
        now = time.monotonic()
        told = ConnectStep(step, sentence, now - self.since)
        self.since, self.at = now, following
        self.steps.append(told)
        self.tell(told)

    @property
    def facts(self) -> HandshakeFacts:
        """What is known by now."""
        return HandshakeFacts(
            self.destination, self.identity, self.now, self.asked, self.signed, self.server_checked, self.authorities
        )  # fmt: skip


class _Ear(tls.Listener):
    """Checks the server before anything of the device is shown to it."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._takes_ours = False

    def hello(self, version: TlsVersion, cipher: str) -> None:
        watch = self._watch
        watch.version, watch.cipher = version, cipher
        watch.done(ConnectStepId.AGREE, f"TLS {version}, {cipher}.", ConnectStepId.CHECK_SERVER)

    def server_chain(self, chain: tuple[bytes, ...]) -> None:
        watch = self._watch
        try:
            certificates = [x509.load_der_x509_certificate(der) for der in chain]
        except ValueError as error:
            raise RefusedError(
                "server-certificate-not-usable",
                f"A certificate of the server cannot be read: {error}.",
                "Look at it with: openssl s_client -connect HOST:PORT -showcerts",
            ) from error
        name = watch.destination.server_name
        verified = check_server(certificates, name, watch.trust, watch.now)
        watch.server_checked = True
        root = verified[-1].subject.rfc4514_string()
        watch.done(
            ConnectStepId.CHECK_SERVER, f"It is {name}: {root} of {watch.trust.source} vouches for it.",
            ConnectStepId.SHOW_CERTIFICATE,
        )  # fmt: skip
        if watch.asked:  # TLS 1.3 asks first
            self._show()

    def asked(self, schemes: tuple[tuple[int, int], ...], authorities: tuple[bytes, ...]) -> None:
        watch = self._watch
        watch.asked, watch.authorities = True, authorities
        self._takes_ours = tls.ECDSA_P256_SHA256 in schemes
        if watch.server_checked:
            self._show()

    def _show(self) -> None:
        watch = self._watch
        if not self._takes_ours:
            raise signature_not_taken()
        names = " and ".join(one.subject.rfc4514_string() for one in watch.identity.sent)
        watch.done(
            ConnectStepId.SHOW_CERTIFICATE, f"The server asks for a client certificate; it gets {names}.",
            ConnectStepId.SIGN,
        )  # fmt: skip


def open_tcp(watch: Watch) -> socket.socket:
    """Reach the server.

    Raises:
        DeviceError: `server-not-reachable`.
    """
    destination = watch.destination
    try:
        sock = _connected(destination, watch.check_cancelled)
    except (OSError, UnicodeError) as error:
        raise _not_reachable(destination, error) from error
    sock.setblocking(False)  # noqa: FBT003 - the library's own signature
    address = sock.getpeername()[0]
    watch.done(ConnectStepId.REACH, f"{destination.text} is at {address} and answers.", ConnectStepId.AGREE)
    return sock


def _connected(destination: Destination, check_cancelled: Cancelled) -> socket.socket:
    """Open a connection in a thread of its own.

    Neither looking up a name nor waiting for a silent host can be stopped; what opens too late is closed.
    """
    opening: Future[socket.socket] = Future()

    def open_it() -> None:
        try:
            opening.set_result(socket.create_connection((destination.host, destination.port), timeout=TIME_LIMIT_S))
        except Exception as error:  # noqa: BLE001 - it is raised where the connection is waited for
            opening.set_exception(error)

    threading.Thread(target=open_it, name="opening of a connection", daemon=True).start()
    while not wait((opening,), _SLICE_S).done:
        try:
            check_cancelled()
        except BaseException:
            opening.add_done_callback(_close)
            raise
    return opening.result()


def _close(opening: Future[socket.socket]) -> None:
    if opening.exception() is None:
        opening.result().close()


def _not_reachable(destination: Destination, error: Exception) -> DeviceError:
    why, hint = str(getattr(error, "strerror", None) or error), "Is the server running, and is the way to it open?"
    if isinstance(error, socket.gaierror):
        why, hint = "no such name is known", "Check the name; is this computer in the network?"
    elif isinstance(error, TimeoutError):
        why, hint = f"nothing answered within {TIME_LIMIT_S:.0f} s", f"Does a firewall stand before {destination.port}?"
    elif isinstance(error, ConnectionRefusedError):
        why, hint = "nothing listens there", "Check the port: MQTT over TLS usually has 8883, and 443 with ALPN."
    return DeviceError("server-not-reachable", f"{destination.text} cannot be reached: {why}.", hint)


def handshake(watch: Watch, sock: socket.socket) -> Any:
    """Do the handshake; returns the connection.

    Raises:
        BenchError: Why there is none.
    """
    connection = tls.ClientConnection(sock, _Ear(watch))
    key = tls.SigningKey(watch.identity.public_key, lambda digest: _signed(watch, digest))
    chain = tls.certificate_chain(tuple(one.public_bytes(Encoding.DER) for one in watch.identity.sent))
    destination = watch.destination
    begun = connection.handshakeClientCert(
        chain, key, settings=tls.settings_for(destination.version), serverName=destination.asked_name,
        alpn=[bytearray(name.encode("ascii")) for name in destination.alpn] or None, async_=True,
    )  # fmt: skip
    guarded(watch, connection, lambda: wait_for(watch, sock, begun, TIME_LIMIT_S))
    if not watch.signed:
        raise not_asked(watch.facts)
    if watch.version is TlsVersion.TLS_1_2:  # its Finished comes behind our signature
        accepted(watch, "The server took the certificate and the signature, and finished the handshake.")
    return connection


def accepted(watch: Watch, sentence: str) -> None:
    """Note that the server has taken the device for who it is."""
    watch.done(ConnectStepId.ACCEPTED, sentence, ConnectStepId.ACCEPTED)


def is_accepted(watch: Watch) -> bool:
    """Whether the server has shown that it takes the device."""
    return any(step.id is ConnectStepId.ACCEPTED for step in watch.steps)


def _signed(watch: Watch, digest: bytes) -> bytes:
    identity = watch.identity
    raw = identity.sign_digest(digest)
    if not verify_digest(identity.public_key, digest, raw):
        raise RefusedError(
            "challenge-failed",
            f"The signature by {identity.place} is not that of the certificate's key.",
            "Try again; if it happens again, the chip or the bridge is not what it seems.",
        )
    watch.signed = True
    watch.done(
        ConnectStepId.SIGN,
        f"Signed by {identity.place}; random numbers and key exchange are this computer's.",
        ConnectStepId.ACCEPTED,
    )
    return raw


def wait_for(watch: Watch, sock: socket.socket, begun: Iterator[Any], limit_s: float) -> Any:
    """Drive one of tlslite-ng's generators to its end, within a limit.

    Returns what it gave last.

    Raises:
        DeviceError: `server-silent`.
    """
    until = time.monotonic() + limit_s
    last: Any = None
    for last in begun:
        if last not in (0, 1):
            break
        while not _ready(sock, writing=last == 1):
            watch.check_cancelled()
            if time.monotonic() > until:
                raise DeviceError(
                    "server-silent",
                    f"{watch.destination.text} said nothing for {limit_s:.0f} s.",
                    "Is this the port for TLS? Try again when the server is less busy.",
                )
    return last


def _ready(sock: socket.socket, *, writing: bool) -> bool:
    if sock.fileno() < 0:
        return True  # what is tried next says that it was closed
    reads, writes = ([], [sock]) if writing else ([sock], [])
    return any(select.select(reads, writes, [], _SLICE_S)[:2])


def guarded(watch: Watch, connection: Any, action: Callable[[], Any]) -> Any:
    """Do something over TLS, and name the cause of what ends it."""
    try:
        return action()
    except BenchError:
        raise
    except (OSError, *tls.NOT_TLS) as error:
        raise cause_of(watch, connection, error) from error


def cause_of(watch: Watch, connection: Any, error: Exception) -> BenchError:
    """Name the cause of what tlslite-ng or the socket raised."""
    heard = connection.heard
    if isinstance(heard, BenchError):
        return heard
    if isinstance(error, tls.RemoteAlert):
        watch.at = watch.facts.stage
        return cause_of_alert(tls.alert_name(cast("Any", error).description), watch.facts)
    if isinstance(error, tls.LocalAlert):
        return _broken_off(watch, error)
    if isinstance(error, (tls.AbruptClose, tls.ClosedConnection, OSError)):
        return cause_of_silence(watch.facts)
    return _not_tls(watch, error)


def _broken_off(watch: Watch, error: Any) -> RefusedError:
    why = f"{tls.alert_name(error.description)}{f': {error.message}' if error.message else ''}"
    if watch.version is None:
        return RefusedError(
            "not-tls",
            f"What the server answers is not TLS 1.2 or 1.3 as it is spoken here ({why}).",
            "Is this the port for TLS? MQTT without TLS usually has 1883, with it 8883.",
        )
    return RefusedError(
        "server-certificate-not-usable",
        f"The handshake was ended here, by what the server sent: {why}.",
        "Use a server key that TLS 1.2 and 1.3 know: P-256, or RSA of 2048 bits and more.",
    )


def _not_tls(watch: Watch, error: Exception) -> RefusedError:
    return RefusedError(
        "not-tls",
        f"What {watch.destination.text} answers cannot be read as TLS ({type(error).__name__}).",
        "Is this the port for TLS? MQTT without TLS usually has 1883, with it 8883.",
    )
