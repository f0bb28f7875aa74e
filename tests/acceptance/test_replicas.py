"""A whole run, each payload at another replica than the one before: none needs another's memory."""

import pytest

from bot.slack.ids import Action, Search
from tests.acceptance.lake import FORM
from tests.acceptance.replicas import Replicas
from tests.acceptance.world import JOB, fault, field

ORDERS = "dwd_orders"
YES = {"accept": ["accepted"]}


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Replicas(folder, postgres_url)


@pytest.fixture(params=[0, 1])
def turn(request, world):
    """Begin with the one replica or the other, so that each step is taken by both in the end."""
    world.balancer.begin_with(request.param)


@pytest.mark.usefixtures("turn")
async def test_a_hot_update_from_the_form_to_the_way_back(world):
    form = await world.screen("/flink update", FORM)
    form = await world.chosen(form, JOB)
    review = await world.submitted(form, {field(form, "parallelism"): 8})
    await world.ada.click(review, Action.EDIT_UPDATE)
    form = await world.top(FORM)
    review = await world.submitted(form, {field(form, "parallelism"): 6})
    world.alibaba.inject(fault("HotUpdateJob", "refuse", code="990301", message="frozen"))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Failed")

    await world.pressed(Action.VIEW_UPDATE, where=card, title="Update")
    back = await world.pressed(Action.ROLL_BACK, where=card, title="Restore saved settings")
    assert "`6` → `4`" in back.words()
    await world.told(await world.applied(back), containing="Saved")
    again = await world.pressed(Action.RETRY_UPDATE, where=card)
    verdict = await world.told(await world.applied(again), containing="Succeeded")

    assert "6" in verdict.words()
    assert world.alibaba.calls("HotUpdateJob") == 2
    assert set(world.balancer.served) == {0, 1}


@pytest.mark.usefixtures("turn")
async def test_a_cancelled_update_of_a_job_that_the_other_replica_told_of(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=2.0))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Queued")

    said = await world.answer(world.lin, world.lin.click(card, Action.CANCEL_UPDATE))

    assert "is cancelled" in said.words()
    assert update_id in (await world.ask("/flink status")).words()
    assert world.alibaba.calls("UpdateDeployment") == 0


@pytest.mark.usefixtures("turn")
async def test_a_restart_on_dli_with_sql_from_a_file_and_its_way_back(world):
    form = await world.form(ORDERS, "sql")
    sql = f"{world.job(ORDERS).parts['sql_body']}\n-- reviewed"
    file = world.ada.upload("orders.sql", sql.encode())
    values = {
        field(form, "sql_file"): [file.id],
        field(form, "mode"): "restart",
    }
    review = await world.submitted(form, values)
    update_id = await world.applied(review, YES)
    card = await world.told(update_id, "card", "Succeeded")
    assert world.job(ORDERS).parts["sql_body"] == sql

    back = await world.pressed(Action.ROLL_BACK, where=card, title="Roll back")
    await world.told(await world.applied(back, YES), containing="Succeeded")

    assert world.job(ORDERS).parts["sql_body"] != sql
    assert len(world.job(ORDERS).runs) == 3


@pytest.mark.usefixtures("turn")
async def test_a_savepoint_a_stop_and_a_start_by_form_and_buttons(world):
    form = await world.screen("/flink savepoint", "Write a savepoint")
    block = field(form, "job")
    [offered] = await world.ada.suggest(form, block, Search.DLI_JOB, ORDERS)
    values = {block: offered["value"], field(form, "path"): "bucket/a"}
    await world.ada.submit(form, values)
    review = await world.top("Write a savepoint", containing="Interruption")
    await world.told(await world.applied(review), containing="bucket/a")
    stop = await world.screen(f"/flink stop {ORDERS}", "Stop the job")
    card = await world.told(await world.applied(stop), "card", "Stopped")
    start = await world.pressed(Action.START_JOB, where=card, title="Start the job")
    await world.told(await world.applied(start), containing="Succeeded")

    assert world.writes() == {
        "ExecuteFlinkJobSavepoint": 1,
        "BatchStopFlinkJobs": 1,
        "BatchRunFlinkJobs": 1,
    }


@pytest.mark.usefixtures("turn")
async def test_home_shows_the_same_whoever_fills_it(world):
    await world.told(await world.applied(await world.screen(f"/flink rescale {JOB} 8")))
    world.ada.open_home()
    home = await world.seen(lambda: world.ada.home)
    await world.ada.click(home, Action.REFRESH_HOME)
    await world.ada.click(home, Action.REFRESH_HOME)

    await world.seen(lambda: JOB in world.ada.home.words())
    await world.pressed(Action.OPEN_UPDATE_FORM, where=world.ada.home, title=FORM)


async def test_a_job_that_only_one_replica_has_heard_of_is_found_by_the_other(world):
    world.cloud.named(JOB).parts["name"] = "orders-renamed"
    seen = await world.ask("/flink status orders-renamed")  # one of them has read it since
    assert "orders-renamed" in seen.words()

    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=seen, title=FORM)

    assert "orders-renamed" in form.words()
