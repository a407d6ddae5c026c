"""`virtual://` as a serial port, and the same board on a pseudo-terminal."""

import threading
from collections.abc import Callable, Iterator

import pytest
import serial

from atecc_bench.errors import InputError
from atecc_bench.twin.ports.protocol_virtual import Serial
from atecc_bench.twin.ports.registration import register_virtual_scheme


@pytest.fixture
def port() -> Iterator[Serial]:
    register_virtual_scheme()
    with serial.serial_for_url("virtual://fresh?seed=1", timeout=5) as opened:
        assert isinstance(opened, Serial)
        yield opened


def test_registering_twice_changes_nothing() -> None:
    register_virtual_scheme()
    before = list(serial.protocol_handler_packages)
    register_virtual_scheme()
    assert serial.protocol_handler_packages == before


def test_a_request_and_its_reply(port: Serial) -> None:
    assert port.write(b"ecc:wake()\n") == 11
    assert port.in_waiting == len(b"00(04113343)\n")
    assert port.readline() == b"00(04113343)\n"
    assert port.in_waiting == 0


def test_at_real_speed_a_read_waits_for_the_reply() -> None:
    register_virtual_scheme()
    with serial.serial_for_url("virtual://fresh?speed=real", timeout=5) as port:
        port.write(b"ecc:talk(0730000000035D)\n")
        assert port.readline() == b"00(07000060028038)\n"


def test_a_read_gives_up_at_its_timeout(port: Serial) -> None:
    port.timeout = 0.01
    port.write(b"ecc:idle()\n")
    assert port.read(100) == b"00()\n"
    port.timeout = 0
    assert port.read(100) == b""


def test_dropping_what_has_arrived(port: Serial) -> None:
    port.write(b"ecc:wake()\n")
    port.reset_input_buffer()
    port.write(b"ecc:idle()\n")
    assert port.readline() == b"00()\n"


@pytest.mark.parametrize("interrupt", [Serial.close, Serial.cancel_read])
def test_another_thread_ends_a_read_that_waits(port: Serial, interrupt: Callable[[Serial], None]) -> None:
    port.timeout = None
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(port.read(1)))
    reader.start()
    while not port._condition._waiters:  # pyright: ignore
        pass
    interrupt(port)
    reader.join(5)
    assert got == [b""]


def test_a_closed_port_is_not_open(port: Serial) -> None:
    port.close()
    port.close()
    for use in (lambda: port.read(1), lambda: port.write(b"x"), lambda: port.in_waiting):
        with pytest.raises(serial.SerialException):
            use()


def test_opened_again_it_finds_the_same_board(port: Serial) -> None:
    board = port.board
    port.close()
    port.open()
    assert port.board is board
    with pytest.raises(serial.SerialException):
        port.open()


def test_dtr_and_rts_reset_the_board(port: Serial) -> None:
    port.write(b"board:bridge:baud(230400)\n")
    assert port.readline() == b"00()\n"
    port.dtr = False
    port.rts = True
    port.write(b"ecc:wake()\n")
    port.rts = False
    assert port.read_until(b"clock div:2\r\n").startswith(b"ets Jul 29 2019")
    port.write(b"ecc:wake()\n")
    assert port.readline() == b"00(04113343)\n"
    assert port.board.baud == 115200


def test_closing_the_port_releases_a_board_held_in_reset(port: Serial) -> None:
    port.dtr = False
    port.rts = True
    port.close()
    port.rts = False
    port.open()
    assert port.read_until(b"clock div:2\r\n").startswith(b"ets Jul 29 2019")


def test_opening_the_port_does_not_reset_the_board(port: Serial) -> None:
    port.close()
    port.open()
    port.write(b"ecc:wake()\n")
    assert port.readline() == b"00(04113343)\n"


def test_a_blank_board_talks_on_opening() -> None:
    register_virtual_scheme()
    with serial.serial_for_url("virtual://blank-board", timeout=5) as port:
        assert port.readline() == b"ets Jul 29 2019 12:21:46\r\n"


def test_a_wrong_url_says_what_is_known() -> None:
    register_virtual_scheme()
    with pytest.raises(InputError, match="no virtual board 'nothing'"):
        serial.serial_for_url("virtual://nothing")


def test_clients_of_a_served_board_may_come_and_go(served_board: Callable[[str], str]) -> None:
    device = served_board("virtual://fresh?seed=1&speed=real")
    assert len(device) <= 18  # what CryptoAuthLib keeps of a path
    for _ in range(2):
        with serial.Serial(device, 115200, timeout=5) as port:
            port.write(b"board:device(00)\n")
            assert port.readline() == b"ECC608 TWI 00(C0)\n"
