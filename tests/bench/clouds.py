"""Asking a cloud over TLS: calls per second, and what a call costs, against the vendor's SDK."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tests.bench.harness import AtLeast, AtMost, Row, benchmark, child, interleaved

CONTENDERS = ("ours", "sdk-sync", "sdk-async")
SETTINGS = [(width, slow) for slow in (False, True) for width in (1, 10)]
_HOW = (
    "{} over TLS on loopback, server in another process; {}, each client in its own process. Ours"
    " signs, sends, decodes and checks, with its speed limit off."
)
_BOUND = (
    " One at a time at 20 ms the wait is the server's: nobody gets above 50 calls/s, ten times is"
    " out of reach, and who is ahead by a per cent is chance."
)
_ASYNC, _BETTER = "the SDK's async calls", "the SDK's better way"
_TIE = AtLeast(0.95, "1, give or take 5 %")


@dataclass(frozen=True, slots=True)
class Cloud:
    """What is asked, by which SDK, and how much better than its async calls we want to be."""

    name: str
    how: str
    times: float | None
    """None where its async calls are no worse than its other ones, so not worth a row."""

    @property
    def title(self):
        """Give the name as it is written."""
        return self.name.capitalize()


ALIBABA = Cloud(
    "alibaba",
    _HOW.format(
        "GetHotUpdateJobResult", "alibabacloud-ververica20220718 1.14.0 in threads and in tasks"
    ),
    times=10,
)
HUAWEI = Cloud(
    "huawei",
    _HOW.format("ShowFlinkJob", "huaweicloudsdkdli 3.1.219 in threads and by its futures"),
    times=None,
)


@benchmark("alibaba")
async def alibaba(effort):
    """Ask Alibaba for the result of a hot update."""
    return await _asked(ALIBABA, effort)


@benchmark("huawei")
async def huawei(effort):
    """Ask Huawei for a job."""
    return await _asked(HUAWEI, effort)


async def _asked(cloud, effort):
    """Let every contender ask in every setting, in turn."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(child("tests.bench.children.tls_cloud"))
        callers = {}
        for name in CONTENDERS:
            about = json.dumps({"cloud": cloud.name, "contender": name, **server.said})
            caller = child("tests.bench.children.cloud_caller", about)
            callers[name] = await stack.enter_async_context(caller)
        rows = []
        for width, slow in SETTINGS:
            rows += await _setting(cloud, callers, width, slow, effort)
        return rows


async def _setting(cloud, callers, width, slow, effort):
    request = {"width": width, "slow": slow, "seconds": effort.of(1.0, 0.05)}
    asked = {name: lambda caller=caller: caller.ask(**request) for name, caller in callers.items()}
    measured = await interleaved(effort.of(7, 1), asked)
    where = f"{width} wide, {20 if slow else 0} ms"
    return list(_rows(cloud, where, measured, bound=width == 1 and slow))


def _rows(cloud, where, measured, *, bound):
    rates = {name: [one["rate"] for one in found] for name, found in measured.items()}
    costs = {name: [one["cpu"] for one in found] for name, found in measured.items()}
    calls = f"calls to {cloud.title}, {where}"
    cost = f"CPU of a call to {cloud.title}, {where}"
    how, tie = (cloud.how + _BOUND, _TIE) if bound else (cloud.how, AtLeast(1))
    fastest = [max(pair) for pair in zip(rates["sdk-sync"], rates["sdk-async"], strict=True)]
    thrifty = [min(pair) for pair in zip(costs["sdk-sync"], costs["sdk-async"], strict=True)]
    yield Row(calls, "calls/s", rates["ours"], fastest, _BETTER, tie, how=how)
    yield Row(cost, "µs", costs["ours"], thrifty, _BETTER, AtMost(1), how=how)
    if cloud.times is not None:
        faster = None if bound else AtLeast(cloud.times)
        yield Row(calls, "calls/s", rates["ours"], rates["sdk-async"], _ASYNC, faster, how=how)
        thriftier = AtMost(1 / cloud.times, f"1/{cloud.times:g}")
        yield Row(cost, "µs", costs["ours"], costs["sdk-async"], _ASYNC, thriftier, how=how)
