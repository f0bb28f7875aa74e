"""A database that is away, or hangs: whoever asks is answered in time, and nobody is told a lie."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import StoreUnavailableError
from bot.slack.ids import Action
from tests.acceptance.lake import FORM, QUICK_DLI, Lake
from tests.acceptance.world import JOB, fault, field, started_in_the_console

REVIEW = "Review the change"
AWAY = "Flinkbot cannot reach its database"
AT_THE_EDGE = frozenset(
    {"get", "draft", "save_draft", "recent", "events", "live_for", "watched", "add", "transition"}
)
"""What the listeners ask of the store; the rest of the bot goes on."""


class Shaky:
    """A store that can be told to be away."""

    def __init__(self):
        self.store = None
        self.away, self.lost, self.hangs = frozenset(), frozenset(), frozenset()
        self.released = asyncio.Event()

    def in_front_of(self, store):
        self.store = store
        return self

    def __getattr__(self, name):
        method = getattr(self.store, name)

        async def call(*args, **kwargs):
            if name in self.hangs:
                await self.released.wait()
            if name in self.away:
                raise StoreUnavailableError("connection refused")
            answer = await method(*args, **kwargs)
            if name in self.lost:
                raise StoreUnavailableError("connection reset")
            return answer

        return call


class Weak(Lake):
    """A world whose database can go away."""

    def __init__(self, folder):
        super().__init__(folder)
        self.store = Shaky()
        self.expected += ["database is out of reach"]

    async def start(self, **given):
        given.setdefault("ends", replace(QUICK_DLI, updates=self.store.in_front_of))
        await super().start(**given)


@pytest.fixture
def make_world():
    return Weak


@pytest.fixture(autouse=True)
def no_bug_is_reported(caplog):
    yield
    assert "incident" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "line", ["/flink jobs", "/flink status", f"/flink status {JOB}", "/flink result {hot} sandbox"]
)
async def test_a_look_is_answered_with_the_reason(world, line):
    hot = started_in_the_console(world).id
    world.store.away = AT_THE_EDGE

    answer = (await world.ask(line.format(hot=hot))).words()

    assert AWAY in answer
    assert "Nothing was done" in answer


@pytest.mark.parametrize(
    "line", ["/flink update", f"/flink update {JOB}", f"/flink rescale {JOB} 8", "/flink savepoint"]
)
async def test_a_window_that_cannot_be_filled_says_why(world, line):
    world.store.away = AT_THE_EDGE

    await world.ada.command("data-jobs", line)
    shown = await world.top("That did not work", containing=AWAY)

    assert "Try again in a minute" in shown.words()
    assert world.alibaba.calls("UpdateDeployment") == 0


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_form_stays_open_with_what_was_typed(world, trouble):
    form = await world.screen(f"/flink update {JOB}", FORM)
    setattr(world.store, trouble, AT_THE_EDGE)

    outcome = await world.ada.submit(form, {field(form, "parallelism"): 8})

    [said] = outcome.errors.values()
    assert AWAY in said
    world.store.released.set()
    world.store.away = world.store.hangs = frozenset()
    [still] = world.ada.views
    review = await world.submitted(still)
    assert "`4` → `8`" in review.words()


async def test_a_savepoint_form_stays_open_with_what_was_typed(world):
    form = await world.screen("/flink savepoint dwd_orders", "Write a savepoint")
    world.store.away = AT_THE_EDGE

    outcome = await world.ada.submit(form, {field(form, "path"): "bucket/a"})

    assert AWAY in next(iter(outcome.errors.values()))
    world.store.away = frozenset()
    [still] = world.ada.views
    outcome = await world.ada.submit(still)
    assert outcome.view, "what was typed is sent again"


async def test_apply_while_the_database_is_away_does_nothing_and_can_be_pressed_again(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.store.away = AT_THE_EDGE

    outcome = await world.ada.submit(review)

    assert outcome.view.title == REVIEW
    assert AWAY in outcome.view.words()
    assert "Nothing was done" in outcome.view.words()
    again = await world.ada.submit(outcome.view)
    assert again.view.words().count(AWAY) == 1
    world.store.away = frozenset()
    update_id = await world.applied(again.view)
    assert "Succeeded" in (await world.told(update_id)).words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_an_apply_of_unknown_fate_says_so_and_is_never_done_twice(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.store.lost = {"transition"}

    outcome = await world.ada.submit(review)

    assert outcome.view.title == REVIEW
    assert "It may have been recorded" in outcome.view.words()
    assert f"/flink status {review.private_metadata}" in outcome.view.words()
    assert "Nothing was done" not in outcome.view.words()
    world.store.lost = frozenset()
    await world.told(review.private_metadata, containing="Succeeded")
    again = await world.ada.submit(outcome.view)
    assert again.view.title == "Applied already"
    assert world.alibaba.calls("HotUpdateJob") == 1


@pytest.mark.parametrize(
    ("lost", "title", "words"),
    [(False, "Applying", "on its way"), (True, REVIEW, "It may have been recorded")],
)
async def test_an_apply_that_takes_long_is_acknowledged_and_told_later(world, lost, title, words):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.store.hangs = {"transition"}

    outcome = await world.ada.submit(review)
    assert "Recording it" in outcome.view.words()
    assert outcome.view.title != "Applying"

    world.store.hangs = frozenset()
    world.store.lost = {"transition"} if lost else frozenset()
    world.store.released.set()
    assert words in (await world.top(title, containing=words)).words()
    world.store.lost = frozenset()
    await world.told(review.private_metadata, containing="Succeeded")


async def test_a_cancel_of_unknown_fate_says_so(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=1.0))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Queued")
    world.store.lost = {"transition"}

    said = await world.answer(world.ada, world.ada.click(card, Action.CANCEL_UPDATE))

    assert "It may have been recorded" in said.words()
    world.store.lost = frozenset()
    await world.told(update_id, "card", "Cancelled")


@pytest.mark.parametrize("action", [Action.RETRY_UPDATE, Action.VIEW_UPDATE])
async def test_a_button_that_opens_a_window_says_why_it_stays_empty(world, action):
    world.alibaba.inject(fault("UpdateDeployment", "refuse", code="990301", message="frozen"))
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    card = await world.told(update_id, "card", "Refused")
    await world.alone(world.ada)
    world.store.away = AT_THE_EDGE

    await world.ada.click(card, action)

    assert AWAY in (await world.top("That did not work")).words()


async def test_a_button_inside_a_window_says_why(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.store.away = AT_THE_EDGE

    await world.ada.click(review, Action.EDIT_UPDATE)

    assert AWAY in (await world.top("That did not work")).words()


async def test_home_says_why_it_is_empty(world):
    world.store.away = AT_THE_EDGE

    world.ada.open_home()

    await world.seen(lambda: world.ada.home and AWAY in world.ada.home.words())


async def test_a_file_is_not_asked_for_while_the_form_cannot_be_read(world):
    form = await world.form("dwd_orders", "logs")
    world.store.away = {"draft"}

    outcome = await world.ada.submit(form, {field(form, "smn_topic"): "oncall"})

    assert AWAY in next(iter(outcome.errors.values()))
    assert world.writes() == {}
