"""Starting and stopping of openssl's server, mosquitto and nginx."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

_READY = re.compile(r"ACCEPT \S*:(\d+)")
_START_S = 10.0


@contextmanager
def openssl_server(folder: Path, *options: str, verify: bool = True) -> Generator[int]:
    """`openssl s_server` that wants client certificates; gives its port."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl: apt-get install openssl")
    asks = ["-Verify", "3", "-verify_return_error"] if verify else []
    command = ["openssl", "s_server", "-accept", "0", *asks, *options]
    with (folder / "s_server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert server.stdout is not None
            ready = None
            while ready is None:
                line = server.stdout.readline()
                assert line, (folder / "s_server.log").read_text()
                ready = _READY.match(line)
            yield int(ready[1])
        finally:
            server.kill()
            server.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def _running(command: list[str], folder: Path, ports: list[int]) -> Generator[None]:
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            until = time.monotonic() + _START_S
            for port in ports:
                while not _answers(port):
                    assert server.poll() is None, (folder / "server.log").read_text()
                    assert time.monotonic() < until, (folder / "server.log").read_text()
                    time.sleep(0.02)
            yield
        finally:
            server.terminate()
            server.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running_mosquitto(folder: Path, configuration: Path, ports: list[int]) -> Generator[None]:
    """A broker with this configuration, once it listens at these ports."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        pytest.skip("needs mosquitto: apt-get install mosquitto")
    with _running([program, "-c", str(configuration)], folder, ports):
        yield


@contextmanager
def mosquitto(folder: Path, listeners: dict[str, str]) -> Generator[dict[str, int]]:
    """A broker with listeners of these settings; gives their ports by name."""
    ports = {name: free_port() for name in listeners}
    parts = ["per_listener_settings true\nuser root\nlog_type all\n"]
    parts += [f"listener {ports[name]} 127.0.0.1\n{settings}\n" for name, settings in listeners.items()]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("".join(parts))
    with running_mosquitto(folder, configuration, list(ports.values())):
        yield ports


_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_client_certificate {authority};
        ssl_verify_client on;
        ssl_verify_depth 3;
        location / {{ return 200 "hello $ssl_client_s_dn"; }}
        location /forbidden {{ return 403; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, certificate: Path, key: Path, authority: Path) -> Generator[int]:
    """nginx with client verification; gives its port."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs nginx: apt-get install nginx-light")
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _NGINX.format(folder=folder, port=port, certificate=certificate, key=key, authority=authority)
    )
    with _running([program, "-p", str(folder), "-c", str(configuration)], folder, [port]):
        yield port
