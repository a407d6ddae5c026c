"""Codes that people hold: every spelling leads to its row, and a frame alone says what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.console.reply_frames import ReplyKind, read_reply
from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.status import KitStatus, Status
from atecc_bench.diagnose.codes.code_table import Layer, code_table, row_of_status, sources_of
from atecc_bench.diagnose.codes.code_text import lines_of_code
from atecc_bench.diagnose.codes.explain_code import explain_code
from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.codes.spellings import readings_of
from atecc_bench.errors import InputError

# Spelling, layer and number of the row, the chip's status that it stands for.
SPELLINGS = [
    *((text, Layer.CRYPTOAUTHLIB, 0xF4, 0x0F) for text in (
        "F4", "f4", "0xF4", "0xf4", "F4h", "244", "-12", "0xFFFFFFF4", "4294967284", "ATCA_EXECUTION_ERROR",
        "atca_execution_error", "AtcaExecutionError", "StatusExecutionError", "ATCA_STATUS.ATCA_EXECUTION_ERROR",
        "Err(AtcaExecutionError)", "why F4", "what is 0xF4?", "error code 0xF4", "status: 244", "ret=0x000000F4",
        "Error { repr: Device(Execution) }", "“F4”".strip("“”"),
    )),
    *((text, Layer.CRYPTOAUTHLIB, 0xF0, None) for text in (
        "F0", "240", "-16", "-240", "-0xFFFFFF10", "ATCA_COMM_FAIL", "CommunicationError", "ret = 0x000000F0",
    )),
    *((text, Layer.CRYPTOAUTHLIB, 0xE1, None) for text in ("E1", "225", "-31", "ATCA_GEN_FAIL", "0x000000E1")),
    *((text, Layer.CRYPTOAUTHLIB, 0xE7, None) for text in ("E7", "231", "-25", "ATCA_RX_NO_RESPONSE")),
    *((text, Layer.CRYPTOAUTHLIB, 0xF3, 0x11) for text in ("F3", "243", "-13", "ATCA_WAKE_SUCCESS")),
    *((text, Layer.CRYPTOAUTHLIB, 0xD0, None) for text in (
        "D0", "208", "-48", "Simple(WakeFailed)", "ATCA_STATUS_ATCA_WAKE_FAILED", "ffi::ATCA_STATUS_ATCA_WAKE_FAILED",
    )),
    *((text, Layer.CRYPTOAUTHLIB, 0xD3, 0x0F) for text in ("D3", "211", "SHA204_CMD_FAIL")),
    *((text, Layer.CHIP, 0x11, 0x11) for text in ("0x11", "11", "17", "11h")),
    *((text, Layer.CHIP, 0x0F, 0x0F) for text in ("0F", "0x0F", "15", "f")),
    *((text, Layer.CHIP, 0x01, 0x01) for text in ("01", "1", "0x01")),
    *((text, Layer.MBEDTLS, 0x2700, None) for text in ("-0x2700", "-9984", "2700", "X509_CERT_VERIFY_FAILED")),
    *((text, Layer.MBEDTLS, 0x7780, None) for text in ("-0x7780", "-30592", "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE")),
    *((text, Layer.ESP_IDF, 0x8007, None) for text in ("ESP_ERR_ESP_TLS_SE_FAILED", "0x8007", "32775")),
    *((text, Layer.LINUX, 121, None) for text in ("[Errno 121]", "-121", "EREMOTEIO", "Remote I/O error")),
    *((text, Layer.LINUX, 19, None) for text in ("OSError: [Errno 19] ENODEV", "errno 19")),
    *((text, Layer.ATCACERT, 11, None) for text in ("0x0b", "ATCACERT_E_WRONG_CERT_DEF", "atcacert 11")),
    *((text, Layer.PSA, -147, None) for text in ("-147", "PSA_ERROR_HARDWARE_FAILURE")),
    *((text, Layer.PKCS11, 0x30, None) for text in (
        "CKR_DEVICE_ERROR", "ckr_device_error", "rv = CKR_DEVICE_ERROR (0x30)", "C_Initialize = CKR_DEVICE_ERROR",
        "PKCS11 0x30", "C_Sign failed: rv = 0x00000030", "Cryptoki::DeviceError",
    )),
    *((text, Layer.PKCS11, 0xE0, None) for text in ("CKR_TOKEN_NOT_PRESENT", "pkcs#11 error 0xE0", "TokenNotPresent")),
    *((text, Layer.PKCS11, 0x06, None) for text in ("CKR_FUNCTION_FAILED", "p11-kit: 0x6")),
    *((text, Layer.AWS, -26, None) for text in ("aws_iot error -26", "MQTT_CONNECTION_ERROR")),
]  # fmt: skip
FRAMES = [
    ("04 0F 23 42", 0x0F), ("040F2342", 0x0F), ("0x04, 0x0F, 0x23, 0x42", 0x0F), ("{0x04,0x0f,0x23,0x42}", 0x0F),
    ("bytearray(b'\\x04\\x0f#B')", 0x0F), ("b'\\x04\\x0f#B'", 0x0F), ("[4, 15, 35, 66]", 0x0F), ("04:0f:23:42", 0x0F),
    ("\\x04\\x0f\\x23\\x42", 0x0F), ("4 f 23 42", 0x0F), ("['0x4', '0xf', '0x23', '0x42']", 0x0F),
    ("04 11 33 43", 0x11), ("0x4 0x11 0x33 0x43", 0x11), ("04 11 33 43 ff ff ff", 0x11), ("04 00 03 40", 0x00),
]  # fmt: skip


@pytest.mark.parametrize(("text", "layer", "value", "status"), SPELLINGS, ids=str)
def test_a_spelling_leads_to_its_row(text: str, layer: Layer, value: int, status: int | None):
    explained = explain_code(text)
    row = explained.row
    assert row is not None
    assert (row.layer, row.value) == (layer, value)
    assert explained.status == status
    assert explained.causes or layer is Layer.CHIP


@pytest.mark.parametrize(("text", "status"), FRAMES, ids=str)
def test_a_frame_alone_is_decoded(text: str, status: int):
    explained = explain_code(text)
    assert explained.status == status
    assert explained.frame is not None
    assert explained.frame.kind is ReplyKind.STATUS


@pytest.mark.parametrize("text", ["ff ff ff ff", "FFFFFFFF", "0xff 0xff 0xff 0xff", "ff ff ff 00"])
def test_a_bus_that_nobody_drives_is_named(text: str):
    explained = explain_code(text)
    assert explained.status is None
    assert explained.causes[0] is LogCauseId.NOTHING_ON_BUS


def test_a_damaged_status_frame_says_which_crc_would_be_right():
    explained = explain_code("04 0F 43 42")
    assert explained.status == Status.EXECUTION_ERROR
    assert any("23 42 would be right" in line for line in lines_of_code(explained))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("-0x4290", (0x4280, 0x10)),  # espressif/arduino-esp32: an RSA chain and too little heap
        ("-0x4310", (0x4300, 0x10)),  # espressif/esp-idf #1750
        ("-0x4380", (0x4380,)),
        ("-0x2162", (0x2100, 0x62)),
    ],
)
def test_a_sum_of_two_codes_of_mbedtls_is_taken_apart(text: str, parts: tuple[int, ...]):
    readings = [one for one in readings_of(text) if one.row.layer is Layer.MBEDTLS]
    assert tuple(one.row.value for one in readings) == parts


def test_a_command_is_no_answer():
    assert "Read zone=config" in explain_code("07 02 00 00 00 1E 2D").summary


@pytest.mark.parametrize("text", ["hello", "", "0x77777", "no such thing as this", "ATCA_NOTHING_OF_THE_KIND"])
def test_what_is_no_code_is_refused_and_says_what_is(text: str):
    with pytest.raises(InputError) as caught:
        explain_code(text)
    assert caught.value.id == "no-code"
    assert "0xF4" in caught.value.hint


def test_every_status_of_chip_and_bridge_has_a_row():
    assert {row_of_status(status) is not None for status in Status} == {True}
    library = {row.value for row in code_table() if row.layer is Layer.CRYPTOAUTHLIB}
    assert {int(status) for status in KitStatus} <= library


@pytest.mark.parametrize("row", code_table(), ids=lambda row: f"{row.layer.value} {row.name}")
def test_every_row_is_found_by_its_number_and_its_names(row):
    for name in row.names:
        assert row in [reading.row for reading in readings_of(name)]
    if row.value is not None:
        context = {Layer.LINUX: "errno", Layer.PKCS11: "p11tool", Layer.WOLFSSL: "wolfSSL"}.get(row.layer, "")
        assert row in [reading.row for reading in readings_of(row.number, context)]
    assert row.meaning.endswith(".")
    assert row.causes or row.status == 0 or not row.next or row.layer in (Layer.ATCACERT, Layer.PSA)


@pytest.mark.parametrize("layer", [layer for layer in Layer if layer is not Layer.HAL])
def test_every_layer_has_its_sources(layer: Layer):
    assert all(len(source) > 10 for source in sources_of(layer)), sources_of(layer)


@given(st.binary(min_size=1, max_size=72))
def test_every_answer_is_taken_apart_as_it_was_made(payload: bytes):
    body = bytes((len(payload) + 3,)) + payload
    frame = read_reply(body + crc16_bytes(body))
    assert frame.crc_fits
    assert frame.payload == payload
    assert (frame.status is not None) == (len(payload) == 1)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str):
    try:
        explained = explain_code(text)
    except InputError:
        return
    assert explained.summary
