"""A wish about a DLI job becomes a plan, and its values wait sealed."""

import pytest

from bot.errors import CloudUnavailableError, UserError
from bot.flink.dli.options import Mode, Options
from bot.flink.masking import marks
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.notes import Code, note
from bot.policy.access import Access
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.submit import Asker, Submissions, Target

ANNA, BEN = Asker("U0ANNA", "C0JOBS"), Asker("U0BEN", "C0JOBS")
REF = DeploymentRef("huawei", "17")
RESTART = Options(mode=Mode.RESTART)
SQL = "CREATE TABLE a WITH ('password' = 'hunter2'); INSERT INTO a SELECT 1"


@pytest.fixture
def submissions(bench):
    access = Access(frozenset({"U0ANNA"}), frozenset({"*"}))
    target = Target(name="huawei", cloud=bench.cloud, access=access)
    ids = (f"p{number}" for number in range(9))
    return Submissions(
        bench.store, {"huawei": target}, bench.clock, lambda: next(ids), lambda: None
    )


@pytest.fixture
def requests(bench, submissions):
    return DliRequests(submissions, {"huawei": bench.cloud}, bench.vault)


async def update_of(requests, **values):
    return await requests.plan(ANNA, REF, DliOperation.UPDATE, RESTART, values)


async def refused(work):
    with pytest.raises(UserError) as error:
        await work
    return error.value.note


async def test_a_plan_is_recorded_and_its_values_are_kept_beside_it(bench, requests):
    update = await update_of(requests, cu_number="6", desc="New", name="orders")

    assert (await bench.store.get(update.id)).state is State.PLANNED
    assert update.plan.asked == {"cu_number": "6", "desc": "New"}
    assert bench.vault.kept == {
        (update.id, "asked"): {"cu_number": "6", "desc": "New"},
        (update.id, "before"): {"cu_number": "4", "desc": None},
    }
    assert bench.cloud.writes() == []


async def test_a_secret_reaches_the_cloud_and_nothing_else(bench, requests, submissions):
    bench.cloud.saved["sql_body"] = SQL
    shown = (await bench.cloud.fetch("17")).saved["sql_body"]
    assert "hunter2" not in shown

    update = await update_of(requests, sql_body=shown + " -- more")
    assert "hunter2" not in str(await bench.store.get(update.id))
    await submissions.apply(update.id, ANNA, accepted=True)
    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.saved["sql_body"] == SQL + " -- more"


async def test_a_mark_of_no_secret_is_refused(requests):
    said = await refused(update_of(requests, sql_body="'password' = '[secret:00000000]'"))
    assert (said.code, said.args["fields"]) == (Code.MARK_UNKNOWN, "sql_body")


@pytest.mark.parametrize(
    "edited",
    [
        "CREATE TABLE a WITH ('topic' = '{mark}'); INSERT INTO a SELECT 1",
        "CREATE TABLE a WITH ('password' = '{mark}'); INSERT INTO a SELECT '{mark}'",
    ],
)
async def test_a_mark_may_not_bring_its_secret_to_light(bench, requests, edited):
    bench.cloud.saved["sql_body"] = SQL
    (mark,) = marks((await bench.cloud.fetch("17")).saved["sql_body"])

    said = await refused(update_of(requests, sql_body=edited.format(mark=mark)))

    assert (said.code, said.args["fields"]) == (Code.MARK_UNKNOWN, "sql_body")


async def test_without_a_key_a_secret_is_refused_before_anything_is_recorded(bench, requests):
    bench.vault.refused = note(Code.SECRET_KEY_NEEDED, fields="sql_body")
    said = await refused(update_of(requests, sql_body=SQL))
    assert said.code is Code.SECRET_KEY_NEEDED
    assert await bench.store.get("p0") is None


async def test_who_may_not_is_refused_before_the_cloud_is_asked(bench, requests):
    said = await refused(requests.plan(BEN, REF, DliOperation.STOP, RESTART))
    assert said.code is Code.NOT_ALLOWED
    assert bench.cloud.calls == []


async def test_a_cloud_that_cannot_be_read_is_told(bench, requests):
    bench.cloud.fail("fetch", CloudUnavailableError("502", cloud="huawei", operation="Show"))
    assert (await refused(update_of(requests, desc="x"))).code is Code.CLOUD_UNAVAILABLE


async def test_a_retry_asks_for_the_same_against_what_the_job_holds_now(bench, requests):
    first = await update_of(requests, cu_number="6")
    bench.cloud.saved["desc"] = "moved"

    again = await requests.retry(first, ANNA)

    assert again.plan.asked == {"cu_number": "6"}
    assert again.plan.options == first.plan.options
    assert again.plan.digest != first.plan.digest


async def test_what_was_stored_before_can_be_put_back(bench, requests):
    first = await update_of(requests, cu_number="6", desc="New")
    bench.cloud.saved |= {"cu_number": "6", "desc": "New"}

    back = await requests.roll_back(first, ANNA)

    assert back.plan.asked == {"cu_number": "4", "desc": None}
    assert back.reason == f"Roll back {first.id}"


async def test_values_that_are_gone_cannot_be_asked_for_again(bench, requests):
    first = await update_of(requests, cu_number="6")
    bench.vault.kept.clear()
    assert (await refused(requests.retry(first, ANNA))).code is Code.VALUES_GONE


async def test_a_new_plan_replaces_the_one_it_was_edited_from(bench, requests):
    first = await update_of(requests, cu_number="6")
    await requests.plan(
        ANNA, REF, DliOperation.UPDATE, RESTART, {"cu_number": "8"}, replaces=first.id
    )
    assert (await bench.store.get(first.id)).state is State.SUPERSEDED


def test_only_its_own_targets_are_served(requests):
    assert requests.serves("huawei")
    assert not requests.serves("prod")


async def test_a_secret_typed_anew_survives_an_edit_of_the_plan(bench, requests):
    first = await update_of(requests, sql_body=SQL)
    shown = first.plan.asked["sql_body"]
    assert "[secret:" in shown

    again = await requests.plan(
        ANNA,
        REF,
        DliOperation.UPDATE,
        RESTART,
        {"sql_body": f"{shown} -- edited"},
        replaces=first.id,
    )

    assert bench.vault.kept[again.id, "asked"] == {"sql_body": f"{SQL} -- edited"}
    assert (await bench.store.get(first.id)).state is State.SUPERSEDED


@pytest.mark.parametrize(
    ("free", "options", "told"),
    [
        (1.0, RESTART, {"needed": "6", "free": "5"}),  # the running job gives its 4 back
        (2.0, RESTART, None),
        (None, RESTART, None),
        (0.0, Options(mode=Mode.NEXT_START), None),
    ],
)
async def test_a_job_that_may_not_fit_its_queue_is_told(bench, requests, free, options, told):
    bench.cloud.free = free
    update = await requests.plan(ANNA, REF, DliOperation.UPDATE, options, {"cu_number": "6"})
    said = [f.note.args for f in update.plan.findings if f.note.code is Code.DLI_QUEUE_TOO_SMALL]
    assert said == ([told] if told else [])


async def test_a_stopped_job_has_nothing_to_give_back_to_its_queue(bench, requests):
    bench.cloud.free, bench.cloud.status = 5.0, "job_cancel_success"
    update = await update_of(requests, cu_number="6")
    said = [f.note.args for f in update.plan.findings if f.note.code is Code.DLI_QUEUE_TOO_SMALL]
    assert said == [{"needed": "6", "free": "5"}]


async def test_a_job_that_changes_its_queue_has_to_fit_the_new_one(bench, requests):
    bench.cloud.queues = {"flink": 99.0, "other": 2.0}
    update = await update_of(requests, queue_name="other")
    said = [f.note.args for f in update.plan.findings if f.note.code is Code.DLI_QUEUE_TOO_SMALL]
    assert said == [{"needed": "4", "free": "2"}]


async def test_sql_that_the_cloud_cannot_translate_is_told_before_anything_stops(bench, requests):
    update = await update_of(requests, sql_body="CREATE TABLE BROKEN; INSERT INTO a SELECT 1")
    said = [f.note.args for f in update.plan.findings if f.note.code is Code.DLI_SQL_REFUSED]
    assert said == [{"detail": "no such table"}]
    fine = await update_of(requests, sql_body="CREATE TABLE fine; INSERT INTO a SELECT 1")
    assert Code.DLI_SQL_REFUSED not in [f.note.code for f in fine.plan.findings]


async def test_targets_are_named(requests):
    assert (requests.targets, requests.serves("huawei")) == (("huawei",), True)
