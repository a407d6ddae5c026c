"""The Xtensa interpreter behind the tests of the images for Xtensa chips, against QEMU's lx106."""

import pytest

from tests.support.boards.bridge_desk import desk
from tests.support.cases.xtensa_cases import build, by_interpreter, by_qemu, cases, tools_are_here
from tests.support.emulated.board import PINS, EmulatedBridge
from tests.support.emulated.specs import SPECS
from tests.support.emulated.xtensa_chip import XtensaChip

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


@pytest.mark.parametrize("chip", [name for name, spec in SPECS.items() if spec.is_xtensa])
def test_an_image_uses_no_instruction_that_was_not_compared(compared: set[str], chip: str) -> None:
    on = desk(1)
    bridge = EmulatedBridge(chip, on.bus, on.clock)
    for request in (
        b"b:b:caps()\n",
        b"b:d(00)\n",
        f"b:b:p({PINS[chip][0]},{PINS[chip][1]})\n".encode(),
        b"b:b:b(57600)\n",
    ):
        bridge.hear(request)
    assert isinstance(bridge.chip, XtensaChip)
    assert bridge.chip.cpu.executed <= compared | ITS_OWN
