"""nginx with client verification, which lets every handshake pass and refuses in HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from atecc_bench.connect.connection_steps import ConnectStepId
from tests.connect.conftest import Device, cause, try_it
from tests.support.servers.papers import ServerPapers
from tests.support.servers.processes import nginx


@pytest.fixture(scope="module")
def web(papers: ServerPapers, device_ca: Path) -> Iterator[int]:
    certificate, key = papers.pem_files("below-intermediate")
    with nginx(papers.folder, certificate, key, device_ca) as port:
        yield port


def test_the_chip_fetches_a_page(web: int, device: Device, papers: ServerPapers) -> None:
    tried = try_it(web, device.identity, papers.root, http_path="/")
    assert tried.error is None
    assert (tried.steps[-1].id, tried.steps[-1].sentence) == (ConnectStepId.HTTP_GET, "GET /: HTTP 200.")


def test_a_handshake_alone(web: int, device: Device, papers: ServerPapers) -> None:
    assert try_it(web, device.identity, papers.root).error is None


def test_a_certificate_that_nginx_does_not_verify(web: int, device: Device, papers: ServerPapers) -> None:
    tried = try_it(web, device.certified_by(papers.stranger), papers.root, http_path="/")
    assert (cause(tried), tried.failed_at) == ("client-certificate-refused", ConnectStepId.HTTP_GET)


def test_a_page_that_is_forbidden(web: int, device: Device, papers: ServerPapers) -> None:
    tried = try_it(web, device.identity, papers.root, http_path="/forbidden")
    assert cause(tried) == "http-refused"
    assert ConnectStepId.ACCEPTED in [step.id for step in tried.steps]
