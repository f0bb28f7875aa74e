"""How trouble reaches the person who acted."""

from collections import deque

import pytest

from bot.errors import CloudUnavailableError
from bot.slack.background import Background, RefusedWorkError
from bot.slack.listeners.desk import Desk, Place, place_of
from tests.fakes.clock import FakeClock


class Answers:
    """Stands for the ways to answer; remembers what was said."""

    def __init__(self, open_views=()):
        self.said = deque()
        self._open_views = open_views

    async def __call__(self, url, payload, *, replace=False):
        self.said.append((url, payload.text))
        return True

    async def publish(self, user, view):
        self.said.append((user, str(view["blocks"])))

    async def show(self, view_id, view):
        self.said.append((view_id, view["title"]["text"]))
        return view_id in self._open_views


def desk(background, answers):
    return Desk(
        submissions=None,
        requests=None,
        approvals=None,
        directory=None,
        store=None,
        background=background,
        respond=answers,
        screens=answers,
        uploads=None,
        now=FakeClock(),
        new_id=lambda: "u1",
        plan_expires_seconds=1.0,
    )


async def failing(error):
    raise error


async def test_work_that_is_refused_is_closed_and_says_so():
    background = Background()
    await background.drain(0)
    work = failing(ValueError("never raised"))

    with pytest.raises(RefusedWorkError):
        desk(background, Answers()).start("late work", work, Place("url"))

    assert work.cr_frame is None  # closed: nothing is left that was never awaited


async def test_a_clouds_trouble_is_told_privately():
    background, answers = Background(), Answers()
    down = CloudUnavailableError("HTTP 502", cloud="prod", operation="ListJobs")

    desk(background, answers).start("look", failing(down), Place("url"))
    await background.drain(5)

    [(where, said)] = answers.said
    assert where == "url"
    assert "prod does not answer" in said


async def test_a_bug_is_told_by_its_incident_in_the_open_screen(caplog):
    background, answers = Background(), Answers(open_views={"V1"})

    desk(background, answers).start("look", failing(ValueError("a bug")), Place("url", "V1"))
    await background.drain(5)

    assert list(answers.said) == [("V1", "Something went wrong")]
    assert "incident" in caplog.text


async def test_a_bug_is_told_on_home_where_the_click_was(caplog):
    background, answers = Background(), Answers()

    desk(background, answers).start("look", failing(ValueError("a bug")), Place(home_of="U0ADA"))
    await background.drain(5)

    [(where, said)] = answers.said
    assert where == "U0ADA"
    assert "incident" in said


@pytest.mark.parametrize(
    ("view", "place"),
    [
        ({"id": "V1", "type": "modal"}, Place("", "V1")),
        ({"id": "V1", "type": "home"}, Place(home_of="U0ADA")),
        (None, Place()),
    ],
)
def test_an_answer_belongs_where_the_click_was(view, place):
    assert place_of({"user": {"id": "U0ADA"}, "view": view}) == place


async def test_where_nobody_looks_any_more_nothing_is_told(caplog):
    background, answers = Background(), Answers()

    desk(background, answers).start("look", failing(ValueError("a bug")), Place())
    await background.drain(5)

    assert not answers.said
