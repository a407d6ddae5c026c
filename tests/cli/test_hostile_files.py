"""A few of the files that nobody brings in good faith; `make hostile` gives them all to every reader."""

import sys

import pytest

from tests.support.cases.exit_desk import filled_desk
from tests.support.cases.file_readers import READERS

if sys.platform == "win32":
    pytest.skip("Windows has no fork", allow_module_level=True)

from tests.support.cases.hostile_desk import HostileDesk, reader_called
from tests.support.cases.hostile_files import ENDLESS, NAMES

pytestmark = pytest.mark.slow
PAIRS = (
    ("profile show", "yaml: aliases nine deep"),
    ("profile lint", "yaml: 1,200 braces"),
    ("config decode", "yaml: date that is none"),
    ("config decode", "json: JSON number of 5,001 digits"),
    ("config decode", "text: hex in one line of 15 MB"),
    ("config lint", "yaml: tag bool of q"),
    ("info, state of the chip", "json: brackets 100,000 deep"),
    ("template show", "yaml: merge keys thirty deep"),
    ("cert show", "der: 400,000 begins"),
    ("cert show", "der: two million elements"),
    ("cert show", "der: PEM of 60,000 backslashes"),
    ("cert show", "der: PEM of 60,000 spaces"),
    ("diagnose", "text: 2 MB of '\\n'"),
    ("cert show", "special: /dev/zero"),
    ("ca import --key, with a passphrase", "der: key with two thousand million rounds"),
    ("ca import --key, with a passphrase", "der: key with scrypt of 16 GB"),
    ("key check --keys", ENDLESS),
    ("key set --escrow-passphrase-file", "special: /dev/urandom"),
    ("manifest check", "json: objects 100,000 deep"),
    ("diagnose --bundle", "archive: zip bomb called bundle.json"),
    ("silicon-check --read", "text: escape sequences, once"),
    ("silicon-check --read", "json: 300,000 keys"),
    ("verify, result.json", "json: a million keys that are one"),
    ("report, journal.jsonl", "special: /dev/zero"),
    ("report, journal.jsonl", "yaml: block of 15 MB"),
    ("config lint", "json: JSON number of a million digits"),
    ("provision --profile", "yaml: escape that is none"),
    ("template make --sample", "der: point that is on no curve"),
    ("template make --sample", "der: certificate with 5,000 names"),
    ("template make --issuer", "der: 900,000 elements"),
    ("template make --issuer", "text: 2 MB of '\\n'"),
    ("manifest check --cert", "der: 10,000 keys"),
    ("cert read, signer.pem", "der: certificate with 5,000 extensions"),
    ("diagnose", "text: hex in one line of 2 MB"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> HostileDesk:
    work = tmp_path_factory.mktemp("hostile")
    files = work / "files"
    files.mkdir()
    return HostileDesk(filled_desk(work / "template"), files)


@pytest.mark.parametrize(("reader", "name"), PAIRS, ids=lambda word: word)
def test_a_hostile_file_is_read_or_refused_in_bounds(desk: HostileDesk, reader: str, name: str):
    met = desk.meet(reader_called(reader), name)
    assert met.findings == (), met.said


def test_there_are_at_least_280_files_and_readers_have_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) >= 280
    assert len({reader.name for reader in READERS}) == len(READERS)
