"""The proof that a server takes the device."""

from collections.abc import Mapping
from datetime import datetime

from atecc_bench.connect.client_identity import ClientIdentity
from atecc_bench.profiles.server_proof import TlsServer


def prove_connection(
    server: TlsServer, values: Mapping[str, str], identity: ClientIdentity, now: datetime
) -> Mapping[str, object]:
    """Connect a device to the server of its profile.

    Returns how it went, as JSON has it.

    Raises:
        BenchError: Why the server does not take it, or this side does not take the server.
    """
    from atecc_bench.connect.connect_to import connect_to  # with it comes all of TLS, which few runs need
    from atecc_bench.connect.server_trust import trust_of_file, trust_of_system

    destination = server.destination(values)
    content = server.ca_file
    trust = trust_of_system() if content is None else trust_of_file(content.encode("utf-8"), "the profile's CA file")
    tried = connect_to(destination, identity, trust, now)
    if tried.error is not None:
        raise tried.error
    return {"server": destination.text, **tried.document}
