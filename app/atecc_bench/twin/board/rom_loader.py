"""The ROM of a virtual ESP32 that waits for a download.

It speaks the serial protocol of esptool. Frames are SLIP (C0 around, DB DC for C0, DB DD for DB). A request is 00,
command, size (2), checksum (4) and data; a reply is 01, command, size (2), value (4), data and four status bytes.
Numbers are little endian (Espressif, esptool documentation, "Serial Protocol"). The ROM erases when a write begins, and
it cannot run code that it does not know, so there is no stub here: whatever is started in RAM and is not the bridge
says nothing.
"""

import hashlib
import zlib
from enum import Enum, IntEnum
from struct import Struct, pack, unpack_from

from atecc_bench.twin.board.rom_target import RomTarget, SecurityInfo
from atecc_bench.twin.board.spi_flash import Segments, SpiFlash

FIRST_BAUD = 115200
_END, _ESCAPE, _ESCAPED_END, _ESCAPED_ESCAPE = 0xC0, 0xDB, 0xDC, 0xDD
_REQUEST = Struct("<BBHI")
_DATA_HEADER = Struct("<IIII")
_LONGEST_FRAME = 0x8000
_LARGEST_RAM = 0x100000
_CHECKSUM_SEED = 0xEF
_SYNC_REPLIES = 8
_SYNC_VALUE = 0x20120707
_SLOW_READ = 64
_READ_ID = 0x9F
_READ_SFDP = 0x5A
_SFDP_SIGNATURE = int.from_bytes(b"SFDP", "little")
_FLASH_MAKER = 0x4020  # a Winbond W25Q; the byte above is log2 of the size
_BAUD_RATES = range(9_600, 5_000_001)


class RomCommand(IntEnum):
    """Commands of the serial protocol."""

    FLASH_BEGIN = 0x02
    FLASH_DATA = 0x03
    FLASH_END = 0x04
    MEM_BEGIN = 0x05
    MEM_END = 0x06
    MEM_DATA = 0x07
    SYNC = 0x08
    WRITE_REG = 0x09
    READ_REG = 0x0A
    SPI_SET_PARAMS = 0x0B
    SPI_ATTACH = 0x0D
    READ_FLASH_SLOW = 0x0E
    CHANGE_BAUDRATE = 0x0F
    FLASH_DEFL_BEGIN = 0x10
    FLASH_DEFL_DATA = 0x11
    FLASH_DEFL_END = 0x12
    SPI_FLASH_MD5 = 0x13
    GET_SECURITY_INFO = 0x14


_IN_SECURE_DOWNLOAD = (
    RomCommand.SYNC,
    RomCommand.SPI_SET_PARAMS,
    RomCommand.SPI_ATTACH,
    RomCommand.CHANGE_BAUDRATE,
    RomCommand.GET_SECURITY_INFO,
    *(command for command in RomCommand if command.name.startswith("FLASH")),
)


class RomError(IntEnum):
    """Why the ROM does not do it."""

    INVALID_MESSAGE = 0x05
    FAILED_TO_ACT = 0x06
    INVALID_CHECKSUM = 0x07
    FLASH_WRITE = 0x08
    DEFLATE = 0x0B


class Leaves(Enum):
    """How a download ends."""

    BY_REBOOT = "reboot"
    BY_RUNNING_RAM = "run what is in RAM"


class _RefusedError(Exception):
    def __init__(self, error: RomError) -> None:
        super().__init__(error)
        self.error = error


class RomLoader:
    """One download, from the reset to its end.

    `leaves` is what is started at the end, None until then.
    """

    def __init__(self, target: RomTarget, flash: SpiFlash) -> None:
        self.baud = FIRST_BAUD
        self.leaves: Leaves | None = None
        self._target = target
        self._flash = flash
        self._registers = dict(target.registers)
        self._frame: bytearray | None = None
        self._escaped = False
        self._segments: list[tuple[int, bytearray]] = []
        self._offset = 0
        self._to_come = 0
        self._inflate = zlib.decompressobj()
        self._inflates = False

    @property
    def segments(self) -> Segments:
        """Segments that were loaded into RAM."""
        return tuple((address, bytes(data)) for address, data in self._segments)

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the host and return replies to complete requests."""
        replies = b""
        for byte in data:
            if self.leaves is not None:
                break  # nobody is left who would hear the rest
            frame = self._collect(byte)
            if frame:
                replies += self._answer(frame)
        return replies

    def _collect(self, byte: int) -> bytes | None:
        if byte == _END:
            frame, self._frame, self._escaped = self._frame, bytearray(), False
            return bytes(frame) if frame else None
        if self._frame is None or len(self._frame) > _LONGEST_FRAME:
            self._frame = None
        elif self._escaped:
            self._escaped = False
            self._frame.append({_ESCAPED_END: _END, _ESCAPED_ESCAPE: _ESCAPE}.get(byte, byte))
        elif byte == _ESCAPE:
            self._escaped = True
        else:
            self._frame.append(byte)
        return None

    def _answer(self, frame: bytes) -> bytes:
        if len(frame) < _REQUEST.size or frame[0] != 0:
            return b""
        _, number, size, checksum = _REQUEST.unpack_from(frame)
        data = frame[_REQUEST.size :]
        value, payload, error = 0, b"", 0
        try:
            if len(data) != size:
                raise _RefusedError(RomError.INVALID_MESSAGE)
            value, payload = self._carry_out(number, checksum, data)
        except _RefusedError as refused:
            error = int(refused.error)
        status = bytes((1 if error else 0, error, 0, 0))
        reply = _slip(pack("<BBHI", 1, number, len(payload) + len(status), value) + payload + status)
        return reply * (_SYNC_REPLIES if number == RomCommand.SYNC and not error else 1)

    def _carry_out(self, number: int, checksum: int, data: bytes) -> tuple[int, bytes]:
        if number not in list(RomCommand):
            raise _RefusedError(RomError.INVALID_MESSAGE)
        command = RomCommand(number)
        if self._target.secure_download and command not in _IN_SECURE_DOWNLOAD:
            raise _RefusedError(RomError.INVALID_MESSAGE)
        block = b""
        if command in (RomCommand.FLASH_DATA, RomCommand.MEM_DATA, RomCommand.FLASH_DEFL_DATA):
            block = _block(data, checksum)
        match command:
            case RomCommand.READ_REG:
                return self._read_register(*_numbers(data, 1)), b""
            case RomCommand.GET_SECURITY_INFO:
                if self._target.security_info_tells is SecurityInfo.UNKNOWN:
                    raise _RefusedError(RomError.INVALID_MESSAGE)
                return 0, self._target.security_info()
            case RomCommand.SPI_FLASH_MD5:
                offset, size = _numbers(data, 2)
                return 0, hashlib.md5(self._flash.read(offset, size), usedforsecurity=False).hexdigest().encode()
            case RomCommand.READ_FLASH_SLOW:
                offset, size = _numbers(data, 2)
                return 0, self._flash.read(offset, min(size, _SLOW_READ)).ljust(_SLOW_READ, b"\0")
            case RomCommand.SYNC:
                return _SYNC_VALUE, b""
            case _:
                self._act(command, data, block)
                return 0, b""

    def _act(self, command: RomCommand, data: bytes, block: bytes) -> None:
        match command:
            case RomCommand.FLASH_BEGIN | RomCommand.FLASH_DEFL_BEGIN:
                size, _, _, self._offset = _numbers(data, 4)
                if self._offset + size > self._flash.size:
                    raise _RefusedError(RomError.FAILED_TO_ACT)
                self._flash.erase(self._offset, size)
                self._to_come = size
                self._inflate = zlib.decompressobj()
                self._inflates = command is RomCommand.FLASH_DEFL_BEGIN
            case RomCommand.FLASH_DATA:
                self._write_flash(block)
            case RomCommand.FLASH_DEFL_DATA:
                self._write_flash(self._inflated(block))
            case RomCommand.FLASH_END | RomCommand.FLASH_DEFL_END:
                self._leave(Leaves.BY_REBOOT)
            case RomCommand.MEM_BEGIN:
                size, _, _, address = _numbers(data, 4)
                if size > _LARGEST_RAM:
                    raise _RefusedError(RomError.FAILED_TO_ACT)
                self._segments.append((address, bytearray()))
            case RomCommand.MEM_DATA:
                if not self._segments or len(self._segments[-1][1]) > _LARGEST_RAM:
                    raise _RefusedError(RomError.FAILED_TO_ACT)
                self._segments[-1][1].extend(block)
            case RomCommand.MEM_END:
                stays, _ = _numbers(data, 2)
                if not stays:
                    self._leave(Leaves.BY_RUNNING_RAM)
            case RomCommand.WRITE_REG:
                self._write_register(*_numbers(data, 3))
            case RomCommand.CHANGE_BAUDRATE:
                self._change_baud(_numbers(data, 1)[0])
            case _:
                pass  # SPI_ATTACH and SPI_SET_PARAMS: this flash is always attached and knows its size

    def _leave(self, how: Leaves) -> None:
        self.leaves = how

    def _change_baud(self, rate: int) -> None:
        if rate not in _BAUD_RATES:
            raise _RefusedError(RomError.FAILED_TO_ACT)
        self.baud = rate

    def _write_flash(self, data: bytes) -> None:
        # The last block is filled up; a host that sends more than it said would write where nothing was erased.
        data = data[: self._to_come]
        self._flash.write(self._offset, data)
        self._offset += len(data)
        self._to_come -= len(data)

    def _inflated(self, block: bytes) -> bytes:
        if not self._inflates:
            raise _RefusedError(RomError.FAILED_TO_ACT)
        try:
            return self._inflate.decompress(block, self._to_come) if self._to_come else b""
        except zlib.error as error:
            raise _RefusedError(RomError.DEFLATE) from error

    def _read_register(self, address: int) -> int:
        spi = self._target.spi
        if address == spi.base:
            return 0  # every command of the SPI controller is done at once
        if address == spi.base + spi.data:
            answers = {_READ_ID: _FLASH_MAKER | (self._flash.size.bit_length() - 1) << 16, _READ_SFDP: _SFDP_SIGNATURE}
            return answers.get(self._registers.get(spi.base + spi.command2, 0) & 0xFFFF, 0)
        return self._registers.get(address, 0)

    def _write_register(self, address: int, value: int, mask: int) -> None:
        self._registers[address] = self._registers.get(address, 0) & ~mask | value & mask


def _numbers(data: bytes, count: int) -> tuple[int, ...]:
    if len(data) < 4 * count:
        raise _RefusedError(RomError.INVALID_MESSAGE)
    return unpack_from(f"<{count}I", data)


def _block(data: bytes, checksum: int) -> bytes:
    size, *_ = _numbers(data, 4)
    block = data[_DATA_HEADER.size :]
    if len(block) != size:
        raise _RefusedError(RomError.INVALID_MESSAGE)
    if rom_checksum(block) != checksum & 0xFF:
        raise _RefusedError(RomError.INVALID_CHECKSUM)
    return block


def rom_checksum(data: bytes) -> int:
    """Checksum of Espressif's ROMs over blocks and images.

    EF xor all bytes.
    """
    checksum = _CHECKSUM_SEED
    for byte in data:
        checksum ^= byte
    return checksum


def _slip(data: bytes) -> bytes:
    escaped = data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return b"\xc0" + escaped + b"\xc0"
