"""One HTTP request over a TLS connection.

Servers such as nginx end no handshake over a certificate: they say in their answer what they think of it.
"""

import re
import time

from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import TIME_LIMIT_S
from atecc_bench.connect.handshake import Watch, accepted, is_accepted
from atecc_bench.connect.tls_socket import TlsSocket
from atecc_bench.errors import RefusedError

_LARGEST_ANSWER = 16384
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_PAUSE_S = 0.02
_FIRST_REFUSAL = 400


def check_http(watch: Watch, over: TlsSocket, path: str) -> None:
    """Fetch a path, and see what the server thinks of the device.

    Raises:
        RefusedError: `client-certificate-refused`, `http-refused`.
    """
    watch.at = ConnectStepId.HTTP_GET
    name = watch.destination.server_name
    request = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: atecc-bench\r\nConnection: close\r\n\r\n"
    try:
        over.send(request.encode("ascii"))
    except ConnectionError:
        if over.error is not None:
            raise over.error from None
        raise
    answer = _answer(watch, over)
    if over.error is not None and not answer:
        raise over.error
    status = _STATUS.match(answer)
    if status is None:
        raise RefusedError(
            "http-refused",
            f"{watch.destination.text} does not answer in HTTP/1.1.",
            "Give --http for web servers only, and --mqtt for brokers.",
        )
    code = int(status[1])
    if code == _FIRST_REFUSAL and b"SSL certificate" in answer:
        raise RefusedError(
            "client-certificate-refused",
            "The server let the handshake pass, and answers HTTP 400 over the certificate: it does not verify there.",
            "Give the server the CA's certificate (nginx: ssl_client_certificate, and ssl_verify_depth 2 for a device "
            "below a signer).",
        )
    if not is_accepted(watch):
        accepted(watch, "The server took the certificate and the signature: it answers.")
    if code >= _FIRST_REFUSAL:
        raise RefusedError(
            "http-refused",
            f"The server took the device, and answers HTTP {code} to GET {path}.",
            "Give a path that it serves, or let it allow this device.",
        )
    watch.done(ConnectStepId.HTTP_GET, f"GET {path}: HTTP {code}.", ConnectStepId.HTTP_GET)


def _answer(watch: Watch, over: TlsSocket) -> bytes:
    until, found = time.monotonic() + TIME_LIMIT_S, b""
    while time.monotonic() < until and len(found) < _LARGEST_ANSWER:
        try:
            more = over.recv(_LARGEST_ANSWER)
        except BlockingIOError:
            watch.check_cancelled()
            time.sleep(_PAUSE_S)
            continue
        if not more:
            break
        found += more
    return found
