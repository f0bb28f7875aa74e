"""`/flink history`: who changed what, for anybody, page by page."""

import pytest

from bot.slack.ids import Action
from tests.acceptance.replicas import Replicas
from tests.acceptance.world import JOB, buttons
from tests.past import fill

PAGE = 8


async def changed(world, times, person=None):
    """Change the job so often; give the ids, the newest first."""
    ids = []
    for number in range(times):
        review = await world.screen(f"/flink rescale {JOB} {8 - number % 2}", person=person)
        ids.insert(0, await world.applied(review))
        await world.told(ids[0])
    return ids


def listed(message, ids):
    return [each for each in ids if each in message.words()]


async def test_the_history_begins_empty(world):
    said = await world.ask("/flink history")

    assert "No update was found." in said.words()
    assert buttons(said) == []


async def test_an_update_is_found_by_all_by_job_by_person_and_by_id(world):
    [update_id] = await changed(world, 1)
    ada = world.ada.user.id

    for asked in ("", JOB.upper(), "me", f"<@{ada}|ada>", f"@{world.ada.user.name}"):
        said = (await world.ask(f"/flink history {asked}")).words()
        assert update_id in said, asked
        assert "`4` → `8`" in said
        assert "Succeeded" in said
    whole = await world.ask(f"/flink history {update_id}")
    assert "What happened" in whole.words()
    for asked in ("no-such-job", f"<@{world.lin.user.id}>", "U0NOBODY1"):
        nothing = (await world.ask(f"/flink history {asked}")).words()
        assert "No update was found." in nothing
    assert "What <@U0NOBODY1> asked for" in nothing


async def test_whoever_may_use_the_bot_may_read_it(world):
    [update_id] = await changed(world, 1)

    said = await world.ask(f"/flink history {JOB}", world.lin)

    assert update_id in said.words()


class TestPages:
    """Two replicas in turn: a page is turned at another one than it came from."""

    COUNT = 19

    @pytest.fixture
    async def past(self, postgres_url):
        return await fill(postgres_url, ("U0ADA", "U0LIN"), self.COUNT)

    @pytest.fixture
    def make_world(self, postgres_url, past):
        return lambda folder: Replicas(folder, postgres_url)

    async def test_the_pages_lead_to_the_oldest_and_back(self, world, past):
        first = await world.ask("/flink history")
        assert [action for action in buttons(first) if "history" in action] == ["older_history"]
        assert listed(first, past) == past[:PAGE]

        for begin, there in ((PAGE, True), (2 * PAGE, False)):
            await world.ada.click(first, Action.OLDER_HISTORY)
            page = await world.seen(lambda at=begin: shown(world, past[at]))
            assert listed(page, past) == past[begin : begin + PAGE]
            assert (Action.OLDER_HISTORY in buttons(page)) is there
            assert Action.NEWER_HISTORY in buttons(page)
            first = page

        await world.ada.click(page, Action.NEWER_HISTORY)
        page = await world.seen(lambda: shown(world, past[PAGE]))
        assert listed(page, past) == past[PAGE : 2 * PAGE]
        told = [one for one in world.mine(world.ada) if "History" in one.words()]
        assert told == [page], "a page takes the place of the one before"
        assert set(world.balancer.served) == {0, 1}

    async def test_pages_of_a_person_stay_with_that_person(self, world, past):
        first = await world.ask("/flink history @lin")
        assert listed(first, past) == past[1::2][:PAGE]

        await world.ada.click(first, Action.OLDER_HISTORY)
        page = await world.seen(lambda: shown(world, past[1::2][PAGE]))

        assert listed(page, past) == past[1::2][PAGE:]


def shown(world, its_id):
    """Give Ada's private answer that names an update."""
    return next((one for one in world.mine(world.ada) if its_id in one.words()), None)
