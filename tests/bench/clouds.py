"""Asking a cloud over TLS: calls per second, and what a call costs, against the vendor's SDK."""

import json
from contextlib import AsyncExitStack

from tests.bench.children.tls_cloud import SLOW
from tests.bench.harness import AtLeast, AtMost, Row, benchmark, child, interleaved

CONTENDERS = ("ours", "sdk-sync", "sdk-async")
SETTINGS = [(width, latency) for latency in (0, 20) for width in (1, 10)]
_SDK = "alibabacloud-ververica20220718"
_HOW = (
    f"GetHotUpdateJobResult over TLS on loopback, server in another process; {_SDK} in threads"
    " and in tasks, each client in its own process. Ours signs, sends, decodes and checks, with its"
    " speed limit off."
)
_BOUND = (
    f"{_HOW} One at a time at 20 ms the wait is the server's: nobody gets above 50 calls/s, ten"
    " times is out of reach, and who is ahead by a per cent is chance."
)
_TIE = AtLeast(0.95, "1, give or take 5 %")


@benchmark("clouds")
async def clouds(effort):
    """Let every contender ask in every setting, in turn."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(child("tests.bench.children.tls_cloud"))
        callers = {}
        for name in CONTENDERS:
            about = json.dumps({"contender": name, **server.said})
            caller = child("tests.bench.children.cloud_caller", about)
            callers[name] = await stack.enter_async_context(caller)
        rows = []
        for width, latency in SETTINGS:
            rows += await _setting(callers, width, latency, effort)
        return rows


async def _setting(callers, width, latency, effort):
    request = {
        "width": width,
        "hot_update_id": SLOW.decode() if latency else "hot-update-1",
        "seconds": effort.of(1.0, 0.1),
    }
    asked = {name: lambda caller=caller: caller.ask(**request) for name, caller in callers.items()}
    measured = await interleaved(effort.of(7, 1), asked)
    return _rows(f"{width} wide, {latency} ms", measured, bound=width == 1 and latency > 0)


def _rows(where, measured, *, bound):
    rates = {name: [one["rate"] for one in found] for name, found in measured.items()}
    costs = {name: [one["cpu"] for one in found] for name, found in measured.items()}
    calls, cost = f"cloud calls, {where}", f"CPU of a cloud call, {where}"
    asynchronous, best = "the SDK's async calls", "the SDK's better way"
    faster = [max(pair) for pair in zip(rates["sdk-sync"], rates["sdk-async"], strict=True)]
    thrifty = [min(pair) for pair in zip(costs["sdk-sync"], costs["sdk-async"], strict=True)]
    ten, one = (None, _TIE) if bound else (AtLeast(10), AtLeast(1))
    how = _BOUND if bound else _HOW
    return [
        Row(calls, "calls/s", rates["ours"], rates["sdk-async"], asynchronous, ten, how=how),
        Row(calls, "calls/s", rates["ours"], faster, best, one),
        Row(cost, "µs", costs["ours"], costs["sdk-async"], asynchronous, AtMost(0.1)),
        Row(cost, "µs", costs["ours"], thrifty, best, AtMost(1)),
    ]
