"""What is found in pastes: every shape of dump, under every noise, whole and cut."""

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st

from atecc_bench.diagnose.paste.content_type import Content
from atecc_bench.diagnose.paste.dump_rows import Shape
from atecc_bench.diagnose.paste.recognise import Found, Span, recognise
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.resources import resource_path
from tests.support.cases.pastes import NOISES, SHAPES, firmware_comparison, hexdump_canonical, printbin, xxd

PEM = resource_path("scenarios", "mismatch", "device.pem").read_text(encoding="ascii")
CERTIFICATE = load_certificate(PEM.encode()).public_bytes(Encoding.DER)
CONFIG = bytes.fromhex("0123a1b200006002c3d4e5f6ee016100c0000000") + bytes(range(0x40, 0x40 + 108))
STORED = CERTIFICATE[:200] + bytes(range(64)) + CERTIFICATE[264:]
LOG = firmware_comparison(CERTIFICATE, STORED) + "\r\nDevice Provisioning Successful!\r\n"


def only(text: str) -> Found:
    (found,) = recognise(text)
    return found


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("data", "content"), [(CERTIFICATE, Content.CERTIFICATE), (CONFIG, Content.CONFIGURATION)], ids=["cert", "config"]
)
def test_every_shape_under_every_noise(shape: str, noise: str, data: bytes, content: Content):
    found = only(NOISES[noise](SHAPES[shape](data)))
    assert (found.data, found.content, found.complete) == (data, content, True)


@pytest.mark.parametrize("noise", NOISES)
def test_pem_under_every_noise(noise: str):
    found = only(NOISES[noise](PEM))
    assert (found.shape, found.content, found.data) == (Shape.PEM, Content.CERTIFICATE, CERTIFICATE)


def test_pem_as_a_c_string_and_as_a_json_string():
    lines = PEM.strip().split("\n")
    assert only("\n".join(f'    "{line}\\n"' for line in lines)).data == CERTIFICATE
    assert only('{"cert": "' + "\\n".join(lines) + '"}').data == CERTIFICATE


def test_pem_without_its_end_is_said_to_be_cut():
    found = only("\n".join(PEM.split("\n")[:-4]) + "\nI (12) main: and the log goes on\n")
    assert found.content is Content.DAMAGED_CERTIFICATE
    assert CERTIFICATE.startswith(found.data)
    assert found.notes == ("there is no END CERTIFICATE",)


def test_private_keys_are_left_alone():
    key = PEM.replace("CERTIFICATE", "EC PRIVATE KEY")
    assert recognise(key) == ()


@pytest.mark.parametrize("noise", NOISES)
def test_the_firmware_s_comparison_under_every_noise(noise: str):
    found = only(NOISES[noise](LOG))
    assert (found.shape, found.data, found.stored) == (Shape.COMPARISON, CERTIFICATE, STORED)
    assert found.complete


@pytest.mark.parametrize("columns", [40, 64, 78, 79, 80, 81, 82, 83, 84, 100, 103, 104, 132])
def test_a_comparison_wrapped_by_the_terminal(columns: int):
    lines = [line[i : i + columns] for line in LOG.split("\r\n") for i in range(0, max(len(line), 1), columns)]
    found = only("\n".join(lines))
    assert (found.data, found.stored) == (CERTIFICATE, STORED)


def test_a_comparison_without_its_stars_or_line_breaks():
    for text in (LOG.replace("*", ""), LOG.replace("\r\n", " ")):
        found = only(text)
        assert (found.data, found.stored) == (CERTIFICATE, STORED)


def test_a_comparison_cut_at_both_ends_keeps_its_places():
    lines = LOG.split("\r\n")
    found = only("\n".join(lines[4:-3]))
    assert found.unknown == (Span(0, 16),)
    assert not found.complete
    assert found.content is Content.DAMAGED_CERTIFICATE
    assert found.data[16:] == CERTIFICATE[16 : len(found.data)]
    assert found.stored is not None
    assert found.stored[16:] == STORED[16 : len(found.data)]
    assert "bytes 0–15 are not in the paste" in found.notes


def test_lines_missing_in_the_middle_are_named():
    lines = LOG.split("\r\n")
    found = only("\n".join(lines[:8] + lines[10:]))
    assert found.unknown == (Span(80, 112),)
    assert found.data[112:] == CERTIFICATE[112:]


@pytest.mark.parametrize("count", [1, 2])
def test_repeated_lines_are_read_once(count: int):
    lines = LOG.split("\r\n")
    for first in range(2 + count, 28):
        found = only("\n".join(lines[: first + count] + lines[first:]))
        assert (found.data, found.stored) == (CERTIFICATE, STORED), first


@pytest.mark.parametrize("noise", ["x", "ffff", "0000: "])
def test_a_row_that_lost_its_beginning_moves_no_other(noise: str):
    lines = LOG.split("\r\n")
    for row in range(2, 28):
        found = only("\n".join([*lines[:row], noise + lines[row][20:], *lines[row + 1 :]]))
        seen = set(range(len(CERTIFICATE))) - {i for span in found.unknown for i in range(span.start, span.end)}
        assert found.stored is not None
        assert len(seen) >= len(CERTIFICATE) - 16
        assert all((found.data[i], found.stored[i]) == (CERTIFICATE[i], STORED[i]) for i in seen if i < len(found.data))


def test_several_comparisons_in_one_log():
    signer = load_certificate(resource_path("scenarios", "mismatch", "signer.pem").read_bytes())
    der = signer.public_bytes(Encoding.DER)
    changed = der[:30] + b"\xff" + der[31:]
    # The firmware does not end the last line before it goes on.
    first, second = recognise(firmware_comparison(der, changed, "Signer") + "Reading Device Certificate\r\n" + LOG)
    assert (first.data, first.stored, first.label) == (der, changed, "Signer certificate missmatch")
    assert (second.data, second.stored, second.label) == (CERTIFICATE, STORED, "Device certificate missmatch")


def test_a_configuration_in_the_log_of_an_example():
    text = "I (40) main: ATECC608A\r\nConfiguration zone:\r\n" + printbin(CONFIG) + "\r\nSerial: 01 23 A1 B2\r\n"
    found = only(text)
    assert (found.content, found.label) == (Content.CONFIGURATION, "Configuration zone:")
    assert (found.first_line, found.last_line) == (3, 10)


def test_a_configuration_with_a_lost_byte_is_damaged():
    assert only(printbin(CONFIG[:50] + CONFIG[51:])).content is Content.DAMAGED_CONFIGURATION


def test_two_dumps_without_a_word_between_them():
    first, second = recognise(printbin(CONFIG) + "\n" + printbin(CERTIFICATE))
    assert (first.data, second.data) == (CONFIG, CERTIFICATE)


def test_repeated_lines_that_a_tool_left_out():
    data = CONFIG[:16] + bytes(64) + CONFIG[16:32]
    lines = hexdump_canonical(data).split("\n")
    assert only("\n".join([*lines[:2], "*", *lines[5:]])).data == data


@pytest.mark.parametrize(
    "command",
    [
        ["xxd"],
        ["xxd", "-g1"],
        ["xxd", "-u"],
        ["xxd", "-c32"],
        ["xxd", "-i"],
        ["xxd", "-p"],
        ["hexdump", "-C"],
        ["hexdump"],
        ["od", "-Ax", "-tx1z"],
    ],
)
@pytest.mark.parametrize("data", [CERTIFICATE, CONFIG])
def test_the_tools_themselves(command: list[str], data: bytes):
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    dumped = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    assert only(dumped).data == data


def test_what_was_recognised_is_said():
    assert only(LOG).sentence == "lines 4–30: comparison of expected and stored bytes, 417 bytes: certificate"


def test_prose_is_nothing():
    text = "Dear support,\nthe chip 0123 said 0x0F at 12:30:01, face to face. Call 030 1234567.\n-- \nAda\n"
    assert recognise(text) == ()
    assert recognise("") == ()


@given(data=st.binary(min_size=16, max_size=200))
@example(data=b"00" + bytes(13) + b"|" + bytes(16))  # a bar among the characters begins no column
def test_any_bytes_come_back_out_of_xxd(data: bytes):
    # A column of characters that reads like bytes cannot be told from bytes in the last row.
    found = recognise(xxd(data + b"\0"))
    assert found[0].data[: len(data) // 16 * 16] == data[: len(data) // 16 * 16]


@given(text=st.text(alphabet="0123456789abcdefABCDEFx|:*,-\\'\"b{}[]() \t\r\n\x1bIm;", max_size=400))
def test_no_paste_raises(text: str):
    for found in recognise(text):
        assert 1 <= found.first_line <= found.last_line
        assert found.stored is None or len(found.stored) == len(found.data)


def test_reading_tells_its_progress_and_ends_when_that_raises() -> None:
    text = "ab\n" * 10_000
    shares: list[float] = []
    recognise(text, shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] < 1

    def enough(share: float) -> None:
        if share > 0.5:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        recognise(text, enough)
