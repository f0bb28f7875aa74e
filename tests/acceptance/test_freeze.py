"""`/flink freeze` and `/flink unfreeze`: nothing new begins, and what runs is finished."""

import sqlite3

import psycopg
import pytest

from bot.sandbox.stage import CHANNEL
from tests.acceptance.lake import FORM, Lake
from tests.acceptance.replicas import Replicas, Way
from tests.acceptance.test_approvals import answered, requested
from tests.acceptance.test_home import opened
from tests.acceptance.world import JOB, fault

ORDERS = "dwd_orders"


def told(world, containing, channel=CHANNEL):
    """Give what the whole channel can read, with a part of its words."""
    found = [one for one in world.slack.messages(channel) if containing in one.words()]
    return found[0] if found else None


async def typed(world, line, containing, person=None):
    """Type a command that is answered before all."""
    outcome = await (person or world.ada).command(CHANNEL, line)
    assert outcome.ok, outcome
    return await world.seen(lambda: told(world, containing))


async def test_a_freeze_is_told_to_the_channel_and_refuses_until_it_is_lifted(world):
    said = await typed(world, "/flink freeze sandbox release day for 2h", "froze sandbox")
    assert f"<@{world.ada.user.id}> froze sandbox until" in said.words()
    assert "Reason: release day." in said.words()

    form = await world.screen(f"/flink update {JOB}", "Change a job")
    assert "Frozen: sandbox" in form.words()
    review = await world.screen(f"/flink rescale {JOB} 8")
    assert "Frozen: sandbox" in review.words()
    refused = (await world.ada.submit(review)).view
    assert refused.title == "Review the change"
    assert refused.words().count("Frozen: sandbox") == 1
    for line in ("/flink status", f"/flink status {JOB}"):
        assert "Frozen: sandbox" in (await world.ask(line)).words()
    assert world.alibaba.calls("UpdateDeployment") == 0

    await typed(world, "/flink unfreeze sandbox", "lifted the freeze of sandbox")
    update_id = await world.applied(refused)
    assert "Succeeded" in (await world.told(update_id)).words()


async def test_what_runs_is_finished_and_what_has_not_begun_is_not(world):
    running = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(running, "card", "Running")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=2.0))
    review = await world.screen("/flink rescale recommendations 9")
    queued = await world.applied(review)

    await typed(world, "/flink freeze", "froze every target until somebody lifts it")

    assert "Succeeded" in (await world.told(running)).words()
    ended = await world.told(queued)
    assert "Frozen, not applied" in ended.words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_the_card_of_what_runs_says_it_as_long_as_it_holds(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id, "card", "Running")

    await typed(world, "/flink freeze sandbox release day for 2h", "froze sandbox")

    card = await world.told(update_id, "card", "froze sandbox until")
    assert "Reason: release day. What it has begun is seen through." in card.words()
    await typed(world, "/flink unfreeze sandbox", "lifted the freeze")
    await world.seen(lambda: "froze" not in world.message(update_id, "card").words())


async def test_a_request_says_that_it_is_frozen_and_waits_on(world):
    update_id, card = await requested(world)
    await typed(world, "/flink freeze sandbox release", "froze sandbox")
    await world.told(update_id, "card", "Reason: release.")

    said = await answered(world, world.lin, card)
    assert "Frozen: sandbox" in said
    assert "none so far" in world.message(update_id, "card").words()

    await typed(world, "/flink unfreeze sandbox", "lifted the freeze")
    assert "on its way" in await answered(world, world.lin, card)
    assert "Succeeded" in (await world.told(update_id)).words()


async def test_a_freeze_ends_by_itself(world):
    await typed(world, "/flink freeze sandbox for 2h", "froze sandbox")
    review = await world.screen(f"/flink rescale {JOB} 8")

    await hours_pass(world, 2)

    assert "Frozen" not in (await world.ask("/flink status")).words()
    update_id = await world.applied(review)
    assert "Succeeded" in (await world.told(update_id)).words()


async def hours_pass(world, hours):
    """Move what the record holds of freezes into the past, instead of its clock."""
    with sqlite3.connect(world.folder / "flinkbot.sqlite3") as record:
        micros = hours * 3_600_000_000
        record.execute("UPDATE freezes SET since = since - ?, until = until - ?", (micros, micros))
    record.close()


@pytest.mark.parametrize("line", ["/flink freeze sandbox", "/flink freeze", "/flink unfreeze"])
async def test_who_may_change_nothing_may_not_freeze(world, line):
    await world.restart(allow_users='["U0LIN"]')

    said = await world.ask(line)

    assert 'allow_users = ["U0ADA"]' in said.words()
    assert told(world, "froze") is None


async def test_a_slip_is_told_to_nobody_else(world):
    said = await world.ask("/flink freeze sandbxo release day")

    assert "There is no target “sandbxo”" in said.words()
    assert told(world, "froze") is None


async def test_somebody_else_may_lift_it(world):
    await typed(world, "/flink freeze sandbox", "froze sandbox")
    await typed(world, "/flink unfreeze sandbox", f"<@{world.lin.user.id}> lifted", world.lin)

    said = await world.ask("/flink unfreeze sandbox")

    assert "Not frozen: sandbox" in said.words()
    for line in ("/flink history", "/flink history @lin"):
        past = (await world.ask(line)).words()
        assert f"<@{world.lin.user.id}> lifted the freeze of sandbox" in past
        assert ("froze sandbox until" in past) is (line == "/flink history")


async def test_the_home_tab_shows_it_and_follows(world, session):
    await typed(world, "/flink freeze sandbox", "froze sandbox")
    await opened(world, session)
    await world.seen(lambda: "Frozen: sandbox" in home(world))

    await typed(world, "/flink unfreeze sandbox", "lifted")

    await world.seen(lambda: "Frozen: sandbox" not in home(world))


def home(world):
    """Give the words of Ada's Home tab."""
    tab = world.ada.home
    return tab.words() if tab else ""


class TestReplicas:
    """Two bots on one database: what one freezes, the other refuses."""

    @pytest.fixture
    def make_world(self, postgres_url):
        return lambda folder: Replicas(folder, postgres_url)

    async def test_what_one_freezes_the_other_refuses(self, world):
        review = await world.screen(f"/flink rescale {JOB} 8")
        world.balancer.begin_with(0)
        await typed(world, "/flink freeze sandbox", "froze sandbox")

        refused = (await world.ada.submit(review)).view

        assert "Frozen: sandbox" in refused.words()
        assert world.balancer.served == [0, 1]

    @pytest.mark.parametrize("way", [Way.AT_ONCE, Way.TWICE])
    async def test_delivered_twice_it_is_told_to_all_once(self, world, way):
        world.twice(way)

        said = await world.ask("/flink freeze sandbox for 2h")

        assert "froze sandbox" in said.words()
        await world.seen(lambda: told(world, "froze sandbox"))
        assert sum("froze sandbox" in one.words() for one in world.slack.messages(CHANNEL)) == 1
        with psycopg.connect(world.url) as record:
            rows = record.execute("SELECT count(*) FROM events WHERE update_id LIKE 'freeze:%'")
            assert rows.fetchone() == (1,)


class TestOnDli:
    """The other cloud, and its form for a path."""

    @pytest.fixture
    def make_world(self):
        return Lake

    async def test_its_forms_show_it_and_its_updates_do_not_begin(self, world):
        await typed(world, "/flink freeze lake", "froze lake")

        for line in ("/flink savepoint", f"/flink savepoint {ORDERS}"):
            form = await world.screen(line, "Write a savepoint")
            assert form.words().count("Frozen: lake") == 1
        for form in (await world.form(ORDERS), await world.form(ORDERS, "sql")):
            assert form.words().count("Frozen: lake") == 1
        review = await world.screen(f"/flink stop {ORDERS}", "Stop the job")
        assert "Frozen: lake" in (await world.ada.submit(review)).view.words()
        assert "Frozen" not in (await world.screen(f"/flink update {JOB}", FORM)).words()
