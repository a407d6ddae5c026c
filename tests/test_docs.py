"""The documentation names only what exists, and leaves out no room and no target of make."""

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

MOST_LINES_OF_README = 100
PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md"))
PATH = re.compile(r"(?<![\w./-])(?:app|tests|resources|firmware|docs|\.github|\.ci)/[\w./-]*[\w/]")
LINK = re.compile(r"\]\((?P<page>[^()#\s]*)(?:#(?P<heading>[^()\s]*))?\)")
BUILT = ("firmware/build",)
"""What the documentation may name although it is there only after a build."""


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_path_that_is_named_exists(page: Path):
    named = set(PATH.findall(page.read_text(encoding="utf-8")))
    assert {path for path in named if not path.startswith(BUILT) and not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_within_the_repository_leads_somewhere(page: Path):
    lost: list[str] = []
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        if link["page"].startswith(("http://", "https://", "mailto:")):
            continue
        target = (page.parent / link["page"]).resolve() if link["page"] else page
        if not target.exists() or (link["heading"] and link["heading"] not in anchors(target)):
            lost.append(link[0])
    assert lost == []


def test_readme_is_short_enough_to_be_read():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_README


def test_every_page_can_be_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in (ROOT / "docs").glob("*.md") if f"docs/{path.name}" not in readme} == set()


def test_architecture_names_every_room():
    named = set(re.findall(r"`([\w/]+)`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    house = ROOT / "app" / "atecc_bench"
    folders = {path.parent for path in house.rglob("*.py") if path.name != "__init__.py"} - {house}
    assert folders
    assert {str(path.relative_to(house).as_posix()) for path in folders} - named == set()


def test_every_target_of_make_has_a_line_in_its_help():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    helped = set(re.findall(r"^([a-z][\w-]*):.* ## \S", makefile, re.MULTILINE))
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets == helped == set(phony.split())
