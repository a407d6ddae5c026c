"""What the log says of a verb: what it did to which port, how it ended, and no secret."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import ExitCode
from atecc_bench.logs import LOG_FILE
from atecc_bench.pki.authority.certificate_authority import load_authority
from atecc_bench.twin.state.state_file import load_state
from tests.cli.conftest import PASSPHRASE

Run = Callable[..., Any]
ESCROW_PASSPHRASE = "battery staple"  # noqa: S105 - of the test's own escrow file


def test_a_verb_is_noted_with_its_end_and_without_what_it_was_given(run: Run, isolated: Path):
    assert run("key", "prove", "--port", "virtual://provisioned", "--slot", "0").code == 0
    assert run("key", "prove", "--port", "virtual://no-chip", "--slot", "0").code == ExitCode.DEVICE
    log = (isolated / "logs" / LOG_FILE).read_text()
    assert log.count("Verb key prove begins") == 2
    assert "Port virtual://provisioned opened" in log
    assert "Port virtual://provisioned released" in log
    assert "no-chip: The bridge answers" in log
    assert "Ended with exit code 0" in log
    assert "Ended with exit code 3" in log
    assert "--slot" not in log


def test_log_lines_are_on_stderr_when_asked_and_documents_alone_on_stdout(run: Run):
    quiet = run("info", "--port", "virtual://fresh", "--json")
    told = run("--log-level", "info", "info", "--port", "virtual://fresh", "--json")
    assert quiet.err == ""
    assert "Port virtual://fresh opened" in told.err
    assert told.document["virtual"] is True


def test_the_log_of_a_provisioning_tells_its_steps_and_holds_no_secret_at_any_level(
    run: Run, chip: Run, ca: Path, isolated: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    fresh = chip("fresh")
    escrow = tmp_path / "escrow-passphrase"
    escrow.write_text(ESCROW_PASSPHRASE)
    to_do = ("provision", "--port", fresh.url, "--profile", "trustcustom-tls", "--ca", ca, "--yes")
    done = run("--log-level", "debug", *to_do, "--fill-keys", "--escrow-passphrase-file", escrow)
    assert done.code == 0
    log = (isolated / "logs" / LOG_FILE).read_text()
    assert "Step lock-data: running" in log
    assert "Step prove: done" in log
    assert "Step lock-data" in done.err
    assert "kit_client: e:t(" in log
    memory = load_state(fresh.path)[0]
    config = memory.config
    held = [memory.contents(Zone.DATA, slot) for slot in range(16) if config.slot_configs[slot].is_secret]
    secrets = [part for content in held for part in (content[:32], content[4:36])]
    signer = load_authority(ca, PASSPHRASE.encode()).signer_key
    secrets.append(signer.private_numbers().private_value.to_bytes(32))
    shown = log + done.err + caplog.text
    for secret in filter(any, secrets):
        for form in (secret.hex(), secret.hex(" "), repr(secret)[2:-1], str(int.from_bytes(secret))):
            assert form.lower() not in shown.lower()
    assert PASSPHRASE not in shown
    assert ESCROW_PASSPHRASE not in shown
