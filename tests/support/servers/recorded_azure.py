"""An HTTPS server that records what Azure's packages send, and answers as the services document it."""

import json
import secrets
import ssl
import threading
from base64 import b64decode
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509.oid import NameOID

from tests.support.servers.papers import HOST, ServerPapers

TOKEN = "eyJ0eXAiOiJKV1Qi.bench-token-of-nobody"  # noqa: S105
IDENTITY_SECRET = "bench-identity-header-of-nobody"  # noqa: S105
_IDENTITY = "/identity"


@dataclass(frozen=True)
class Recorded:
    """One request: method, path, api-version, body, and headers by their names in small letters."""

    method: str
    path: str
    version: str
    body: Any
    headers: Mapping[str, str]


class SignedIn:
    """What stands for somebody who is signed in."""

    def get_token(self, *scopes: str, **more: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(TOKEN, 1 << 33)


@dataclass
class RecordedAzure:
    """What was asked, and what is there by path; `code` is what a CA has to prove its key with."""

    url: str
    requests: list[Recorded] = field(default_factory=list[Recorded])
    things: dict[str, Any] = field(default_factory=dict[str, Any])
    code: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What azure-identity finds a managed identity by, whose token this server gives."""
        return {"IDENTITY_ENDPOINT": f"{self.url}{_IDENTITY}", "IDENTITY_HEADER": IDENTITY_SECRET}

    @property
    def changes(self) -> list[Recorded]:
        return [request for request in self.requests if request.method != "GET"]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        name, _, action = path.partition("/generateVerificationCode")
        if path != name:
            self.code = secrets.token_hex(24)
            return 200, {**self.things[name], "properties": {"verificationCode": self.code}}
        name, _, action = path.partition("/verify")
        if path != name:
            return self._verified(name, body)
        del action
        if method == "GET":
            return (200, self.things[path]) if path in self.things else (404, {"error": {"code": "NotFound"}})
        if "/certificates/" in path:
            certificate = x509.load_pem_x509_certificate(b64decode(body["properties"]["certificate"]))
            thumbprint = certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303
            body = {"properties": {**body["properties"], "thumbprint": thumbprint, "isVerified": False}, "etag": "AAA="}
        self.things[path] = body
        return 200, body

    def _verified(self, path: str, body: Any) -> tuple[int, Any]:
        held = self.things[path]
        authority = x509.load_pem_x509_certificate(b64decode(held["properties"]["certificate"]))
        proof = x509.load_pem_x509_certificate(body["certificate"].encode())
        proof.verify_directly_issued_by(authority)
        names = [one.value for one in proof.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        if names != [self.code]:
            return 400, {"error": {"code": "400005", "message": "The verification code is another one"}}
        held["properties"]["isVerified"] = True
        return 200, held


@contextmanager
def recorded_azure(folder: Path) -> Generator[tuple[RecordedAzure, Path]]:
    """Serve; gives what is recorded, and the file of the CA that vouches for the server."""
    papers = ServerPapers(folder)
    certificate, key = papers.pem_files()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            split = urlsplit(self.path)
            if split.path == _IDENTITY:
                assert self.headers["X-IDENTITY-HEADER"] == IDENTITY_SECRET
                resource = parse_qs(split.query)["resource"][0]
                told = {"access_token": TOKEN, "expires_on": str(1 << 33), "resource": resource}
                self._answer(200, {**told, "token_type": "Bearer"})
                return
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(split.query)
            assert query.keys() == {"api-version"}
            record.requests.append(Recorded(self.command, split.path, query["api-version"][0], body, headers))
            self._answer(*record.answer(self.command, split.path, body))

        def _answer(self, status: int, answer: Any) -> None:
            told = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_PUT = do_POST = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: a test says what is wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    record = RecordedAzure(f"https://{HOST}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield record, papers.file("azure-ca.pem", papers.root.pem)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
