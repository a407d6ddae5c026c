"""That the emulated chips notice what would go wrong on real ones: without this, nothing beside it could fail."""

import pytest

from atecc_bench.twin.board.sample_images import practice_image
from tests.support.boards.bridge_desk import desk
from tests.support.emulated.board import CHIPS, EmulatedBridge, image_path
from tests.support.emulated.machine import EmulationError
from tests.support.emulated.specs import SPECS
from tests.support.emulated.xtensa import PS_WOE
from tests.support.emulated.xtensa_chip import XtensaChip

ESP32, C3, S3 = "ESP32", "ESP32C3", "ESP32S3"
IRAM_START = SPECS[ESP32].aliases[1]
DRAM_START, C3_IRAM_START = SPECS[C3].aliases
WATCHDOG_KEY = 0x50D83AA1
FLASH, ROM_DATA, ROM_STACK, ROM_CODE = 0x3F400000, 0x3FFAE000, 0x3FFE0440, 0x40000000
L32R_A2_WORD_BEFORE = "21ffff"
LOADS_AND_STORES = ("020200", "021200", "024200", "025200")  # l8ui, l16ui, s8i, s16i: a0, a2, 0
L32I_A0_A2, S32I_A0_A2 = "022200", "026200"


def start(name: str, image: bytes) -> EmulatedBridge:
    on = desk(1)
    return EmulatedBridge(name, on.bus, on.clock, image=image)


def run(name: str, code: str, address: int, entry: int) -> None:
    """Load instructions as the ROM does, and start them."""
    data = bytes.fromhex(code)
    image = bytearray(practice_image(0, ((address, data.ljust(len(data) + -len(data) % 4, b"\0")),)))
    image[4:8] = entry.to_bytes(4, "little")
    start(name, bytes(image)).chip.run()


def run_esp32(code: str) -> None:
    run(ESP32, code, IRAM_START, IRAM_START)


def run_esp32_with(word: int, code: str) -> None:
    """Start instructions that have `word` in a2."""
    data = word.to_bytes(4, "little").hex() + L32R_A2_WORD_BEFORE + code
    run(ESP32, data, IRAM_START, IRAM_START + 4)


def changed(name: str, find: bytes, by: bytes) -> bytes:
    image = image_path(name).read_bytes()
    assert find in image
    return image.replace(find, by)


@pytest.mark.parametrize("name", CHIPS)
def test_a_chip_starts_as_its_rom_leaves_it(name: str) -> None:
    chip = start(name, image_path(name).read_bytes()).chip
    assert chip.watchdogs() == ["RWDT", "MWDT0", *(["super watchdog"] if name != ESP32 else [])]
    assert chip.uart.interrupts
    assert chip.uart.interrupted()
    if isinstance(chip, XtensaChip):
        assert chip.cpu.ps & PS_WOE


@pytest.mark.parametrize("name", CHIPS)
def test_a_byte_that_the_rom_would_take_is_noticed(name: str) -> None:
    bridge = start(name, image_path(name).read_bytes())
    bridge.hear(b"b:v()\n")
    assert not bridge.chip.uart.interrupts
    assert not bridge.chip.uart.interrupted()
    bridge.chip.uart.interrupts, bridge.chip.uart.interrupted = 1, lambda: True
    with pytest.raises(EmulationError, match="receive interrupt"):
        bridge.hear(b"b:v()\n")


@pytest.mark.parametrize("name", CHIPS)
def test_a_host_at_another_rate_is_noticed(name: str) -> None:
    bridge = start(name, image_path(name).read_bytes())
    bridge.chip.uart.host_rate = 230400
    bridge.chip.uart.send(b"b:v()\n")
    with pytest.raises(EmulationError, match="the host at 230400"):
        bridge.replies(1)


@pytest.mark.parametrize("name", CHIPS)
def test_no_reply_is_noticed(name: str) -> None:
    bridge = start(name, image_path(name).read_bytes())
    bridge.tell(b"b:v()")
    bridge.chip.loops.stride = 4.0
    with pytest.raises(EmulationError, match="no reply"):
        bridge.replies(1)


class TestAnEsp32:
    @pytest.mark.parametrize("register", range(4, 16))
    def test_registers_of_other_frames_are_noticed_while_woe_is_set(self, register: int) -> None:
        with pytest.raises(EmulationError, match=f"uses a{register} while PS.WOE is set"):
            run_esp32(f"0c00 0c01 0c02 0c03 0c{register:02x}")  # movi.n a0 to a3, then this one, 0

    def test_all_registers_may_be_used_when_it_is_cleared(self) -> None:
        with pytest.raises(EmulationError, match="000000 at 0x40080008 is no instruction"):
            run_esp32("02a02f 00e613 0c04 000000")  # movi a0, 47; wsr.ps a0; movi.n a4, 0; ill

    @pytest.mark.parametrize("code", [*LOADS_AND_STORES, S32I_A0_A2])
    def test_code_is_not_read_in_bytes_nor_written(self, code: str) -> None:
        with pytest.raises(EmulationError, match=r"IRAM takes 32-bit accesses alone|are written into the code"):
            run_esp32_with(IRAM_START, code)

    @pytest.mark.parametrize("code", [L32I_A0_A2, S32I_A0_A2])
    @pytest.mark.parametrize(
        "address", [0x3FF40010, 0x3FF48000, 0x60000004, FLASH, ROM_DATA, ROM_STACK, ROM_CODE, 0], ids=hex
    )
    def test_what_is_not_listed_is_not_touched(self, address: int, code: str) -> None:
        with pytest.raises(EmulationError, match=f"{address:#010x}"):
            run_esp32_with(address, code)

    @pytest.mark.parametrize("code", LOADS_AND_STORES)
    def test_registers_are_not_touched_in_parts(self, code: str) -> None:
        with pytest.raises(EmulationError, match="nor a whole register"):
            run_esp32_with(0x3FF4001C, code)

    def test_code_outside_memory_is_not_run(self) -> None:
        with pytest.raises(EmulationError, match="where there is no code"):
            run_esp32_with(ROM_CODE, "a00200")  # jx a2

    def test_watchdogs_that_are_left_running_are_noticed(self) -> None:
        key = WATCHDOG_KEY.to_bytes(4, "little")
        bridge = start(ESP32, changed(ESP32, key, bytes(4)))
        with pytest.raises(EmulationError, match="RWDT, MWDT0 would reset the chip"):
            bridge.hear(b"b:v()\n")


class TestAnEsp32C3:
    # lui a1, the page; addi a1, a1, 0x10
    @pytest.mark.parametrize("page", ["b7050060", "b7850060", "b7b5cc3f", "b7050c60"])
    @pytest.mark.parametrize("access", ["83a50500", "23a0b500"])  # lw a1, 0(a1); sw a1, 0(a1)
    def test_what_is_not_listed_is_not_touched(self, page: str, access: str) -> None:
        with pytest.raises(EmulationError):
            run(C3, f"{page} 93850501 {access}", C3_IRAM_START, C3_IRAM_START)

    def test_registers_are_not_touched_in_parts(self) -> None:
        with pytest.raises(EmulationError, match="no whole register"):
            run(C3, "b7050060 238ab500", C3_IRAM_START, C3_IRAM_START)  # sb a1, 0x14(a1)

    def test_memory_for_data_is_not_run(self) -> None:
        with pytest.raises(EmulationError):
            run(C3, "b7050060", DRAM_START, DRAM_START)

    def test_iram_and_dram_are_the_same_bytes(self) -> None:
        chip = start(C3, image_path(C3).read_bytes()).chip
        chip.put(DRAM_START + 0x10000, b"same")
        assert chip.peek(C3_IRAM_START + 0x10000, 4) == b"same"

    @pytest.mark.parametrize("csr", ["f325207e", "f325107c"])  # csrr a1, 0x7e2 before it counts; csrr a1, 0x7c1
    def test_other_csrs_are_noticed(self, csr: str) -> None:
        with pytest.raises(EmulationError, match="nothing that this chip can do now"):
            run(C3, csr, C3_IRAM_START, C3_IRAM_START)

    def test_watchdogs_that_are_left_running_are_noticed(self) -> None:
        upper_half = (WATCHDOG_KEY >> 16).to_bytes(2, "little")  # of the instruction that loads the key
        bridge = start(C3, changed(C3, upper_half, bytes(2)))
        with pytest.raises(EmulationError, match="would reset the chip"):
            bridge.hear(b"b:v()\n")


class TestAnEsp32S3:
    def test_iram_and_dram_are_the_same_bytes(self) -> None:
        chip = start(S3, image_path(S3).read_bytes()).chip
        dram, iram = SPECS[S3].aliases
        chip.put(dram + 0x10000, b"same")
        assert chip.peek(iram + 0x10000, 4) == b"same"

    def test_watchdogs_that_are_left_running_are_noticed(self) -> None:
        super_watchdog_key = 0x8F1D312A.to_bytes(4, "little")
        bridge = start(S3, changed(S3, super_watchdog_key, bytes(4)))
        with pytest.raises(EmulationError, match="super watchdog would reset the chip"):
            bridge.hear(b"b:v()\n")
