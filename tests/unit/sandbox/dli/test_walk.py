"""How jobs start, stop and write savepoints, and every way each of it can end."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.dli.cloud import Cloud
from bot.sandbox.dli.model import Status
from bot.sandbox.dli.seed import IMPORT_ID
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import Caller, id_of


@pytest.fixture
def orders(cloud: Cloud) -> int:
    return id_of(cloud, "dwd_orders")


def behave(cloud: Cloud, job_id: int, **changes: Any) -> None:
    cloud.behave(cloud.job(job_id), changes)


async def test_a_start_passes_through_submitting(caller: Caller) -> None:
    answer = await caller.start(IMPORT_ID)
    assert answer[0]["message"].startswith("The request for submitting DLI jobs")
    walk = caller.walk(IMPORT_ID)
    assert walk == ["job_cancel_success", "job_submitting", "job_running"]
    job = await caller.job(IMPORT_ID)
    assert job["start_time"] > job["create_time"]
    assert job["has_savepoint"] is False


async def test_a_start_can_go_by_way_of_other_statuses(caller: Caller, cloud: Cloud) -> None:
    ways = [Status.DOWNLOADING, Status.IDLE]
    behave(cloud, IMPORT_ID, by_way_of=ways, duration_s=6)
    await caller.start(IMPORT_ID)
    walk = caller.walk(IMPORT_ID)
    assert walk[1:] == ["job_submitting", "job_downloading", "job_idle", "job_running"]


@pytest.mark.parametrize(
    ("outcome", "walk", "desc"),
    [
        ("fail", ["job_submitting", "job_submit_fail"], "no CUs"),
        ("hang", ["job_submitting"], ""),
        ("never_begin", [], ""),
        ("strange_state", ["job_submitting", "job_rescaling"], ""),
        ("arrears", ["job_submitting", "job_arrearage_stopped"], "in arrears"),
        ("exception", ["job_submitting", "job_running", "job_running_exception"], "no CUs"),
        ("finish", ["job_submitting", "job_running", "job_finish"], ""),
    ],
)
async def test_every_end_of_a_start(
    caller: Caller, cloud: Cloud, outcome: str, walk: list[str], desc: str
) -> None:
    behave(cloud, IMPORT_ID, outcome=outcome, reason="no CUs")
    await caller.start(IMPORT_ID)
    assert caller.walk(IMPORT_ID) == ["job_cancel_success", *walk]
    assert desc in (await caller.job(IMPORT_ID))["status_desc"]


async def test_what_hangs_goes_on_when_it_is_let(
    caller: Caller, cloud: Cloud, clock: FakeClock
) -> None:
    behave(cloud, IMPORT_ID, outcome="hang")
    await caller.start(IMPORT_ID)
    clock.tick(3600)
    assert (await caller.job(IMPORT_ID))["status"] == "job_submitting"
    behave(cloud, IMPORT_ID, outcome="succeed")
    assert (await caller.job(IMPORT_ID))["status"] == "job_running"


async def test_a_submitting_job_can_be_stopped(caller: Caller, cloud: Cloud) -> None:
    behave(cloud, IMPORT_ID, outcome="hang")
    await caller.start(IMPORT_ID)
    caller.walk(IMPORT_ID, 2)
    await caller.stop(IMPORT_ID, savepoint=True)
    walk = caller.walk(IMPORT_ID)
    assert walk == ["job_submitting", "job_canceling", "job_cancel_success"]
    assert len(cloud.job(IMPORT_ID).savepoints) == 1, "nothing ran that one could be taken of"


async def test_a_crash_loop_shows_in_restart_times(
    caller: Caller, cloud: Cloud, orders: int, clock: FakeClock
) -> None:
    behave(cloud, orders, outcome="crash_loop", crash_every_s=10)
    assert (await caller.job(orders))["restart_times"] == 0
    clock.tick(25)
    job = await caller.job(orders)
    assert (job["status"], job["restart_times"]) == ("job_running", 2)
    behave(cloud, orders, crash_every_s=5)
    clock.tick(25)
    assert (await caller.job(orders))["restart_times"] == 10
    clock.tick(25)
    job = await caller.job(orders)
    assert (job["status"], job["restart_times"]) == ("job_running_exception", 10)
    assert "resume_max_num" in job["status_desc"]


async def test_a_crash_loop_ends_when_the_behaviour_does(
    caller: Caller, cloud: Cloud, orders: int, clock: FakeClock
) -> None:
    behave(cloud, orders, outcome="crash_loop")
    clock.tick(5)
    assert (await caller.job(orders))["restart_times"] == 2
    behave(cloud, orders, outcome="succeed")
    clock.tick(60)
    assert (await caller.job(orders))["restart_times"] == 2
    behave(cloud, IMPORT_ID, outcome="crash_loop")
    assert (await caller.job(IMPORT_ID))["restart_times"] == 0, "nothing runs that could crash"


async def test_without_restarts_the_first_crash_is_the_end(
    caller: Caller, cloud: Cloud, clock: FakeClock
) -> None:
    job_id = id_of(cloud, "heartbeat_filter")
    behave(cloud, job_id, outcome="crash_loop")
    clock.tick(3)
    job = await caller.job(job_id)
    assert (job["status"], job["restart_times"]) == ("job_running_exception", 0)


async def test_without_a_limit_it_crashes_for_ever(
    caller: Caller, cloud: Cloud, orders: int, clock: FakeClock
) -> None:
    await caller.ok("PUT", f"/sql-jobs/{orders}", {"resume_max_num": -1})
    behave(cloud, orders, outcome="crash_loop")
    clock.tick(200)
    job = await caller.job(orders)
    assert (job["status"], job["restart_times"]) == ("job_running", 100)


async def test_a_start_that_ends_in_a_crash_loop_runs_first(caller: Caller, cloud: Cloud) -> None:
    behave(cloud, IMPORT_ID, outcome="crash_loop")
    await caller.start(IMPORT_ID)
    walk = caller.walk(IMPORT_ID, 10)
    assert walk[-1] == "job_running"
    assert (await caller.job(IMPORT_ID))["restart_times"] == 2


async def test_going_back_works_where_only_the_change_is_bad(caller: Caller, cloud: Cloud) -> None:
    job_id = id_of(cloud, "invoice_sync")
    await caller.stop(job_id, savepoint=True)
    caller.walk(job_id)
    await caller.ok("PUT", f"/sql-jobs/{job_id}", {"cu_number": 3})
    await caller.start(job_id, resume=True)
    assert (caller.walk(job_id))[-1] == "job_submit_fail"
    assert (await caller.job(job_id))["has_savepoint"], "nothing started, so it is still there"
    await caller.ok("PUT", f"/sql-jobs/{job_id}", {"cu_number": 2})
    await caller.start(job_id, resume=True)
    assert (caller.walk(job_id))[-1] == "job_running"


async def test_a_stop_with_a_savepoint_writes_it_first(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    await caller.stop(orders, savepoint=True)
    walk = caller.walk(orders)
    assert walk == ["job_running", "job_savepointing", "job_canceling", "job_cancel_success"]
    kept = cloud.job(orders).savepoint
    assert kept is not None
    assert kept.path == f"flink-state/jobs/savepoint/{orders}/2026-03-02_09-00-00/"


@pytest.mark.parametrize(
    ("stop", "walk", "desc"),
    [
        ("succeed", ["job_canceling", "job_cancel_success"], ""),
        ("fail", ["job_canceling", "job_cancel_fail"], "could not be stopped"),
        ("hang", ["job_canceling"], ""),
        ("finish", ["job_canceling", "job_finish"], ""),
    ],
)
async def test_every_end_of_a_stop(
    caller: Caller, cloud: Cloud, orders: int, stop: str, walk: list[str], desc: str
) -> None:
    behave(cloud, orders, stop=stop)
    await caller.stop(orders)
    assert caller.walk(orders) == ["job_running", *walk]
    assert desc in (await caller.job(orders))["status_desc"]


async def test_a_failed_stop_can_be_tried_again(caller: Caller, cloud: Cloud, orders: int) -> None:
    behave(cloud, orders, stop="fail")
    await caller.stop(orders)
    caller.walk(orders)
    run = cloud.job(orders).run
    assert run is not None, "it still runs underneath"
    behave(cloud, orders, stop="succeed")
    await caller.stop(orders)
    assert (caller.walk(orders))[-1] == "job_cancel_success"
    assert run.ended_at is not None


@pytest.mark.parametrize(
    ("end", "walk"),
    [
        ("succeed", ["job_running", "job_savepointing", "job_running"]),
        ("fail", ["job_running", "job_savepointing", "job_running"]),
        ("hang", ["job_running", "job_savepointing"]),
    ],
)
async def test_every_end_of_a_savepoint(
    caller: Caller, cloud: Cloud, orders: int, end: str, walk: list[str]
) -> None:
    behave(cloud, orders, savepoint=end)
    body = {"action": "TRIGGER", "savepoint_path": "obs://kept/before-change"}
    await caller.ok("POST", f"/jobs/{orders}/savepoint", body)
    assert caller.walk(orders) == walk
    job = await caller.job(orders)
    assert job["has_savepoint"] is (end == "succeed")
    assert ("savepoint" in job["status_desc"]) is (end == "fail")


@pytest.mark.parametrize("end", ["fail", "hang"])
async def test_a_stop_does_not_take_place_without_its_savepoint(
    caller: Caller, cloud: Cloud, orders: int, end: str
) -> None:
    behave(cloud, orders, savepoint=end)
    await caller.stop(orders, savepoint=True)
    assert (caller.walk(orders))[-1] != "job_cancel_success"
    assert cloud.job(orders).savepoint is None


async def test_a_start_takes_the_latest_savepoint_and_removes_all(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    body = {"savepoint_path": "kept/before-change"}
    await caller.ok("POST", f"/jobs/{orders}/savepoint", body)
    caller.walk(orders)
    await caller.stop(orders, savepoint=True)
    caller.walk(orders)
    of_the_stop = (await caller.job(orders))["savepoint_path"]
    await caller.start(orders, resume=True)
    caller.walk(orders)
    job = cloud.job(orders)
    assert job.runs[-1].restored_from == of_the_stop != "kept/before-change"
    assert [kept.removed for kept in job.savepoints] == [True, True]


async def test_a_start_without_resume_ignores_the_savepoint(caller: Caller, cloud: Cloud) -> None:
    assert (await caller.job(IMPORT_ID))["has_savepoint"]
    await caller.start(IMPORT_ID)
    caller.walk(IMPORT_ID)
    assert cloud.job(IMPORT_ID).runs[-1].restored_from == ""


@pytest.mark.parametrize("path", ["bucket/missing/savepoint", "bucket/dir/_metadata"])
async def test_a_start_from_a_savepoint_that_is_not_there_fails(caller: Caller, path: str) -> None:
    body = {"job_id": IMPORT_ID, "savepoint_path": path}
    await caller.ok("POST", f"/jobs/{IMPORT_ID}/import-savepoint", body)
    await caller.start(IMPORT_ID, resume=True)
    assert (caller.walk(IMPORT_ID))[-1] == "job_submit_fail"
    assert path in (await caller.job(IMPORT_ID))["status_desc"]


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"parallel_number": 2}, "job_submit_fail"),
        ({"sql_body": "INSERT INTO b SELECT * FROM a;"}, "job_submit_fail"),
        ({"checkpoint_interval": 60}, "job_running"),
    ],
)
async def test_a_strict_job_does_not_survive_a_change_of_what_it_computes(
    caller: Caller, cloud: Cloud, change: dict[str, Any], last: str
) -> None:
    job_id = id_of(cloud, "state_strict")
    await caller.stop(job_id, savepoint=True)
    caller.walk(job_id)
    await caller.ok("PUT", f"/sql-jobs/{job_id}", change)
    await caller.start(job_id, resume=True)
    assert (caller.walk(job_id))[-1] == last


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"queue_name": "nowhere"}, "nowhere does not exist"),
        ({"queue_name": "small_queue", "cu_number": 17}, "17 wanted, 16 free in small_queue"),
    ],
)
async def test_a_start_needs_a_queue_with_room(
    caller: Caller, change: dict[str, Any], why: str
) -> None:
    await caller.ok("PUT", f"/flink-jobs/{IMPORT_ID}", change)
    await caller.start(IMPORT_ID)
    assert (caller.walk(IMPORT_ID))[-1] == "job_submit_fail"
    assert why in (await caller.job(IMPORT_ID))["status_desc"]


async def test_the_service_can_put_a_job_into_any_status(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    jid = (await caller.ok("GET", f"/jobs/{orders}/execute-graph"))["execute_graph"]["jid"]
    cloud.force(cloud.job(orders), Status.CANCELING, "")
    assert cloud.job(orders).run is not None
    cloud.force(cloud.job(orders), Status.ARREARAGE_STOPPED, "arrears")
    assert cloud.job(orders).run is None
    cloud.force(cloud.job(orders), Status.ARREARAGE_RECOVERING, "")
    cloud.force(cloud.job(orders), Status.RUNNING, "")
    graph = (await caller.ok("GET", f"/jobs/{orders}/execute-graph"))["execute_graph"]
    assert (graph["state"], graph["jid"] == jid) == ("RUNNING", False)
