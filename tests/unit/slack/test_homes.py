import asyncio
from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError

from bot.flink.update import State
from bot.slack import homes as module
from bot.slack.homes import Homes
from bot.updates.rulebook import Rulebook
from tests.factories import make_update
from tests.fakes.clock import FakeClock


class Store:
    """A store of which only the newest updates are asked."""

    def __init__(self):
        self.updates, self.reads = [], 0

    async def recent(self, limit, ref=None, *, live_only=False):
        self.reads += 1
        return [u for u in self.updates if u.state.live or not live_only][:limit]


class Submissions:
    targets = {}  # noqa: RUF012 - nothing is configured
    rules = Rulebook(())

    async def reach(self, user):
        return {}


class Screens:
    """Remembers whose tab was filled; can be held up and can refuse."""

    def __init__(self):
        self.published, self.error = [], None
        self.open, self.asked = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def publish(self, user, view):
        self.asked.set()
        await self.open.wait()
        if self.error:
            raise self.error
        self.published.append((user, str(view)))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def screens():
    return Screens()


@pytest.fixture
def homes(clock, store, screens):
    return Homes(Submissions(), store, screens, clock)


async def changed(homes, store, clock, state=State.RUNNING):
    clock.tick(5)
    store.updates = [make_update(state=state)]
    await homes.keep_current()


async def test_a_tab_is_filled_when_it_is_opened_and_again_when_something_changes(
    homes, store, screens, clock
):
    await homes.show("U0ADA")
    await changed(homes, store, clock)
    await changed(homes, store, clock)

    assert [user for user, _ in screens.published] == ["U0ADA", "U0ADA"]
    assert "Running" in screens.published[-1][1]


async def test_while_nobody_looks_nothing_is_read(homes, store, clock):
    await changed(homes, store, clock)

    assert store.reads == 0


async def test_who_looked_long_ago_is_left_alone(homes, store, screens, clock):
    await homes.show("U0ADA")
    clock.tick(timedelta(minutes=16).total_seconds())
    await changed(homes, store, clock)

    assert len(screens.published) == 1


async def test_only_so_many_tabs_are_kept_current_the_latest(homes, store, screens, clock):
    people = [f"U{number}" for number in range(module._MOST_PEOPLE + 1)]
    for user in (people[0], *people[1:-1], people[0], people[-1]):
        await homes.show(user)
    before = len(screens.published)
    await changed(homes, store, clock)

    again = {user for user, _ in screens.published[before:]}
    assert again == {*people} - {"U1"}  # the first one came back meanwhile


async def test_what_was_read_earlier_never_replaces_what_was_read_later(
    homes, store, screens, clock
):
    await homes.show("U0ADA")
    screens.open.clear()
    screens.asked.clear()
    store.updates = [make_update(state=State.RUNNING)]
    clock.tick(5)
    early = asyncio.create_task(homes.keep_current())
    await screens.asked.wait()
    store.updates = [make_update(state=State.SUCCEEDED)]
    clock.tick(1)
    late = asyncio.create_task(homes.show("U0ADA"))
    screens.open.set()
    await asyncio.gather(early, late)
    await homes.keep_current()

    assert "Succeeded" in screens.published[-1][1]


async def test_one_tab_that_slack_refuses_does_not_keep_the_others_from_following(
    homes, store, screens, clock, caplog
):
    await homes.show("U0ADA")
    screens.error = SlackApiError("no", {"ok": False, "error": "not_enabled"})
    await changed(homes, store, clock)

    assert "a Home tab could not be kept current" in caplog.text
    with pytest.raises(SlackApiError):
        await homes.show("U0ADA")
    screens.error = None
    await changed(homes, store, clock, State.SUCCEEDED)
    assert "Succeeded" in screens.published[-1][1]
