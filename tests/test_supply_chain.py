"""What is installed, built and handed out is what was tried: versions, hashes, actions, licences, the wheel."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from atecc_bench.workflows.shipped_licences import shipped_licences
from tests.support.paths import ROOT
from tests.tools.make_licences import LOCK, OWN, declared, pins
from tests.tools.make_wheel import build_twice

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WANTED = {
    "run": PROJECT["project"]["dependencies"],
    **PROJECT["project"]["optional-dependencies"],
    **PROJECT["dependency-groups"],
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def of_lock(path: Path) -> dict[str, str]:
    return {canonical(name): version for name, version in pins(path).items()}


CONSTRAINTS = of_lock(ROOT / "constraints.txt")


def test_there_is_a_lock_for_all_that_the_project_can_be_installed_with():
    assert {path.stem for path in LOCKS} == set(WANTED)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_all_that_was_asked_for_each_with_a_hash(path: Path):
    names = {canonical(re.split(r"[\[<>=!;@ ]", wanted)[0]) for wanted in WANTED[path.stem]}
    assert names <= set(of_lock(path))
    for entry in re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8").strip()):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_the_locks_have_the_versions_of_the_constraints(path: Path):
    differing = {name: version for name, version in of_lock(path).items() if CONSTRAINTS.get(name, version) != version}
    missing = set(of_lock(path)) - set(CONSTRAINTS)
    assert differing == {}
    assert not missing or path.stem == "supply"  # tools that are never in the same environment


def test_what_builds_the_package_is_one_version():
    (wanted,) = PROJECT["build-system"]["requires"]
    assert wanted == f"hatchling=={CONSTRAINTS['hatchling']}"
    assert wanted in WANTED["build"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_commit_and_every_workflow_may_only_read(path: Path):
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert not re.search(r"pip install (?!.*(--require-hashes|--no-deps))", text)


def test_every_part_that_ships_is_listed_with_its_licence():
    listed = {part.name: part for part in shipped_licences()}
    assert {name: part.version for name, part in listed.items() if part.version} == pins(LOCK)
    assert {(name, part.licence) for name, part in listed.items() if not part.version} == set(OWN)
    told = {name: declared(name) for name in pins(LOCK)}
    assert {name: licence for name, licence in told.items() if licence not in (None, listed[name].licence)} == {}
    assert sum(licence is not None for licence in told.values()) > len(told) * 3 // 4


def test_the_licence_of_the_package_covers_what_lies_in_the_wheel():
    assert PROJECT["project"]["license"].split(" AND ") == [licence for _, licence in OWN]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no umask there")
def test_the_same_source_makes_the_same_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    _, wheel, again = build_twice(tmp_path)
    assert wheel.read_bytes() == again.read_bytes()
