"""The virtual ROM, byte by byte. esptool itself talks to it in the tests of the link."""

import hashlib
import zlib
from struct import pack, unpack_from

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.twin.board.rom_loader import Leaves, RomCommand, RomError, RomLoader, rom_checksum
from atecc_bench.twin.board.rom_target import ESP32, ESP32_C3, MAC, RomTarget
from atecc_bench.twin.board.spi_flash import Boots, BridgeImages, SpiFlash
from atecc_bench.twin.board.virtual_board import VirtualBoard
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from tests.support.probes import with_secure_download

FLASH_SIZE = 64 * 1024


def frame(payload: bytes) -> bytes:
    return b"\xc0" + payload.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def request(command: int, data: bytes = b"", block: bytes | None = None) -> bytes:
    checksum = 0 if block is None else rom_checksum(block)
    if block is not None:
        data = pack("<IIII", len(block), 0, 0, 0) + block
    return frame(pack("<BBHI", 0, command, len(data), checksum) + data)


class Talk:
    def __init__(self, target: RomTarget = ESP32, boots: Boots = Boots.NOTHING) -> None:
        self.flash = SpiFlash(BridgeImages(), boots=boots, size=FLASH_SIZE)
        self.rom = RomLoader(target, self.flash)

    def ask(self, command: RomCommand, *numbers: int, block: bytes | None = None) -> tuple[int, bytes]:
        """Value and data of the one reply; status other than 0 fails."""
        value, data, error = self.try_(command, *numbers, block=block)
        assert error == 0
        return value, data

    def try_(self, command: RomCommand, *numbers: int, block: bytes | None = None) -> tuple[int, bytes, int]:
        reply = self.rom.receive(request(command, pack(f"<{len(numbers)}I", *numbers), block))
        assert reply.startswith(b"\xc0")
        assert reply.endswith(b"\xc0")
        plain = reply[1:-1].replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        direction, echoed, size, value = unpack_from("<BBHI", plain)
        assert (direction, echoed, size) == (1, command, len(plain) - 8)
        assert plain[-4] == (plain[-3] != 0)
        return value, plain[8:-4], plain[-3]


def test_sync_is_answered_eight_times():
    rom = Talk().rom
    reply = rom.receive(request(RomCommand.SYNC, b"\x07\x07\x12\x20" + 32 * b"\x55"))
    assert reply.count(b"\x01\x08\x04\x00") == 8


def test_bytes_one_by_one_and_noise_between_frames():
    rom = Talk().rom
    sync = request(RomCommand.SYNC, b"\x07\x07\x12\x20" + 32 * b"\x55")
    replies = b"".join(rom.receive(bytes([byte])) for byte in b"board:version()\n" + sync)
    assert replies.count(b"\x01\x08\x04\x00") == 8


@pytest.mark.parametrize(("target", "detect"), [(ESP32, 0x00F01D83), (ESP32_C3, 0)])
def test_how_a_chip_is_told(target: RomTarget, detect: int):
    talk = Talk(target)
    assert talk.ask(RomCommand.READ_REG, 0x40001000)[0] == detect
    _, info, error = talk.try_(RomCommand.GET_SECURITY_INFO)
    if target is ESP32:
        assert error == RomError.INVALID_MESSAGE
    else:
        assert unpack_from("<I", info, 12) == (5,)


def test_the_mac_is_locally_administered():
    talk = Talk()
    low, high = (talk.ask(RomCommand.READ_REG, 0x3FF5A004 + 4 * word)[0] for word in (0, 1))
    assert (high << 32 | low).to_bytes(8, "big")[2:] == MAC
    assert MAC[0] & 2


@given(st.binary(min_size=1, max_size=3000), st.integers(0, 14), st.booleans())
def test_what_is_written_is_read_back_and_has_its_digest(data: bytes, sector: int, compressed: bool):
    talk = Talk()
    offset = sector * 0x1000
    if compressed:
        packed = zlib.compress(data)
        talk.ask(RomCommand.FLASH_DEFL_BEGIN, len(data), 1, 0x400, offset)
        talk.ask(RomCommand.FLASH_DEFL_DATA, block=packed)
    else:
        talk.ask(RomCommand.FLASH_BEGIN, len(data), 1, 0x400, offset)
        talk.ask(RomCommand.FLASH_DATA, block=data + b"\xff" * 5)
    assert talk.flash.read(offset, len(data)) == data
    assert set(talk.flash.read(offset + len(data), 0x1000 - len(data) % 0x1000)) <= {0xFF}
    digest = talk.ask(RomCommand.SPI_FLASH_MD5, offset, len(data))[1]
    assert digest.decode() == hashlib.md5(data).hexdigest()  # noqa: S324 - the ROM's own digest
    assert talk.ask(RomCommand.READ_FLASH_SLOW, offset, 64)[1][: len(data)] == data[:64]


def test_a_block_with_a_wrong_checksum_is_not_written():
    talk = Talk()
    talk.ask(RomCommand.FLASH_BEGIN, 4, 1, 0x400, 0)
    data = pack("<IIII", 4, 0, 0, 0) + b"abcd"
    reply = talk.rom.receive(frame(pack("<BBHI", 0, RomCommand.FLASH_DATA, len(data), 0) + data))
    assert reply[-5:-3] == bytes((1, RomError.INVALID_CHECKSUM))
    assert talk.flash.read(0, 4) == b"\xff" * 4


def test_writing_without_erasing_only_clears_bits():
    flash = SpiFlash(BridgeImages(), boots=Boots.NOTHING, size=FLASH_SIZE)
    flash.write(0, b"\xf0")
    flash.write(0, b"\x0f")
    assert flash.read(0, 2) == b"\x00\xff"


@pytest.mark.parametrize(
    ("command", "numbers"),
    [
        (RomCommand.FLASH_BEGIN, (FLASH_SIZE, 1, 0x400, 0x1000)),
        (RomCommand.FLASH_DEFL_DATA, ()),
        (RomCommand.CHANGE_BAUDRATE, (1,)),
        (RomCommand.MEM_BEGIN, (0x10000000, 1, 1, 0)),
        (RomCommand.READ_REG, ()),
    ],
)
def test_what_cannot_be_done_is_refused(command: RomCommand, numbers: tuple[int, ...]):
    assert Talk().try_(command, *numbers)[2] in set(RomError)


def test_damaged_compressed_data_is_refused():
    talk = Talk()
    talk.ask(RomCommand.FLASH_DEFL_BEGIN, 100, 1, 0x400, 0)
    assert talk.try_(RomCommand.FLASH_DEFL_DATA, block=b"not deflate")[2] == RomError.DEFLATE


def test_a_program_in_ram_is_started_and_the_rom_is_gone():
    talk = Talk()
    talk.ask(RomCommand.MEM_BEGIN, 8, 2, 4, 0x3FFB0000)
    talk.ask(RomCommand.MEM_DATA, block=b"abcd")
    talk.ask(RomCommand.MEM_DATA, block=b"efgh")
    talk.ask(RomCommand.MEM_END, 0, 0x40080000)
    assert talk.rom.leaves is Leaves.BY_RUNNING_RAM
    assert talk.rom.segments == ((0x3FFB0000, b"abcdefgh"),)
    assert talk.rom.receive(request(RomCommand.SYNC)) == b""


@pytest.mark.parametrize("command", [RomCommand.READ_REG, RomCommand.MEM_BEGIN, RomCommand.SPI_FLASH_MD5])
def test_secure_download_shows_nothing(command: RomCommand):
    talk = Talk(with_secure_download(ESP32_C3))
    assert talk.try_(command, 0, 0, 0, 0)[2] == RomError.INVALID_MESSAGE
    assert talk.ask(RomCommand.GET_SECURITY_INFO)[1][0] & 4


frames = st.builds(
    lambda command, data: frame(pack("<BBHI", 0, command, len(data), 0) + data),
    st.sampled_from(RomCommand),
    st.binary(max_size=64),
)


@given(st.lists(st.binary(max_size=100) | frames, max_size=20), st.sampled_from([ESP32, ESP32_C3]))
def test_nothing_that_comes_in_breaks_it(pieces: list[bytes], target: RomTarget):
    talk = Talk(target)
    for piece in pieces:
        talk.rom.receive(piece)


def reset(board: VirtualBoard, wall: float, *, boot_held: bool) -> bytes:
    board.set_lines(dtr=False, rts=True, wall=wall)
    board.set_lines(dtr=boot_held, rts=False, wall=wall + 0.1)
    log = board.transmit(wall + 0.2)
    board.set_lines(dtr=False, rts=False, wall=wall + 0.2)
    return log + board.transmit(wall + 0.3)


def test_a_board_starts_what_its_flash_holds():
    board = open_board(parse_virtual_url("virtual://fresh"))
    assert reset(board, 1.0, boot_held=True).endswith(b"waiting for download\r\n")
    board.receive(request(RomCommand.FLASH_BEGIN, pack("<IIII", 4 * 1024 * 1024, 1, 0x400, 0)), 2.0)
    assert board.transmit(2.0)
    assert b"invalid header: 0xffffffff" in reset(board, 3.0, boot_held=False)
    board.receive(b"board:version()\n", 4.0)
    assert b"00(" not in board.transmit(4.0)


def test_at_real_speed_a_reply_of_the_rom_takes_its_time():
    board = open_board(parse_virtual_url("virtual://blank-board?speed=real"))
    reset(board, 1.0, boot_held=True)
    board.transmit(2.0)
    asked = request(RomCommand.READ_REG, pack("<I", 0x40001000))
    board.receive(asked, 10.0)
    ready = board.next_ready()
    assert ready is not None
    assert 10.0 + len(asked) * 10 / 115200 < ready < 10.01


def test_a_folder_without_firmware_is_refused():
    with pytest.raises(InputError) as caught:
        open_board(parse_virtual_url("virtual://blank-board?firmware=/nowhere"))
    assert caught.value.id == "virtual-firmware"
