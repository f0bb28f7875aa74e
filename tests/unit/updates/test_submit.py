import asyncio
import re
from dataclasses import replace

import pytest

from bot.errors import (
    CloudAuthError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudRejectedError,
    CloudUnavailableError,
    StoreUnavailableError,
    UserError,
)
from bot.flink.update import State
from bot.notes import Code
from bot.policy.access import Access
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.submit import Asker, Submissions, Target
from tests.unit.updates.conftest import ANNA, EVERYONE, ORDERS

BEN = Asker("U0BEN", "C0JOBS")
WHERE = {"cloud": "fake", "operation": "GetDeployment"}


async def refused(awaitable):
    with pytest.raises(UserError) as caught:
        await awaitable
    return caught.value.note


def with_target(bench, access=EVERYONE, channel=""):
    target = Target(name="prod", cloud=bench.cloud, access=access, channel=channel)
    targets = {"prod": target}
    return Submissions(bench.store, targets, bench.clock, lambda: "u9", lambda: None)


def asking(bench, submissions):
    return HotUpdateRequests(submissions, {"prod": bench.cloud}, bench.store)


async def test_a_plan_sends_nothing(bench):
    update = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"}, reason="backlog")

    assert update.state is State.PLANNED
    assert (update.reason, update.name, update.channel) == ("backlog", "orders", "C0JOBS")
    await bench.engine.run_due()
    assert bench.cloud.count("save") == bench.cloud.count("hot_update") == 0


async def test_apply_pressed_twice_is_one_update(bench):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})

    first, second = await asyncio.gather(
        bench.submissions.apply(planned.id, ANNA, accepted=False),
        bench.submissions.apply(planned.id, ANNA, accepted=False),
    )

    assert first.id == second.id
    assert (await bench.told(planned.id)).count(Code.EVENT_QUEUED) == 1


async def test_a_second_update_of_the_same_deployment_is_refused_with_its_holder(bench):
    first = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    second = await bench.requests.plan(BEN, ORDERS, {"parallelism": "9"})
    await bench.submissions.apply(first.id, ANNA, accepted=False)

    found = await refused(bench.submissions.apply(second.id, BEN, accepted=False))

    assert found.code is Code.UPDATE_IN_PROGRESS
    assert (found.args["id"], found.args["who"]) == (first.id, ANNA.user)


async def test_a_blocked_plan_cannot_be_applied(bench):
    bench.cloud.job_status = "FAILED"
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})

    found = await refused(bench.submissions.apply(planned.id, ANNA, accepted=True))

    assert found.code is Code.PLAN_BLOCKED


async def test_foreign_edits_need_an_explicit_yes(bench):
    bench.cloud.saved["execution.checkpointing.interval"] = "10min"
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})

    found = await refused(bench.submissions.apply(planned.id, ANNA, accepted=False))
    applied = await bench.submissions.apply(planned.id, ANNA, accepted=True)

    assert found.code is Code.EDITS_NOT_ACCEPTED
    assert applied.state is State.QUEUED
    ended = await bench.settle(applied.id)
    assert {o.name: o.observed for o in ended.verdict.observations} == {
        "parallelism": "8",
        "execution.checkpointing.interval": "10min",
    }


async def test_who_is_not_listed_can_neither_plan_nor_apply(bench):
    only_anna = Access(frozenset({"U0ANNA"}), frozenset({"C0JOBS"}))
    target = Target(name="prod", cloud=bench.cloud, access=only_anna)
    submissions = Submissions(
        bench.store, {"prod": target}, bench.clock, lambda: "u9", lambda: None
    )
    planned = await asking(bench, submissions).plan(ANNA, ORDERS, {"parallelism": "8"})

    for attempt in (
        asking(bench, submissions).plan(BEN, ORDERS, {"parallelism": "8"}),
        submissions.apply(planned.id, BEN, accepted=True),
        submissions.apply(planned.id, Asker("U0ANNA", "C0OTHER"), accepted=True),
        submissions.cancel(planned.id, BEN),
        asking(bench, submissions).watch("prod", "hu-1", BEN),
    ):
        assert (await refused(attempt)).code is Code.NOT_ALLOWED


async def test_cards_go_to_the_targets_channel(bench):
    target = Target(
        name="prod",
        cloud=bench.cloud,
        access=bench.submissions.targets["prod"].access,
        channel="C0OPS",
    )
    submissions = Submissions(
        bench.store, {"prod": target}, bench.clock, lambda: "u9", lambda: None
    )

    planned = await asking(bench, submissions).plan(ANNA, ORDERS, {"parallelism": "8"})

    assert (planned.channel, planned.asked_in) == ("C0OPS", "C0JOBS")


def submissions_of(bench, access, channel=""):
    target = Target(name="prod", cloud=bench.cloud, access=access, channel=channel)
    return Submissions(bench.store, {"prod": target}, bench.clock, lambda: "u9", lambda: None)


@pytest.mark.parametrize(
    ("channels", "own", "chosen", "told_in"),
    [
        ({"C0OPS", "C1"}, "C0OPS", "", "C0OPS"),
        ({"C1"}, "", "", "C1"),
        ({"C1", "C2"}, "", "C2", "C2"),
        ({"*"}, "", "C7", "C7"),
    ],
)
async def test_a_change_asked_for_outside_of_channels_is_told_in_one(
    bench, channels, own, chosen, told_in
):
    rules = Access(frozenset({"U0ANNA"}), frozenset(channels))
    submissions = submissions_of(bench, rules, own)
    outside = Asker("U0ANNA", "", chosen)

    planned = await asking(bench, submissions).plan(outside, ORDERS, {"parallelism": "8"})
    again = Asker("U0ANNA", planned.asked_in, planned.channel)
    queued = await submissions.apply(planned.id, again, accepted=True)

    assert (queued.channel, queued.asked_in) == (told_in, "")
    assert await submissions.reach("U0ANNA") == {"prod": None}
    assert (await submissions.reach("U0BEN"))["prod"].code is Code.NOT_ALLOWED


async def test_whom_only_a_channel_allows_is_sent_there_and_stays_refused_at_apply(bench):
    open_rules = Access(frozenset({"*"}), frozenset({"*"}))
    ours = Access(frozenset({"*"}), frozenset({"C1"}))
    planned = await asking(bench, submissions_of(bench, open_rules)).plan(
        Asker("U0ANNA", "", "C1"), ORDERS, {"parallelism": "8"}
    )
    submissions = submissions_of(bench, ours)

    for attempt in (
        asking(bench, submissions).plan(Asker("U0ANNA", "", "C1"), ORDERS, {"parallelism": "8"}),
        submissions.apply(planned.id, Asker("U0ANNA", "", "C1"), accepted=True),
    ):
        assert (await refused(attempt)).code is Code.CHANNEL_NEEDED
    assert (await submissions.reach("U0ANNA"))["prod"].args == {"target": "prod", "channels": "C1"}


async def test_a_queued_update_can_be_cancelled_and_a_running_one_cannot(bench):
    queued = await bench.applied()
    cancelled = await bench.submissions.cancel(queued.id, BEN)
    running = await bench.applied(parallelism="9")
    await bench.engine.run_due()

    found = await refused(bench.submissions.cancel(running.id, BEN))

    assert cancelled.state is State.CANCELLED
    assert found.code is Code.NOT_CANCELLABLE
    again = await refused(bench.submissions.apply(queued.id, ANNA, accepted=True))
    assert again.code is Code.NOT_PLANNED_ANY_MORE


async def test_an_edited_plan_replaces_the_old_one(bench):
    old = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})

    await bench.requests.plan(ANNA, ORDERS, {"parallelism": "9"}, replaces=old.id)

    assert (await bench.store.get(old.id)).state is State.SUPERSEDED


async def test_a_retry_plans_the_same_wish_against_today(bench):
    bench.cloud.outcome = "FAILED"
    failed = await bench.settle((await bench.applied(parallelism="8")).id)
    bench.cloud.outcome = "HOT_UPDATED"

    again = await bench.requests.retry(failed, BEN)
    await bench.submissions.apply(again.id, BEN, accepted=False)
    ended = await bench.settle(again.id)

    assert again.plan.asked == {"parallelism": "8"}
    assert ended.state is State.SUCCEEDED


async def test_the_saved_deployment_can_be_restored_after_a_failure(bench):
    bench.cloud.outcome = "FAILED"
    asked = {"parallelism": "8", "execution.checkpointing.timeout": "20 min"}
    failed = await bench.settle((await bench.applied(**asked)).id)

    plan = await bench.requests.roll_back(failed, BEN)
    await bench.submissions.apply(plan.id, BEN, accepted=False)
    ended = await bench.settle(plan.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.saved["parallelism"] == "4"
    assert "execution.checkpointing.timeout" not in bench.cloud.saved
    assert bench.cloud.count("hot_update") == 1


async def test_a_watched_hot_update_is_followed_to_its_end(bench):
    bench.cloud.saved["parallelism"] = "8"
    report = await bench.cloud.hot_update("job")

    watched = await bench.requests.watch("prod", report.hot_update_id, ANNA)
    again = await bench.requests.watch("prod", report.hot_update_id, BEN)
    ended = await bench.settle(watched.id)

    assert again.id == watched.id
    assert ended.state is State.SUCCEEDED
    assert ended.verdict.observations[0].observed == "8"
    assert bench.cloud.count("hot_update") == 1


async def test_a_watched_hot_update_that_fails_is_not_blamed_on_us(bench):
    bench.cloud.outcome = "FAILED"
    report = await bench.cloud.hot_update("job")

    watched = await bench.requests.watch("prod", report.hot_update_id, ANNA)
    ended = await bench.settle(watched.id)

    assert [n.code for n in ended.verdict.notes] == [Code.VERDICT_FAILED_UNCLEAR]


async def test_a_watched_hot_update_that_vanishes_is_unknown(bench):
    report = await bench.cloud.hot_update("job")
    watched = await bench.requests.watch("prod", report.hot_update_id, ANNA)
    bench.cloud.hot_updates.clear()

    ended = await bench.settle(watched.id)

    assert ended.state is State.UNKNOWN
    assert [n.code for n in ended.verdict.notes] == [Code.VERDICT_RESULT_GONE]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CloudAuthError("x", **WHERE), Code.CLOUD_AUTH),
        (CloudForbiddenError("x", **WHERE), Code.CLOUD_FORBIDDEN),
        (CloudNotFoundError("x", **WHERE), Code.CLOUD_NOT_FOUND),
        (CloudUnavailableError("x", **WHERE), Code.CLOUD_UNAVAILABLE),
        (CloudRejectedError("x", **WHERE), Code.CLOUD_REFUSED),
    ],
)
async def test_a_clouds_trouble_is_said_to_the_person(bench, error, code):
    bench.cloud.fail("fetch", error, error)
    bench.cloud.fail("hot_update_result", error, error)

    assert (await refused(bench.submissions.current(ORDERS))).code is code
    assert (await refused(bench.requests.plan(ANNA, ORDERS, {}))).code is code
    assert (await refused(bench.requests.result("prod", "hu-1"))).code is code
    assert (await refused(bench.requests.watch("prod", "hu-1", ANNA))).code is code


async def test_a_plan_nobody_applies_expires(bench):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    bench.clock.tick(1799)
    assert not await bench.submissions.expire_plans(1800)
    bench.clock.tick(2)

    await bench.submissions.expire_plans(1800)

    assert (await bench.store.get(planned.id)).state is State.EXPIRED


async def test_unknown_ids_and_targets_are_said(bench):
    assert (await refused(bench.submissions.get("nope"))).code is Code.UNKNOWN_UPDATE
    assert (await refused(bench.requests.result("nowhere", "x"))).code is Code.UNKNOWN_TARGET


async def test_watch_pressed_twice_follows_once(bench):
    await bench.cloud.hot_update("job")

    one, two = await asyncio.gather(
        bench.requests.watch("prod", "hu-1", ANNA), bench.requests.watch("prod", "hu-1", ANNA)
    )

    assert one.id == two.id


async def test_a_watch_that_a_crash_cut_off_before_it_began_is_begun_anew(bench):
    await bench.cloud.hot_update("job")
    first = await bench.requests.watch("prod", "hu-1", ANNA)
    left = replace(first, id="left", state=State.PLANNED, created_at=bench.clock())
    await bench.submissions.cancel(first.id, ANNA)
    bench.clock.tick(1)
    await bench.store.add(replace(left, created_at=bench.clock()), [])

    again = await bench.requests.watch("prod", "hu-1", ANNA)

    assert again.id not in {"left", first.id}
    assert again.state is State.QUEUED


async def test_what_a_card_cannot_show_is_owed_to_the_thread(bench):
    short = await bench.applied()
    assert Code.EVENT_LONG_CHANGES not in await bench.told(short.id)
    await bench.submissions.cancel(short.id, ANNA)
    long = await bench.applied(**{"some.long.setting": "x" * 200})
    assert Code.EVENT_LONG_CHANGES in await bench.told(long.id)


async def test_the_same_delivery_is_planned_once(bench):
    asker = replace(ANNA, delivery="V1 h1 {}")

    first, second = await asyncio.gather(
        bench.requests.plan(asker, ORDERS, {"parallelism": "8"}),
        bench.requests.plan(asker, ORDERS, {"parallelism": "8"}),
    )
    other = await bench.requests.plan(
        replace(asker, delivery="V1 h2 {}"), ORDERS, {"parallelism": "8"}
    )

    assert first.id == second.id
    assert other.id != first.id
    assert (await bench.told(first.id)).count(Code.EVENT_PLANNED) == 1
    assert re.fullmatch("[0-9a-hj-km-np-tv-z]{8}", first.id)


async def test_a_delivery_whose_id_another_person_has_gets_one_of_its_own(bench):
    theirs = await bench.requests.plan(replace(ANNA, delivery="x"), ORDERS, {"parallelism": "8"})

    mine = await bench.requests.plan(replace(BEN, delivery="x"), ORDERS, {"parallelism": "9"})

    assert mine.id != theirs.id
    assert mine.plan.asked == {"parallelism": "9"}


async def test_apply_pressed_again_after_the_end_gives_the_end(bench):
    ended = await bench.settle((await bench.applied()).id)

    again = await bench.submissions.apply(ended.id, BEN, accepted=True)

    assert again == ended
    assert await bench.submissions.who(again, Code.EVENT_QUEUED) == ANNA.user
    assert await bench.submissions.who(again, Code.EVENT_CANCELLED) == ""


async def test_cancel_pressed_twice_is_one_cancel(bench):
    queued = await bench.applied()

    first, second = await asyncio.gather(
        bench.submissions.cancel(queued.id, BEN), bench.submissions.cancel(queued.id, ANNA)
    )

    assert first.state is second.state is State.CANCELLED
    assert (await bench.told(queued.id)).count(Code.EVENT_CANCELLED) == 1


async def test_two_processes_cannot_watch_one_hot_update_twice(bench):
    await bench.cloud.hot_update("job")
    others = HotUpdateRequests(bench.submissions, {"prod": bench.cloud}, bench.store)
    fetch, both = bench.cloud.fetch, asyncio.Barrier(2)

    async def fetch_together(deployment_id):
        await both.wait()  # neither has recorded anything yet
        return await fetch(deployment_id)

    bench.cloud.fetch = fetch_together
    one, two = await asyncio.gather(
        bench.requests.watch("prod", "hu-1", ANNA), others.watch("prod", "hu-1", BEN)
    )

    assert one.id == two.id
    assert [u.id for u in await bench.store.recent(10)] == [one.id]


class Losing:
    """A store whose answers get lost."""

    def __init__(self, store, *methods):
        self._store, self._methods = store, methods

    def __getattr__(self, name):
        method = getattr(self._store, name)

        async def call(*args, **kwargs):
            answer = await method(*args, **kwargs)
            if name in self._methods:
                raise StoreUnavailableError("connection reset")
            return answer

        return call


async def test_what_may_have_been_recorded_is_never_called_undone(bench):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    await bench.cloud.hot_update("job")
    store = Losing(bench.store, "transition", "events")
    lossy = Submissions(store, bench.submissions.targets, bench.clock, lambda: "u9", lambda: None)
    followed = Submissions(
        Losing(bench.store, "add"), bench.submissions.targets, bench.clock, lambda: "u8", print
    )
    watching = HotUpdateRequests(followed, {"prod": bench.cloud}, bench.store)

    for attempt in (
        lossy.apply(planned.id, ANNA, accepted=False),
        lossy.cancel(planned.id, ANNA),
        watching.watch("prod", "hu-1", ANNA),
    ):
        assert (await refused(attempt)).code is Code.RECORD_UNSURE
    assert await lossy.who(planned, Code.EVENT_QUEUED) == ""
