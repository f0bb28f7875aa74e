"""Each kind of misbehaviour does what it says, and only as often as ordered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.sandbox.dli import DliSimulator, Fault, FaultKind
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID
from tests.unit.sandbox.dli.caller import ROOT, Caller

SQL = f"{ROOT}/sql-jobs/{FIRST_ID}"


async def describe(caller: Caller) -> httpx.Response:
    return await caller("PUT", SQL, {"desc": "changed"})


async def run(caller: Caller) -> httpx.Response:
    return await caller("POST", f"{ROOT}/jobs/run", {"job_ids": [IMPORT_ID]})


def described(simulator: DliSimulator) -> bool:
    return bool(simulator.cloud.job(FIRST_ID).parts["desc"] == "changed")


def order(simulator: DliSimulator, kind: FaultKind, **more: object) -> None:
    known = {"operation": "UpdateFlinkSqlJob", "kind": kind}
    simulator.inject(Fault.model_validate({**known, **more}))


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (FaultKind.DROP_BEFORE, False),
        (FaultKind.DROP_AFTER, True),
        (FaultKind.TIMEOUT, True),
    ],
)
async def test_a_dropped_call_is_done_or_not_done(
    caller: Caller, simulator: DliSimulator, kind: FaultKind, done: bool
) -> None:
    order(simulator, kind, seconds=0)
    with pytest.raises(httpx.TransportError):
        await describe(caller)
    assert described(simulator) is done
    assert simulator.calls("UpdateFlinkSqlJob") == 1
    assert (await describe(caller)).status_code == 200


async def test_a_truncated_answer_is_no_json_but_it_is_done(
    caller: Caller, simulator: DliSimulator
) -> None:
    order(simulator, FaultKind.TRUNCATE)
    answer = await describe(caller)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert (answer.status_code, described(simulator)) == (200, True)


async def test_a_delayed_call_is_served_in_the_end(caller: Caller, simulator: DliSimulator) -> None:
    order(simulator, FaultKind.DELAY, seconds=0)
    assert (await describe(caller)).status_code == 200
    assert described(simulator)


@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT, FaultKind.DELAY])
async def test_a_call_held_back_ends_when_the_simulator_stops(
    caller: Caller, simulator: DliSimulator, kind: FaultKind
) -> None:
    order(simulator, kind)
    call = asyncio.create_task(describe(caller))
    await simulator.called("UpdateFlinkSqlJob")
    simulator.gateway.close()
    if kind is FaultKind.TIMEOUT:
        with pytest.raises(httpx.TransportError):
            await call
    else:
        assert (await call).status_code == 200


REFUSED: list[tuple[FaultKind, int, dict[str, Any]]] = [
    (FaultKind.REFUSE, 400, {"error_code": "DLI.0999", "error_msg": "refused on order"}),
    (FaultKind.DENY, 403, {"error_code": "DLI.0003", "error_msg": "refused on order"}),
    (FaultKind.SERVER_ERROR, 500, {"error_code": "DLI.0999", "error_msg": "refused on order"}),
    (FaultKind.REFUSE_200, 200, {"is_success": "false", "message": "refused on order"}),
]


@pytest.mark.parametrize(("kind", "status", "told"), REFUSED)
async def test_a_refusal_on_order_is_an_array_where_several_jobs_are_meant(
    caller: Caller, simulator: DliSimulator, kind: FaultKind, status: int, told: dict[str, Any]
) -> None:
    order(simulator, kind)
    order(simulator, kind, operation="BatchRunFlinkJobs")
    alone, several = await describe(caller), await run(caller)
    assert (alone.status_code, alone.json()) == (status, told)
    assert (several.status_code, several.json()) == (status, [told])
    assert not described(simulator)
    assert simulator.cloud.job(IMPORT_ID).task is None


@pytest.mark.parametrize("kind", [FaultKind.REFUSE, FaultKind.STATUS_429])
async def test_a_refusal_takes_a_code_and_a_message(
    caller: Caller, simulator: DliSimulator, kind: FaultKind
) -> None:
    order(simulator, kind, code="DLI.13024", message="No job-running queue selected.")
    told = (await describe(caller)).json()
    assert told["error_code"] == "DLI.13024"
    assert told["error_msg"] == "No job-running queue selected."


@pytest.mark.parametrize(("seconds", "hint"), [(None, None), (7, "7")])
async def test_throttling_may_say_when_to_come_back(
    caller: Caller, simulator: DliSimulator, seconds: float | None, hint: str | None
) -> None:
    order(simulator, FaultKind.STATUS_429, seconds=seconds)
    answer = await describe(caller)
    assert answer.status_code == 429
    assert answer.json()["error_code"] == "APIGW.0308"
    assert answer.headers.get("retry-after") == hint
    assert not described(simulator)


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [(FaultKind.HTML_502, 502, "text/html"), (FaultKind.XML_ERROR, 503, "text/xml")],
)
async def test_proxies_do_not_speak_json(
    caller: Caller, simulator: DliSimulator, kind: FaultKind, status: int, content: str
) -> None:
    order(simulator, kind)
    answer = await describe(caller)
    assert (answer.status_code, answer.headers["content-type"][: len(content)]) == (status, content)
    assert not described(simulator)


async def test_a_fault_meets_its_operation_as_often_as_ordered(
    caller: Caller, simulator: DliSimulator
) -> None:
    order(simulator, FaultKind.HTML_502, times=2)
    assert (await caller("GET", f"{ROOT}/jobs")).status_code == 200
    seen = [(await describe(caller)).status_code for _ in range(3)]
    assert seen == [502, 502, 200]


async def test_a_fault_of_any_operation_meets_unknown_paths_too(
    caller: Caller, simulator: DliSimulator
) -> None:
    order(simulator, FaultKind.HTML_502, operation="*", times=None)
    seen = [(await caller("GET", f"{ROOT}/{what}")).status_code for what in ("jobs", "none")]
    assert seen == [502, 502]
    assert simulator.calls("Unknown") == 1
