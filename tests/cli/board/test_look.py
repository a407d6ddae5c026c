"""Verbs that look: what they say, and that looking changes no byte."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.resources import resource_path
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.state_file import save_state
from tests.support.boards.twin_under_test import vendor_twin
from tests.support.paths import FACTS_608A

Run = Callable[..., Any]
LOOKING = [
    ["info"],
    ["config", "read"],
    ["config", "decode"],
    ["cert", "read"],
    ["cert", "verify"],
    ["diagnose"],
]


@pytest.mark.parametrize("json", [[], ["--json"]])
@pytest.mark.parametrize("verb", LOOKING, ids=" ".join)
@pytest.mark.parametrize("preset", ["provisioned", "mismatch", "configured", "fresh", "atecc508a", "trustflex"])
def test_looking_changes_no_byte(run: Run, chip: Run, preset: str, verb: list[str], json: list[str]):
    looked_at = chip(preset)
    before = looked_at.eeprom
    done = run(*verb, "--port", looked_at.url, *json)
    assert looked_at.eeprom == before
    if json:
        assert ("error" in done.document) == ((done.code != 0 and verb != ["diagnose"]) or done.code > 1)


def test_info_of_a_fresh_chip(run: Run, chip: Run):
    fresh = chip("fresh")
    done = run("info", "--port", fresh.url, "--json")
    assert done.code == 0
    assert done.err == ""
    assert done.document.keys() == {"virtual", "board", "chip"}
    assert done.document["virtual"] is True
    assert done.document["board"]["port"] == fresh.url
    assert done.document["board"]["baud"] == 115200
    assert done.document["chip"] == {
        "serial_number": fresh.serial_number,
        "revision": "00006002",
        "part": "ATECC608A",
        "variant": "TrustCUSTOM",
        "i2c_address": "0xC0",
        "config_locked": False,
        "data_locked": False,
    }


def chip_of_revision(folder: Path, revision: str) -> str:
    state = folder / f"{revision}.json"
    save_state(state, vendor_twin(revision=bytes.fromhex(revision)).memory, seeded_entropy(4))
    return f"virtual://fresh?state={state}"


@pytest.mark.parametrize(
    ("revision", "name"),
    [("00020009", "ATSHA204A"), ("00001005", "ATECC108A"), ("00004001", "ATSHA206A"), ("005A2001", "ECC204 or ECC206"),
     ("00352001", "SHA104"), ("003B2001", "SHA105")],
)  # fmt: skip
def test_a_neighbour_is_identified_and_not_provisioned(run: Run, tmp_path: Path, revision: str, name: str):
    url = chip_of_revision(tmp_path, revision)
    done = run("info", "--port", url, "--json")
    assert done.code == 0
    assert (done.document["chip"]["part"], done.document["chip"]["usable"]) == (name, False)
    said = run("info", "--port", url).out
    assert f"{name} (revision" in said
    assert "which ATECC Bench does not provision" in said
    refused = run("config", "read", "--port", url, "--json")
    assert (refused.code, refused.error_id) == (1, "other-chip")


def test_an_atecc608c_is_named(run: Run, tmp_path: Path):
    url = chip_of_revision(tmp_path, "00006004")
    assert run("info", "--port", url, "--json").document["chip"]["part"] == "ATECC608B"
    assert (
        "ATECC608C, by its errata (608B in older documents), treated as the ATECC608B" in run("info", "--port", url).out
    )


def test_a_dump_of_a_neighbour_is_decoded_or_named(run: Run, tmp_path: Path):
    raw = bytearray(bytes.fromhex(run("config", "read", "--port", "virtual://atecc508a", "--json").document["config"]))
    raw[4:8] = bytes.fromhex("00001005")
    dump = tmp_path / "108.hex"
    dump.write_text(raw.hex())
    decoded = run("config", "decode", dump).out
    assert "ATECC108A: " in decoded
    assert "TrustCUSTOM does" not in decoded
    raw[4:8] = bytes.fromhex("00020009")
    dump.write_text(raw[:88].hex())
    refused = run("config", "decode", dump, "--json")
    assert refused.error_id == "other-chip"
    assert "ATSHA204A" in refused.document["error"]["message"]


def test_info_for_people_says_virtual(run: Run, chip: Run):
    configured = chip("configured")
    done = run("info", "--port", configured.url)
    assert done.code == 0
    assert "VIRTUAL" in done.out
    assert configured.serial_number in done.out
    assert "locked" in done.out
    assert "0xC0 (7-bit 0x60)" in done.out


@pytest.mark.parametrize(
    ("preset", "part", "variant"),
    [
        ("atecc508a", "ATECC508A", "TrustCUSTOM"),
        ("trustflex", "ATECC608A", "TrustFLEX"),
        ("trustgo", "ATECC608A", "Trust&GO"),
    ],
)
def test_info_tells_part_and_variant(run: Run, preset: str, part: str, variant: str):
    found = run("info", "--port", f"virtual://{preset}", "--json").document["chip"]
    assert (found["part"], found["variant"]) == (part, variant)


def test_ports_lists_virtual_boards_too(run: Run):
    done = run("ports", "--json")
    assert done.code == 0
    assert {"virtual://fresh", "virtual://mismatch", "virtual://blank-board"} <= set(done.document["virtual"])
    assert "virtual://fresh" in run("ports").out


def test_config_read_gives_the_128_bytes(run: Run, chip: Run):
    fresh = chip("fresh")
    done = run("config", "read", "--port", fresh.url, "--json")
    assert done.document["config"] == fresh.eeprom[:128].hex()
    assert done.document["serial_number"] == fresh.serial_number
    assert done.document["virtual"] is True


def test_what_config_read_prints_config_decode_reads(run: Run, chip: Run, tmp_path: Path):
    fresh = chip("fresh")
    printed = run("config", "read", "--port", fresh.url).out
    assert printed.splitlines()[0] == f"# chip {fresh.serial_number} VIRTUAL"
    assert len(printed.splitlines()) == 9
    (tmp_path / "dump.txt").write_text(printed)
    from_file = run("config", "decode", tmp_path / "dump.txt", "--json").document
    assert from_file == run("config", "decode", "-", "--json", stdin=printed).document
    assert "hex dump with offsets, 128 bytes" in from_file["remarks"][0]
    assert {"virtual": True, **from_file, "remarks": []} == run(
        "config", "decode", "--port", fresh.url, "--json"
    ).document
    assert bytes.fromhex(from_file["config"]) == fresh.eeprom[:128]


def test_config_decode_names_every_byte(run: Run, chip: Run):
    done = run("config", "decode", "--port", chip("configured").url, "--json")
    fields = done.document["fields"]
    assert [field["start"] for field in fields] == [0, *(field["end"] + 1 for field in fields[:-1])]
    assert fields[-1]["end"] == 127
    slot_4 = next(field for field in fields if field["name"] == "SlotConfig[4]")
    assert (slot_4["start"], slot_4["end"], slot_4["slot"]) == (28, 29, 4)
    assert "SlotConfig[4]" in run("config", "decode", "--port", "virtual://configured").out


@pytest.mark.parametrize(
    ("dump", "id_", "said"),
    [
        ("00 " * 129, "config-length", "129"),
        ("", "config-length", "these are 0"),
        ("not hex", "not-hex", "“not”"),
        ("012", "not-hex", "odd"),
    ],
)
def test_a_dump_that_is_no_configuration_zone(run: Run, dump: str, id_: str, said: str):
    done = run("config", "decode", "-", "--json", stdin=dump)
    assert done.code == 2
    assert done.error_id == id_
    assert said in done.document["error"]["message"]
    human = run("config", "decode", "-", stdin=dump)
    assert (human.code, human.out) == (2, "")
    assert said in human.err


def test_bytes_16_to_127_are_a_configuration_without_the_chips_own(run: Run):
    document = run("config", "decode", "-", "--json", stdin=FACTS_608A.read_text()).document
    assert document["unknown"][0] == [0, 15]
    assert document["config"][32:].startswith(FACTS_608A.read_text().split()[0].lower())


@pytest.mark.parametrize("arguments", [[], ["-", "--port", "virtual://fresh"]])
def test_config_decode_takes_a_dump_or_a_port(run: Run, arguments: list[str]):
    done = run("config", "decode", *arguments, "--json", stdin="")
    assert (done.code, done.error_id) == (2, "usage")


def test_a_file_that_is_not_there(run: Run, tmp_path: Path):
    done = run("config", "decode", tmp_path / "nothing", "--json")
    assert (done.code, done.error_id) == (2, "no-such-file")


def scenario(name: str, part: str) -> bytes:
    return resource_path("scenarios", name, f"{part}.pem").read_bytes()


def test_cert_read_rebuilds_the_certificates(run: Run, tmp_path: Path):
    (tmp_path / "out").mkdir()
    done = run("cert", "read", "--port", "virtual://provisioned", "--out", tmp_path / "out", "--json")
    assert done.code == 0
    assert done.document["virtual"] is True
    assert done.document["template"] == "scenario provisioned"
    for part in ("device", "signer"):
        assert done.document[f"{part}_pem"].encode() == scenario("provisioned", part)
        assert (tmp_path / "out" / f"{part}.pem").read_bytes() == scenario("provisioned", part)


def test_cert_read_prints_pem_for_people(run: Run):
    done = run("cert", "read", "--port", "virtual://provisioned")
    assert done.code == 0
    assert x509.load_pem_x509_certificates(done.out.encode())[0] == x509.load_pem_x509_certificate(
        scenario("provisioned", "device")
    )


def test_cert_read_overwrites_nothing(run: Run, tmp_path: Path):
    (tmp_path / "device.pem").write_text("mine")
    done = run("cert", "read", "--port", "virtual://provisioned", "--out", tmp_path, "--json")
    assert (done.code, done.error_id) == (2, "file-exists")
    assert (tmp_path / "device.pem").read_text() == "mine"


def test_cert_read_needs_a_template(run: Run):
    done = run("cert", "read", "--port", "virtual://configured", "--json")
    assert (done.code, done.error_id) == (2, "no-template")


def test_cert_read_takes_a_template_from_a_folder(run: Run):
    folder = resource_path("scenarios", "provisioned")
    done = run("cert", "read", "--port", "virtual://provisioned", "--like", folder, "--json")
    assert done.document["template"] == str(folder)
    assert done.document["device_pem"].encode() == scenario("provisioned", "device")


def test_cert_verify_proves_the_chain_and_the_key(run: Run):
    done = run("cert", "verify", "--port", "virtual://provisioned", "--json")
    assert done.code == 0
    assert done.document == {
        "virtual": True, "valid": True, "template": "scenario provisioned", "layouts": ["ECC608-MassProvisioning"],
    }  # fmt: skip
    assert "fresh challenge" in run("cert", "verify", "--port", "virtual://provisioned").out


def test_cert_verify_refuses_a_certificate_for_another_key(run: Run):
    done = run("cert", "verify", "--port", "virtual://mismatch", "--json")
    assert (done.code, done.error_id) == (1, "chain-broken")


def test_cert_verify_refuses_another_root(run: Run, ca: Path, tmp_path: Path):
    folder = tmp_path / "like"
    folder.mkdir()
    for part in ("device", "signer"):
        (folder / f"{part}.pem").write_bytes(scenario("provisioned", part))
    (folder / "root.pem").write_bytes((ca / "root.pem").read_bytes())
    done = run("cert", "verify", "--port", "virtual://provisioned", "--like", folder, "--json")
    assert (done.code, done.error_id) == (1, "chain-broken")


def test_cert_show_gives_every_field_with_its_bytes(run: Run, tmp_path: Path):
    pem = scenario("mismatch", "device")
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    (tmp_path / "device.der").write_bytes(der)
    document = run("cert", "show", tmp_path / "device.der", "--json").document
    assert document["length"] == len(der)
    fields = {field["field"]: field for field in document["fields"]}
    assert (fields["serialNumber"]["start"], fields["serialNumber"]["end"]) == (15, 30)
    assert (fields["subjectPublicKey"]["start"], fields["subjectPublicKey"]["end"]) == (200, 263)
    assert all(der[f["start"] : f["end"] + 1].hex() == f["value"] for f in fields.values())
    assert "serialNumber" in run("cert", "show", "-", stdin=pem.decode()).out


def test_cert_show_of_something_else(run: Run):
    done = run("cert", "show", FACTS_608A, "--json")
    assert (done.code, done.error_id) == (2, "not-a-certificate")


def test_the_facts_are_the_configured_chips_configuration(run: Run):
    document = run("config", "read", "--port", "virtual://configured", "--json").document
    config = ConfigZone.parse(bytes.fromhex(document["config"]))
    facts = bytes.fromhex(FACTS_608A.read_text())
    assert config.to_bytes()[16:84] == facts[:68]
    assert config.to_bytes()[90:] == facts[74:]
