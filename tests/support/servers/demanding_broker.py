"""A broker that takes the chip of `virtual://provisioned`, and nobody without a certificate."""

from collections.abc import Iterator
from contextlib import contextmanager

from atecc_bench.resources import resource_path
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import mosquitto


@contextmanager
def broker_that_demands_certificates(papers: ServerPapers) -> Iterator[int]:
    """A running mosquitto; gives its port for MQTT over TLS."""
    certificate, key = papers.pem_files()
    root = resource_path("scenarios", "provisioned", "root.pem")
    settings = (
        f"certfile {certificate}\nkeyfile {key}\ncafile {root}\nrequire_certificate true\n"
        "use_identity_as_username true\n"
    )
    with mosquitto(papers.folder, {"mqtts": settings}) as ports:
        yield ports["mqtts"]
