"""One class writes and reads the document of a run, and its schema is published."""

import json
from pathlib import Path

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.report.run_document import RunDocument, read_document
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from tests.support.boards.twin_desk import NOW, TwinDesk
from tests.tools.make_schemas import RUN_SCHEMA, run_schema


def test_the_published_schema_is_that_of_the_program() -> None:
    assert resource_path("schemas", RUN_SCHEMA).read_text(encoding="utf-8") == run_schema()


def test_what_was_written_is_read_back_the_same(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    plan = desk.plan(authority)
    records = Records(tmp_path).for_chip(plan.serial_number, virtual=True)
    rehearsal = rehearse(plan, NOW, lambda _: None)
    report = provision_device(
        desk.session, plan, authority, records, rehearsal=rehearsal, now=NOW, progress=lambda _: None
    )
    path = report.artifacts["result_json"]
    read = read_document(path.read_bytes(), path)
    assert read.to_json() == json.loads(path.read_bytes())
    assert read.model_copy(update={"artifacts": {}}) == report.document().model_copy(update={"artifacts": {}})


def test_a_document_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    old = {"virtual": True, "verdict": "PASS", "serial_number": "0123a0b1c2d3e4f5ee", "profile": "x", "steps": []}
    document = read_document(json.dumps({**old, "version": "0.0.1", "unknown": 1}).encode(), tmp_path)
    assert document == RunDocument.model_validate({**old, "version": "0.0.1"})
