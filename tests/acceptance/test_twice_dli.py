"""What Slack delivers twice about jobs on DLI, to two replicas, has one effect."""

import pytest

from bot.sandbox.dli.model import Status
from bot.slack.ids import Action, Search
from tests.acceptance.replicas import Replicas, Way
from tests.acceptance.test_twice import EFFECT, ORDERS, REVIEW, titles
from tests.acceptance.world import field


@pytest.fixture
def way():
    return Way.AT_ONCE


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Replicas(folder, postgres_url)


@EFFECT
async def test_a_form_of_dli_sent_twice_is_planned_once(world, way):
    form = await world.form(ORDERS, "logs")
    world.twice(way)

    review = await world.reviewed(form, "live", smn_topic="oncall")
    await world.balancer.again()

    assert (await world.top(REVIEW)).private_metadata == review.private_metadata
    assert world.rows() == {"planned": 1}
    world.once()
    assert "Succeeded" in (await world.told(await world.applied(review))).words()


@EFFECT
async def test_put_back_pressed_twice_is_planned_once(world, way):
    form = await world.form(ORDERS, "logs")
    review = await world.reviewed(form, "live", smn_topic="oncall")
    card = await world.told(await world.applied(review), "card", "Succeeded")
    await world.alone(world.ada)
    world.twice(way)

    answer = await world.answer(world.ada, world.ada.click(card, Action.ROLL_BACK))
    back = await world.top("Roll back")

    assert "This was answered already" in answer.words()
    assert world.rows() == {"succeeded": 1, "planned": 1}
    assert "`oncall` → `flink-alerts`" in back.words()


async def test_groups_ticked_twice_show_their_fields_once(world, way):
    world.twice(way)

    form = await world.form(ORDERS, "logs")

    assert field(form, "smn_topic")
    assert len(world.ada.views) == 1


@EFFECT
@pytest.mark.parametrize(
    ("line", "title", "call", "status"),
    [
        (f"/flink stop {ORDERS}", "Stop the job", "BatchStopFlinkJobs", Status.CANCEL_SUCCESS),
        (
            f"/flink savepoint {ORDERS} bucket/a",
            "Write a savepoint",
            "ExecuteFlinkJobSavepoint",
            Status.RUNNING,
        ),
    ],
)
async def test_an_operation_applied_twice_is_done_once(world, way, line, title, call, status):
    review = await world.screen(line, title)
    world.twice(way)

    update_id = await world.applied(review)
    await world.told(update_id)

    [answers] = world.balancer.answers
    assert titles(answers) == ["Applying", "Applying"]
    assert world.writes() == {call: 1}
    assert world.job(ORDERS).status is status


@EFFECT
async def test_a_restart_applied_twice_is_one(world, way):
    form = await world.form(ORDERS, "resources_v1")
    review = await world.reviewed(form, "restart", cu_number="6")
    world.twice(way)

    await world.told(await world.applied(review), containing="Succeeded")

    assert set(world.writes().values()) == {1}
    assert len(world.job(ORDERS).runs) == 2


@EFFECT
async def test_a_savepoint_form_sent_twice_is_planned_once(world, way):
    form = await world.screen("/flink savepoint", "Write a savepoint")
    block = field(form, "job")
    [offered] = await world.ada.suggest(form, block, Search.DLI_JOB, ORDERS)
    world.twice(way)

    values = {block: offered["value"], field(form, "path"): "bucket/a"}
    review = await world.submitted(form, values, title="Write a savepoint")
    await world.balancer.again()

    review = await world.top("Write a savepoint", containing="Interruption")
    assert (await world.top("Write a savepoint")).private_metadata == review.private_metadata
    assert world.rows() == {"planned": 1}


@pytest.mark.parametrize(
    ("job", "action", "title"),
    [
        (ORDERS, Action.TAKE_SAVEPOINT, "Write a savepoint"),
        (ORDERS, Action.STOP_JOB, "Stop the job"),
        ("dws_import_demo", Action.START_JOB, "Start the job"),
        ("dws_import_demo", Action.IMPORT_SAVEPOINT, "Import a savepoint"),
    ],
)
async def test_a_button_for_a_job_opens_one_window(world, way, job, action, title):
    shown = await world.ask(f"/flink status {job}")
    world.twice(way)

    answer = await world.answer(world.ada, world.ada.click(shown, action))
    await world.top(title)

    assert "This was answered already" in answer.words()
    assert len(world.ada.views) == 1
    assert world.rows() in ({}, {"planned": 1})
