"""The chip's answers in words.

The status, or the bytes by the command they answer.
"""

from atecc_bench.chip.protocol.commands import CounterMode, GenKeyMode, InfoMode, Opcode, SelfTestMode
from atecc_bench.chip.protocol.identity import revision_in_words
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.self_test import failed_tests, refusal_status
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, split_address

_POINT = 64
_ZONE = 0x03


def describe_answer(command: CommandPacket | None, answer: ResponsePacket) -> str:
    """Say an answer in words, with its bytes in hex.

    Without the command only a status says anything.
    """
    if answer.status_code is not None:
        if command is not None and command.opcode == Opcode.SELF_TEST and refusal_status(command, answer) is None:
            return _what_self_test_found(command, answer.status_code)
        try:
            status = Status(answer.status_code)
        except ValueError:
            return f"status {answer.status_code:02X}, which the datasheet does not know"
        return "OK" if status is Status.SUCCESS else f"{answer.status_code:02X} {status.meaning}"
    payload = answer.payload
    text = payload.hex(" ").upper()
    what = None if command is None else _what(command, payload)
    return text if what is None else f"{what}: {text}"


def _what(command: CommandPacket, payload: bytes) -> str | None:
    match command.opcode:
        case Opcode.INFO if command.param1 == InfoMode.REVISION:
            return f"{revision_in_words(payload)}, revision"
        case Opcode.INFO if command.param1 == InfoMode.STATE:
            return "state of TempKey and authorisation"
        case Opcode.READ:
            return _what_was_read(command, len(payload))
        case Opcode.GEN_KEY if len(payload) == _POINT:
            made = "new public key" if command.param1 & GenKeyMode.PRIVATE else "public key"
            return f"{made} X‖Y"
        case Opcode.SIGN:
            return "signature R‖S"
        case Opcode.RANDOM | Opcode.NONCE:
            return "random number"
        case Opcode.COUNTER:
            did = "now" if command.param1 == CounterMode.INCREMENT else "is"
            return f"counter {command.param2} {did} {int.from_bytes(payload, 'little')}"
        case Opcode.SHA | Opcode.MAC | Opcode.HMAC:
            return "digest"
        case Opcode.ECDH | Opcode.KDF:
            return "secret"
        case Opcode.AES:
            return "block"
        case Opcode.VERIFY | Opcode.SECURE_BOOT:
            return "MAC that proves success"
        case _:
            return None


def _what_self_test_found(command: CommandPacket, answer: int) -> str:
    asked = command.param1 & SelfTestMode.ALL
    if answer:
        return f"{answer:02X} {'failed' if asked else 'failed before'}: {', '.join(failed_tests(answer))}"
    if asked:
        return f"OK, passed: {', '.join(failed_tests(asked))}"
    return "OK, nothing was tested" if command.param1 else "OK, no self test has failed"


def _what_was_read(command: CommandPacket, length: int) -> str | None:
    zone = command.param1 & _ZONE
    if zone > Zone.DATA:
        return None
    slot, offset = split_address(Zone(zone), command.param2)
    where = f"slot {slot}" if zone == Zone.DATA else ("configuration" if zone == Zone.CONFIG else "OTP")
    return f"{where}, bytes {offset}–{offset + length - 1}"
