"""Each kind of misbehaviour does what it says, and only as often as ordered."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from bot.sandbox.alibaba import AlibabaSimulator, Fault, FaultKind
from bot.sandbox.alibaba.seed import deployment_id_of, job_id_of
from tests.unit.sandbox.alibaba.caller import ROOT, Caller

ONE = f"{ROOT}/deployments/{deployment_id_of('orders-enrichment')}"
JOB = f"{ROOT}/jobs/{job_id_of('orders-enrichment')}"


async def describe(caller: Caller, text: str = "changed") -> httpx.Response:
    return await caller("UpdateDeployment", "PUT", ONE, body={"description": text})


def described(simulator: AlibabaSimulator) -> str:
    return str(simulator.cloud.named("orders-enrichment").parts["description"])


def order(simulator: AlibabaSimulator, kind: FaultKind, **more: object) -> None:
    known = {"operation": "UpdateDeployment", "kind": kind}
    simulator.inject(Fault.model_validate({**known, **more}))


async def test_a_connection_dropped_before_leaves_nothing_done(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.DROP_BEFORE)
    with pytest.raises(httpx.TransportError):
        await describe(caller)
    assert described(simulator) != "changed"
    assert simulator.calls("UpdateDeployment") == 1
    assert (await describe(caller)).json()["success"]


async def test_a_connection_dropped_after_leaves_it_done(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.DROP_AFTER)
    with pytest.raises(httpx.TransportError):
        await describe(caller)
    assert described(simulator) == "changed"


async def test_a_truncated_answer_is_no_json_but_it_is_done(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.TRUNCATE)
    answer = await describe(caller)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert described(simulator) == "changed"


async def test_silence_comes_after_the_effect(caller: Caller, simulator: AlibabaSimulator) -> None:
    order(simulator, FaultKind.TIMEOUT, seconds=0)
    with pytest.raises(httpx.TransportError):
        await describe(caller)
    assert described(simulator) == "changed"


async def test_a_delayed_call_is_served_in_the_end(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.DELAY, seconds=0)
    assert (await describe(caller)).json()["success"]


@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT, FaultKind.DELAY])
async def test_a_call_held_back_ends_when_the_simulator_stops(
    caller: Caller, simulator: AlibabaSimulator, kind: FaultKind
) -> None:
    order(simulator, kind, seconds=3600)
    held = asyncio.create_task(describe(caller))
    await simulator.called("UpdateDeployment")
    assert described(simulator) != "changed" or kind is FaultKind.TIMEOUT
    async with asyncio.timeout(5):
        await simulator.stop()
        (result,) = await asyncio.gather(held, return_exceptions=True)
    served = isinstance(result, httpx.Response)
    assert served is (kind is FaultKind.DELAY)


async def test_throttling_names_its_pause_in_milliseconds(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.STATUS_429, seconds=1.5)
    order(simulator, FaultKind.STATUS_429)
    answer = await describe(caller)
    assert (answer.status_code, answer.json()["Code"]) == (429, "Throttling.User")
    assert answer.headers["x-acs-retry-after"] == "1500"
    assert "x-acs-retry-after" not in (await describe(caller)).headers
    assert described(simulator) != "changed"


async def test_a_proxys_error_page_is_html(caller: Caller, simulator: AlibabaSimulator) -> None:
    order(simulator, FaultKind.HTML_502)
    answer = await describe(caller)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert described(simulator) != "changed"


async def test_a_gateway_error_can_be_xml(caller: Caller, simulator: AlibabaSimulator) -> None:
    order(simulator, FaultKind.XML_ERROR, message="a < b")
    answer = await describe(caller)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/xml;charset=utf-8")
    assert "<Error><Code>ServiceUnavailable</Code><Message>a &lt; b</Message>" in answer.text


async def test_a_refusal_on_order_carries_its_words(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.REFUSE, code="Quota", message="not enough CUs")
    order(simulator, FaultKind.REFUSE)
    answer = (await describe(caller)).json()
    assert (answer["success"], answer["errorCode"]) == (False, "Quota")
    assert answer["errorMessage"] == "not enough CUs"
    assert (await describe(caller)).json()["errorCode"] == "998001"
    assert described(simulator) != "changed"


async def test_a_fault_meets_only_its_operation_and_only_so_often(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    order(simulator, FaultKind.HTML_502, times=2)
    assert (await caller.get("GetJob", JOB)).status_code == 200
    statuses = [(await describe(caller)).status_code for _ in range(3)]
    assert statuses == [502, 502, 200]


async def test_a_fault_without_a_count_meets_every_call(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    simulator.inject(Fault(kind=FaultKind.HTML_502, times=None))
    statuses = {(await caller.get("GetJob", JOB)).status_code for _ in range(3)}
    assert statuses == {502}
