"""Whatever is sent to whatever chip: a legal answer, a reason with every refusal, and nothing changed by it."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import load_state, save_state
from tests.support.cases.packet_fuzzer import fuzz_one_twin, packets, random_twin, what_is_wrong
from tests.support.examples import examples
from tests.support.probes import snapshot

raw_packets = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda opcode, mode, param2, data: CommandPacket(opcode, mode, param2, data).to_bytes(),
        st.sampled_from([*Opcode, 0x00, 0xFF]),
        st.integers(0, 255),
        st.one_of(st.integers(0, 0x80), st.integers(0, 0xFFFF)),
        st.one_of(st.just(b""), st.sampled_from([4, 20, 32, 64, 68, 77, 96, 128]).map(bytes), st.binary(max_size=148)),
    ),
)
revisions = st.sampled_from(["00005000", "00006002", "00006003"]).map(bytes.fromhex)
lock_bytes = st.sampled_from([0x00, 0x55])
configurations = st.builds(
    lambda raw, revision, lock_value, lock_config: (
        raw[:4] + revision + raw[8:86] + bytes((lock_value, lock_config)) + raw[88:]
    ),
    st.binary(min_size=128, max_size=128),
    revisions,
    lock_bytes,
    lock_bytes,
)


@examples(3)
@given(config=configurations, sequence=st.lists(raw_packets, max_size=12))
def test_any_packets_to_any_configuration(config: bytes, sequence: list[bytes]) -> None:
    fresh = Eeprom.factory(seeded_entropy(1))
    slots = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    memory = Eeprom(config, fresh.contents(Zone.OTP), slots, fresh.seed)
    element = SecureElement(memory, seeded_entropy(2))
    for packet in sequence:
        before = snapshot(memory)
        done = element.execute(packet)
        assert what_is_wrong(done.response, done.reason is not None, before, snapshot(memory)) is None


@examples(0.5)
@given(seed=st.integers(0, 1 << 40))
def test_sequences_that_reach_deep(seed: int) -> None:
    _, finding = fuzz_one_twin(str(seed))
    assert finding is None, str(finding)


@pytest.mark.slow
@examples(0.5)
@given(seed=st.integers(0, 1 << 40))
def test_a_saved_and_loaded_state_behaves_the_same(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - to be repeated
    entropy = seeded_entropy(seed)
    memory = random_twin(dice).memory
    element = SecureElement(memory, entropy)
    source = packets(dice, element)
    packet = next(source)
    for _ in range(60):
        packet = source.send(element.execute(packet).response)
    with TemporaryDirectory() as directory:
        path = Path(directory, "state.json")
        save_state(path, memory, entropy)
        loaded_memory, loaded_entropy = load_state(path)
    assert loaded_entropy is not None
    loaded = SecureElement(loaded_memory, loaded_entropy)
    element.lose_power()
    for _ in range(120):
        done = element.execute(packet)
        assert loaded.execute(packet) == done
        assert snapshot(loaded_memory) == snapshot(memory)
        packet = source.send(done.response)
