"""Mistakes that people make in profiles: each is told in a plain sentence, at its line and column."""

import re
import tracemalloc
from pathlib import Path

import pytest

from atecc_bench.errors import InputError
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile

CONFIGURATION = """\
configuration: >
  C0 00 00 01
  8F 20 C4 44 87 20 87 20 8F 0F C4 00 9F 0F 82 20
  0F 0F C4 44 0F 0F 0F 0F 0F 0F 0F 0F 0F 0F 0F 0F
  FF FF FF FF 00 00 00 00 FF FF FF FF 00 00 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 55 55 FF FF 06 40 00 00 00 00
  33 00 1C 00 13 00 13 00 7C 00 18 00 3C 00 33 00
  3C 00 3C 00 3C 00 30 00 3C 00 3C 00 3C 00 30 00
"""
BASE = """\
configuration:
  base: massprovisioning-608
  slots: {13: {WriteConfig: 8}}
"""
TEXT = (
    """\
name: mine
title: Mine
parts: [ATECC608A]
"""
    + BASE
    + """\
keys:
  - {slot: 0, title: Device key, source: generate}
  - {slot: 2, title: Another, source: generate}
fields:
  - {id: batch, title: Batch, pattern: "[A-Z]{3}", example: ABC}
certificates:
  layout: Espressif
  subject: {CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""
)
TWO = "{slot: 2, title: Another, source: generate}"
PROOFS = "[chain-verified, certificate-rebuilt-equals-file, key-possession]"
A_TEXT, A_MAPPING = "it should be a text; put it in quotes", "it should be a mapping, such as {name: value}"

MISTAKES = [
    ("title: Mine", "title: Mine\nchip: ~", 3, 1, "chip: nothing here has this name"),
    ("title: Mine", "title: Mine\n~: 2", 3, 1, "a name should be a text"),
    ("title: Mine", "title: Mine\n5: 2", 3, 1, "a name should be a text"),
    ("title: Mine", "title: Mine\nyes: 2", 3, 1, "a name should be a text"),
    ("title: Mine\n", "", 1, 1, "title: it is missing"),
    ("title: Mine", "title: 5", 2, 1, f"title: {A_TEXT}"),
    ("title: Mine", "title:", 2, 1, "title: nothing is given"),
    ("title: Mine", "title: 1" + "0" * 5000, 2, 8, "a number of 5001 characters has no place in a file of this kind"),
    ("title: Mine", "title: !!int five", 2, 8, "a tag has no place"),
    ("title: Mine", "title: a: b", 2, 9, "it is no YAML"),
    ("title: Mine", "title: *mine", 2, 8, "an alias has no place"),
    ("title: Mine", "title: \x01", 2, 8, "no file may hold the character 01"),
    ("title: Mine", "title: !!python/object:os.system x", 2, 8, "a tag has no place"),
    ("name: mine", "name: yes", 1, 1, f"name: {A_TEXT}"),
    ("name: mine", "name: My own", 1, 1, "name: it should be small letters, digits"),
    ("[ATECC608A]", "ATECC608A", 3, 1, "parts: it should be a list"),
    ("[ATECC608A]", "[]", 3, 1, "parts: it should have at least one entry"),
    ("[ATECC608A]", "[608]", 3, 9, "parts.0: it should be ATECC508A, ATECC608A or ATECC608B"),
    (BASE, "configuration: 12\n", 4, 1, "configuration: it should be bytes in hexadecimal"),
    (BASE, "configuration: C0 0\n", 4, 1, "configuration: it should be bytes in hexadecimal, two digits each"),
    (BASE, "configuration:\n", 4, 1, "configuration: nothing is given"),
    ("base: massprovisioning-608", "base:", 5, 3, "configuration.base: no known configuration is named"),
    ("{13: {", "{99: {", 6, 11, "configuration.slots.99: a slot is a number from 0 to 15"),
    ("{13: {", "{yes: {", 6, 11, "a slot is a number from 0 to 15"),
    ("WriteConfig: 8", "WriteConfig: 16", 6, 16, "it should be a number from 0 to 15: SlotConfig[13].WriteConfig has"),
    ("WriteConfig: 8", 'WriteConfig: "8"', 6, 16, "it should be a number from 0 to 15"),
    ("slot: 0,", "slot: true,", 8, 6, "keys.0.slot: it should be a whole number"),
    ("slot: 2,", 'slot: "2",', 9, 6, "keys.1.slot: it should be a whole number"),
    ("slot: 2,", "slot: 2.0,", 9, 6, "keys.1.slot: it should be a whole number"),
    ("slot: 2,", "slot: 99,", 9, 6, "keys.1.slot: it should be a number from 0 to 15"),
    ("slot: 2,", "slot: -1,", 9, 6, "keys.1.slot: it should be a number from 0 to 15"),
    ("slot: 2,", "slot: ~,", 9, 6, "keys.1.slot: nothing is given"),
    ("slot: 2, ", "", 9, 5, "keys.1.slot: it is missing"),
    (TWO, "slot 2", 9, 5, f"keys.1: {A_MAPPING}"),
    (TWO, TWO.replace("}", ', lock: "yes"}'), 9, 49, "keys.1.lock: it should be true or false"),
    (TWO, TWO.replace("}", ", lock: 1}"), 9, 49, "keys.1.lock: it should be true or false"),
    (TWO, TWO.replace("generate", "grow"), 9, 31, "keys.1.source: it should be generate, import, derive or leave"),
    ("id: batch", "id: Batch", 11, 6, "fields.0.id: it should be small letters, digits and _"),
    ('"[A-Z]{3}"', '"[A-Z"', 11, 31, "fields.0.pattern: it is no regular expression that can be used here: unclosed"),
    ('"[A-Z]{3}"', '"(?=A).*"', 11, 31, "look-around, including look-ahead and look-behind, is not supported"),
    ('"[A-Z]{3}"', "'(A)\\1|ABC'", 11, 31, "backreferences are not supported"),
    ('"[A-Z]{3}"', '"ABC)|(x"', 11, 31, "fields.0.pattern: it is no regular expression"),
    ('"[A-Z]{3}"', '"((A{1000}){1000}){1000}"', 11, 31, "exceeds size limit"),
    ("example: ABC", "example: abc", 11, 52, "fields.0.example: 'abc' is not as the pattern says"),
    ("example: ABC", "example: ABC, default: abc", 11, 66, "fields.0.default: 'abc' is not as the pattern says"),
    ("example: ABC", 'example: ABC, default: "{serial_number}"', 11, 66, "fields.0.default"),
    ("example: ABC", "example: ABC, default: 5", 11, 66, f"fields.0.default: {A_TEXT}"),
    ("layout: Espressif", "layout: espressif", 13, 3, "certificates.layout: it should be ECC608-MassProvisioning,"),
    ('{CN: "{serial_number}"}', "CN", 14, 3, f"certificates.subject: {A_MAPPING}"),
    ('{CN: "{serial_number}"}', "{CN: 5}", 14, 13, f"certificates.subject.CN: {A_TEXT}"),
    ('{CN: "{serial_number}"}', '{CN: ""}', 14, 13, "certificates.subject.CN: it is empty"),
    ('{CN: "{serial_number}"}', "{5: x}", 14, 13, "a name should be a text"),
    ("  layout", "  valid_years: 32\n  layout", 13, 3, "certificates.valid_years: it should be a number from 0 to 31"),
    ("key-possession", "key-possesion", 15, 59, "proofs.2: it should be chain-verified, certificate-rebuilt"),
    ("n]", "n, secret-keys-held]", 15, 75, "proofs.3: secret-keys-held would prove nothing"),
    ("n]", "n, data-read-back]", 15, 75, "proofs.3: data-read-back would prove nothing: the profile has no data"),
    ("n]", "n, connected]", 15, 75, "proofs.3: it needs to be said which server"),
    ("n]", "n, {tls: {}}]", 15, 76, "proofs.3.tls.host: it is missing"),
    ("n]", "n, {tsl: {host: a}}]", 15, 75, "proofs.3"),
    ("n]", "n, {tls: {host: a b}}]", 15, 76, "proofs.3.tls: 'a b' is no name or address of a server"),
    ("n]", "n, {tls: {host: a, port: 0}}]", 15, 91, "proofs.3.tls.port"),
    ("n]", "n, {tls: {host: a, version: 1.1}}]", 15, 91, "proofs.3.tls.version"),
    ("n]", "n, {tls: {host: a, ca_file: nowhere.pem}}]", 15, 91, "proofs.3.tls.ca_file: the file 'nowhere.pem'"),
    ("n]", 'n, {tls: {host: "{nothing}"}}]', 10, 1, "{nothing} is used, and no field has this id"),
    ("n]", "n, {tls: {host: a}}, {tls: {host: b}}]", 15, 94, "proofs.4.tls: one server has to take the device"),
    ("n]", "n, {tls: {host: a, http: /, mqtt: {}}}]", 15, 76, "proofs.3.tls: Over one connection goes MQTT or HTTP"),
    ("proofs:", 'registration: {aws: {thing: "{nothing}"}}\nproofs:', 15, 1, "registration: {nothing} is used"),
    ("proofs:", "registration: {aws: {certificate: fetched}}\nproofs:", 15, 22, "registration.aws.certificate: only"),
    ("proofs:", "registration: {aws: {thing: 5}}\nproofs:", 15, 22, f"registration.aws.thing: {A_TEXT}"),
    ("proofs:", "locks: []\nproofs:", 15, 1, f"locks: {A_MAPPING}"),
    ("proofs:", "locks: {slots: [16]}\nproofs:", 15, 17, "locks.slots.0: it should be a number from 0 to 15"),
    ("proofs:", 'locks: {data: "no"}\nproofs:', 15, 9, "locks.data: it should be true or false"),
    ("proofs:", "data: [{slot: 13, title: x, bytes: 0}]\nproofs:", 15, 29, "data.0.bytes: it should be bytes in"),
    ("proofs:", 'data: [{slot: 13, title: x, text: ""}]\nproofs:', 15, 29, "data.0.text: it is empty"),
    ("proofs:", "data: [{slot: 13, title: x, text: x, length: 417}]\nproofs:", 15, 38, "a number from 1 to 416"),
    ("proofs:", "data: &data [*data]\nproofs:", 15, 14, "an alias has no place"),
]  # fmt: skip
_NOT_OURS = re.compile(
    r"[Ii]nput should|valid (string|integer|boolean|dictionary|tuple)|Error building|validation error"
)


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_profile(str(path))
    assert caught.value.id == "bad-profile"
    assert caught.value.message.startswith(f"{path}, ")
    assert "\n" not in caught.value.message
    assert not _NOT_OURS.search(caught.value.message)
    return caught.value.message.removeprefix(f"{path}, ")


def load(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_profile(str(path))


@pytest.mark.parametrize(("right", "wrong", "line", "column", "said"), MISTAKES)
def test_a_mistake_has_its_place_and_a_sentence(
    tmp_path: Path, right: str, wrong: str, line: int, column: int, said: str
):
    assert load(tmp_path, TEXT)
    message = refused(tmp_path, TEXT.replace(right, wrong, 1))
    assert message.startswith(f"line {line}, column {column}: ")
    assert said in message


@pytest.mark.parametrize(
    ("byte", "value", "said"),
    [
        (16, "C1", "no I2C address"),
        (84, "01", "only UpdateExtra changes it"),
        (85, "6C", "only UpdateExtra changes it"),
        (86, "AA", "only Lock changes it"),
        (87, "54", "only Lock changes it"),
        (88, "FE", "would lock slots together with the configuration"),
        (88, "FE", "nothing here locks slot 0"),
        (89, "7F", "nothing here locks slot 15"),
    ],
)
def test_a_byte_that_can_never_be_written_is_pointed_at(tmp_path: Path, byte: int, value: str, said: str):
    number, first = (5, 16) if byte == 16 else (10, 84)
    column = 3 + 3 * (byte - first)
    lines = list[str](TEXT.replace(BASE, CONFIGURATION).splitlines())
    before = lines[number - 1]
    lines[number - 1] = before[: column - 1] + value + before[column + 1 :]
    message = refused(tmp_path, "\n".join(lines))
    assert message.startswith(f"line {number}, column {column}: configuration: byte {byte} is {value}")
    assert said in message


def test_also_within_quotes(tmp_path: Path):
    quoted = CONFIGURATION.replace(">\n  ", '"').rstrip().replace("FF FF 06", "FF 7F 06") + '"\n'
    message = refused(tmp_path, TEXT.replace(BASE, quoted))
    assert message.startswith("line 9, column 18: configuration: byte 89 is 7F")


def test_a_dump_of_a_chip_whose_slots_the_profile_locks_is_right(tmp_path: Path):
    dump = CONFIGURATION.replace("00 00 55 55 FF FF", "00 00 00 00 FE FF")
    text = TEXT.replace(BASE, dump).replace("source: generate}", "source: generate, lock: true}", 1)
    assert load(tmp_path, text).keys[0].lock


def test_a_pattern_takes_the_whole_text_and_a_time_that_grows_with_its_length_alone(tmp_path: Path):
    field = load(tmp_path, TEXT.replace('"[A-Z]{3}"', '"(A+)+B?C?$"').replace("example: ABC", "example: AA")).fields[0]
    assert not field.accepts("A" * 30_000 + "!")  # Python's re would not come back from 40
    assert field.accepts("A" * 30_000)
    for text in ("xAA", "AAx", "AA\n", "AA\nAA", ""):
        assert not field.accepts(text)


def test_aliases_of_aliases_take_no_memory(tmp_path: Path):
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(20))
    tracemalloc.start()
    assert "an alias has no place" in refused(tmp_path, laughs + TEXT)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
