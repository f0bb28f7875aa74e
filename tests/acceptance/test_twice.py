"""What Slack delivers twice, to two replicas, has one effect, and both deliveries are answered."""

from pathlib import Path

import pytest

from bot.sandbox.alibaba.definition import with_parallelism
from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from bot.slack.surface import CHANGE_ANY_JOB
from tests.acceptance.lake import FORM
from tests.acceptance.replicas import Replicas, Way
from tests.acceptance.world import HURRIED, JOB, fault, field, started_in_the_console

ORDERS = "dwd_orders"
REVIEW = "Review the change"


EFFECT = pytest.mark.parametrize("way", [Way.AT_ONCE, Way.TWICE])
"""What records or sends something is tried in both ways; what only shows something, at once."""


@pytest.fixture
def way():
    return Way.AT_ONCE


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Replicas(folder, postgres_url)


@pytest.fixture
def changes(world):
    """Count what was asked of Alibaba Cloud besides reading."""

    def count():
        names = ("UpdateDeployment", "HotUpdateJob")
        return tuple(world.alibaba.calls(name) for name in names)

    return count


def titles(answers):
    return [answer["view"]["title"]["text"] for answer in answers]


async def applied(world, line=f"/flink rescale {JOB} 8"):
    return await world.applied(await world.screen(line))


@pytest.mark.parametrize("line", ["/flink", "/flink help", "/flink whatever"])
async def test_what_is_part_of_the_ack_is_the_same_at_both(world, way, line):
    world.twice(way)

    outcome = await world.ada.command(CHANNEL, line)

    [(one, two)] = world.balancer.answers
    assert outcome.ok
    assert one == two


@pytest.mark.parametrize(
    "line", ["/flink jobs", "/flink status", f"/flink status {JOB}", "/flink result {hot}"]
)
async def test_a_look_is_answered_twice_alike(world, way, line):
    hot = started_in_the_console(world).id
    world.twice(way)

    one, two = await world.both(world.ada, world.ada.command(CHANNEL, line.format(hot=hot)))

    assert one.split()[:3] == two.split()[:3]
    assert world.rows() == {}


@pytest.mark.parametrize(
    ("line", "title", "rows"),
    [
        ("/flink update", FORM, {}),
        (f"/flink update {JOB}", FORM, {}),
        (f"/flink update {ORDERS}", FORM, {}),
        (f"/flink rescale {JOB} 8", REVIEW, {"planned": 1}),
        (f"/flink stop {ORDERS}", "Stop the job", {"planned": 1}),
        (f"/flink savepoint {ORDERS} bucket/a", "Write a savepoint", {"planned": 1}),
        ("/flink import-savepoint", "Import a savepoint", {}),
    ],
)
async def test_a_command_that_opens_a_window_opens_one(world, way, line, title, rows):
    world.twice(way)

    answer = await world.answer(world.ada, world.ada.command(CHANNEL, line))
    await world.top(title)

    assert "This was answered already" in answer.words()
    assert len(world.ada.views) == 1
    assert world.rows() == rows


@EFFECT
async def test_a_form_sent_twice_is_planned_once(world, way, changes):
    form = await world.screen(f"/flink update {JOB}", FORM)
    world.twice(way)

    review = await world.submitted(form, {field(form, "parallelism"): 8})

    [(one, two)] = world.balancer.answers
    assert one["response_action"] == two["response_action"] == "update"
    await world.balancer.again()
    assert (await world.top(REVIEW)).private_metadata == review.private_metadata
    assert world.rows() == {"planned": 1}
    assert changes() == (0, 0)


@EFFECT
async def test_apply_pressed_twice_changes_the_job_once(world, way, changes):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.twice(way)

    update_id = await world.applied(review)
    await world.told(update_id, containing="Succeeded")
    late = await world.balancer.again()

    [answers] = world.balancer.answers
    assert titles([*answers, late]) == ["Applying", "Applying", "Applied already"]
    assert "<@U0ADA>" in str(late["view"]["blocks"])
    assert changes() == (1, 1)
    assert world.rows() == {"succeeded": 1}


async def test_apply_delivered_again_after_a_restart_changes_nothing(world, changes):
    review = await world.screen(f"/flink rescale {JOB} 8")
    update_id = await world.applied(review)
    await world.told(update_id, containing="Succeeded")
    again = world.balancer._last
    await world.restart()
    world.balancer._last = again

    late = await world.balancer.again(0)

    assert titles([late]) == ["Applied already"]
    assert changes() == (1, 1)


@EFFECT
async def test_cancel_pressed_twice_cancels_once_and_says_so_twice(world, way, changes):
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=1.0, times=2))
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=2.0))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Queued")
    world.twice(way)

    answers = await world.both(world.lin, world.lin.click(card, Action.CANCEL_UPDATE))

    assert all(f"Update {update_id} of {JOB} is cancelled" in said for said in answers)
    assert world.rows() == {"cancelled": 1}
    assert changes() == (0, 0)


@pytest.mark.parametrize("action", [Action.RETRY_UPDATE, Action.VIEW_UPDATE])
async def test_a_button_of_a_card_opens_one_window(world, way, action, changes):
    world.alibaba.inject(fault("UpdateDeployment", "refuse", code="990301", message="frozen"))
    update_id = await applied(world)
    card = await world.told(update_id, "card", "Refused")
    before = changes()
    await world.alone(world.ada)
    world.twice(way)

    answer = await world.answer(world.ada, world.ada.click(card, action))
    await world.top("Update" if action is Action.VIEW_UPDATE else REVIEW)

    assert "This was answered already" in answer.words()
    planned = {} if action is Action.VIEW_UPDATE else {"planned": 1}
    assert world.rows() == {"failed": 1, **planned}
    assert changes() == before


@EFFECT
async def test_watch_pressed_twice_follows_once(world, way):
    hot = started_in_the_console(world).id
    shown = await world.ask(f"/flink result {hot}")
    world.twice(way)

    answers = await world.both(world.ada, world.ada.click(shown, Action.WATCH_HOT_UPDATE))

    assert all(f"Hot update {hot}" in said or f"hot update {hot}" in said for said in answers)
    assert sum(world.rows().values()) == 1
    await world.seen(lambda: world.rows() == {"succeeded": 1})


@EFFECT
async def test_check_again_pressed_twice_corrects_once(world, way, changes):
    await world.restart(times=HURRIED)
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    world.alibaba.inject(fault("HotUpdateJob", "drop_after"))
    update_id = await applied(world)
    card = await world.told(update_id, "card", "Outcome unknown: ")
    world.twice(way)

    still = await world.both(world.lin, world.lin.click(card, Action.CHECK_AGAIN))
    assert all("Still unknown" in said for said in still)
    assert world.rows() == {"unknown": 1}

    job = world.cloud.named(JOB).latest_job
    job.parts = with_parallelism(job.parts, 8)
    known = await world.both(world.lin, world.lin.click(card, Action.CHECK_AGAIN))

    assert all("The running job has the values" in said for said in known)
    assert world.rows() == {"succeeded": 1}
    assert changes() == (1, 1)
    await world.told(update_id, "card", "Succeeded")

    def found_out():
        said = [m.words() for m in world.slack.messages(CHANNEL)]
        return [words for words in said if "the outcome is known now" in words]

    told = await world.seen(found_out)
    assert len(told) == 1
    assert "<@U0LIN>" in told[0]


async def test_a_choice_made_twice_fills_the_form_once(world, way):
    form = await world.screen("/flink update", FORM)
    world.twice(way)

    filled = await world.chosen(form, JOB)

    assert len(world.ada.views) == 1
    world.once()
    review = await world.submitted(filled, {field(filled, "parallelism"): 8})
    assert "`4` → `8`" in review.words()


async def test_edit_pressed_twice_leads_back_to_one_form(world, way):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.twice(way)

    outcome = await world.ada.click(review, Action.EDIT_UPDATE)
    form = await world.top(FORM)
    world.once()
    again = await world.submitted(form, {field(form, "parallelism"): 6})

    assert outcome.ok
    assert "`4` → `6`" in again.words()
    assert world.rows() == {"planned": 1, "superseded": 1}


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (Action.OPEN_UPDATE_FORM, FORM),
        (Action.OPEN_JOBS, ""),
        (Action.OPEN_STATUS, ""),
        (Action.OPEN_HELP, ""),
    ],
)
async def test_a_button_of_the_launcher_is_answered_twice(world, way, action, title):
    launcher = (await world.ada.command(CHANNEL, "/flink")).message
    world.twice(way)

    if title:
        answer = await world.answer(world.ada, world.ada.click(launcher, action))
        await world.top(title)
        assert "This was answered already" in answer.words()
    else:
        one, two = await world.both(world.ada, world.ada.click(launcher, action))
        assert one.split()[:3] == two.split()[:3]


async def test_home_is_filled_whoever_is_told_of_it(world, way):
    world.twice(way)

    world.ada.open_home()
    home = await world.seen(lambda: world.ada.home)
    outcome = await world.ada.click(home, Action.REFRESH_HOME)

    assert outcome.ok
    await world.seen(lambda: len(world.slack.calls("views.publish")) >= 4)


async def test_a_shortcut_taken_twice_opens_one_form(world, way):
    world.twice(way)

    outcome = await world.ada.shortcut(CHANGE_ANY_JOB.callback_id)
    await world.top(FORM)

    assert outcome.ok
    assert len(world.ada.views) == 1


async def test_a_target_chosen_twice_empties_the_job_once(world, way):
    form = await world.screen(f"/flink update {JOB}", FORM)
    world.twice(way)

    outcome = await world.ada.choose(form, "target", Action.CHOOSE_TARGET, "lake")

    assert outcome.ok
    await world.top(FORM, containing="Choose a job")
    assert len(world.ada.views) == 1


def test_no_button_is_left_out():
    by_helpers = {Action.CHOOSE_JOB, Action.CHOOSE_GROUPS}
    turns_pages = {"newer_history", "older_history"}
    here = Path(__file__).parent
    source = "".join(file.read_text("utf-8") for file in here.glob("test_twice*.py"))
    left_out = {action for action in Action if f"Action.{action.name}" not in source}
    assert left_out <= by_helpers | turns_pages
