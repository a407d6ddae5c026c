"""Servers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.connect.destination import Destination, MqttWish, check_destination, parse_host_and_port
from atecc_bench.errors import InputError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("broker.example", "broker.example", 8883),
        ("broker.example:443", "broker.example", 443),
        ("192.0.2.7:1", "192.0.2.7", 1),
        ("[2001:db8::1]:8884", "2001:db8::1", 8884),
        ("[2001:db8::1]", "2001:db8::1", 8883),
        ("2001:db8::1", "2001:db8::1", 8883),
        ("a-1.iot.eu-west-1.amazonaws.com", "a-1.iot.eu-west-1.amazonaws.com", 8883),
    ],
)
def test_host_and_port(text: str, host: str, port: int) -> None:
    assert parse_host_and_port(text, 8883) == (host, port)


@pytest.mark.parametrize(
    "text", ["", ":8883", "a b", "broker:0", "broker:65536", "broker:x", "https://broker", "-a.example", "[::1", "a..b"]
)
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_host_and_port(text, 8883)
    assert caught.value.id == "server-not-usable"


@given(st.text(max_size=60))
def test_any_text_is_a_server_or_an_error(text: str) -> None:
    try:
        host, port = parse_host_and_port(text, 8883)
    except InputError:
        return
    assert host
    assert 0 < port < 65536
    assert parse_host_and_port(Destination(host, port).text, 1) == (host, port)


@pytest.mark.parametrize(
    "destination",
    [
        Destination("a", 1, sni="a b"),
        Destination("a", 1, alpn=("",)),
        Destination("a", 1, alpn=("ü",)),
        Destination("a", 1, alpn=("x" * 256,)),
        Destination("a", 1, mqtt=MqttWish(), http_path="/"),
    ],
)
def test_what_cannot_be_asked_of_a_server(destination: Destination) -> None:
    with pytest.raises(InputError):
        check_destination(destination)


def test_an_address_is_never_asked_for_by_name() -> None:
    assert Destination("192.0.2.7", 1).asked_name is None
    assert Destination("192.0.2.7", 1, sni="broker.example").asked_name == "broker.example"
    assert Destination("broker.example", 1).asked_name == "broker.example"
