from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from atecc_bench.chip.identity import Part
from atecc_bench.errors import InputError
from atecc_bench.provision.profile import Layout, available_profiles, load_profile
from atecc_bench.resources import resource_path

FACTS = Path(__file__).parents[1] / "data" / "config-608a-massprovisioning.hex"


def written(tmp_path: Path, **changes: object) -> str:
    """A profile file like trustcustom-tls, but changed; None leaves a key out."""
    document = yaml.safe_load(resource_path("profiles", "trustcustom-tls.yaml").read_text()) | changes
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in document.items() if value is not None}))
    return str(path)


def refused(name: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load_profile(name)
    assert caught.value.hint
    return caught.value


def test_trustcustom_tls_is_what_the_firmware_writes():
    profile = load_profile("trustcustom-tls")
    assert profile.configuration == bytes.fromhex(FACTS.read_text())
    assert profile.layout is Layout.ECC608_MASS_PROVISIONING
    assert profile.parts == (Part.ATECC608A, Part.ATECC608B)
    assert profile.generate_keys == (0, 2, 3, 7)
    assert profile.device_key_slot == 0


def test_every_profile_that_comes_along_can_be_loaded():
    assert "trustcustom-tls" in available_profiles()
    for name in available_profiles():
        assert load_profile(name).name == name


def test_a_profile_can_be_a_file_of_ones_own(tmp_path: Path):
    profile = load_profile(written(tmp_path, name="mine", generate_keys=[2]))
    assert (profile.name, profile.device_key_slot) == ("mine", 2)


def test_the_chips_own_bytes_are_not_the_profiles():
    current = bytes(range(128))
    target = load_profile("trustcustom-tls").configuration_for(current)
    assert len(target) == 128
    assert target[:16] == current[:16]
    assert target[84:90] == current[84:90]
    facts = bytes.fromhex(FACTS.read_text())
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
        ({"configuration": "C0 00"}, "2 bytes"),
        ({"configuration": "zz"}, "configuration"),
        ({"configuration": None}, "configuration"),
        ({"configuration": FACTS.read_text().replace("C0", "6C", 1)}, "byte 16 is 6C"),
        ({"parts": ["ATECC999"]}, "parts"),
        ({"layout": "Something else"}, "layout"),
        ({"generate_keys": []}, "generate_keys"),
        ({"generate_keys": [16]}, "generate_keys"),
        ({"generate_keys": [0, 0]}, "generate_keys"),
        ({"parts": []}, "parts"),
        ({"generate_keys": [0, 1]}, "slot 1"),
        ({"generate_keys": [8]}, "slot 8"),
        ({"surprise": 1}, "surprise"),
        ({"name": None}, "name"),
    ],
)
def test_a_profile_that_cannot_be_used_says_where_and_why(tmp_path: Path, changes: dict[str, object], said: str):
    error = refused(written(tmp_path, **changes))
    assert error.id == "bad-profile"
    assert said in error.message
    assert str(tmp_path) in error.message


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"", b"- 1\n", b"just text"])
def test_a_file_that_is_no_profile(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    assert refused(str(path)).id == "bad-profile"


def test_a_folder_is_no_profile(tmp_path: Path):
    assert refused(str(tmp_path)).id == "no-profile"
