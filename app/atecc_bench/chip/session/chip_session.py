"""Operations on a chip over a Transport.

What the commands are for, in terms of slots and bytes.
"""

from atecc_bench.chip.config.config_zone import UNLOCKED, ConfigZone
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, InfoMode, LockMode, NonceMode, Opcode, SignMode
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.identity import Part, part_of_revision
from atecc_bench.chip.protocol.neighbours import check_family
from atecc_bench.chip.protocol.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.self_test import refusal_status
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.timing import ClockDivider, execution_time_ms
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, WORD, Zone, slot_size
from atecc_bench.chip.session.plausible import check_plausible
from atecc_bench.errors import DeviceError, ExitCode

LOCK_WORD = 84  # UserExtra, UserExtraAdd, LockValue, LockConfig
WRITABLE_CONFIG = (range(16, 84), range(88, CONFIG_SIZE))  # the word at 84 belongs to UpdateExtra and Lock

# The command was not carried out, and nothing says that it will not be the next time.
_PASSING = (
    Status.ECC_FAULT,
    Status.HEALTH_TEST_ERROR,
    Status.AFTER_WAKE,
    Status.WATCHDOG_ABOUT_TO_EXPIRE,
    Status.COMMUNICATION_ERROR,
)

_REFUSALS = (Status.PARSE_ERROR, Status.EXECUTION_ERROR)


class ChipStatusError(DeviceError):
    """The chip answered a command with a status other than success.

    `told` says that the rule behind it is in its message.
    """

    told: bool = False

    def __init__(self, command: CommandPacket, code: int) -> None:
        self.command = command
        self.code = code
        self.passing = code in _PASSING
        if code in _REFUSALS:
            self.exit_code = ExitCode.NO
        try:
            name, meaning = Opcode(command.opcode).command_name, Status(code).meaning
        except ValueError:
            name, meaning = f"opcode {command.opcode:02X}", "The datasheet knows no such status."
        super().__init__(
            "chip-status",
            f"The chip answered {code:02X} to {name} "
            f"(param1 {command.param1:02X}, param2 {command.param2:04X}): {meaning}",
            "`atecc-bench explain --port URL` says which rule and which bits of the configuration refuse a command."
            if code in _REFUSALS
            else "Try again; if it stays, check the chip's supply and wiring.",
        )


class ChipSession:
    """Operations on the chip behind a Transport.

    Raises:
        DeviceError: From any method, when the link fails.
        ChipStatusError: From any method, when the chip refuses.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._part: Part | None = None
        self._clock_divider: int = ClockDivider.M0
        self._chip_ms = 0

    @property
    def chip_seconds(self) -> float:
        """Execution times of all commands so far, in seconds.

        Summed from the data sheet's figures.
        """
        return self._chip_ms / 1000

    @property
    def wire_seconds(self) -> float:
        """Time the bytes of all commands so far needed on the wire."""
        return self._transport.wire_seconds

    def execute(self, command: CommandPacket) -> bytes:
        """Run one command and return its payload.

        A lone status 00 is returned as one byte, and so is what SelfTest found.
        """
        talk = self._transport.talk_secret if command.secret else self._transport.talk
        raw = talk(command.to_bytes())
        self._chip_ms += execution_time_ms(self._part or Part.ATECC608A, command.opcode, self._clock_divider)
        response = ResponsePacket.parse(raw)
        code = refusal_status(command, response)
        if code is not None:
            raise ChipStatusError(command, code)
        return response.payload

    def _execute(self, command: CommandPacket, length: int) -> bytes:
        payload = self.execute(command)
        if len(payload) != length:
            raise PacketError(
                "answer-length",
                f"The chip answered with {len(payload)} bytes where {length} were expected.",
                "Read again; if it happens again, the chip or the bridge is not what it seems.",
            )
        return payload

    def sleep(self) -> None:
        """Send the chip to sleep; TempKey is lost."""
        self._transport.sleep()

    def idle(self) -> None:
        """Stop the watchdog and keep TempKey."""
        self._transport.idle()

    def wake(self) -> bytes:
        """Wake the chip and return its four bytes."""
        return self._transport.wake()

    def revision(self) -> bytes:
        """Four bytes; they also tell the session which execution times to count.

        Raises:
            OtherChipError: The chip is none of this family.
        """
        revision = self._execute(commands.info(InfoMode.REVISION), 4)
        check_family(revision)
        self._part = part_of_revision(revision)
        return revision

    def read_config(self) -> ConfigZone:
        """The whole configuration zone.

        Raises:
            OtherChipError: The chip is none of this family.
            DeviceError: `implausible-configuration`.
        """
        raw = self._execute(commands.read_block(Zone.CONFIG, 0, 0), BLOCK)
        check_family(raw[4:8])
        check_plausible(raw)
        raw += b"".join(
            self._execute(commands.read_block(Zone.CONFIG, 0, offset), BLOCK)
            for offset in range(BLOCK, CONFIG_SIZE, BLOCK)
        )
        config = ConfigZone.parse(raw)
        self._part = config.part
        self._clock_divider = config.clock_divider
        return config

    def serial_number(self) -> bytes:
        """Nine bytes, as one block of the configuration zone holds them.

        Raises:
            DeviceError: `implausible-configuration`.
        """
        block = self._execute(commands.read_block(Zone.CONFIG, 0, 0), BLOCK)
        check_plausible(block)
        return block[0:4] + block[8:13]

    def write_config(self, target: bytes, current: bytes) -> int:
        """Write what differs in a configuration; return the number of writes.

        Of bytes 16–83 and 88–127 those of `target` that differ from `current`. A block of 32 bytes is written whole
        when none of it is forbidden, else word by word. The I2C address comes last: a chip that falls asleep behind it
        wakes at the new one.
        """
        writes: list[tuple[int, bytes]] = []
        for start in range(0, CONFIG_SIZE, BLOCK):
            words = [o for o in range(start, start + BLOCK, WORD) if any(o in part for part in WRITABLE_CONFIG)]
            stale = [o for o in words if target[o : o + WORD] != current[o : o + WORD]]
            if len(words) * WORD == BLOCK and len(stale) > 1:
                chunks = [target[start : start + BLOCK]]
                stale = [start]
            else:
                chunks = [target[o : o + WORD] for o in stale]
            writes += zip(stale, chunks, strict=True)
        for offset, chunk in reversed(writes):
            self._execute(commands.write(Zone.CONFIG, 0, offset, chunk), 1)
        return len(writes)

    def move_to(self, address: int) -> None:
        """Follow a chip to its newly configured 8-bit I2C address.

        It moves when it wakes.
        """
        self._transport.sleep()
        self.select(address)

    def select(self, address: int) -> None:
        """Talk to the chip at this 8-bit I2C address from now on."""
        self._transport.select(address)

    def lock_config(self, contents: bytes) -> None:
        """Lock the configuration zone for ever.

        The chip does so only if it finds exactly these 128 bytes in it.
        """
        self._execute(commands.lock(LockMode.CONFIG, crc16(contents)), 1)

    def lock_data(self) -> None:
        """Lock the data zone and OTP for ever.

        Their contents are not checked.
        """
        self._execute(commands.lock(LockMode.DATA_AND_OTP, None), 1)

    def lock_slot(self, slot: int) -> None:
        """Lock a single slot for ever.

        Its KeyConfig has to allow it, and the data zone has to be locked.
        """
        self._execute(commands.lock(LockMode.SLOT | slot << 2, 0), 1)

    def zones_locked(self) -> tuple[bool, bool]:
        """Lock state of the configuration zone and of the data zone.

        The second stands for OTP too.
        """
        word = self._execute(commands.read_word(Zone.CONFIG, 0, LOCK_WORD), WORD)
        return word[3] != UNLOCKED, word[2] != UNLOCKED

    def generate_key(self, slot: int) -> bytes:
        """Make a new private key in `slot`; return its public key.

        X‖Y, 64 bytes. The old key is gone.
        """
        return self._execute(commands.gen_key(GenKeyMode.PRIVATE, slot), 64)

    def public_key(self, slot: int) -> bytes:
        """The public key (X‖Y, 64 bytes) of the private key in `slot`."""
        return self._execute(commands.gen_key(GenKeyMode.PUBLIC, slot), 64)

    def read_slot(self, slot: int, offset: int, length: int) -> bytes:
        """Read `length` bytes from byte `offset` of a slot in clear.

        Blocks of 32 bytes where they lie whole inside the slot, words at its end.
        """
        first, last = offset // WORD * WORD, offset + length
        data = b""
        position = first
        while position < last:
            block_fits = position % BLOCK == 0 and position + BLOCK <= slot_size(slot)
            if block_fits and last - position > WORD:
                data += self._execute(commands.read_block(Zone.DATA, slot, position), BLOCK)
                position += BLOCK
            else:
                data += self._execute(commands.read_word(Zone.DATA, slot, position), WORD)
                position += WORD
        return data[offset - first : offset - first + length]

    def write_slot(self, slot: int, data: bytes) -> None:
        """Write `data` in clear from the start of a slot.

        In blocks of 32 bytes. The rest of the last block is filled with zeros; the chip drops what lies beyond the end
        of the slot.
        """
        for offset in range(0, len(data), BLOCK):
            block = data[offset : offset + BLOCK].ljust(BLOCK, b"\0")
            self._execute(commands.write(Zone.DATA, slot, offset, block), 1)

    def random(self) -> bytes:
        """32 random bytes from the chip.

        Before the configuration is locked always FF FF 00 00 …
        """
        return self._execute(commands.random(), 32)

    def sign(self, slot: int, digest: bytes) -> bytes:
        """Sign a 32-byte digest with the private key in `slot`.

        Returns R‖S, 64 bytes.
        """
        target, mode = NonceMode.PASS_THROUGH, SignMode.EXTERNAL
        if (self._part or part_of_revision(self.revision())).is_608:
            # As CryptoAuthLib does: a key with ReqRandom signs from nowhere else.
            target, mode = NonceMode.MESSAGE_DIGEST_BUFFER, mode | SignMode.MESSAGE_DIGEST_BUFFER
        self._execute(commands.nonce_pass_through(digest, target), 1)
        return self._execute(commands.sign(slot, mode), 64)

    def verify(self, digest: bytes, signature: bytes, public_key: bytes) -> bool:
        """Let the chip verify a signature with a given public key.

        R‖S over a 32-byte digest; the key is X‖Y.
        """
        self._execute(commands.nonce_pass_through(digest, NonceMode.PASS_THROUGH), 1)
        try:
            self._execute(commands.verify_external(signature, public_key), 1)
        except ChipStatusError as error:
            if error.code == Status.CHECKMAC_OR_VERIFY_MISCOMPARE:
                return False
            raise
        return True
