"""Longest execution time of each command, by part and clock divider.

In milliseconds. The figures are those that CryptoAuthLib waits when it does not poll (its `device_execution_time_*`
tables), which follow the datasheets' "Command execution times, maximum".
"""

from collections.abc import Mapping
from enum import IntEnum

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.identity import Part

WAKE_PULSE_S = 60e-6  # SDA low
WAKE_DELAY_S = 1.5e-3  # from the rising edge to the first transfer
WATCHDOG_MIN_S = 0.7
WATCHDOG_TYPICAL_S = 1.3
WATCHDOG_LONG_508_S = 10.0
WATCHDOG_LONG_608_S = 13.0


class ClockDivider(IntEnum):
    """Clock divider of the ATECC608, in ChipMode bits 3 to 7.

    CryptoAuthLib's `ATCA_CHIPMODE_CLOCK_DIV_*`, shifted right by 3.
    """

    M0 = 0x00
    M1 = 0x05
    M2 = 0x0D


_ATECC508A: Mapping[int, int] = {
    Opcode.CHECK_MAC: 13, Opcode.COUNTER: 20, Opcode.DERIVE_KEY: 50, Opcode.ECDH: 58, Opcode.GEN_DIG: 11,
    Opcode.GEN_KEY: 115, Opcode.HMAC: 23, Opcode.INFO: 2, Opcode.LOCK: 32, Opcode.MAC: 14, Opcode.NONCE: 29,
    Opcode.PAUSE: 3, Opcode.PRIV_WRITE: 48, Opcode.RANDOM: 23, Opcode.READ: 5, Opcode.SHA: 9, Opcode.SIGN: 60,
    Opcode.UPDATE_EXTRA: 10, Opcode.VERIFY: 72, Opcode.WRITE: 26,
}  # fmt: skip

_ATECC608_M0: Mapping[int, int] = {
    Opcode.AES: 27, Opcode.CHECK_MAC: 40, Opcode.COUNTER: 25, Opcode.DERIVE_KEY: 50, Opcode.ECDH: 75,
    Opcode.GEN_DIG: 25, Opcode.GEN_KEY: 115, Opcode.INFO: 5, Opcode.KDF: 165, Opcode.LOCK: 35, Opcode.MAC: 55,
    Opcode.NONCE: 20, Opcode.PRIV_WRITE: 50, Opcode.RANDOM: 23, Opcode.READ: 5, Opcode.SECURE_BOOT: 80,
    Opcode.SELF_TEST: 250, Opcode.SHA: 36, Opcode.SIGN: 115, Opcode.UPDATE_EXTRA: 10, Opcode.VERIFY: 105,
    Opcode.WRITE: 45,
}  # fmt: skip

_ATECC608: Mapping[int, Mapping[int, int]] = {
    ClockDivider.M0: _ATECC608_M0,
    ClockDivider.M1: {
        **_ATECC608_M0, Opcode.ECDH: 172, Opcode.GEN_DIG: 35, Opcode.GEN_KEY: 215, Opcode.SECURE_BOOT: 160,
        Opcode.SELF_TEST: 625, Opcode.SHA: 42, Opcode.SIGN: 220, Opcode.VERIFY: 295,
    },
    ClockDivider.M2: {
        **_ATECC608_M0, Opcode.ECDH: 531, Opcode.GEN_DIG: 35, Opcode.GEN_KEY: 653, Opcode.SECURE_BOOT: 480,
        Opcode.SELF_TEST: 2324, Opcode.SHA: 75, Opcode.SIGN: 665, Opcode.VERIFY: 1085,
    },
}  # fmt: skip


def execution_time_ms(part: Part, opcode: int, clock_divider: int = ClockDivider.M0) -> int:
    """Longest execution time of a command in milliseconds.

    An unknown opcode takes what Info takes. An undocumented clock divider counts as M0, as in CryptoAuthLib.
    """
    table = _ATECC608.get(clock_divider, _ATECC608_M0) if part.is_608 else _ATECC508A
    return table.get(opcode, table[Opcode.INFO])
