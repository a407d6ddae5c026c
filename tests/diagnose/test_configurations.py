"""Whose configuration it is, what is wrong with it, and the forms people pass it on in."""

import json
import random
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_bits import bit_fields
from atecc_bench.chip.config.config_zone import ConfigZone, KeyConfig
from atecc_bench.chip.protocol.identity import Part, Variant
from atecc_bench.chip.protocol.packet import ResponsePacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.config.config_formats import ConfigFormat, export_config, import_config
from atecc_bench.diagnose.config.config_repair import examine
from atecc_bench.diagnose.config.identify import identify
from atecc_bench.diagnose.config.known_configurations import KnownConfiguration, known_configurations
from atecc_bench.diagnose.config.lint import Severity, lint
from atecc_bench.errors import InputError
from atecc_bench.profiles.files import load_profile
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.factory_chips import ATECC508A, ATECC608A
from tests.support.boards.twin_under_test import VENDOR_CONFIG, edited
from tests.support.examples import examples
from tests.support.paths import DATA
from tests.tools.trust_chips import TRUST_FLEX, TRUST_GO

REVISIONS = {Part.ATECC508A: "00005000", Part.ATECC608A: "00006002", Part.ATECC608B: "00006003"}
MONGOOSE = DATA / "mongoose-atca-test-config-608a.yaml"
KNOWN = known_configurations()
CLEAN_LOCKS = bytes.fromhex("00005555")


def on_a_chip(known: KnownConfiguration, part: Part | None = None) -> ConfigZone:
    part = part or known.parts[0]
    start = bytes.fromhex(f"0123A1B2 {REVISIONS[part]} C3D4E5F6 EE 01 35 00")
    raw = known.config_of(start)
    return ConfigZone.parse(raw[:84] + CLEAN_LOCKS + raw[88:])


def named(name: str) -> KnownConfiguration:
    return next(known for known in KNOWN if known.name == name)


def preset(name: str) -> ConfigZone:
    element = open_board(parse_virtual_url(f"virtual://{name}?seed=9")).element
    assert element is not None
    return element.memory.config


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_a_known_configuration_is_recognised_on_each_of_its_parts(known: KnownConfiguration):
    assert known.source
    for part in known.parts:
        found = identify(on_a_chip(known, part))
        assert (found.part, found.nearest.configuration, found.nearest.exact) == (part, known, True)
        assert found.configuration == known.name


def test_those_that_the_product_uses_elsewhere_are_the_same():
    assert named("factory default (ATECC608)").configuration == ATECC608A.rest[3:]
    assert named("factory default (ATECC508A)").configuration == ATECC508A.rest[3:]
    assert named("TrustFLEX (ATECC608-TFLXTLS)").configuration == TRUST_FLEX.configuration
    assert named("Trust&GO (ATECC608-TNGTLS)").configuration == TRUST_GO.configuration
    assert named("ECC608-MassProvisioning").configuration == load_profile("trustcustom-tls").configuration
    assert named("CryptoAuthLib's test configuration (ATECC608)").configuration == VENDOR_CONFIG


@pytest.mark.parametrize(
    ("name", "part", "variant", "configuration"),
    [
        ("fresh", Part.ATECC608A, Variant.TRUST_CUSTOM, "factory default (ATECC608)"),
        ("atecc508a", Part.ATECC508A, Variant.TRUST_CUSTOM, "factory default (ATECC508A)"),
        ("provisioned", Part.ATECC608A, Variant.TRUST_CUSTOM, "ECC608-MassProvisioning"),
        ("trustflex", Part.ATECC608A, Variant.TRUST_FLEX, "TrustFLEX (ATECC608-TFLXTLS)"),
        ("trustgo", Part.ATECC608A, Variant.TRUST_AND_GO, "Trust&GO (ATECC608-TNGTLS)"),
    ],
)
def test_the_virtual_chips(name: str, part: Part, variant: Variant, configuration: str):
    found = identify(preset(name))
    assert (found.part, found.revision_known, found.variant, found.configuration) == (
        part,
        True,
        variant,
        configuration,
    )


def test_the_address_alone_proves_nothing():
    moved = replace(preset("provisioned"), i2c_address=0x6A)
    assert identify(moved).variant is Variant.TRUST_CUSTOM
    trust = replace(preset("trustgo"), i2c_address=0xC0)
    assert identify(trust, b"x6tjuZMy".ljust(64, b"\0")).variant is Variant.TRUST_AND_GO


@pytest.mark.parametrize(
    ("code", "variant", "template"),
    [
        ("Rsuy5YJh", Variant.TRUST_AND_GO, 2), ("KQp2ZkD8", Variant.TRUST_AND_GO, 3),
        ("x6tjuZMy", Variant.TRUST_AND_GO, 3), ("BxZvm6q2", Variant.TRUST_AND_GO, 2),
        ("jsMu7iYO", Variant.TRUST_AND_GO, 4), ("09qJNxI3", Variant.TRUST_AND_GO, 4),
        ("MKMwyhP1", Variant.TRUST_FLEX, 4), ("wdNxAjae", None, 2),
    ],
)  # fmt: skip
def test_every_code_that_cryptoauthlib_knows_is_recognised(code: str, variant: Variant | None, template: int):
    found = identify(preset("fresh"), code.encode("ascii").ljust(64, b"\0"))
    evidence = next(item for item in found.evidence if item.where == "OTP 0–7")
    assert evidence.variant is variant
    assert evidence.sentence.endswith(f"certificate template {template}.")


def test_an_atecc608c_is_named_and_treated_as_a_608b():
    found = identify(replace(preset("fresh"), revision=bytes.fromhex("00006004")))
    assert (found.name, found.part, found.revision_known) == ("ATECC608C", Part.ATECC608B, True)
    sentence = found.evidence[0].sentence
    assert "ATECC608C, by its errata (608B in older documents), treated as the ATECC608B" in sentence


def test_a_neighbour_is_named_and_not_called_damaged():
    config = replace(preset("atecc508a"), revision=bytes.fromhex("00001005"))
    assert examine(config.to_bytes()).problems == ()
    found = identify(config)
    assert (found.name, found.part, found.revision_known) == ("ATECC108A", Part.ATECC508A, False)
    assert "ATECC108A, which ATECC Bench does not provision" in found.evidence[0].sentence


def test_the_short_configuration_zone_of_an_atsha204a_is_named():
    raw = preset("atecc508a").to_bytes()
    other = examine(raw[:4] + bytes.fromhex("00020009") + raw[8:88]).other_chip
    assert other is not None
    assert other.name == "ATSHA204A"
    assert examine(raw[:88]).other_chip is None


def test_an_unknown_revision_is_said_to_be_so():
    found = identify(replace(preset("fresh"), revision=bytes.fromhex("00006005")))
    assert (found.part, found.revision_known) == (Part.ATECC608B, False)
    assert "unknown, treated as the nearest, the ATECC608B" in found.evidence[0].sentence
    contradicting = identify(preset("fresh"), info_revision=bytes.fromhex("00005000"))
    assert any("should be equal" in evidence.sentence for evidence in contradicting.evidence)


def test_the_differences_to_the_nearest_are_named():
    found = identify(edited(preset("provisioned"), slots={4: {"write_config": 0x8}}))
    assert "nearest to ECC608-MassProvisioning: 1 byte differ" in found.configuration
    assert [d.field.name for d in found.nearest.differences] == ["SlotConfig[4].WriteConfig"]
    assert found.nearest.differences[0].sentence == (
        "SlotConfig[4].WriteConfig (byte 29, bits 7 to 4) is 1000 instead of 0000"
    )


@given(st.binary(min_size=128, max_size=128), st.sampled_from(list(Part)), st.data())
def test_named_bits_are_read_and_changed_without_touching_others(raw: bytes, part: Part, data: st.DataObject):
    fields = bit_fields(part)
    chosen = data.draw(st.sampled_from(fields))
    value = data.draw(st.integers(0, (1 << chosen.width) - 1))
    changed = chosen.changed(raw, value)
    assert chosen.value(changed) == value
    assert all(f.value(changed) == f.value(raw) for f in fields if f is not chosen)
    assert chosen.changed(changed, chosen.value(raw)) == raw


def findings(config: ConfigZone) -> dict[str, str]:
    return {finding.id: finding.sentence for finding in lint(config)}


def test_lint_of_the_layout_that_began_it():
    said = findings(preset("provisioned"))
    assert "whoever writes it opens every encrypted read and write" in said["open-key"]
    assert "Slot 4 is the IO protection key" in said["open-key"]


@pytest.mark.parametrize(
    ("edits", "id_", "part_of_sentence"),
    [
        ({"aes_enable": 0}, "aes-disabled", "AES commands will fail: AES_Enable is 0"),
        ({"slots": {4: {"write_config": 8}}}, "slot-never-writable", "4"),
        ({"slots": {4: {"is_secret": False}}}, "secret-readable", "slot 4 in clear"),
        ({"slots": {10: {"write_config": 8}}}, "certificates-frozen", "can't be renewed"),
        ({"i2c_address": 0xB0}, "i2c-address-moves", "B0 (7-bit 0x58)"),
        ({"slots": {9: {"write_key": 9}}}, "write-key-is-itself", "slot 9 itself"),
        ({"slots": {9: {"write_key": 0}}}, "write-key-unusable", "ECC private key"),
        ({"slots": {9: {"read_key": 11}, 11: {}}, "keys": {11: {"key_type": 4}}}, "read-key-unusable", "slot 11"),
        ({"keys": {8: {"req_auth": True, "auth_key": 0}}}, "auth-key-unusable", "CheckMac"),
        ({"slots": {0: {"read_key": 0}}}, "private-key-useless", "ReadKey is 0"),
        ({"keys": {0: {"pub_info": False}}}, "public-key-lost", "once"),
        ({"keys": {13: {"key_type": 2}}}, "key-type-reserved", "KeyType 2"),
        ({"slots": {0: {"is_secret": False}}}, "private-not-secret", "IsSecret is 0"),
        ({"chip_options": 0x0006}, "io-protection-key", "slot 0"),
        ({"chip_mode": 0x11}, "clock-divider", "00010"),
        ({"lock_value": 0x54}, "lock-byte", "54"),
        ({"lock_value": 0x55}, "data-zone-open", "not locked"),
        ({"use_flags": bytes.fromhex("0000010B") + bytes(12)}, "secure-boot-key", "slot 0"),
        ({"use_flags": bytes.fromhex("000001BB") + bytes(12), "keys": {11: {"key_type": 4}}}, "secure-boot-open", "11"),
        ({"lock_value": 0x55, "slots": {0: {"write_config": 0}}}, "private-key-once", "before the data lock"),
        ({"lock_value": 0x55, "slot_locked": 0xFFF9}, "slots-locked-too-soon", "Slots 1 and 2 were locked together"),
        (
            {"lock_value": 0x55, "lock_config": 0x55, "slot_locked": 0xFFFB}, "slots-locked-too-soon",
            "would lock slot 2 for ever, before anything is in them: bytes 88–89 (SlotLocked) are FB FF",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_lint(edits: dict[str, object], id_: str, part_of_sentence: str):
    sentence = findings(edited(preset("provisioned"), **edits))[id_]  # type: ignore[arg-type]
    assert part_of_sentence in sentence
    grave = [list(Severity).index(finding.severity) for finding in lint(edited(preset("provisioned"), **edits))]  # type: ignore[arg-type]
    assert grave == sorted(grave)


def test_slots_locked_by_lock_are_no_finding():
    assert "slots-locked-too-soon" not in findings(edited(preset("provisioned"), slot_locked=0xFFF9))


@pytest.mark.slow
@given(st.binary(min_size=128, max_size=128))
@examples(0.5)
def test_any_128_bytes_can_be_linted_identified_and_exported(raw: bytes):
    config = ConfigZone.parse(raw)
    assert all(0 <= a <= b < 128 for finding in lint(config) for a, b in finding.bytes)
    assert identify(config).evidence
    for form in (ConfigFormat.HEX, ConfigFormat.C, ConfigFormat.JSON, ConfigFormat.YAML):
        assert import_config(export_config(config, form)).raw == raw


def test_a_config_of_mongoose_os_is_read():
    imported = import_config(MONGOOSE.read_text(encoding="utf-8"))
    assert imported.recognised == "configuration of Mongoose OS"
    assert imported.raw[16:] == named("Mongoose OS (atca-test-config-608a)").configuration


@pytest.mark.parametrize("form", [ConfigFormat.MONGOOSE_JSON, ConfigFormat.MONGOOSE_YAML])
def test_a_config_for_mongoose_os_comes_back(form: ConfigFormat):
    dice = random.Random(4)  # noqa: S311 - to be repeated
    for _ in range(8):
        raw = bytearray(preset("provisioned").to_bytes())
        raw[16:84], raw[84:86], raw[88:128] = dice.randbytes(68), dice.randbytes(2), dice.randbytes(40)
        raw[14], raw[19] = 1, dice.randrange(8)
        keys = [replace(KeyConfig.parse(dice.randrange(1 << 16)), reserved=False) for _ in range(16)]
        keys = [replace(key, key_type=dice.choice((4, 6, 7))) for key in keys]
        config = replace(ConfigZone.parse(bytes(raw)), key_configs=tuple(keys))
        text = export_config(config, form)
        assert import_config(text).raw == config.to_bytes()


def test_what_mongoose_os_has_no_place_for_is_refused():
    with pytest.raises(InputError) as caught:
        export_config(replace(preset("fresh"), chip_mode=0x68), ConfigFormat.MONGOOSE_JSON)
    assert caught.value.id == "mongoose-loses"
    assert "19" in caught.value.message


@pytest.mark.parametrize(
    ("change", "id_"),
    [
        (lambda d: d["slotinfo"].pop(), "mongoose-document"),
        (lambda d: d.pop("counter0"), "mongoose-document"),
        (lambda d: d.update(lockvalue="Ajar"), "mongoose-document"),
        (lambda d: d.update(serialnum="AAAA"), "mongoose-document"),
        (lambda d: d.update(otpmode=256), "mongoose-document"),
        (lambda d: d.update(slotinfo=7), "mongoose-document"),
    ],
)  # fmt: skip
def test_a_damaged_config_of_mongoose_os(change, id_: str):  # type: ignore[no-untyped-def]
    document = yaml.safe_load(MONGOOSE.read_text(encoding="utf-8"))
    change(document)
    with pytest.raises(InputError) as caught:
        import_config(yaml.safe_dump(document))
    assert caught.value.id == id_


def test_bits_and_bytes_that_contradict_each_other():
    document = json.loads(export_config(preset("fresh"), ConfigFormat.JSON))
    document["bits"]["SlotConfig[0].WriteConfig"] = 8
    with pytest.raises(InputError) as caught:
        import_config(json.dumps(document))
    assert caught.value.id == "config-contradiction"
    assert "SlotConfig[0].WriteConfig" in caught.value.message


def test_what_cannot_be_a_configuration_zone_is_named():
    raw = preset("provisioned").to_bytes()
    assert examine(raw).problems == ()
    assert examine(raw).config == raw
    for damaged, said in (
        (raw[:100], "these are 100"),
        (b"\x11" + raw[1:], "01 23"),
        (raw[:6] + b"\x77" + raw[7:], "revision"),
        (raw[:86] + b"\x56" + raw[87:], "LockValue"),
        (raw[:87] + b"\x01" + raw[88:], "LockConfig"),
    ):
        assert any(said in problem for problem in examine(damaged).problems)
        assert examine(damaged).config is None


def test_a_lost_byte_is_put_back_only_where_no_other_repair_is_possible():
    raw = preset("provisioned").to_bytes()
    repaired = 0
    for position in range(0, 128, 3):
        examined = examine(raw[:position] + raw[position + 1 :])
        assert examined.problems
        assert examined.repaired in (None, raw), position
        repaired += examined.repaired is not None
    assert repaired > 20
    assert examine(raw[:40] + raw[41:] + b"\x99").repaired == raw  # something else behind it
    assert examine(raw[1:]).repair == "Byte 0 was lost; it is 01 on every chip."


def test_several_places_of_a_lost_or_surplus_byte_with_the_same_result_are_one_repair():
    raw = preset("trustflex").to_bytes()
    place = next(at for at in range(16, 120) if len(set(raw[at : at + 4])) == 1)
    assert {raw[:at] + raw[at + 1 :] for at in range(place, place + 4)} == {raw[:place] + raw[place + 1 :]}
    assert examine(raw[:place] + raw[place + 1 :]).repaired == raw
    assert examine(raw[:place] + raw[place : place + 1] + raw[place:]).repaired == raw


def test_a_byte_too_many_is_taken_out():
    raw = preset("trustflex").to_bytes()
    for position in (0, 30, 75, 95, 128):
        examined = examine(raw[:position] + b"\x5a" + raw[position:])
        assert examined.repaired == raw
        assert examined.repair is not None


def test_other_shapes_with_one_repair():
    raw = preset("configured").to_bytes()
    answers = b"".join(ResponsePacket(raw[i : i + 32]).to_bytes() for i in range(0, 128, 32))
    assert examine(answers).repaired == raw
    turned = b"".join(raw[i : i + 4][::-1] for i in range(0, 128, 4))
    assert examine(turned).repaired == raw
    element = open_board(parse_virtual_url("virtual://configured?seed=9")).element
    assert element is not None
    whole = raw + element.memory.contents(Zone.OTP)
    assert examine(whole).repaired == raw
    assert "begins at byte 0" in (examine(whole).repair or "")


@given(st.binary(max_size=300))
def test_any_bytes_are_examined(raw: bytes):
    examined = examine(raw)
    assert examined.config is None or len(examined.config) == 128
