"""Rules that data sheets, the vendor's tests or recorded chips state, each contradicted by a chip of its own.

The check that asks the rule is named: no assumption of the twin is at stake.
"""

from unittest.mock import patch

from atecc_bench.chip.protocol.commands import LONG_ACCESS, MacMode, Opcode, VerifyMode
from atecc_bench.chip.protocol.counters import decode_count_match
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, address
from atecc_bench.twin.element.secure_element import Execution
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.state.chip_state import ChipState
from tests.support.cases.altered_chips import Altered, Go, answer, data_unlocked, other_status, refuses

_SLOT_LOCKED = address(Zone.CONFIG, 0, 88)
_SHORT_LIMIT = "atecc_bench.twin.rules.use_limits.decode_count_match"


def _locks_slots(chip: ChipState, command: CommandPacket) -> bool:
    at_it = command.opcode == Opcode.WRITE and command.param1 == Zone.CONFIG and command.param2 == _SLOT_LOCKED
    return at_it and command.data[:2] != chip.memory.contents(Zone.CONFIG)[88:90]


def _verifies_stored_late(chip: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.VERIFY and command.param1 & 7 == VerifyMode.STORED and data_unlocked(chip)


def _late(opcode: Opcode) -> "Altered":
    return Altered(
        "", f"{opcode.command_name} waits for the data lock",
        refuses(lambda chip, command: command.opcode == opcode and data_unlocked(chip)),
        check="keys-before-data-lock",
    )  # fmt: skip


def _has_word_bits(_: ChipState, command: CommandPacket) -> bool:
    return command.opcode == Opcode.WRITE and bool(command.param1 & LONG_ACCESS) and bool(command.param2 & 7)


def _has_unneeded_mac(chip: ChipState, command: CommandPacket) -> bool:
    if command.opcode != Opcode.DERIVE_KEY or not command.data:
        return False
    return not chip.memory.config.slot_configs[command.param2].write_config & 0x8


def _off_curve(opcode: Opcode) -> "Altered":
    def change(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
        return other_status(ReasonId.PUBLIC_KEY_INVALID, Status.ECC_FAULT)(chip, command, go)

    check = "ecdh-off-curve" if opcode is Opcode.ECDH else "verify"
    return Altered(
        "", f"{opcode.command_name} answers 05 to a key off the curve",
        lambda chip, command, go: change(chip, command, go) if command.opcode == opcode else go(),
        check=check,
    )  # fmt: skip


def _early_aes_is_refused(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
    done = go()
    early = command.opcode == Opcode.AES and done.reason is not None and data_unlocked(chip)
    return answer(Status.EXECUTION_ERROR) if early else done


def _odd_limit_stops(of: Opcode) -> "Altered":
    def limit(contents: bytes) -> int:
        found = decode_count_match(contents)
        return 0 if found is None else found

    def change(_: ChipState, command: CommandPacket, go: Go) -> Execution:
        if command.opcode != of:
            return go()
        with patch(_SHORT_LIMIT, limit):
            return go()

    return Altered("", f"a limit whose copies differ stops {of.command_name}", change, check="count-match-keys")


def _self_test(mode: int) -> "Altered":
    return Altered(
        "", f"SelfTest {mode:02X} is refused",
        refuses(lambda _, command: command.opcode == Opcode.SELF_TEST and command.param1 == mode, Status.PARSE_ERROR),
        check="self-test-modes",
    )  # fmt: skip


DOCUMENTED: tuple[Altered, ...] = (
    Altered("", "SlotLocked is fixed before any lock",
            refuses(_locks_slots),
            check="slot-locked"),
    _late(Opcode.SIGN),
    _late(Opcode.CHECK_MAC),
    Altered("", "Verify Stored waits for the data lock", refuses(_verifies_stored_late), check="keys-before-data-lock"),
    Altered("", "Verify External waits for the configuration lock",
            refuses(lambda chip, c: c.opcode == Opcode.VERIFY and c.param1 & 7 == VerifyMode.EXTERNAL
                    and not chip.memory.config.config_locked), check="verify"),
    Altered("", "HMAC waits for the data lock",
            refuses(lambda chip, c: c.opcode == Opcode.HMAC and data_unlocked(chip)), check="hmac", preset="atecc508a"),
    Altered("", "HMAC knows mode 04 alone",
            refuses(lambda _, c: c.opcode == Opcode.HMAC and c.param1 != MacMode.SOURCE_FLAG, Status.PARSE_ERROR),
            check="hmac", preset="atecc508a"),
    Altered("", "a Write of 32 bytes with word bits is refused", refuses(_has_word_bits, Status.PARSE_ERROR),
            check="write-word-bits"),
    _off_curve(Opcode.ECDH),
    _off_curve(Opcode.VERIFY),
    _odd_limit_stops(Opcode.SIGN),
    _odd_limit_stops(Opcode.COUNTER),
    Altered("", "DeriveKey refuses a MAC that it does not need", refuses(_has_unneeded_mac, Status.PARSE_ERROR),
            check="derive-key-mac"),
    Altered("", "AES with a slot answers 0F before the data lock", _early_aes_is_refused, check="aes-with-slot"),
    Altered("", "AES with another key answers 03", other_status(ReasonId.NOT_AN_AES_KEY_SLOT, Status.PARSE_ERROR),
            check="aes-with-slot"),
    _self_test(0x00),
    _self_test(0x02),
    _self_test(0x3B),
)  # fmt: skip
"""Each corrected rule that a chip can be asked, contradicted."""
