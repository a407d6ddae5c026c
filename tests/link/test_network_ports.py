"""Whose computer a port is at."""

import pytest

from atecc_bench.link.transports.network_ports import far_host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("/dev/ttyUSB0", None),
        ("COM3", None),
        ("virtual://fresh", None),
        ("rfc2217://127.0.0.1:2217", None),
        ("rfc2217://127.9.9.9:2217", None),
        ("RFC2217://LocalHost:2217", None),
        ("socket://[::1]:2217", None),
        ("rfc2217://192.0.2.7:2217", "192.0.2.7"),
        ("socket://bench-3.lan:4000?logging=debug", "bench-3.lan"),
        ("rfc2217://[fe80::1%eth0]:2217", "fe80::1%eth0"),
        ("rfc2217://localhost.evil.example:1", "localhost.evil.example"),
    ],
)
def test_a_far_port_names_its_host(url: str, host: str | None) -> None:
    assert far_host(url) == host
