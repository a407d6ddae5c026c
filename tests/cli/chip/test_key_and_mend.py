"""Keys in a chip, and the two commands that mend a mismatch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from atecc_bench.ledger.user_records import user_records

Run = Callable[..., Any]


def test_a_mismatch_is_mended_by_two_commands(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    assert run("diagnose", "--port", mismatch.url).code == 1
    mended = run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--new-issuer", "--json")
    assert mended.code == 0
    assert mended.document["proved"] is True
    assert mended.document["virtual"] is True
    assert Path(mended.document["artifacts"]["saved_json"]).is_file()
    assert run("diagnose", "--port", mismatch.url).code == 0


def test_the_mended_certificate_can_be_written_again_from_its_files(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    artifacts = run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--new-issuer", "--json").document[
        "artifacts"
    ]
    files = [f"--{name}={artifacts[f'{name}_pem']}" for name in ("device", "signer", "root")]
    before = mismatch.eeprom
    again = run("cert", "write", "--port", mismatch.url, *files, "--json")
    assert (again.code, again.document["written_slots"]) == (0, [])
    assert mismatch.eeprom == before


def test_a_damaged_record_does_not_hide_an_older_one(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    mended = [
        run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--new-issuer", "--json").document
        for _ in range(2)
    ]
    Path(mended[1]["artifacts"]["device_pem"]).write_text("junk")
    assert run("diagnose", "--port", mismatch.url).code == 0
    assert run("cert", "verify", "--port", mismatch.url).code == 0


def test_a_certificate_for_another_key_is_not_written(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    artifacts = run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--new-issuer", "--json").document[
        "artifacts"
    ]
    assert run("key", "generate", "--port", mismatch.url, "--slot", 0, "--yes").code == 0
    before = mismatch.eeprom
    files = [f"--{name}={artifacts[f'{name}_pem']}" for name in ("device", "signer", "root")]
    done = run("cert", "write", "--port", mismatch.url, *files, "--json")
    assert (done.code, done.error_id) == (1, "public-key-mismatch")
    assert mismatch.eeprom == before


def test_the_public_key_of_a_slot_in_every_form(run: Run, chip: Run):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    document = run("key", "public", "--port", provisioned.url, "--slot", 0, "--json").document
    load_pem_public_key(document["pem"].encode())
    assert len(document["raw"]) == 128
    for form, length in (("raw", 128), ("spki-sha256", 64), ("ski", 40)):
        out = run("key", "public", "--port", provisioned.url, "--slot", 0, "--format", form).out.strip()
        assert len(out) == length
        assert out == document[form.replace("-", "_")]
    assert provisioned.eeprom == before


def test_possession_is_proved_without_changing_a_byte(run: Run, chip: Run):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    assert run("key", "prove", "--port", provisioned.url, "--slot", 0, "--json").document["proved"] is True
    assert provisioned.eeprom == before


def test_a_key_is_replaced_only_after_the_right_digits(run: Run, chip: Run):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    generate = ("key", "generate", "--port", provisioned.url, "--slot", 0)
    assert run(*generate, stdin="000000\n").code == 1
    assert run(*generate, "--json").error_id == "confirmation-needed"
    assert provisioned.eeprom == before
    assert run(*generate, stdin=provisioned.serial_number[-6:] + "\n").code == 0
    assert provisioned.eeprom != before
    (record,) = user_records().for_chip(provisioned.serial_number, virtual=True).runs()
    noted = record.past_run()
    assert noted is not None
    new = run("key", "public", "--port", provisioned.url, "--slot", 0, "--format", "raw").out.strip()
    assert noted.keys == {0: new}
    assert run("report", provisioned.serial_number, "--virtual", "--json").error_id == "no-record"  # it was no run


@pytest.mark.parametrize("slot", [1, 8, 10, 15])
def test_a_slot_that_makes_no_keys_is_refused(run: Run, chip: Run, slot: int):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    done = run("key", "generate", "--port", provisioned.url, "--slot", slot, "--yes", "--json")
    assert (done.code, done.error_id) == (1, "slot-not-generatable")
    assert provisioned.eeprom == before


def test_a_slot_that_does_not_exist_is_wrong_usage(run: Run, chip: Run):
    assert run("key", "public", "--port", chip("provisioned").url, "--slot", 16).code == 2


def test_mending_by_another_authority_is_refused_unless_that_is_meant(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    before = mismatch.eeprom
    done = run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--json")
    assert (done.code, done.error_id) == (1, "other-authority")
    said = done.document["error"]["message"]
    assert "The root on the chip is another than" in said
    assert "The issuer was" in said
    assert mismatch.eeprom == before


def test_both_chains_are_shown_before_another_authority_is_confirmed(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    done = run("cert", "mend", "--port", mismatch.url, "--ca", ca, stdin=f"{mismatch.serial_number[-6:]}\n")
    assert done.code == 0
    assert "before" in done.out
    assert "after" in done.out
    assert "New certificate: " in done.out


def test_the_authority_that_issued_the_chain_mends_unasked(run: Run, chip: Run, ca: Path):
    mismatch = chip("mismatch")
    assert run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--new-issuer").code == 0
    assert run("key", "generate", "--port", mismatch.url, "--slot", 0, "--yes").code == 0
    done = run("cert", "mend", "--port", mismatch.url, "--ca", ca, "--yes", "--json")
    assert done.code == 0, done.out
    assert run("cert", "verify", "--port", mismatch.url).code == 0
