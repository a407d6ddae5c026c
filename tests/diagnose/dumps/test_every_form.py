"""A configuration is read back equal from every form in which people print it, whatever came with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.counters import LARGEST, encode_counter
from atecc_bench.diagnose.config.known_configurations import known_configurations
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from tests.support.cases.brought_dumps import NOISES, VARIANTS
from tests.support.examples import examples

pytestmark = pytest.mark.slow

START_508 = bytes.fromhex("01239811 00005000 11223344 EE C0 31 00")
START_608 = bytes.fromhex("0123A1B2 00006002 C3D4E5F6 EE 01 35 00")
KNOWN = {known.name: known for known in known_configurations()}
LOCKED_LATER = bytes.fromhex("0000 5555 FFFF")


def on_a_chip(name: str, start: bytes) -> bytes:
    raw = KNOWN[name].config_of(start)
    return raw[:84] + LOCKED_LATER + raw[90:]


CHIPS = (
    on_a_chip("factory default (ATECC508A)", START_508),
    on_a_chip("ECC608-MassProvisioning", START_608),
    on_a_chip("TrustFLEX (ATECC608-TFLXTLS)", START_608[:12] + b"\x01" + START_608[13:]),
)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_chips_configuration_is_read_under_every_noise(variant: str, noise: str):
    for chip in CHIPS:
        read = read_configuration(NOISES[noise](VARIANTS[variant](chip)))
        assert read.config.to_bytes() == chip
        assert not read.unknown


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_firmware_keeps_is_read_in_every_form(variant: str):
    tail = CHIPS[1][16:]
    for held in (tail, bytes(16) + tail, b"\xff" * 16 + tail, bytes(16) + tail[:68] + bytes(6) + tail[74:]):
        read = read_configuration(VARIANTS[variant](held))
        raw = read.config.to_bytes()
        assert (raw[16:84], raw[90:]) == (tail[:68], tail[74:])
        assert read.unknown >= set(range(16))
        assert any("chip's own" in remark for remark in read.remarks)


@st.composite
def chips(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.binary(min_size=128, max_size=128)))
    raw[0:2], raw[4:8] = b"\x01\x23", draw(st.sampled_from((START_508[4:8], START_608[4:8], bytes.fromhex("00006003"))))
    raw[2] |= 1  # with zeros for it the serial number is taken for a placeholder
    raw[52:68] = b"".join(encode_counter(draw(st.integers(0, LARGEST))) for _ in range(2))
    raw[86:88] = bytes(draw(st.sampled_from((0x00, 0x55))) for _ in range(2))
    return bytes(raw)


@given(chip=chips(), variant=st.sampled_from(sorted(VARIANTS)))
@examples(1.0)
def test_any_configuration_is_read_back_equal_from_any_form(chip: bytes, variant: str):
    assert read_configuration(VARIANTS[variant](chip)).config.to_bytes() == chip
