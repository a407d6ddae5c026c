"""Looking changes no byte of a chip in any lock state, and agrees with the twin; a sacrifice needs a blank one."""

from pathlib import Path

import pytest

from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.encrypted_access import SlotKey, holds_key
from atecc_bench.errors import InputError
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.twin.board.i2c_bus import PowerState
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import load_state, save_state
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.silicon.check_chip import prepare_sacrifice
from atecc_bench.workflows.silicon.check_table import LOOK, WALK
from atecc_bench.workflows.silicon.findings import Depth, Verdict
from atecc_bench.workflows.silicon.silicon_check import check_silicon, rehearse_sacrifice
from tests.support.boards.device_guard import DeviceGuard
from tests.support.boards.twin_desk import TwinDesk
from tests.support.boards.twin_under_test import IO_KEY, LOCKED, UNLOCKED, vendor_config
from tests.support.probes import snapshot

LOCKS = {"open": (UNLOCKED, UNLOCKED), "configured": (LOCKED, UNLOCKED), "locked": (LOCKED, LOCKED)}
REVISIONS = {"608": "00006002", "608B": "00006003", "508": "00005000"}


@pytest.fixture(params=LOCKS)
def locks(request: pytest.FixtureRequest) -> tuple[int, int]:
    """LockConfig and LockValue."""
    return LOCKS[request.param]


@pytest.fixture(params=REVISIONS)
def chip_with_everything(request: pytest.FixtureRequest, locks: tuple[int, int], tmp_path: Path) -> Path:
    """A chip with a slot for everything, one of limited use among them."""
    config = vendor_config(
        slots={1: {"limited_use": True}, 2: {"limited_use": True}},
        revision=bytes.fromhex(REVISIONS[request.param]),
        lock_config=locks[0],
        lock_value=locks[1],
    )
    fresh = Eeprom.factory(seeded_entropy(7))
    contents = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    if locks[0] == LOCKED:
        contents[4] = IO_KEY + contents[4][len(IO_KEY) :]
        contents[2] = bytes(4) + bytes(range(1, 33))
    path = tmp_path / "chip.json"
    save_state(path, Eeprom(config.to_bytes(), fresh.contents(Zone.OTP), contents, fresh.seed), seeded_entropy(8))
    return path


def test_looking_changes_no_byte(chip_with_everything: Path) -> None:
    register_virtual_scheme()
    before, guard = load_state(chip_with_everything)[0], DeviceGuard()
    guard.uncounted = frozenset(slot for slot in range(SLOT_COUNT) if not before.config.slot_configs[slot].limited_use)
    with connect(f"virtual://fresh?state={chip_with_everything}", guard.trace) as board:
        found = check_silicon(board.open_chip(), Depth.LOOK, lambda _: None, virtual=True)
    assert found.ended_by is None
    assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []
    assert guard.changing == []
    assert snapshot(load_state(chip_with_everything)[0]) == snapshot(before)


def test_a_chip_whose_use_lock_may_have_been_opened_is_not_misjudged(tmp_path: Path) -> None:
    register_virtual_scheme()
    use_flags = bytes.fromhex("4A8403BC09697600000000000000000000")[:16]
    fresh = Eeprom.factory(seeded_entropy(7))
    contents = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    contents[4] = IO_KEY + contents[4][len(IO_KEY) :]
    config = vendor_config(use_flags=use_flags).to_bytes()
    path = tmp_path / "chip.json"
    save_state(path, Eeprom(config, fresh.contents(Zone.OTP), contents, fresh.seed), seeded_entropy(8))
    with connect(f"virtual://fresh?state={path}") as board:
        session = board.open_chip()
        assert holds_key(session, SlotKey(4, IO_KEY))  # which opens it
        found = check_silicon(session, Depth.LOOK, lambda _: None, virtual=True)
    assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []


@pytest.mark.parametrize("preset", ["fresh", "atecc508a"])
def test_a_sacrifice_asks_all_that_its_part_has(preset: str) -> None:
    register_virtual_scheme()
    with connect(f"virtual://{preset}") as board:
        found = check_silicon(board.open_chip(), Depth.SACRIFICE, lambda _: None, virtual=True)
        assert board.open_chip().zones_locked() == (True, True)
    assert found.ended_by is None
    assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []
    walked = found.results[len(LOOK) :]
    assert len(walked) == len(WALK)
    other_part = "Only an ATECC608" if preset == "atecc508a" else "Only the ATECC508A"
    reasons = {result.why for result in walked if result.verdict is Verdict.NOT_ASKED}
    expected = (other_part, "This chip is software that takes no time.", "The ATECC508A has no")
    assert [why for why in reasons if not why.startswith(expected)] == []


def test_a_chip_of_its_own_is_asked_about_the_use_lock() -> None:
    register_virtual_scheme()
    with connect("virtual://fresh") as board:
        session = board.open_chip()
        rehearse_sacrifice(session.read_config(), Depth.USE_LOCK)
        found = check_silicon(session, Depth.USE_LOCK, lambda _: None, virtual=True)
    assert found.ended_by is None
    assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []
    assert found.results[-1].assumption == "use-lock"
    assert found.results[-1].verdict is Verdict.CONFIRMED


@pytest.mark.parametrize("preset", ["configured", "provisioned", "trustgo"])
def test_a_chip_that_is_locked_is_not_sacrificed(preset: str) -> None:
    register_virtual_scheme()
    guard = DeviceGuard()
    with connect(f"virtual://{preset}", guard.trace) as board, pytest.raises(InputError) as refused:
        check_silicon(board.open_chip(), Depth.SACRIFICE, lambda _: None, virtual=True)
    assert refused.value.id == "not-blank"
    assert guard.changing == []


def test_a_part_without_use_lock_is_not_used_up_for_it() -> None:
    register_virtual_scheme()
    guard = DeviceGuard()
    with connect("virtual://atecc508a", guard.trace) as board:
        chip = ConnectedChip(board, board.open_chip())
        with pytest.raises(InputError) as refused:
            prepare_sacrifice(chip, Depth.USE_LOCK)
        with pytest.raises(InputError) as refused_again:
            check_silicon(chip.session, Depth.USE_LOCK, lambda _: None, virtual=True)
    assert (refused.value.id, refused_again.value.id) == ("no-use-lock", "no-use-lock")
    assert guard.changing == []


def test_a_rehearsal_leaves_the_chip_alone(desk: TwinDesk) -> None:
    before = snapshot(desk.memory)
    rehearse_sacrifice(ChipSession(desk.transport).read_config())
    assert snapshot(desk.memory) == before


@pytest.mark.parametrize("requests", [0, 60, 200, 400])
def test_what_was_found_before_somebody_cancelled_is_kept(requests: int) -> None:
    register_virtual_scheme()
    guard = DeviceGuard()
    done = len(LOOK) // 2

    def cancelled() -> bool:
        return len(guard.packets) > 60 + requests

    with connect("virtual://fresh", guard.trace, cancelled) as board:
        found = check_silicon(board.open_chip(), Depth.SACRIFICE, lambda _: None, virtual=True)
        assert isinstance(found.ended_by, CancelledError)
        assert 0 < len(found.results) < len(LOOK) + len(WALK)
        assert requests < 200 or len(found.results) > done


def test_a_chip_is_asleep_after_a_check_that_was_cancelled(tmp_path: Path) -> None:
    from atecc_bench.twin.ports import protocol_virtual

    register_virtual_scheme()
    boards = []
    opened = protocol_virtual.open_board
    guard = DeviceGuard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol_virtual, "open_board", lambda url: boards.append(opened(url)) or boards[-1])
        with connect("virtual://fresh", guard.trace, lambda: len(guard.packets) > 100) as board:
            found = check_silicon(board.open_chip(), Depth.LOOK, lambda _: None, virtual=True)
    assert isinstance(found.ended_by, CancelledError)
    assert [chip.state for chip in boards[0]._bus.chips] == [PowerState.ASLEEP]
