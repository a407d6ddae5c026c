"""The wiring test.

Wake, then scan, then read, and for each failure the mistake that most likely is behind it. Nothing is written to the
chip.
"""

from dataclasses import dataclass
from enum import Enum

from atecc_bench.chip.protocol.packet import ResponsePacket
from atecc_bench.chip.protocol.status import KitStatus, Status
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.errors import DeviceError
from atecc_bench.link.transports.connection import Connection
from atecc_bench.link.transports.kit_client import BridgeStatusError

# 8-bit addresses with which these chips leave the factory.
FACTORY_ADDRESSES = {0xC0: "TrustCUSTOM", 0x6C: "TrustFLEX", 0x6A: "Trust&GO", 0x70: "TrustMANAGER"}
_AWAKE = ResponsePacket.of_status(Status.AFTER_WAKE).to_bytes()
_SELF_TEST_FAILED = bytes.fromhex("0407C440")


class WiringStep(Enum):
    """Steps of the wiring test."""

    WAKE = "Wake"
    SCAN = "Scan"
    READ = "Read"


@dataclass(frozen=True)
class WiringResult:
    """One step: what was found, and, when it failed, the likely mistake."""

    step: WiringStep
    passed: bool
    finding: str
    advice: str = ""


def wiring_test(board: Connection) -> tuple[WiringResult, ...]:
    """Try the steps of the wiring test in order.

    The first that fails is the last in the result.

    Raises:
        LinkError: The bridge itself does not answer.
    """
    try:
        found = _scan(board)
    except BridgeStatusError as error:
        if error.code != KitStatus.TIMEOUT:
            raise
        return (_SDA_LOW,)
    if not found:
        return (_NOTHING,)
    listed = ", ".join(_address(address) for address in found)
    answers = {address: _wake(board, address) for address in found}
    chips = [address for address, answer in answers.items() if answer in (_AWAKE, _SELF_TEST_FAILED)]
    if not chips:
        return _nobody_wakes(answers, listed)
    address = chips[0]
    results = [WiringResult(WiringStep.WAKE, passed=True, finding=f"The chip answers {answers[address].hex(' ')}.")]
    if answers[address] == _SELF_TEST_FAILED:
        results[0] = WiringResult(
            WiringStep.WAKE,
            passed=True,
            finding="The chip is awake, and its self test has failed (04 07 C4 40).",
            advice="The wiring is good. Look at the supply; if it stays, the chip is damaged.",
        )
    results.append(_scanned(address, listed))
    results.append(_read(board, address))
    return tuple(results)


_SDA_LOW = WiringResult(
    WiringStep.WAKE,
    passed=False,
    finding="SDA stays low, so no transfer can begin.",
    advice="Its pull-up resistor (4.7 kΩ to 3V3) is missing, SDA is shorted to GND, or something else drives this "
    "pin. A chip without supply holds it low too: measure 3.3 V at VCC.",
)
_NOTHING = WiringResult(
    WiringStep.WAKE,
    passed=False,
    finding="Nothing on the bus answers the wake pulse.",
    advice="Most often SDA and SCL are swapped or on other pins: try “Find my pins”. Then check 3.3 V at VCC, GND, and "
    "a pull-up resistor (4.7 kΩ) at each line.",
)


def _scan(board: Connection) -> tuple[int, ...]:
    try:
        return tuple(board.request("board:bridge:scan()"))
    except BridgeStatusError as error:
        if error.code in (KitStatus.COMM_FAIL, KitStatus.NO_DEVICES, KitStatus.WAKE_FAILED):
            return ()
        raise


def _wake(board: Connection, address: int) -> bytes:
    """Wake a device and return what it says; empty without an acknowledge."""
    try:
        board.request(f"ecc:physical:select({address:02X})")
        return board.request("ecc:wake()")
    except BridgeStatusError:
        return b""


def _nobody_wakes(answers: dict[int, bytes], listed: str) -> tuple[WiringResult, ...]:
    known = [address for address in answers if address in FACTORY_ADDRESSES]
    if known:
        answer = answers[known[0]].hex(" ") or "nothing"
        return (
            WiringResult(
                WiringStep.WAKE,
                passed=False,
                finding=f"{_address(known[0])} acknowledges, but after the wake pulse it says {answer} and not "
                f"{_AWAKE.hex(' ')}.",
                advice="The wake pulse is too short or too flat: use pull-ups of 2.2 to 4.7 kΩ, shorter wires, and "
                "nothing else on the bus.",
            ),
        )
    return (
        WiringResult(WiringStep.WAKE, passed=True, finding="The bus takes a wake pulse, and something acknowledges."),
        WiringResult(
            WiringStep.SCAN,
            passed=False,
            finding=f"Only {listed} acknowledges, and it is no ATECC.",
            advice="Another I2C device is on these pins, and the chip is not, or has no supply. It would be at 0x60, "
            "0x36, 0x35 or 0x38 (7-bit) unless its configuration moved it.",
        ),
    )


def _scanned(address: int, listed: str) -> WiringResult:
    if address in FACTORY_ADDRESSES:
        finding, advice = f"{listed} acknowledges: {FACTORY_ADDRESSES[address]}.", ""
    else:
        finding = f"The chip is at {_address(address)}, where none leaves the factory."
        advice = "Byte 16 of its configuration (85 in TrustFLEX) moved it. Programs that expect 0x60 do not find it."
    return WiringResult(WiringStep.SCAN, passed=True, finding=finding, advice=advice)


def _read(board: Connection, address: int) -> WiringResult:
    try:
        chip = ChipInfo.read(board.chip_at(address))
    except DeviceError as error:
        return WiringResult(
            WiringStep.READ,
            passed=False,
            finding=f"The chip wakes, but it cannot be read: {error.message}",
            advice="Transfers are damaged: shorten the wires, use pull-ups of 2.2 to 4.7 kΩ, put 100 nF beside VCC.",
        )
    if chip.i2c_address != address:
        return WiringResult(
            WiringStep.READ,
            passed=True,
            finding=f"{chip.name} {chip.serial_number}; its configuration says {_address(chip.i2c_address)}.",
            advice="The address was changed since the chip was last powered. It moves at the next wake.",
        )
    return WiringResult(WiringStep.READ, passed=True, finding=f"{chip.name} {chip.serial_number}.")


def _address(eight_bit: int) -> str:
    return f"0x{eight_bit >> 1:02X} (8-bit {eight_bit:02X})"
