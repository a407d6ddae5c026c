"""Text as programs of all kinds write it to files."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.resources import resource_path
from atecc_bench.text_files import text_of

LINE = "0010: bf|7b 75|61 29|7f ·\r\n"
ENCODINGS = {
    "UTF-8": LINE.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + LINE.encode(),
    "UTF-16 of PowerShell": codecs.BOM_UTF16_LE + LINE.encode("utf-16-le"),
    "UTF-16 big-endian": codecs.BOM_UTF16_BE + LINE.encode("utf-16-be"),
    "UTF-16 without a mark": LINE.encode("utf-16-le"),
    "UTF-16 big-endian without a mark": LINE.encode("utf-16-be"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding(encoding: str):
    assert text_of(ENCODINGS[encoding]) == LINE


def test_utf_16_that_was_cut_within_a_character():
    assert text_of(ENCODINGS["UTF-16 of PowerShell"][:-1]) == LINE[:-1]


@given(st.text())
def test_utf_8_is_left_as_it_is(text: str):
    if "\0" not in text and not text.startswith("\ufeff"):
        assert text_of(text.encode()) == text


def test_a_certificate_in_der_is_no_text():
    pem = resource_path("scenarios", "mismatch", "device.pem").read_bytes()
    certificate = load_certificate(pem)
    assert load_certificate(pem.decode().encode("utf-16")) == certificate
    with pytest.raises(UnicodeDecodeError):
        text_of(load_certificate(pem).tbs_certificate_bytes)
