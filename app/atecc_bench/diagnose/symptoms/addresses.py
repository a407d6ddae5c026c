"""Addresses: what a scan shows beside what the program asks for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.codes.code_table import Layer
from atecc_bench.diagnose.codes.log_causes import ON_THE_BUS, LogCauseId
from atecc_bench.diagnose.symptoms.bus_scan import AS_SOLD, USUAL, BusScan
from atecc_bench.diagnose.symptoms.log_codes import LoggedCode
from atecc_bench.diagnose.symptoms.weighing import Evidence

_ASKED = (
    # CryptoAuthLib and what is built on it: 8 bits
    (re.compile(r"(?:slave_address|atcai2c\.address|\.address|ATCA_I2C_ADDRESS"
                r"|I2C_ADDRESS_SECURITY)\s*[=:]\s*(?:\(uint8_t\))?"
                r"\s*\(?\s*0[xX]([0-9A-Fa-f]{2})\b"), True),
    (re.compile(r"cryptoauth_test.{0,60}-a\s+(?:0[xX])?([0-9A-Fa-f]{2})\b|\becc[56]08\b.{0,20}-i\s+i2c.{0,12}-a\s+"
                r"(?:0[xX])?([0-9A-Fa-f]{2})\b"), True),
    (re.compile(r"\batecc\b[^\n]{0,40}\s-s\s+(?:0[xX])?([0-9A-Fa-f]{2})\b"), True),  # atecc-util
    # Arduino, Python, Linux: 7 bits
    (re.compile(r"(?:\.begin|ATECC\w*|I2CDevice|writeto|readfrom\w*|requestFrom|beginTransmission|new_device"
                r"|i2c_address)\b"
                r"[^\n]{0,40}?\b0[xX]([0-9A-Fa-f]{2})\b"), False),
    (re.compile(r"\b(?:atecc|atmel|atsha)[\w-]*@([0-9A-Fa-f]{2})\b|\b\d+-00([0-9A-Fa-f]{2}):"), False),
    (re.compile(r"[Nn]o I2C device at (?:address:? ?)?(?:0x)?([0-9A-Fa-f]{2})\b"), False),
)  # fmt: skip
_FAST = re.compile(r"(?:baud|clk_speed|clock|setClock|frequency|clock-frequency|scl_speed_hz"
                   r"|i2c_freq)\w*\W{0,6}(?:<\s*)?"
                   r"(400000|1000000|[2-9]\d{5}|400_000|1_000_000)\b", re.IGNORECASE)  # fmt: skip
_TWICE = re.compile(
    r"\b0[xX]([0-9A-Fa-f]{2})\b[^\n]{0,80}?\b(?:not|instead of|but|expect\w*|rather than|should)\b[^\n]{0,40}?"
    r"\b0[xX]([0-9A-Fa-f]{2})\b"
)  # fmt: skip
_OF_ADDRESS = re.compile(r"\baddress|\bi2c|\bprob|\bscan|byte 16|\bat 0x", re.IGNORECASE)
_LOWEST, _HIGHEST = 0x08, 0x77
_NEIGHBOUR = 0x64  # ATSHA204A


@dataclass(frozen=True)
class AddressAsked:
    """An address in a program or its log.

    `eight_bits` where its library wants it so.
    """

    line: int
    value: int
    eight_bits: bool

    @property
    def seven_bits(self) -> int:
        """The address as a scan shows it.

        It is taken as its library takes it.
        """
        return self.value >> 1 if self.eight_bits else self.value


def addresses_asked(lines: Sequence[str]) -> tuple[AddressAsked, ...]:
    """Addresses that the program gives to its library."""
    found: list[AddressAsked] = []
    for number, line in enumerate(lines, 1):
        for pattern, eight_bits in _ASKED:
            for match in pattern.finditer(line):
                text = next(group for group in match.groups() if group)
                found.append(AddressAsked(number, int(text, 16), eight_bits))
    return tuple(found)


def facts_of_addresses(
    lines: Sequence[str], scans: Sequence[BusScan], codes: Sequence[LoggedCode], config: ConfigZone | None
) -> Iterator[Evidence]:
    """What addresses, scans and the bus speed speak for."""
    asked = addresses_asked(lines)
    trouble = next((code for code in codes if set(code.row.causes) & ON_THE_BUS), None)
    yield from _form(asked, scans)
    twice = same_address_twice(lines)
    if twice is not None:
        told = f"line {twice.line}: {twice.value:02X} (7 bits) and {twice.value << 1:02X} (8 bits) are one address"
        yield Evidence(LogCauseId.ADDRESS_FORM, 6.2, told, twice.line)
    present = frozenset(address for scan in scans for address in scan.addresses | scan.held)
    chips = present & USUAL.keys()
    for scan in scans:
        where = f"line {scan.line}: {scan.sentence}"
        if scan.is_table and scan.empty:
            yield Evidence(LogCauseId.NOTHING_ON_BUS, 5.0, where, scan.line)
            yield Evidence(LogCauseId.WAKE_FAILED, 3.6, f"{where}; a sleeping chip shows in none", scan.line)
        if scan.held & USUAL.keys():
            held = ", ".join(f"{address:02X}" for address in sorted(scan.held & USUAL.keys()))
            yield Evidence(
                LogCauseId.BUS_SHARED, 5.5, f"line {scan.line}: UU at {held}: a driver of the kernel has it", scan.line
            )
    if chips and trouble is not None and trouble.row.layer is Layer.CRYPTOAUTHLIB:
        scan = next(scan for scan in scans if (scan.addresses | scan.held) & USUAL.keys())
        eight = ", ".join(f"{address:02X} here is {address << 1:02X} for CryptoAuthLib" for address in sorted(chips))
        rightly = _asks_rightly(asked, chips)
        weight = 5.4 if rightly else 4.6 if trouble.row.value == 0xE1 else 3.0
        yield Evidence(
            LogCauseId.HAL_NOT_READY, weight, f"line {scan.line}: {scan.sentence}, so the chip is there", scan.line
        )
        if rightly:
            told = f"line {scan.line}: {scan.sentence}, and that is asked; so it is the library's way to the bus"
            yield Evidence(LogCauseId.PORT_ACCESS, 3.6, told, scan.line)
        else:
            yield Evidence(
                LogCauseId.ADDRESS_FORM, weight - 0.2, f"line {scan.line}: {scan.sentence}; {eight}", scan.line
            )
    yield from _moved(asked, scans, present, config)
    if trouble is not None:
        for number, line in enumerate(lines, 1):
            match = _FAST.search(line)
            if match is not None:
                told = f"line {number}: {' '.join(line.split())[:90]} — the wake needs 100 kHz or less"
                yield Evidence(LogCauseId.WAKE_FAILED, 4.2, told, number)
                break


def facts_of_presence(scans: Sequence[BusScan], missed: Evidence | None) -> Iterator[Evidence]:
    """What a scan says of a chip that a library misses.

    `missed` is the evidence that it does not.
    """
    shown = next((scan for scan in reversed(scans) if scan.addresses & USUAL.keys()), None)
    if shown is None or missed is None:
        return
    told = f"line {shown.line}: {shown.sentence}"
    there = min(shown.addresses & USUAL.keys(), key=lambda address: address != AS_SOLD)
    yield Evidence(LogCauseId.WAKE_FAILED, 4.2, f"{told}, so the chip is there, and what fails comes after", shown.line)
    if there != AS_SOLD:
        where = f"{told}: {USUAL[there]}, and programs ask {AS_SOLD:02X} unless they are told otherwise"
        yield Evidence(LogCauseId.ADDRESS_MOVED, 4.6, where, shown.line)


def same_address_twice(lines: Sequence[str]) -> AddressAsked | None:
    """An address that a line sets against its own 8-bit form."""
    for number, line in enumerate(lines, 1):
        if _OF_ADDRESS.search(line) is None:
            continue
        for match in _TWICE.finditer(line):
            low, high = sorted((int(match[1], 16), int(match[2], 16)))
            if _LOWEST <= low <= _HIGHEST and high == low << 1:
                return AddressAsked(number, low, eight_bits=False)
    return None


def _asks_rightly(asked: Sequence[AddressAsked], chips: frozenset[int]) -> bool:
    return any(one.eight_bits and one.seven_bits in chips for one in asked)


def right_address(lines: Sequence[str], scans: Sequence[BusScan]) -> bool:
    """Whether the program asks an address that the scan shows.

    In the right form.
    """
    present = frozenset(address for scan in scans for address in scan.addresses | scan.held)
    asked = addresses_asked(lines)
    return _asks_rightly(asked, present & USUAL.keys()) and not any(True for _ in _form(asked, scans))


def _form(asked: Sequence[AddressAsked], scans: Sequence[BusScan]) -> Iterator[Evidence]:
    for one in asked:
        if one.eight_bits and one.value in (*USUAL, _NEIGHBOUR):
            told = f"line {one.line}: {one.value:02X} stands where 8 bits are wanted: {one.value << 1:02X} is meant"
            yield Evidence(LogCauseId.ADDRESS_FORM, 6.0, told, one.line)
        elif not one.eight_bits and one.value > _HIGHEST:
            told = f"line {one.line}: {one.value:02X} is no address of 7 bits: {one.value >> 1:02X} is meant"
            yield Evidence(LogCauseId.ADDRESS_FORM, 6.0, told, one.line)
        elif not one.eight_bits and one.value in (0x6A, 0x6C):
            other = one.value >> 1
            shown = any(other in scan.addresses for scan in scans)
            told = f"line {one.line}: {one.value:02X} is the 8-bit form of {other:02X}, and 7 bits are wanted there"
            yield Evidence(LogCauseId.ADDRESS_FORM, 6.0 if shown else 4.5, told, one.line)


def _moved(
    asked: Sequence[AddressAsked], scans: Sequence[BusScan], present: frozenset[int], config: ConfigZone | None
) -> Iterator[Evidence]:
    right_form = [
        one for one in asked if (_LOWEST <= one.seven_bits <= _HIGHEST and one.value not in USUAL) or not one.eight_bits
    ]
    if config is not None:
        own = config.to_bytes()[16] >> 1
        for one in right_form:
            if one.seven_bits != own:
                told = (
                    f"line {one.line}: the program asks {one.seven_bits:02X}, and byte 16 of the configuration is "
                    f"{own << 1:02X}, so the chip is at {own:02X}"
                )
                yield Evidence(LogCauseId.ADDRESS_MOVED, 6.5, told, one.line)
    strangers = sorted(present - USUAL.keys())
    for one in right_form:
        others = sorted((present & USUAL.keys()) - {one.seven_bits})
        if one.seven_bits in USUAL and one.seven_bits not in present and not others and strangers:
            shown = ", ".join(f"{address:02X}" for address in strangers)
            alone = len(strangers) == 1
            told = (
                f"line {one.line}: the program asks {one.seven_bits:02X}, and the scan shows {shown}"
                f"{' alone' if alone else ''}: a configuration that was written moves the chip there"
            )
            yield Evidence(LogCauseId.ADDRESS_MOVED, 6.0 if alone else 4.0, told, one.line)
        if scans and one.seven_bits in USUAL and one.seven_bits not in present and others:
            shown = f"the scan shows {others[0]:02X} ({USUAL[others[0]]})"
            told = f"line {one.line}: the program asks {one.seven_bits:02X}, and {shown}"
            yield Evidence(LogCauseId.ADDRESS_MOVED, 6.0, told, one.line)
