"""The table of lies on the page about security: its rows are those of the campaign, and some are asked again."""

import pytest

from tests.campaigns.lying_bridges import head, liars_desk, row, table_of_page
from tests.support.boards.lying_board import LiarsDesk
from tests.support.cases.lying_answers import ALL_LIES

AGAIN = ("a public key of nobody", "configuration shifted", "text of slot 8 changed")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> LiarsDesk:
    return liars_desk(tmp_path_factory.mktemp("liars") / "template")


def test_the_page_has_every_lie_and_every_verb():
    lines = table_of_page()
    assert lines[:2] == head()
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == [lie.name for lie in ALL_LIES]


@pytest.mark.slow
@pytest.mark.parametrize("name", AGAIN)
def test_a_lie_is_noticed_as_the_page_says(desk: LiarsDesk, name: str):
    (lie,) = (lie for lie in ALL_LIES if lie.name == name)
    assert row(desk, lie) in table_of_page()


def test_no_lie_makes_a_provisioning_pass_that_is_not_said_to_be_possible():
    passes = [line for line in table_of_page()[2:] if line.split(" | ")[1] in ("believed", "–")]
    names = {line.split(" | ")[0].removeprefix("| ") for line in passes}
    assert names == {
        "certificate kept by the board", "a key of the board's own",
        # Of commands that no provisioning asks for.
        "Random of the board's own", "Random constant", "Verify says yes", "Counter of zeros", "MAC of noise",
    }  # fmt: skip


def test_there_are_more_than_47_kinds_of_lies():
    assert len({lie.name for lie in ALL_LIES}) == len(ALL_LIES) > 47
