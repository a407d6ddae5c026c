"""What slots held is put back where the chip still allows it, and proved; elsewhere nothing is written."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.records.run_records import Records
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.preset_chips import scenario_chip
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.workflows.slots.restore_slots import check_restorable, choose_saved, restore, saved_slots
from tests.support.boards.twin_desk import TwinDesk
from tests.support.probes import snapshot

AT = datetime(2026, 6, 2, tzinfo=UTC)


def kept(tmp_path: Path, desk: TwinDesk, document: object) -> Records:
    records = Records(tmp_path)
    record = records.for_chip(desk.serial_number, virtual=True).begin(AT)
    record.write("saved_json", json.dumps(document).encode())
    return records


def ignore(_: object) -> None:
    return None


def test_only_what_differs_is_written_and_what_it_held_is_kept(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    wanted = {8: b"Z" * 32, 13: b"\xa5" * 72, 10: desk.memory.contents(Zone.DATA, 10)}
    held = {slot: desk.memory.contents(Zone.DATA, slot) for slot in wanted}
    saved: dict[int, bytes] = {}

    def save(present: object) -> None:
        assert isinstance(present, dict)
        assert desk.memory.contents(Zone.DATA, 8) == held[8]  # kept before the first byte is written
        saved.update(present)

    assert restore(desk.session, wanted, save) == (8, 13)
    assert saved == {8: held[8][:32], 13: held[13]}
    assert desk.memory.contents(Zone.DATA, 8)[:32] == wanted[8]
    assert desk.memory.contents(Zone.DATA, 8)[32:] == held[8][32:]
    assert desk.memory.contents(Zone.DATA, 13) == wanted[13]
    assert restore(desk.session, wanted, save) == ()


@pytest.mark.parametrize(
    ("slots", "id_", "said"),
    [
        ({13: b"x" * 32, 10: b"y" * 72}, "slot-not-writable", "byte 89 (SlotLocked)"),
        ({13: b"x" * 32, 0: b"y" * 32}, "slot-not-writable", "bytes 20–21 (SlotConfig)"),
        ({13: b"x" * 32, 4: b"y" * 32}, "slot-not-readable", "bytes 28–29 (SlotConfig)"),
    ],
)
def test_one_slot_that_cannot_be_restored_and_nothing_is_written(
    desk: TwinDesk, authority: CertificateAuthority, slots: dict[int, bytes], id_: str, said: str
):
    desk.provision(authority)
    desk.session.lock_slot(10)
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        restore(desk.session, slots, ignore)
    assert caught.value.id == id_
    assert said in caught.value.message
    assert snapshot(desk.memory) == before


def test_a_trust_and_go_takes_nothing_back():
    session = ChipSession(DirectTransport(SecureElement(scenario_chip("trustgo"), seeded_entropy(1))))
    with pytest.raises(RefusedError) as caught:
        restore(session, {10: bytes(72)}, ignore)
    assert caught.value.id == "slot-not-writable"


@pytest.mark.parametrize("locks", [(), ("config",)])
def test_an_open_chip_is_not_the_one_that_was_saved(desk: TwinDesk, locks: tuple[str, ...]):
    if locks:
        desk.lock_config()
    with pytest.raises(RefusedError) as caught:
        restore(desk.session, {8: bytes(32)}, ignore)
    assert caught.value.id == "data-zone-open"


def test_a_write_that_did_not_hold_is_noticed(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    talk: Callable[[bytes], bytes] = desk.transport.talk

    def lossy(packet: bytes) -> bytes:
        return b"\x04\x00\x03\x40" if packet[1] == Opcode.WRITE else talk(packet)

    desk.transport.talk = lossy
    with pytest.raises(RefusedError) as caught:
        restore(desk.session, {13: b"x" * 32}, ignore)
    assert caught.value.id == "read-back-differs"


def test_when_keeping_fails_nothing_is_written(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    before = snapshot(desk.memory)

    def full(_: object) -> None:
        raise InputError("record-not-writable", "The disk is full.", "Make room.")

    with pytest.raises(InputError):
        restore(desk.session, {13: b"x" * 32}, full)
    assert snapshot(desk.memory) == before


def test_the_newest_comes_first_and_a_saved_configuration_is_none(desk: TwinDesk, tmp_path: Path):
    records = kept(tmp_path, desk, {"slots": {"8": "aa"}})
    kept(tmp_path, desk, {"config": "00"})
    kept(tmp_path, desk, {"slots": {"9": "bb"}})
    found = saved_slots(records.for_chip(desk.serial_number, virtual=True))
    assert [dict(one.slots) for one in found] == [{9: b"\xbb"}, {8: b"\xaa"}]
    assert choose_saved(found, desk.serial_number, None) is found[0]
    assert choose_saved(found, desk.serial_number, found[1].name) is found[1]
    assert saved_slots(records.for_chip(desk.serial_number, virtual=False)) == ()


@pytest.mark.parametrize(
    "document", [[], {"slots": []}, {"slots": {"x": "00"}}, {"slots": {"1": "zz"}}, {"slots": {"16": "00"}},
                 {"slots": {"9": "00" * 73}}],
)  # fmt: skip
def test_a_file_that_does_not_hold_slots_is_an_error(desk: TwinDesk, tmp_path: Path, document: object):
    records = kept(tmp_path, desk, {"slots": {"8": "aa"}})
    kept(tmp_path, desk, document)
    saved = saved_slots(records.for_chip(desk.serial_number, virtual=True))
    bad, good = saved
    for name in (None, bad.name):
        with pytest.raises(InputError) as caught:
            choose_saved(saved, desk.serial_number, name)
        assert caught.value.id == "record-not-readable"
    assert choose_saved(saved, desk.serial_number, good.name).slots == {8: b"\xaa"}


def test_nothing_at_all_is_always_restorable(desk: TwinDesk, authority: CertificateAuthority):
    desk.provision(authority)
    check_restorable(ConfigZone.parse(desk.memory.contents(Zone.CONFIG)), {})
