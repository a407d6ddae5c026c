import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.identity import Part
from atecc_bench.diagnose.config.lint import Severity
from atecc_bench.errors import InputError
from atecc_bench.profiles.checks import lint_profile
from atecc_bench.profiles.files import (
    available_profiles,
    found_profiles,
    load_profile,
    open_profile,
    profiles_folder,
)
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.resources import resource_path
from tests.support.paths import FACTS_608A


def written(tmp_path: Path, **changes: object) -> str:
    """A profile file like trustcustom-tls, but changed; None leaves a key out."""
    document = yaml.safe_load(resource_path("profiles", "trustcustom-tls.yaml").read_text()) | changes
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in document.items() if value is not None}))
    return str(path)


def key(slot: int, source: str = "generate", **more: object) -> dict[str, object]:
    return {"slot": slot, "title": "A key", "source": source, **more}


def refused(name: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load_profile(name)
    assert caught.value.hint
    return caught.value


def test_trustcustom_tls_is_what_the_firmware_writes():
    profile = load_profile("trustcustom-tls")
    assert profile.configuration == bytes.fromhex(FACTS_608A.read_text())
    assert profile.layout is Layout.ECC608_MASS_PROVISIONING
    assert profile.parts == (Part.ATECC608A, Part.ATECC608B)
    assert profile.generate_keys == (0, 2, 3, 7)
    assert profile.device_key_slot == 0
    assert [(key.slot, key.lock, key.optional) for key in profile.secret_keys] == [(4, True, True)]


def test_every_profile_that_comes_along_can_be_loaded():
    assert "trustcustom-tls" in available_profiles()
    for name in available_profiles():
        assert load_profile(name).name == name


def test_a_profile_can_be_a_file_of_ones_own(tmp_path: Path):
    profile = load_profile(written(tmp_path, name="mine", keys=[key(2)]))
    assert (profile.name, profile.device_key_slot) == ("mine", 2)


def test_the_chips_own_bytes_are_not_the_profiles():
    current = bytes(range(128))
    target = load_profile("trustcustom-tls").configuration_for(current)
    assert len(target) == 128
    assert target[:16] == current[:16]
    assert target[84:90] == current[84:90]
    facts = bytes.fromhex(FACTS_608A.read_text())
    assert target[16:84] + target[90:] == facts[: 84 - 16] + facts[90 - 16 :]


def test_the_nominal_configuration_is_open_and_of_the_first_part():
    config = load_profile("trustcustom-tls").nominal_config()
    assert config.part is Part.ATECC608A
    assert not config.config_locked
    assert not config.data_locked
    assert config.slot_locked == 0xFFFF
    assert replace(config, i2c_address=0xC0) == config


def test_there_is_no_such_profile():
    error = refused("no-such-profile")
    assert error.id == "no-profile"
    assert "trustcustom-tls" in error.hint


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"configuration": "C0 00"}, "configuration: configuration has 2 bytes"),
        ({"configuration": "zz"}, "configuration"),
        ({"configuration": None}, "configuration"),
        ({"configuration": FACTS_608A.read_text().replace("C0", "6D", 1)}, "byte 16 is 6D"),
        ({"configuration": {"base": "nothing"}}, "there is no configuration 'nothing'"),
        ({"also": ["trustgo", "nothing"]}, "also.1: there is no configuration 'nothing'"),
        ({"configuration": {"base": ["factory-608"]}}, "there is no configuration ['factory-608']"),
        ({"configuration": {"base": "factory-608", "fields": {"I2C": 1}}}, "no field I2C"),
        ({"configuration": {"base": "factory-608", "fields": {"LockConfig": 0}}}, "no Write reaches LockConfig"),
        (
            {"configuration": {"base": "factory-608", "fields": {"SlotLocked[2]": 0}}},
            "keys and locks say which slots are locked",
        ),
        ({"configuration": {"base": "factory-608", "slots": {0: {"WriteConfig": 16}}}}, "a number from 0 to 15"),
        ({"configuration": {"base": "factory-608", "slots": {0: 7}}}, "configuration.slots.0: a slot has fields"),
        ({"configuration": {"base": "factory-608", "surprise": {}}}, "configuration.surprise"),
        ({"parts": ["ATECC999"]}, "parts"),
        ({"parts": []}, "parts"),
        ({"keys": []}, "keys"),
        ({"keys": [key(16)]}, "keys.0.slot"),
        ({"keys": [key(0), key(0)]}, "keys.1.slot: keys names slot 0 twice"),
        ({"keys": [key(0), key(1)]}, "keys.1: slot 1 gets a random key"),
        ({"keys": [key(8)]}, "it is for no key that is secret"),
        ({"keys": [key(0), key(4)]}, "has to be locked"),
        ({"keys": [key(0), key(2, "derive")]}, "only secret keys are derived"),
        ({"keys": [key(0), key(2, optional=True)]}, "only a secret key"),
        ({"keys": [key(0), key(5, lock=True)]}, "its KeyConfig does not let it be"),
        ({"keys": [key(4, lock=True)]}, "the first key is the device key"),
        ({"certificates": {"layout": "Something else"}}, "certificates.layout"),
        ({"certificates": {"layout": "templates"}}, "has templates"),
        ({"certificates": {"layout": "file", "subject": {}}}, "needs a subject"),
        ({"certificates": {"layout": "Espressif", "subject": {"X": "1"}}}, "certificates.subject.X"),
        ({"certificates": {"layout": "Espressif", "subject": {"CN": "{who}"}}}, "{who} is used"),
        ({"fields": [{"id": "mac", "title": "MAC", "pattern": "[", "example": "A"}]}, "fields.0.pattern"),
        ({"fields": [{"id": "mac", "title": "MAC", "pattern": "[0-9]", "example": "A"}]}, "fields.0.example"),
        ({"data": [{"slot": 10, "title": "Text", "text": "x"}]}, "slot 10 is used for something else"),
        ({"data": [{"slot": 13, "title": "Text", "text": "{mac}"}]}, "needs a length"),
        ({"data": [{"slot": 13, "title": "Text", "bytes": "00" * 73}]}, "has only 72 bytes"),
        ({"data": [{"slot": 13, "title": "Text"}]}, "either bytes or text"),
        ({"data": [{"slot": 9, "title": "Text", "text": "x"}]}, "not read and written in clear"),
        ({"locks": {"slots": [0, 5]}}, "locks.slots.1"),
        ({"keys": [key(0), key(4, lock=True, optional=True)], "locks": {"slots": [4]}}, "slot 4 stays empty"),
        ({"locks": {"data": False}}, "without the data lock"),
        ({"proofs": ["key-possession"]}, "has to prove chain-verified"),
        ({"surprise": 1}, "surprise"),
        ({"name": None}, "name"),
        ({"name": "Mine and yours"}, "name"),
        ({"title": ""}, "title: it should be one line of text"),
        ({"title": " "}, "title: it should be one line of text"),
        ({"title": "One\nTwo"}, "title: it should be one line of text"),
        ({"keys": [key(0) | {"title": "One\r"}]}, "keys.0.title: it should be one line of text"),
        ({"fields": [{"id": "mac", "title": "", "pattern": "[0-9]", "example": "1"}]}, "fields.0.title"),
    ],
)
def test_a_profile_that_cannot_be_used_says_where_and_why(tmp_path: Path, changes: dict[str, object], said: str):
    error = refused(written(tmp_path, **changes))
    assert error.id == "bad-profile"
    assert said in error.message
    assert re.search(rf"{re.escape(str(tmp_path))}.*profile.yaml, line \d+, column \d+: ", error.message)


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"", b"- 1\n", b"just text", b"[" * 5000])
def test_a_file_that_is_no_profile(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    assert refused(str(path)).id == "bad-profile"


def test_a_folder_is_no_profile(tmp_path: Path):
    assert refused(str(tmp_path)).id == "no-profile"


TEXT = """\
# A profile with mistakes to point at.
name: mine
title: Mine
parts: [ATECC608A]
configuration:
  base: massprovisioning-608
  slots:
    13: {WriteConfig: 8, Nonsense: 1}
keys:
  - {slot: 0, title: Device key, source: generate}
  - {slot: 1, title: Another, source: generate}
certificates:
  layout: Espressif
  subject: {CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""
RIGHT = TEXT.replace(", Nonsense: 1", "").replace("{slot: 1,", "{slot: 2,")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (TEXT, "line 8, column 26: configuration.slots.13.Nonsense"),
        (TEXT.replace(", Nonsense: 1", ""), "line 11, column 5: keys.1"),
        (RIGHT.replace("Espressif", "Elsewhere"), "line 13, column 3: certificates.layout"),
        (RIGHT.replace("title: Mine\n", ""), "line 2, column 1: title"),
        (RIGHT.replace("title: Device key, ", ""), "line 10, column 5: keys.0.title"),
        (RIGHT.replace("title: Mine", 'title: "\\uD800 half"'), "line 3, column 8: it has half of a UTF-16 pair"),
        (RIGHT.replace("{CN:", '{"\\uDC00": x, CN:'), "line 14, column 13: it has half of a UTF-16 pair"),
        (RIGHT + "proofs: []\n", "line 16, column 1: proofs is there twice"),
        (RIGHT.replace("[ATECC608A]", "[ATECC608A"), "line 5, column 1"),
        (RIGHT.replace("title: Mine", "title: Mine\nsurprise: 1"), "line 4, column 1: surprise"),
        (RIGHT.replace("source: generate}", "source: grow}", 1), "line 10, column 34: keys.0.source"),
    ],
)
def test_an_error_points_at_line_and_column(tmp_path: Path, text: str, place: str):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    assert f"mine.yaml, {place}" in refused(str(path)).message


def test_fields_go_on_top_of_a_base(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(RIGHT.replace("  slots:", "  fields: {I2C_Address: 0xB0, ChipMode.WatchdogDuration: 1}\n  slots:"))
    profile, base = load_profile(str(path)), load_profile("trustcustom-tls")
    differing = {n + 16 for n in range(112) if profile.configuration[n] != base.configuration[n]} - set(range(84, 88))
    assert differing == {16, 19, 47}
    config = profile.nominal_config()
    assert (config.i2c_address, config.long_watchdog, config.slot_configs[13].write_config) == (0xB0, True, 8)


def test_ones_own_profiles_are_in_the_data_folder_and_go_before_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    profiles_folder().mkdir(parents=True)
    (profiles_folder() / "mine.yaml").write_text(RIGHT)
    (profiles_folder() / "trustcustom-tls.yaml").write_text(RIGHT.replace("name: mine", "name: trustcustom-tls"))
    (profiles_folder() / "broken.yaml").write_text("{")
    assert {"mine", "broken", "aws-iot"} <= set(available_profiles())
    assert load_profile("mine").title == load_profile("trustcustom-tls").title == "Mine"
    found = found_profiles()
    assert {profile.name for profile in found.usable} == set(available_profiles()) - {"broken"}
    (error,) = found.errors
    assert f"{profiles_folder() / 'broken.yaml'}, line 1, column 2: " in error.message


def test_in_a_folder_of_profiles_a_file_is_called_by_the_profiles_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    profiles_folder().mkdir(parents=True)
    path = profiles_folder() / "dup.yaml"
    path.write_text(RIGHT.replace("name: mine", "name: trustcustom-tls"))
    error = refused("dup")
    assert "dup.yaml, line 2, column 1: name: it is trustcustom-tls" in error.message
    assert "trustcustom-tls.yaml" in error.message
    names = [profile.name for profile in found_profiles().usable]
    assert len(names) == len(set(names))
    assert load_profile(str(path)).name == "trustcustom-tls"  # a path is no name, and leaves nothing to be mistaken


def test_what_is_in_the_folder_and_cannot_be_read_is_no_profile_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    (profiles_folder() / "folder.yaml").mkdir(parents=True)
    assert "folder.yaml, line 1, column 1: it cannot be read" in refused("folder").message


def test_a_typed_mac_address_needs_no_description(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(RIGHT.replace('"{serial_number}"', '"{mac}"'))
    (field,) = load_profile(str(path)).operator_fields
    assert (field.id, field.accepts(field.example), field.accepts("a4")) == ("mac", True, False)


def test_the_hash_is_that_of_what_the_profile_says(tmp_path: Path):
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(RIGHT)
    other.write_text("# Another comment.\n" + RIGHT.replace("[ATECC608A]", "\n  - ATECC608A"))
    assert load_profile(str(one)).sha256 == load_profile(str(other)).sha256
    other.write_text(RIGHT.replace("Mine", "Yours"))
    assert load_profile(str(one)).sha256 != load_profile(str(other)).sha256


def test_a_registration_and_a_server_are_part_of_the_hash(tmp_path: Path):
    """What a supervisor froze is noticed when it changes, also where it is about a cloud."""
    registration = 'registration: {aws: {thing: "{serial_number}"}}\n'
    texts = (
        RIGHT,
        RIGHT + registration,
        RIGHT + registration.replace("thing:", "group: pumps, thing:"),
        RIGHT.replace("proofs: [", "proofs: [{tls: {host: a.example}}, "),
        RIGHT.replace("proofs: [", "proofs: [{tls: {host: b.example}}, "),
    )
    hashes: set[str] = set()
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text)
        hashes.add(load_profile(str(path)).sha256)
    assert len(hashes) == len(texts)


def test_a_profile_is_linted_like_a_configuration_and_the_finding_has_a_place():
    opened = open_profile("trustcustom-tls")
    finding, in_clear = lint_profile(opened.profile)
    assert (finding.finding.id, in_clear.finding.id) == ("open-key", "aes-key-open")
    line = opened.path.read_text().splitlines()[opened.document.mark(finding.path).line - 1]
    assert "slot: 4" in line


ACCEPTED = "accepted: [{{finding: {finding}, slot: {slot}, reason: The firmware fills it.}}]"


def accepting(tmp_path: Path, finding: str, slot: int) -> Path:
    shipped = open_profile("trustcustom-tls").path.read_text()
    path = tmp_path / "mine.yaml"
    path.write_text(shipped.partition("accepted:")[0] + ACCEPTED.format(finding=finding, slot=slot))
    return path


def test_a_danger_that_is_accepted_with_a_reason_is_none(tmp_path: Path):
    finding, _ = lint_profile(open_profile(str(accepting(tmp_path, "open-key", 4))).profile)
    assert (finding.accepted, finding.is_danger) == ("The firmware fills it.", False)
    assert finding.finding.severity is Severity.DANGER


@pytest.mark.parametrize(("finding", "slot"), [("open-key", 5), ("secure-boot-open", 4)])
def test_what_is_accepted_and_not_there_is_remarked_and_hides_nothing(tmp_path: Path, finding: str, slot: int):
    danger, _, idle = lint_profile(open_profile(str(accepting(tmp_path, finding, slot))).profile)
    assert danger.is_danger
    assert (idle.finding.id, idle.path) == ("accepted-not-found", ("accepted", 0))


def test_what_is_accepted_does_not_change_the_hash(tmp_path: Path):
    hashes = {load_profile(str(accepting(tmp_path, "open-key", slot))).sha256 for slot in (4, 5)}
    assert hashes == {load_profile("trustcustom-tls").sha256}


@pytest.mark.parametrize("name", available_profiles())
def test_every_danger_of_a_shipped_profile_is_accepted_with_a_reason(name: str):
    findings = lint_profile(load_profile(name))
    assert not [one for one in findings if one.is_danger or one.finding.id == "accepted-not-found"]


@given(text=st.text())
def test_any_text_is_a_profile_or_an_error_with_a_place(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    assert "line " in refused(str(path)).message
