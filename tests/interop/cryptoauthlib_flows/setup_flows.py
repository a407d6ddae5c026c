"""From a chip of the factory to a locked one: what is known, written, read back, locked."""

from client import EXECUTION_ERROR, Client
from key_flows import DIGEST, check, own_key
from secret_flows import KEY, read_zone

from atecc_bench.chip.protocol.crc import crc16

CONFIG = bytes.fromhex(
    "C000A100 AF2F C444 8720 C4F4 8F0F 0F0F 9F8F 8364 C444 C464 0F0F 0F0F 0F0F 0F0F 0F0F 0F0F"
    "FFFFFFFF00000000 FFFFFFFF00000000 FF 84 03BC 09 6976 000000000000000000"
    "0000 5555 FFFF 0E40 00000000"
    "3300 1C00 1300 1C00 3C00 3E00 1C00 3300 1C00 1C00 3810 3000 3C00 3C00 3200 3000"
)
OTP = bytes(range(64))


def contents(slot: int) -> bytes:
    size = 416 if slot == 8 else 72 if slot > 8 else 32
    return bytes((slot * 16 + i) & 0xFF for i in range(size // 32 * 32))


def flow_wake_idle_and_sleep(chip: Client) -> None:
    for name in ("wakeup", "idle", "wakeup", "sleep", "wakeup"):
        chip.c(name)


def flow_info_and_serial_number(chip: Client) -> None:
    assert chip.read("info", size=4).hex() == "00006002"
    assert chip.serial_number[:2] + chip.serial_number[8:] == bytes.fromhex("0123ee")
    assert chip.library.atcab_get_device_type() == 3  # ATECC608


def flow_random_before_the_lock(chip: Client) -> None:
    assert chip.read("random", size=32) == bytes.fromhex("ffff0000") * 8


def flow_counters_are_set_before_the_lock(chip: Client) -> None:
    for value in (0, 1, 15, 16, 17, 31, 32, 33, 48, 1000, 1048575, 2097151, 0):
        chip("write_config_counter", 1, value)
        assert chip.number("counter_read", 1) == value


def flow_write_the_configuration(chip: Client) -> None:
    chip("write_config_zone", chip.read("read_config_zone", size=128)[:16] + CONFIG)
    written = chip.read("read_config_zone", size=128)
    assert written[16:] == CONFIG
    assert not chip.is_true("is_locked", 0)


def flow_lock_the_configuration(chip: Client) -> None:
    crc = crc16(chip.read("read_config_zone", size=128))
    chip.refuses(EXECUTION_ERROR, "lock_config_zone_crc", crc ^ 1)
    chip("lock_config_zone_crc", crc)
    assert chip.is_true("is_locked", 0)
    chip.refuses(EXECUTION_ERROR, "lock_config_zone")


def flow_random_after_the_lock(chip: Client) -> None:
    one, other = chip.read("random", size=32), chip.read("random", size=32)
    assert one != other != bytes.fromhex("ffff0000") * 8


def flow_import_a_private_key_in_clear(chip: Client) -> None:
    _, raw, point = own_key(31337)
    chip.c("priv_write", 2, bytes(4) + raw, 0, None, bytes(20))
    assert chip.read("get_pubkey", 2, size=64) == point


def flow_fill_slots_and_otp(chip: Client) -> None:
    for slot in (1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15):
        data = KEY if slot == 4 else contents(slot)
        for block in range(len(data) // 32):
            chip("write_zone", 2, slot, block, 0, data[32 * block : 32 * block + 32], 32)
    for block in range(2):
        chip("write_zone", 1, 0, block, 0, OTP[32 * block : 32 * block + 32], 32)
    chip.refuses(EXECUTION_ERROR, "read_zone", 2, 12, 0, 0, bytearray(32), 32)


def flow_lock_the_data_zone(chip: Client) -> None:
    assert not chip.is_true("is_locked", 1)
    chip("lock_data_zone")
    assert chip.is_true("is_locked", 1)


def flow_read_every_zone(chip: Client) -> None:
    assert read_zone(chip, 1, 0, 64) == OTP
    for slot in (5, 11, 12, 13, 15):
        assert read_zone(chip, 2, slot, 32) == contents(slot)[:32]
    for slot in (0, 1, 2, 4, 6, 8):
        chip.refuses(EXECUTION_ERROR, "read_zone", 2, slot, 0, 0, bytearray(32), 32)


def flow_write_after_the_lock(chip: Client) -> None:
    chip("write_bytes_zone", 2, 13, 4, bytes(range(60)), 60)
    assert read_zone(chip, 2, 13, 64)[4:] == bytes(range(60))
    chip.refuses(EXECUTION_ERROR, "write_zone", 2, 8, 0, 0, bytes(32), 32)
    chip.refuses(EXECUTION_ERROR, "write_zone", 0, 0, 0, 5, bytes(4), 4)


def flow_the_imported_key_signs(chip: Client) -> None:
    check(own_key(31337)[2], chip.read("sign", 2, DIGEST, size=64), DIGEST)


def flow_lock_a_slot(chip: Client) -> None:
    assert not chip.is_true("is_slot_locked", 13)
    chip("lock_data_slot", 13)
    assert chip.is_true("is_slot_locked", 13)
    chip.refuses(EXECUTION_ERROR, "write_zone", 2, 13, 0, 0, bytes(32), 32)
    chip.refuses(EXECUTION_ERROR, "lock_data_slot", 3)
