"""What tests see of chips and comparisons that the program itself does not ask."""

from collections.abc import Iterator
from dataclasses import replace

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.diagnose.compare.compare import Comparison
from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.diagnose.refusals import explain as explaining
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence, PossibleChip
from atecc_bench.diagnose.refusals.explain import Explanation
from atecc_bench.twin.board import rom_target
from atecc_bench.twin.board.rom_target import RomTarget
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.memory import Eeprom


def snapshot(memory: Eeprom) -> bytes:
    """Every byte there is: configuration, OTP, slots 0 to 15, seed."""
    slots = (memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT))
    return b"".join((memory.contents(Zone.CONFIG), memory.contents(Zone.OTP), *slots, memory.seed))


def with_secure_boot(target: RomTarget) -> RomTarget:
    """The same chip with secure boot burnt."""
    flags = target.security_flags | rom_target._SECURE_BOOT_EN
    return replace(target._with_bits(*target.secure_boot), security_flags=flags)


def with_flash_encryption(target: RomTarget) -> RomTarget:
    """The same chip with flash encryption burnt."""
    return replace(target._with_bits(*target.flash_encryption), encryption_count=1)


def with_secure_download(target: RomTarget) -> RomTarget:
    """The same chip in secure download mode, in which it reads no register to anybody."""
    flags = target.security_flags | rom_target._SECURE_DOWNLOAD_ENABLE
    return replace(target, secure_download=True, security_flags=flags)


def aligned(comparison: Comparison) -> Iterator[tuple[Span, Span]]:
    """Yield the parts between and in the differing ranges, in order.

    Bytes of the expected data, and of the stored.
    """
    expected_end = stored_end = 0
    for found in comparison.ranges:
        yield Span(expected_end, min(found.start, len(comparison.expected))), Span(stored_end, found.stored_start)
        expected_end, stored_end = min(found.end + 1, len(comparison.expected)), found.stored_end + 1
        yield Span(min(found.start, expected_end), expected_end), Span(found.stored_start, stored_end)
    yield Span(expected_end, len(comparison.expected)), Span(stored_end, len(comparison.stored))


def explain_chip(element: SecureElement, command: CommandPacket) -> Explanation:
    """Explain the answer of a chip whose whole state is known.

    It is left as it is.
    """
    chip = PossibleChip(element, ())
    evidence = ChipEvidence(element.memory.contents(Zone.CONFIG), before=())
    return Explanation(command, (explaining._answer(chip, command, *explaining._ask(chip, command), evidence),))
