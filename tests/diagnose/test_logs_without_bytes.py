"""Logs without bytes: causes, best first, with the lines that speak for them; nothing is made of other texts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.causes.cause import Confidence
from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.symptoms.bus_scan import scans_in
from atecc_bench.diagnose.symptoms.read_log import LogReading, read_log
from tests.support.cases.logs_without_bytes import LOGS, LogCase, i2cdetect
from tests.support.paths import ROOT

BROUGHT = ROOT / "tests" / "data" / "brought"


def noisy(text: str, number: int) -> str:
    """The log as a terminal, a mail, a serial monitor or Windows makes it."""
    lines = text.splitlines()
    match number % 5:
        case 0:
            return "\r\n".join(lines)
        case 1:
            return "\ufeff" + "\n".join(f"> {line}" for line in lines)
        case 2:
            return "\n".join(f"\x1b[0;31m{line}\x1b[0m" for line in lines)
        case 3:
            return "\n".join(("Hello,", "this is what I see:", *lines, "Any idea?", "Thanks"))
        case _:
            return "\n".join(f"14:22:{number:02d}.{index:03d} -> {line}" for index, line in enumerate(lines))


def causes_of(reading: LogReading | None) -> list[LogCauseId]:
    return [] if reading is None else [cause.id for cause in reading.causes]


@pytest.mark.parametrize("case", LOGS, ids=str)
def test_a_log_leads_to_its_cause(case: LogCase):
    reading = read_log(case.text)
    found = causes_of(reading)
    assert reading is not None
    assert found[0] is case.first, [(one.id.value, one.evidence) for one in reading.causes]
    assert set(case.also) <= set(found)
    assert not set(case.never) & set(found)
    assert (reading.causes[0].confidence is Confidence.CERTAIN) == case.certain
    assert all("line" in cause.evidence[0] for cause in reading.causes)


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("case", LOGS, ids=str)
def test_noise_changes_nothing(case: LogCase, number: int):
    if number == 4 and case.first is LogCauseId.WATCHDOG:
        pytest.skip("a clock of its own in front of each line is another log")
    found = causes_of(read_log(noisy(case.text, number)))
    assert found[:1] == [case.first]


@pytest.mark.parametrize("prompt", [">>> bus.scan()\n[96]\n", ">>> print(i2c.scan())\n[53, 96]\n"])
def test_a_scan_below_the_prompt_shows_that_the_chip_is_there(prompt: str):
    reading = read_log(f"GenericError: ('unspecified error', 'max retry')\n{prompt}")
    assert reading is not None
    assert [0x60 in scan.addresses for scan in reading.scans] == [True]
    assert LogCauseId.NOTHING_ON_BUS not in causes_of(reading)


def test_evidence_names_the_line():
    reading = read_log((BROUGHT / "i2cdetect-and-e1.txt").read_text(encoding="utf-8"))
    assert causes_of(reading)[:2] == [LogCauseId.HAL_NOT_READY, LogCauseId.ADDRESS_FORM]
    assert reading is not None
    assert reading.causes[0].evidence[0].startswith("line 2: ")
    assert any("60 here is C0 for CryptoAuthLib" in line for line in reading.causes[1].evidence)


def test_a_damaged_frame_in_a_traceback_is_a_refusal():
    reading = read_log((BROUGHT / "adafruit-debug-raw.txt").read_text(encoding="utf-8"))
    assert causes_of(reading)[0] is LogCauseId.REFUSED
    assert reading is not None
    assert "Status 0F" in reading.causes[0].evidence[0]
    assert "GenKey key=private slot=0" in reading.causes[0].fix


def configuration() -> bytearray:
    return bytearray(bytes.fromhex((BROUGHT / "ecdh-refused-508a.txt").read_text(encoding="utf-8")))


def test_a_single_wire_part_gets_no_advice_about_i2c():
    raw = configuration()
    raw[14] &= 0xFE
    found = causes_of(read_log("atcab_init() failed with ret=0x000000D0\n", ConfigZone.parse(bytes(raw))))
    assert found[0] is LogCauseId.SINGLE_WIRE
    assert not {LogCauseId.NOTHING_ON_BUS, LogCauseId.WAKE_FAILED, LogCauseId.ADDRESS_FORM} & set(found)


def test_byte_16_of_a_configuration_says_where_the_chip_is():
    raw = configuration()
    raw[16] = 0x6A
    log = "cfg.atcai2c.address = 0xC0;\natcab_init() failed with ret=0x000000F0\n"
    reading = read_log(log, ConfigZone.parse(bytes(raw)))
    assert reading is not None
    assert reading.causes[0].id is LogCauseId.ADDRESS_MOVED
    assert "35" in reading.causes[0].evidence[0]


@pytest.mark.parametrize("addresses", [(), (0x60,), (0x35, 0x50), (0x03, 0x77), (0x10, 0x36, 0x5B, 0x68)])
def test_a_table_of_i2cdetect_is_read_as_it_is(addresses: tuple[int, ...]):
    (scan,) = scans_in(i2cdetect(*addresses).splitlines())
    assert scan.addresses == frozenset(addresses)


SOURCES = [
    path for path in sorted((ROOT / "app/atecc_bench").rglob("*.py")) if path.name != "log_signs.py"
]  # the words
OTHER_TEXTS = [*sorted((ROOT / "docs").glob("*.md")), *SOURCES[::9]]


@pytest.mark.parametrize("path", OTHER_TEXTS, ids=lambda path: path.name)
def test_prose_and_source_are_never_certain(path: Path):
    reading = read_log(path.read_text(encoding="utf-8"))
    assert (
        reading is None or not any(cause.confidence is Confidence.CERTAIN for cause in reading.causes) or reading.codes
    )


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str):
    read_log(text)


@pytest.mark.parametrize(("number", "shown"), [("192", "192 (C0)"), ("0xC0", "0xC0"), ("-64", "-64")])
def test_a_number_that_is_no_code_is_not_passed_over(number: str, shown: str):
    reading = read_log(f"atcab_init() failed: {number}\n")
    assert reading is not None
    assert any(f"Line 1: {shown} is no code" in remark for remark in reading.remarks)


@pytest.mark.parametrize("text", ["I2C scan: 0x60 found, not 0x58\n", "the address is 0x60 (0xC0 in 8 bits)\n"])
def test_two_addresses_are_no_muddle_of_forms(text: str):
    assert LogCauseId.ADDRESS_FORM not in causes_of(read_log(text))


def test_a_handshake_that_failed_somehow_makes_no_cause_likely():
    reading = read_log("E (5210) subpub: Error(-4) connecting to the aws_iot endpoint:8883\n")
    assert reading is not None
    assert {LogCauseId.SERVER_CA, LogCauseId.CLIENT_REJECTED} <= set(causes_of(reading))
    assert all(cause.confidence is Confidence.POSSIBLE for cause in reading.causes)


def test_a_timeout_of_the_handshake_does_not_say_that_nothing_was_reached():
    reading = read_log("E (9190) aws_iot: failed! mbedtls_ssl_handshake returned -0x6800\n")
    assert reading is not None
    assert reading.causes[0].id is LogCauseId.NETWORK
    assert "was reached" in reading.causes[0].evidence[0]
    assert "did not answer in time" in reading.causes[0].summary
