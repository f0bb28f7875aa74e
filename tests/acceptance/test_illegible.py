"""Text that PostgreSQL cannot keep is refused at the field, or told without what it cannot keep."""

import pytest

from bot.slack.ids import Action
from tests.acceptance.lake import FORM
from tests.acceptance.replicas import Replicas
from tests.acceptance.world import JOB, field

BAD = ["a\x00b", "a\ud800b", "a\x1bb"]


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Replicas(folder, postgres_url)


@pytest.mark.parametrize("bad", BAD)
async def test_a_field_with_it_is_refused_and_the_form_stays(world, bad):
    form = await world.screen(f"/flink update {JOB}", FORM)
    block = field(form, "reason")

    outcome = await world.ada.submit(form, {field(form, "parallelism"): 8, block: bad})

    assert "cannot be seen or kept" in outcome.errors[block]
    assert world.rows() == {}
    review = await world.submitted(form, {block: "better"})
    assert "better" in review.words()


async def test_a_job_can_be_chosen_while_it_stands_in_a_field(world):
    form = await world.screen("/flink update", FORM)
    block = field(form, "reason")
    await world.ada.choose(form, block, "value", "be\x00cause", dispatch=False)

    form = await world.chosen(form, JOB)

    outcome = await world.ada.submit(form, {field(form, "parallelism"): 8})
    assert "cannot be seen or kept" in outcome.errors[block]


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb"])  # a command comes as UTF-8: no halves
async def test_a_command_is_read_without_it(world, bad):
    answer = await world.ask(f"/flink status {JOB[:5]}{bad[1:2]}{JOB[5:]}")

    assert JOB in answer.words()


@pytest.mark.parametrize("bad", BAD)
async def test_a_savepoint_path_with_it_is_refused(world, bad):
    form = await world.screen("/flink savepoint dwd_orders", "Write a savepoint")

    outcome = await world.ada.submit(form, {field(form, "path"): f"bucket/{bad}"})

    assert "cannot be seen or kept" in outcome.errors["path"]


@pytest.mark.parametrize("content", [b"SELECT\x001", b"SELECT 1;\nSELECT \x1b[0m"])
async def test_a_file_with_it_is_no_text(world, content):
    form = await world.form("dwd_orders", "sql")
    file = world.ada.upload("orders.sql", content)

    await world.ada.submit(form, {field(form, "sql_file"): [file.id]})

    assert await world.top(FORM, containing="is not a text")


async def test_a_job_of_such_a_name_can_be_changed(world):
    world.cloud.named(JOB).parts["name"] = "pay\x00zz"
    shown = await world.ask("/flink status zz")
    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=shown, title=FORM)

    review = await world.submitted(form, {field(form, "parallelism"): 8})
    verdict = await world.told(await world.applied(review))

    assert "Succeeded" in verdict.words()
