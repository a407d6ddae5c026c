"""Answers of SelfTest: one byte that names the engines that failed.

Such a byte may look like a status of another command (01, 05, 08); for this command it is none. Statuses that a chip
answers to a SelfTest it does not carry out (03, 07, 0F, EE, FF) have bits that no engine has.
"""

from collections.abc import Mapping
from types import MappingProxyType

from atecc_bench.chip.protocol.commands import Opcode, SelfTestMode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status

_NAMES: Mapping[SelfTestMode, str] = MappingProxyType(
    {
        SelfTestMode.RANDOM: "random numbers",
        SelfTestMode.ECDSA: "ECDSA",
        SelfTestMode.ECDH: "ECDH",
        SelfTestMode.AES: "AES",
        SelfTestMode.SHA: "SHA",
    }
)


def failed_tests(answer: int) -> tuple[str, ...]:
    """Names of the engines in an answer of SelfTest."""
    return tuple(name for bit, name in _NAMES.items() if answer & bit)


def refusal_status(command: CommandPacket | None, answer: ResponsePacket) -> int | None:
    """The status by which a chip did not carry a command out.

    None when it did: a data answer, success, or what SelfTest found.
    """
    code = answer.status_code
    if code in (None, Status.SUCCESS):
        return None
    if command is not None and command.opcode == Opcode.SELF_TEST and not code & ~int(SelfTestMode.ALL):
        return None
    return code
