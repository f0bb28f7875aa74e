"""After a restart, and when the database was away: all that is needed is on the message's row."""

import asyncio
import logging
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import update

from bot.errors import StoreUnavailableError
from bot.flink.update import State
from bot.sandbox.slack import troubles
from bot.sandbox.slack.nouns import Message
from bot.slack.pacing import Pace
from bot.store import open_store
from bot.store.schema import events
from tests.unit.slack.runtime.conftest import CHANNEL, CHECKED, Bench, rendered
from tests.unit.store.bench import url_of

POST, EDIT = "chat.postMessage", "chat.update"


class Forgetful(Bench):
    """Every message meets a delivery that knows nothing but what the outbox knows."""

    async def tick(self, seconds=0.0):
        self.delivery = self.new_delivery()
        await super().tick(seconds)

    async def settle(self, most=200):
        for _ in range(most):
            await self.tick()
            due = await self.delivery.next_due()
            if due is None:
                return
            self.clock.tick(max((due - self.clock()).total_seconds(), 0.0))
        raise AssertionError("messages are still owed")

    async def settle_until(self, method, times, most=200):
        for _ in range(most):
            await self.tick()
            if self.count(method) >= times:
                return
            due = await self.delivery.next_due()
            self.clock.tick(max((due - self.clock()).total_seconds(), 0.0))
        raise AssertionError(f"{method} was not called {times} times")


class Trouble:
    """An outbox whose database goes away: before, or just after, a step is committed."""

    def __init__(self, outbox, step, after, times=1):
        self.outbox, self.step, self.after, self.times = outbox, step, after, times
        self.asked = Counter()

    def __getattr__(self, name):
        async def call(*given, **named):
            self.asked[name] += 1
            fails = name == self.step and self.times > 0
            self.times -= fails
            if fails and not self.after:
                raise StoreUnavailableError("gone")
            answer = await getattr(self.outbox, name)(*given, **named)
            if fails:
                raise StoreUnavailableError("gone")
            return answer

        return call


@asynccontextmanager
async def forgetful(url, slack, client, clock):
    async with open_store(url, now=clock) as store:
        yield Forgetful(slack, store, client, clock)


@pytest.fixture
async def bench(tmp_path, slack, client, clock):
    async with forgetful(url_of(tmp_path), slack, client, clock) as bench:
        yield bench


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request, tmp_path, slack, client, clock):
    """Give a bench on each database in turn."""
    known = request.param == "sqlite"
    url = url_of(tmp_path) if known else request.getfixturevalue("postgres_url")
    async with forgetful(url, slack, client, clock) as bench:
        yield bench


# Nothing in memory


async def test_a_post_of_unknown_fate_is_looked_for_five_seconds_after_it_left(bench):
    bench.slack.fail_next(POST, troubles.drop_answer())
    await bench.queued()
    await bench.tick()
    await bench.tick(4.9)
    assert bench.count("conversations.history") == 0
    await bench.tick(0.1)

    assert bench.count("conversations.history") == 1
    await bench.settle()
    assert bench.texts() == ["card u1 queued"]


async def test_a_post_is_found_however_much_others_wrote_after_it(bench):
    bench.slack.fail_next(POST, troubles.drop_answer())
    await bench.queued()
    await bench.tick()
    for _ in range(2_400):  # 12 pages
        bench.slack.workspace.post(Message(CHANNEL, "", "U0LIN", "talk"))
    await bench.settle()

    assert bench.texts().count("card u1 queued") == 1
    assert bench.count("conversations.history") >= 12


async def test_how_short_a_message_has_to_be_outlives_the_process(bench):
    bench.slack.fail_next(POST, troubles.refuse("msg_too_long"), times=2)
    await bench.queued()
    await bench.settle()

    (card,) = bench.slack.messages(CHANNEL)
    assert (card.text, card.blocks) == ("card u1 queued (compact)", ())


async def test_that_a_thread_takes_no_reply_outlives_the_process(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(POST, troubles.refuse("thread_not_found"))
    await bench.moved(CHECKED)
    await bench.settle()

    assert [m.is_reply for m in bench.slack.messages(CHANNEL)] == [False, False]


async def test_why_a_card_came_directly_is_still_said_when_it_is_edited(bench):
    bench.slack.fail_next(POST, troubles.refuse("is_archived"))
    await bench.queued()
    await bench.settle()
    await bench.ended()
    await bench.settle()

    card = bench.slack.messages("ada")[0]
    assert "card u1 succeeded" in card.text
    assert f"could not post this in <#{CHANNEL}>: it is archived" in card.text


async def test_an_unknown_refusal_is_repeated_nine_times_whoever_does_it(bench):
    bench.slack.fail_next(POST, troubles.refuse("a_code_of_tomorrow"), times=99)
    await bench.queued()
    await bench.settle()

    assert bench.count(POST) == 9


async def test_pauses_grow_whoever_tries(bench):
    bench.slack.fail_next("*", troubles.refuse("internal_error"), times=99)
    await bench.queued()
    await bench.settle_until(POST, 1)
    looks = []
    for _ in range(9):
        before = bench.clock()
        await bench.settle_until("conversations.history", len(looks) + 1)
        looks.append((bench.clock() - before).total_seconds())

    assert looks == [5, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_an_outage_does_not_use_up_the_tries_of_a_later_refusal(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(EDIT, troubles.server_error(), times=12)
    bench.slack.fail_next(EDIT, troubles.refuse("a_code_of_tomorrow"))
    await bench.moved(step="one")
    await bench.settle()

    assert bench.texts() == ["card u1 running one"]


async def test_a_reply_lost_in_an_old_thread_is_looked_for_there(bench):
    await bench.queued()
    await bench.settle()
    await bench.moved(CHECKED)
    bench.clock.tick(2)
    bench.slack.fail_next(POST, troubles.drop_answer())
    bench.slack.fail_next(EDIT, troubles.rate_limited(1))
    bench.slack.fail_next(EDIT, troubles.refuse("message_not_found"))
    await bench.settle()

    assert [m.text for m in bench.slack.messages(CHANNEL)].count("card u1 running") == 1
    told = [m.text for m in bench.slack.messages(CHANNEL) if m.text.startswith("thread")]
    assert told == [f"thread u1 running  {CHECKED}"]


async def test_a_reply_lost_before_its_conversation_moved_follows_it(bench):
    await bench.queued()
    await bench.settle()
    await bench.moved(CHECKED)
    bench.clock.tick(2)
    bench.slack.fail_next(POST, troubles.drop_request())
    bench.slack.fail_next(EDIT, troubles.rate_limited(1))
    bench.slack.fail_next(EDIT, troubles.refuse("restricted_action"))
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.texts("ada")[1:] == [f"thread u1 running  {CHECKED}"]


async def test_a_lost_reply_waits_while_its_card_is_on_the_way_to_another_place(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(POST, troubles.drop_request())
    await bench.moved(CHECKED)
    await bench.tick(2)
    bench.clock.tick(5)
    await bench.moved()
    card, reply = await bench.outbox.claim_messages(5)
    await bench.outbox.redirect(card, "C0APPROVALS")
    await bench.delivery._deliver(reply)
    assert bench.texts() == ["card u1 running"]
    await bench.settle()

    assert [m.is_reply for m in bench.slack.messages("C0APPROVALS")] == [False, True]


class Surprising(AsyncWebClient):
    """Gives one answer to a post that nobody here expects."""

    surprise = True

    async def chat_postMessage(self, **given):  # noqa: N802 - Slack's name
        answer = await super().chat_postMessage(**given)
        if self.surprise:
            self.surprise = False
            raise RuntimeError("what is this?")
        return answer


async def test_a_mistake_of_ours_after_a_post_does_not_repeat_it(bench):
    known = bench.client
    bench.client = Surprising(known.token, known.base_url, session=known.session, retry_handlers=[])
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count(POST) == 1


async def test_a_lost_card_that_was_found_is_not_repeated_because_its_edit_is_refused(bench):
    bench.slack.fail_next(POST, troubles.drop_answer())
    bench.slack.fail_next(EDIT, troubles.rate_limited(10))
    bench.slack.fail_next(EDIT, troubles.server_error())
    await bench.queued()
    await bench.tick()
    await bench.moved(step="one")
    await bench.settle()

    assert bench.texts() == ["card u1 running one"]
    assert bench.count(POST) == 1


# The database away


@pytest.mark.parametrize("after", [False, True])
async def test_a_post_that_could_not_be_marked_as_sent_is_found_and_not_repeated(either, after):
    bench = either
    outbox = Trouble(bench.outbox, "mark_sent", after)
    bench.outbox = outbox
    await bench.queued()
    with pytest.raises(StoreUnavailableError):
        await bench.tick()
    assert bench.texts() == ["card u1 queued"]
    await bench.moved(CHECKED)
    await bench.ended()
    await bench.settle()

    assert [text.split()[0] for text in bench.texts()] == ["card", "thread", "verdict"]
    assert bench.count(POST) == 3
    assert bench.texts()[0] == "card u1 succeeded"


@pytest.mark.parametrize("after", [False, True])
async def test_a_post_whose_leaving_could_not_be_recorded_does_not_leave(either, after):
    bench = either
    bench.outbox = Trouble(bench.outbox, "mark_sending", after)
    await bench.queued()
    with pytest.raises(StoreUnavailableError):
        await bench.tick()
    assert bench.count(POST) == 0
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count(POST) == 1


async def test_what_was_claimed_when_the_database_went_away_is_due_once_it_is_back(bench):
    outbox = Trouble(bench.outbox, "mark_sent", after=False)
    bench.outbox = outbox
    for number in range(5):
        await bench.queued(f"u{number}", job=f"d-{number}")
    delivery = bench.new_delivery()
    with pytest.raises(StoreUnavailableError):
        await delivery.deliver_due()
    assert (outbox.asked["claim_messages"], outbox.asked["defer"], bench.count(POST)) == (1, 0, 1)
    bench.clock.tick(1)
    await delivery.deliver_due()

    assert bench.count(POST) == 2
    assert outbox.asked["release_leases"] == 1
    await bench.settle()
    assert sorted(bench.texts()) == [f"card u{number} queued" for number in range(5)]


async def test_an_hour_without_the_database_writes_no_traceback(bench, caplog):
    caplog.set_level(logging.INFO)
    await bench.queued()
    bench.outbox = Trouble(bench.outbox, "mark_sent", after=False, times=99)
    delivery = bench.new_delivery()
    for _ in range(10):
        with pytest.raises(StoreUnavailableError):
            await delivery.deliver_due()
        bench.clock.tick(61)

    assert [record for record in caplog.records if record.exc_info] == []
    assert bench.texts() == ["card u1 queued"]


async def test_a_step_of_our_own_that_fails_while_the_database_is_away_is_the_databases_trouble(
    bench, caplog
):
    def wordless(message, update, events, compact):
        raise KeyError("no words")

    await bench.queued()
    bench.outbox = Trouble(bench.outbox, "defer", after=False)
    with pytest.raises(StoreUnavailableError):
        await bench.new_delivery(render=wordless).deliver_due()

    assert caplog.text.count("could not be delivered") == 1
    await bench.ended(State.FAILED)
    bench.clock.tick(60)
    await bench.settle()
    assert bench.texts() == ["card u1 failed", "verdict u1 failed"]


class Slow(AsyncWebClient):
    """Takes its time for every post."""

    @classmethod
    def like(cls, known):
        return cls(known.token, known.base_url, session=known.session, retry_handlers=[])

    async def chat_postMessage(self, **given):  # noqa: N802 - Slack's name
        answer = await super().chat_postMessage(**given)
        later = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, later.set)
        await later.wait()
        return answer


async def test_a_slow_slack_does_not_make_a_tick_long_and_loses_nothing(bench):
    await bench.queued("u0", job="d-0")
    await bench.queued("u1", job="d-1")
    pace = Pace(post_seconds=0.0, tick_seconds=0.2)
    await bench.new_delivery(client=Slow.like(bench.client), pace=pace).deliver_due()

    assert bench.texts() == ["card u0 queued"]
    await bench.settle()
    assert bench.texts() == ["card u0 queued", "card u1 queued"]


async def test_what_is_under_way_to_other_channels_is_over_when_a_tick_has_failed(bench):
    class Broken(Trouble):
        async def defer(self, *given, **named):
            raise RuntimeError("a mistake of ours")

    def wordless(message, update, events, compact):
        if update.id == "u0":
            raise KeyError("no words")
        return rendered(message, update, events, compact)

    await bench.queued("u0", "C0OTHER", "d-0")
    await bench.queued("u1", job="d-1")
    bench.outbox, bench.client = Broken(bench.outbox, "", after=False), Slow.like(bench.client)
    with pytest.raises(RuntimeError):
        await bench.new_delivery(render=wordless).deliver_due()

    assert (await bench.updates.get("u1")).card_ts != ""


async def test_what_only_a_newer_version_can_tell_is_never_given_up(bench):
    async def known_as(code):
        async with bench.store.database.write() as connection:
            await connection.execute(update(events).values(code=code))

    await bench.queued()
    await bench.moved(CHECKED)
    await known_as("a_code_of_tomorrow")
    for _ in range(30):
        await bench.tick(60)
    assert bench.texts() == []
    await known_as(CHECKED.value)
    await bench.settle()

    assert bench.texts() == ["card u1 running", f"thread u1 running  {CHECKED}"]
