"""The bridge between serial line and I2C bus.

Microchip's Kit Protocol and our own requests beside it. Requests and replies are ASCII lines that end in a line feed; a
carriage return or NUL bytes around a request are ignored. Every line gets exactly one reply. Formats follow
CryptoAuthLib's `kit_protocol.c`. Our own requests:

- `board:bridge:caps()` answers the hex of an ASCII text, `key=value` pairs with spaces between them: `version`
  of the bridge, `chips` found when it last looked, `baud` now, `asleep` how often a chip fell asleep between two
  requests (its TempKey is gone), `virtual=1` on a bridge in software.
- `board:bridge:pins(SDA,SCL)`: two different GPIO numbers, decimal, 0 to 54.
- `board:bridge:clock(HZ)`: I2C clock, 10000 to 1000000.
- `board:bridge:scan()` wakes the bus and answers the 8-bit addresses that acknowledge, one byte each.
- `board:bridge:baud(N)`: 9600 to 2000000; the answer comes at the old rate.
- `board:bridge:simulated(NONCE)`, of 16 bytes, which a bridge in software alone answers: `simulator_proof.py`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from atecc_bench import __version__
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.identity import Part, part_of_revision
from atecc_bench.chip.protocol.packet import PacketError, ResponsePacket
from atecc_bench.chip.protocol.simulator_proof import NONCE_LENGTH, REQUEST, simulator_answer
from atecc_bench.chip.protocol.status import KitStatus
from atecc_bench.chip.protocol.timing import (
    WAKE_DELAY_S,
    WAKE_PULSE_S,
    WATCHDOG_MIN_S,
    ClockDivider,
    execution_time_ms,
)
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.board.i2c_bus import Bus, BusStuckError, SimClock, WordAddress
from atecc_bench.twin.board.kit_requests import KitError, Request, reply

FIRST_BAUD = 115200
# CryptoAuthLib goes on to the next number as long as it can read an address here.
_NO_DEVICE = "no_device TWI 00(00)"
_KIT_NAMES = {Part.ATECC508A: "ECC508", Part.ATECC608A: "ECC608", Part.ATECC608B: "ECC608"}
_LAST_GPIO = 54  # of the chip that has most of them, an ESP32-P4
_I2C_CLOCKS = range(10_000, 1_000_001)
_BAUD_RATES = range(9_600, 2_000_001)
_WAKE_ANSWER_SIZE = 4
_REVISION_OFFSET = 4


def _longest_execution_s(opcode: int) -> float:
    # The bridge does not know the clock divider, so it expects the slowest.
    return max(execution_time_ms(Part.ATECC608A, opcode, divider) for divider in ClockDivider) / 1000


@dataclass(frozen=True)
class _Entry:
    path: str
    handler: Callable[["KitBridge", Request], str]


class KitBridge:
    """The bridge firmware in software. It starts at 115200 baud."""

    def __init__(self, bus: Bus, clock: SimClock, chip: str = "ESP32") -> None:
        self.baud = FIRST_BAUD
        self._name = f"ATECC Bench bridge {__version__} {chip} VIRTUAL"
        self._bus = bus
        self._clock = clock
        self._awake_since: float | None = None
        self._fell_asleep = 0
        self._found: tuple[int, ...] = ()
        self._selected: int | None = None
        # A stuck bus is reported to whoever asks for the chip.
        with suppress(BusStuckError):
            self._look()
            self._settle(WordAddress.SLEEP)

    def handle(self, line: bytes) -> bytes:
        """Carry out one request line and return the reply line.

        The request comes without its line feed, the reply has one.
        """
        text = line.strip(b"\0\r").decode("latin-1")
        try:
            request = Request.parse(text)
            entry = next((entry for entry in _REQUESTS if request.fits(entry.path)), None)
            if entry is None:
                raise KitError(KitStatus.BAD_OPCODE)
            answer = entry.handler(self, request)
        except KitError as error:
            answer = reply(error.status)
        except BusStuckError:
            answer = reply(KitStatus.TIMEOUT)
        return f"{answer}\n".encode("ascii")

    def version(self, _request: Request) -> str:
        """Name, version, board chip."""
        return reply(KitStatus.SUCCESS, self._name.encode("ascii"))

    def device(self, request: Request) -> str:
        """Type, interface and address of the NNth device."""
        number = request.hex_byte()
        self._look()
        if number >= len(self._found):
            return _NO_DEVICE
        address = self._found[number]
        # Info would do, but a chip whose self test failed only lets its configuration be read.
        read_revision = commands.read_word(Zone.CONFIG, 0, _REVISION_OFFSET)
        try:
            answer = ResponsePacket.parse(self._exchange(address, read_revision.to_bytes()))
        except PacketError as error:
            raise KitError(KitStatus.RX_FAIL) from error
        if answer.status_code is not None:
            raise KitError(KitStatus.RX_FAIL)
        return f"{_KIT_NAMES[part_of_revision(answer.payload)]} TWI 00({address:02X})"

    def caps(self, _request: Request) -> str:
        """Answer version, chips, baud rate and lost sessions."""
        facts = {
            "version": __version__,
            "chips": len(self._found),
            "baud": self.baud,
            "asleep": self._fell_asleep,
            "virtual": 1,
        }
        return reply(KitStatus.SUCCESS, " ".join(f"{k}={v}" for k, v in facts.items()).encode("ascii"))

    def simulated(self, request: Request) -> str:
        """Show that this is software, for a nonce."""
        nonce = request.hex_argument()
        if len(nonce) != NONCE_LENGTH:
            raise KitError(KitStatus.BAD_PARAM)
        return reply(KitStatus.SUCCESS, simulator_answer(nonce))

    def pins(self, request: Request) -> str:
        """Choose the I2C pins; the virtual chip is wired to any."""
        sda, scl = request.numbers(2)
        if sda == scl or max(sda, scl) > _LAST_GPIO:
            raise KitError(KitStatus.BAD_PARAM)
        self._found, self._awake_since = (), None  # other pins are another bus
        return reply(KitStatus.SUCCESS)

    def clock(self, request: Request) -> str:
        """Choose the I2C clock; transfers on the virtual bus take no time."""
        if request.numbers(1)[0] not in _I2C_CLOCKS:
            raise KitError(KitStatus.BAD_PARAM)
        return reply(KitStatus.SUCCESS)

    def scan(self, _request: Request) -> str:
        """All addresses that acknowledge."""
        self._look()
        return reply(KitStatus.SUCCESS, bytes(self._found))

    def change_baud(self, request: Request) -> str:
        """Change the rate of the serial line after this reply."""
        baud = request.numbers(1)[0]
        if baud not in _BAUD_RATES:
            raise KitError(KitStatus.BAD_PARAM)
        self.baud = baud
        return reply(KitStatus.SUCCESS)

    def use_i2c(self, _request: Request) -> str:
        """Choose the interface; there is only one."""
        return reply(KitStatus.SUCCESS)

    def no_other_interface(self, _request: Request) -> str:
        """Refuse the interfaces that the wiring does not have."""
        raise KitError(KitStatus.UNIMPLEMENTED)

    def select(self, request: Request) -> str:
        """Choose the chip that wake, idle, sleep and talk mean."""
        address = request.hex_byte()
        if address not in self._found:
            self._look()
        if address not in self._found:
            raise KitError(KitStatus.NO_DEVICES)
        self._selected = address
        return reply(KitStatus.SUCCESS)

    def wake(self, _request: Request) -> str:
        """Wake the chip and answer what it says.

        A chip that is awake goes through idle, which keeps TempKey.
        """
        self._wake_again()
        answer = self._bus.read(self._target(), _WAKE_ANSWER_SIZE)
        if answer is None:
            raise KitError(KitStatus.COMM_FAIL)
        return reply(KitStatus.SUCCESS, answer)

    def idle(self, _request: Request) -> str:
        """Send the chip to idle."""
        self._target()
        self._settle(WordAddress.IDLE)
        return reply(KitStatus.SUCCESS)

    def sleep(self, _request: Request) -> str:
        """Send the chip to sleep, also from idle."""
        self._target()
        if self._awake_since is None:
            self._wake_bus()
        self._settle(WordAddress.SLEEP)
        return reply(KitStatus.SUCCESS)

    def talk(self, request: Request) -> str:
        """Exchange one packet with the chip."""
        packet = request.hex_argument()
        if not packet or packet[0] != len(packet):
            raise KitError(KitStatus.INVALID_SIZE)
        return reply(KitStatus.SUCCESS, self._exchange(self._target(), packet))

    def _target(self) -> int:
        if self._selected in self._found:
            return self._selected
        if not self._found:
            self._look()
        if not self._found:
            raise KitError(KitStatus.COMM_FAIL)
        return self._found[0]

    def _look(self) -> None:
        """Find out who is there, leaving all chips awake."""
        self._wake_again()
        self._found = self._bus.addresses()

    def _wake_bus(self) -> None:
        self._clock.advance(WAKE_PULSE_S)
        self._bus.wake()
        self._awake_since = self._clock.now
        self._clock.advance(WAKE_DELAY_S)

    def _wake_again(self) -> None:
        if self._awake_since is not None:
            self._settle(WordAddress.IDLE)
        self._wake_bus()

    def _settle(self, word_address: WordAddress) -> None:
        """Send all chips that should be awake to idle or to sleep.

        One that is not awake has fallen asleep by itself.
        """
        if self._awake_since is None:
            return
        for address in self._found:
            if not self._bus.write(address, bytes((word_address,))):
                self._fell_asleep += 1
        self._awake_since = None

    def _exchange(self, address: int, packet: bytes) -> bytes:
        opcode = packet[1] if len(packet) > 1 else 0
        if self._awake_since is None:
            self._wake_bus()
        elif self._clock.now - self._awake_since + _longest_execution_s(opcode) > WATCHDOG_MIN_S:
            self._wake_again()
        command = bytes((WordAddress.COMMAND,)) + packet
        if not self._bus.write(address, command):
            self._wake_bus()
            if not self._bus.write(address, command):
                raise KitError(KitStatus.COMM_FAIL)
            self._fell_asleep += 1
        # Polling: every attempt before this moment would not be acknowledged.
        self._clock.catch_up(self._bus.ready_at(address))
        count = self._bus.read(address, 1)
        rest = None if count is None else self._bus.read(address, max(count[0], 1) - 1)
        if count is None or rest is None:
            raise KitError(KitStatus.RX_NO_RESPONSE)
        return count + rest


# A prefix that fits several requests means the first of them.
_REQUESTS = (
    _Entry("board:version", KitBridge.version),
    _Entry("board:firmware", KitBridge.version),
    _Entry("board:device", KitBridge.device),
    _Entry("ecc:physical:interface:i2c", KitBridge.use_i2c),
    _Entry("ecc:physical:interface:swi", KitBridge.no_other_interface),
    _Entry("ecc:physical:interface:spi", KitBridge.no_other_interface),
    _Entry("ecc:physical:select", KitBridge.select),
    _Entry("ecc:wake", KitBridge.wake),
    _Entry("ecc:idle", KitBridge.idle),
    _Entry("ecc:sleep", KitBridge.sleep),
    _Entry("ecc:talk", KitBridge.talk),
    _Entry("board:bridge:caps", KitBridge.caps),
    _Entry("board:bridge:pins", KitBridge.pins),
    _Entry("board:bridge:clock", KitBridge.clock),
    _Entry("board:bridge:scan", KitBridge.scan),
    _Entry("board:bridge:baud", KitBridge.change_baud),
    _Entry(REQUEST, KitBridge.simulated),
)
