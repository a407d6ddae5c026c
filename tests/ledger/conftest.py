"""Every test of the ledger, on a file and on a server."""

import sys
from collections.abc import Iterator

import pytest

from tests.support.ledgers import SERVER_VARIABLE
from tests.support.servers.postgresql import PostgresServer, postgresql


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if sys.platform == "win32":
        pytest.skip("needs sockets in a folder, which Windows has not")
    with postgresql() as server:
        yield server


@pytest.fixture(params=["file", "server"], autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the ledger is; a test marked `file_alone` is about the file."""
    if request.param == "server":
        if request.node.get_closest_marker("file_alone"):
            pytest.skip("is about the ledger in a file")
        monkeypatch.setenv(SERVER_VARIABLE, request.getfixturevalue("postgres_server").url)
    return request.param
