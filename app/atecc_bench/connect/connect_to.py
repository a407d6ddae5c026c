"""A connection to a server, from start to end."""

from collections.abc import Callable
from datetime import datetime

from atecc_bench.connect.client_identity import ClientIdentity
from atecc_bench.connect.connection_steps import ConnectionTried, Tell
from atecc_bench.connect.destination import Destination, check_destination
from atecc_bench.connect.handshake import Watch, handshake, open_tcp
from atecc_bench.connect.server_trust import ServerTrust
from atecc_bench.connect.tls_socket import TlsSocket, look_before_speaking, settle
from atecc_bench.errors import BenchError


def connect_to(
    destination: Destination,
    identity: ClientIdentity,
    trust: ServerTrust,
    now: datetime,
    tell: Tell = lambda step: None,
    check_cancelled: Callable[[], None] = lambda: None,
) -> ConnectionTried:
    """Connect, prove the device, ask what is wished, and leave.

    `check_cancelled` is called while something is waited for, and may raise to end it. What ends the connection is in
    what this returns; only what has nothing to do with the server is raised.

    Raises:
        InputError: `server-not-usable`, `usage`.
    """
    check_destination(destination)
    watch = Watch(destination, identity, trust, now, tell, check_cancelled)
    error: BenchError | None = None
    alpn: str | None = None
    try:
        alpn = _connect(watch)
    except BenchError as caught:
        error = caught
    return ConnectionTried(
        steps=tuple(watch.steps),
        version=watch.version.value if watch.version else None,
        cipher=watch.cipher or None,
        alpn=alpn,
        failed_at=watch.at if error else None,
        error=error,
    )


def _connect(watch: Watch) -> str | None:
    from atecc_bench.connect.http_check import check_http
    from atecc_bench.connect.mqtt_check import check_mqtt

    destination = watch.destination
    sock = open_tcp(watch)
    try:
        connection = handshake(watch, sock)
        over = TlsSocket(watch, connection, sock)
        if destination.mqtt is not None or destination.http_path is not None:
            look_before_speaking(watch, over)
        if destination.mqtt is not None:
            check_mqtt(watch, over, destination.mqtt)
        elif destination.http_path is not None:
            check_http(watch, over, destination.http_path)
        else:
            settle(watch, over)
        chosen: object = connection.session.appProto
    finally:
        sock.close()
    return bytes(chosen).decode("ascii", "replace") if isinstance(chosen, (bytes, bytearray)) else None
