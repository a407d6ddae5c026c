"""Checks of a blank chip that is used up.

It gets its trial configuration here.
"""

from collections.abc import Callable

from atecc_bench.chip.config.config_zone import INDIVIDUAL_BYTES
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    TEMP_KEY_AS_KEY,
    CounterMode,
    GenDigZone,
    LockMode,
    MacMode,
    Opcode,
    ShaMode,
    UpdateExtraMode,
)
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.timing import ClockDivider
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, WORD, Zone
from atecc_bench.chip.session.chip_session import LOCK_WORD, WRITABLE_CONFIG
from atecc_bench.errors import DeviceError
from atecc_bench.twin.state.factory_chips import ATECC508A, ATECC608A
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Shown
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.timing import need_time, verify_ms
from atecc_bench.workflows.silicon.findings import NotAskedError, WalkEndedError

_OWN, _ADDRESS_AT = 16, 16
_OTHER_ADDRESS = 0xB0
_DIVIDER_AT = 3  # bit of ChipMode
_SURELY_SLOWER = 1.5
_SLOT_LOCKED_AT, _OTHER_SLOTS_LOCKED = 88, b"\x58\x59"
_EXTRA = 0x5A
_DONE = b"\0"


def factory_differences(asking: Asking) -> tuple[int, ...]:
    """Bytes that are otherwise than on an unused chip.

    They are counted from 16 on.
    """
    model = ATECC608A if asking.is_608 else ATECC508A
    unused = model.rest[-(CONFIG_SIZE - _OWN) :]
    raw = asking.config.to_bytes()[_OWN:]
    return tuple(_OWN + at for at, (one, other) in enumerate(zip(raw, unused, strict=True)) if one != other)


def _factory(asking: Asking) -> None:
    differing = factory_differences(asking)
    asking.see(
        "Bytes 16 to 127 are those of an unused chip", agrees=not differing,
        chip=f"differ: {', '.join(map(str, differing))}" if differing else "the same", twin="the same",
    )  # fmt: skip


def _fixed_blocks(asking: Asking) -> None:
    raw = asking.config.to_bytes()
    for at in (0, 2 * BLOCK):
        command = commands.write(Zone.CONFIG, 0, at, raw[at : at + BLOCK])
        shown = Shown.WORDS if at < _OWN else Shown.PACKETS
        asking.ask(f"Write of configuration bytes {at} to {at + BLOCK - 1} as they are", command, shown=shown)


def _before_config_lock(asking: Asking) -> None:
    asking.fill_temp_key()
    asking.ask("MAC", CommandPacket(Opcode.MAC, MacMode.CHALLENGE, trial.KEY, FILLING))
    asking.ask("GenDig of configuration", CommandPacket(Opcode.GEN_DIG, GenDigZone.CONFIG))
    asking.fill_temp_key()
    asking.ask("GenDig of a slot", commands.gen_dig_data(trial.KEY))
    asking.fill_temp_key()
    asking.ask("DeriveKey", CommandPacket(Opcode.DERIVE_KEY, MacMode.SOURCE_FLAG, trial.ECDH_TARGET))
    asking.ask("SHA Start", CommandPacket(Opcode.SHA, ShaMode.START))
    asking.ask("SHA End", CommandPacket(Opcode.SHA, ShaMode.END))
    asking.ask("Counter is read", CommandPacket(Opcode.COUNTER, CounterMode.READ))
    asking.ask("Counter counts", CommandPacket(Opcode.COUNTER, CounterMode.INCREMENT, 1))
    if asking.is_608:
        asking.fill_temp_key()
        asking.ask("AES with TempKey", CommandPacket(Opcode.AES, 0, TEMP_KEY_AS_KEY, FILLING[:16]))
    asking.sleep()


def _update_extra(asking: Asking) -> None:
    for value in (_EXTRA, _EXTRA + 1):
        command = CommandPacket(Opcode.UPDATE_EXTRA, UpdateExtraMode.USER_EXTRA, value)
        asking.ask(
            f"UpdateExtra writes {value:02X} to byte {LOCK_WORD}, which is {asking.config.user_extra:02X}", command
        )


def _address(asking: Asking) -> None:
    raw = asking.config.to_bytes()
    old = raw[_ADDRESS_AT]
    word = raw[_ADDRESS_AT : _ADDRESS_AT + WORD]
    moved = bytes((_OTHER_ADDRESS,)) + word[1:]
    # A chip that moves at once cannot be heard saying so.
    stays = _hears(lambda: asking.send(commands.write(Zone.CONFIG, 0, _ADDRESS_AT, moved))) and _answers(asking)
    asking.see("Until it sleeps it answers at the old address", agrees=stays, chip=_yes(stays), twin="yes")
    moves = _hears(lambda: asking.move_to(_OTHER_ADDRESS)) and _answers(asking)
    asking.see("After a wake it answers at the new address", agrees=moves, chip=_yes(moves), twin="yes")
    if not moves:
        asking.move_to(old)
    _hears(lambda: asking.send(commands.write(Zone.CONFIG, 0, _ADDRESS_AT, word)))
    asking.move_to(old)
    asking.follow_configuration()


def _clock_divider(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has a clock divider.")
    need_time(asking)
    word = asking.config.to_bytes()[_ADDRESS_AT : _ADDRESS_AT + WORD]
    slower = word[:3] + bytes((word[3] | ClockDivider.M1 << _DIVIDER_AT,))
    before = verify_ms(asking)
    asking.send(commands.write(Zone.CONFIG, 0, _ADDRESS_AT, slower))
    after = verify_ms(asking)
    asking.send(commands.write(Zone.CONFIG, 0, _ADDRESS_AT, word))
    asking.sleep()
    at_once = after > before * _SURELY_SLOWER
    asking.see(
        "A slower clock divider slows the next command down", agrees=at_once,
        chip=f"{before:.0f} ms before, {after:.0f} ms after it was written", twin="at once",
    )  # fmt: skip


def _answers(asking: Asking) -> bool:
    return _hears(lambda: asking.send(commands.info()))


def _hears(request: Callable[[], object]) -> bool:
    """Whether an answer comes; a link that is broken is another matter."""
    try:
        request()
    except DeviceError as error:
        if not error.passing:
            raise
        return False
    return True


def _yes(answer: bool) -> str:  # noqa: FBT001 - in words
    return "yes" if answer else "no"


def _slot_locked(asking: Asking) -> None:
    word = asking.config.to_bytes()[_SLOT_LOCKED_AT : _SLOT_LOCKED_AT + WORD]
    other = _OTHER_SLOTS_LOCKED + word[len(_OTHER_SLOTS_LOCKED) :]
    for name, value in (("otherwise", other), ("as it was", word)):
        asking.ask(f"Write of SlotLocked {name}", commands.write(Zone.CONFIG, 0, _SLOT_LOCKED_AT, value))
        asking.ask("Read of it", commands.read_word(Zone.CONFIG, 0, _SLOT_LOCKED_AT))


def _configure(asking: Asking) -> None:
    write_configuration(asking, trial.trial_configuration(asking.config.to_bytes()))


def write_configuration(asking: Asking, target: bytes) -> None:
    """Write a configuration and read it back.

    Raises:
        WalkEndedError: It is not what was written.
    """
    for at in range(0, CONFIG_SIZE, WORD):
        word = target[at : at + WORD]
        if any(at in part for part in WRITABLE_CONFIG) and word != asking.config.to_bytes()[at : at + WORD]:
            asking.ask(f"Write of configuration word {at}", commands.write(Zone.CONFIG, 0, at, word))
    for at in range(0, CONFIG_SIZE, BLOCK):
        shown = Shown.WORDS if at < _OWN else Shown.PACKETS
        read = asking.ask(f"Read of configuration bytes {at} on", commands.read_block(Zone.CONFIG, 0, at), shown=shown)
        wrong = [at + n for n, byte in enumerate(read) if byte != target[at + n] and at + n not in INDIVIDUAL_BYTES]
        if wrong:
            raise WalkEndedError(f"The chip did not take the trial configuration at bytes {wrong}.")


def _wrong_crc(asking: Asking) -> None:
    crc = crc16(asking.config.to_bytes()) ^ 1
    asking.ask("Lock of the configuration with a wrong CRC", commands.lock(LockMode.CONFIG, crc), shown=Shown.WORDS)


def _param2_beside_no_crc(asking: Asking) -> None:
    packet = CommandPacket(Opcode.LOCK, LockMode.CONFIG | LockMode.NO_CRC, 0x1234)
    asking.ask("Lock of the configuration without CRC, with a param2", packet)


def _lock_config(asking: Asking) -> None:
    crc = crc16(asking.config.to_bytes())
    asking.ask("Lock of the configuration", commands.lock(LockMode.CONFIG, crc), shown=Shown.WORDS)
    asking.follow_configuration()
    if not asking.config.config_locked:
        raise WalkEndedError("The chip did not lock its configuration.")


CONFIG_LOCK = Check("config-lock", "The configuration lock", _lock_config)
OPEN_ZONE = (
    Check("factory", "Configuration of an unused chip", _factory, "factory-configuration"),
    Check("fixed-blocks", "Writes of configuration blocks 0 and 2", _fixed_blocks, "fixed-config-blocks"),
    Check("update-extra", "UpdateExtra before any lock", _update_extra, "update-extra"),
    Check("i2c-address", "A new I2C address", _address, "when-settings-take-effect"),
    Check("clock-divider", "A new clock divider", _clock_divider, "when-settings-take-effect"),
    Check("slot-locked", "SlotLocked before any lock", _slot_locked),
    Check("configure", "The trial configuration", _configure),
    Check("before-config-lock", "Commands before any lock", _before_config_lock, "locks-of-other-commands"),
    Check("config-lock-crc", "Lock with a wrong CRC", _wrong_crc, "lock-crc-mismatch"),
    Check("lock-param2", "Lock without CRC, with a param2", _param2_beside_no_crc, "ignored-address-bits"),
    CONFIG_LOCK,
)
