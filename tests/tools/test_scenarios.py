"""The scenarios of the virtual boards are what the real flow makes, and tell the case they were made for."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.diagnose.causes.find_causes import CauseId, Confidence, causes
from atecc_bench.link.board.connection import connect
from atecc_bench.pki.encoding.certificate_fields import common_name
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.comparison.certificates_on_chip import known_certificates
from atecc_bench.workflows.comparison.compare_chip import Expected, compare_with_chip
from tests.support.boards.twin_desk import chip_records
from tests.tools.make_scenarios import ISSUED, SEEDS, main, make_scenario


@pytest.fixture(autouse=True)
def virtual_scheme() -> None:
    register_virtual_scheme()


def files(name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in resource_path("scenarios", name).iterdir()}


@pytest.mark.parametrize("name", SEEDS)
def test_a_scenario_made_again_is_the_one_that_comes_along(name: str):
    assert make_scenario(name) == files(name)


def test_all_of_them_are_written_by_one_command(tmp_path: Path):
    main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(SEEDS)
    assert (tmp_path / "mismatch" / "device.pem").read_bytes() == files("mismatch")["device.pem"]


@pytest.mark.parametrize("name", SEEDS)
def test_the_files_of_a_scenario_are_a_valid_chain(name: str):
    device, signer, root = (
        x509.load_pem_x509_certificate(files(name)[f"{part}.pem"]) for part in ("device", "signer", "root")
    )
    check_chain(device, signer, root, ISSUED)


def test_mismatch_has_the_names_and_dates_of_the_case():
    device = x509.load_pem_x509_certificate(files("mismatch")["device.pem"])
    issuer = {attribute.oid.dotted_string: attribute.value for attribute in device.issuer}
    subject = {attribute.oid.dotted_string: attribute.value for attribute in device.subject}
    assert (len(issuer["2.5.4.10"]), len(issuer["2.5.4.3"])) == (10, 10)
    assert (len(subject["2.5.4.10"]), len(subject["2.5.4.3"])) == (10, 18)
    assert isinstance(device.extensions[0].value, x509.SubjectKeyIdentifier)
    assert (device.serial_number.bit_length() + 7) // 8 == 16


def test_mismatch_shows_three_ranges_and_their_one_cause(tmp_path: Path):
    records = Records(tmp_path)
    with connect("virtual://mismatch") as board:
        found = compare_with_chip(session := board.open_chip(), chip_records(session, records, virtual=True), None)
    assert found.source == "scenario mismatch"
    assert [(r.start, r.end, r.field) for r in found.comparison.ranges] == [
        (15, 30, "serialNumber"),
        (200, 263, "subjectPublicKey"),
        (279, 298, "subjectKeyIdentifier"),
    ]
    (cause,) = causes(found.comparison, found.context)
    assert (cause.id, cause.confidence) == (CauseId.PUBLIC_KEY_MISMATCH, Confidence.CERTAIN)


def test_provisioned_is_equal_to_the_byte(tmp_path: Path):
    with connect("virtual://provisioned") as board:
        found = compare_with_chip(
            session := board.open_chip(), chip_records(session, Records(tmp_path), virtual=True), None
        )
    assert found.comparison.equal


def test_what_is_expected_can_be_given(tmp_path: Path):
    device = x509.load_pem_x509_certificate(files("provisioned")["device.pem"]).public_bytes(Encoding.DER)
    with connect("virtual://provisioned") as board:
        found = compare_with_chip(
            session := board.open_chip(),
            chip_records(session, Records(tmp_path), virtual=False),
            Expected(device, "a file"),
        )
    assert found.comparison.equal
    assert found.source == "a file"


def test_a_real_chip_never_takes_a_scenarios_files(tmp_path: Path):
    serial_number = common_name(
        x509.load_pem_x509_certificate(files("mismatch")["device.pem"]).public_bytes(Encoding.DER)
    )
    assert serial_number is not None
    with connect("virtual://mismatch") as board:
        session = board.open_chip()
        assert known_certificates(session, Records(tmp_path).for_chip(serial_number, virtual=True)) is not None
        assert known_certificates(session, Records(tmp_path).for_chip(serial_number, virtual=False)) is None
