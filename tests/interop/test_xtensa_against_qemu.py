"""The Xtensa interpreter behind the tests of the image for the ESP32, against QEMU's lx106."""

import pytest

from tests.support.boards.bridge_desk import desk
from tests.support.cases.xtensa_cases import build, by_interpreter, by_qemu, cases, tools_are_here
from tests.support.emulated.board import EmulatedBridge
from tests.support.emulated.esp32 import Esp32

# What QEMU cannot be asked: special registers whose effects `test_emulated_chips.py` shows.
ITS_OWN = {"rsr.ccount", "wsr.ps", "wsr.intenable"}


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The instructions that did the same in both."""
    if not tools_are_here():
        pytest.skip("needs an Xtensa assembler (gcc-xtensa-lx106) and qemu-system-xtensa")
    all_cases = cases()
    code, elf = build(tmp_path_factory.mktemp("xtensa"), all_cases)
    expected = by_qemu(elf)
    found, executed = by_interpreter(code, len(all_cases))
    assert len(expected) == 8 * len(all_cases)
    for number, case in enumerate(all_cases):
        part = slice(8 * number, 8 * number + 8)
        assert found[part] == expected[part], case
    return executed


@pytest.mark.slow
def test_every_instruction_does_what_it_does_in_qemu(compared: set[str]) -> None:
    assert {case.name for case in cases()} <= compared


def test_the_image_uses_no_instruction_that_was_not_compared(compared: set[str]) -> None:
    on = desk(1)
    bridge = EmulatedBridge(Esp32.name, on.bus, on.clock)
    for request in (b"b:b:caps()\n", b"b:d(00)\n", b"b:b:p(32,33)\n", b"b:b:b(57600)\n"):
        bridge.hear(request)
    assert isinstance(bridge.chip, Esp32)
    assert bridge.chip.cpu.executed <= compared | ITS_OWN
