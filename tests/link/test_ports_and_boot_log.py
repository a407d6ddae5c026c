import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from atecc_bench.link.transports.boot_log import BootLog, recognise, target_in
from atecc_bench.link.transports.serial_ports import USB_BRIDGES, PortInfo, serial_ports
from atecc_bench.twin.board.rom_target import TARGETS, RomTarget


def usb(device: str, vid: int | None, pid: int | None, serial_number: str | None, description: str) -> ListPortInfo:
    port = ListPortInfo(device, skip_link_detection=True)
    port.vid, port.pid, port.serial_number, port.description = vid, pid, serial_number, description  # pyright: ignore[reportAttributeAccessIssue]
    return port


def test_ports_are_named_by_the_usb_bridge_behind_them(monkeypatch: pytest.MonkeyPatch):
    found = [
        usb("/dev/ttyS0", None, None, None, "n/a"),
        usb("/dev/ttyUSB1", 0x0403, 0x6001, "A50285BI", "FT232R USB UART"),
        usb("/dev/ttyACM0", 0x2341, 0x0043, "7543", "Arduino Uno"),
        usb("/dev/ttyUSB0", 0x10C4, 0xEA60, "0001", "CP2102 USB to UART Bridge Controller"),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    assert serial_ports() == (
        PortInfo("/dev/ttyUSB0", "CP2102 USB to UART Bridge Controller", 0x10C4, 0xEA60, "0001", "Silicon Labs CP210x"),
        PortInfo("/dev/ttyUSB1", "FT232R USB UART", 0x0403, 0x6001, "A50285BI", "FTDI FT232R"),
        PortInfo("/dev/ttyACM0", "Arduino Uno", 0x2341, 0x0043, "7543", None),
        PortInfo("/dev/ttyS0", "", None, None, None, None),
    )


def test_no_ports_at_all(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    assert serial_ports() == ()


@pytest.mark.parametrize(
    ("vid", "pid", "name"),
    [(0x10C4, 0xEA60, "CP210x"), (0x1A86, 0x7523, "CH340"), (0x1A86, 0x55D4, "CH9102"), (0x303A, 0x1001, "Espressif")],
)
def test_bridges_that_esp32_boards_use(vid: int, pid: int, name: str):
    assert name in USB_BRIDGES[vid, pid]


@pytest.mark.parametrize(
    ("received", "kind"),
    [
        (b"", BootLog.NOTHING),
        (b"rst:0x10 (RTCWDT_RTC_RESET),boot:0x13\r\nflash read err, 1000\r\n", BootLog.BLANK_FLASH),
        (b"invalid header: 0xffffffff", BootLog.BLANK_FLASH),
        (b"ESP-ROM:esp32s3-20210327\r\nboot:0x23 (DOWNLOAD(USB/UART0))\r\n", BootLog.DOWNLOAD_MODE),
        (b"waiting for download\r\n", BootLog.DOWNLOAD_MODE),
        (b"\x1b[0;32mI (27) boot: ESP-IDF v4.4.1", BootLog.APPLICATION),
        (b"W (1203) wifi: timeout", BootLog.APPLICATION),
        (b"ets Jun  8 2016 00:22:57", BootLog.APPLICATION),
        (b"\x00\xff\x13", BootLog.NOISE),
        (b"$GPGGA,092750.000,5321.6802,N*76\r\n", BootLog.NOISE),
    ],
)
def test_what_a_board_says_unasked(received: bytes, kind: BootLog):
    assert recognise(received) is kind


@given(received=st.binary(max_size=200))
def test_anything_is_recognised_as_something(received: bytes):
    assert (recognise(received) is BootLog.NOTHING) == (received == b"")


@pytest.mark.parametrize("rom", TARGETS.values(), ids=TARGETS)
def test_a_rom_names_its_chip(rom: RomTarget):
    assert target_in(b"\x00\xff" + rom.banner + b"rst:0x1 (POWERON)") == rom.name.lower().replace("-", "")


@pytest.mark.parametrize("says", [b"", b"I (57) cpu_start: hello", b"ets Jan  8 2013,rst cause:2", b"ESP-ROM:"])
def test_what_names_no_chip_is_of_none(says: bytes):
    assert target_in(says) == ""
