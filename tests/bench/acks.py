"""How quickly a slash command is acknowledged: the whole bot against stock Bolt on aiohttp."""

import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.slack import replies
from tests.bench.harness import AtLeast, AtMost, Row, benchmark, child, interleaved
from tests.bench.process_facts import cpu_seconds
from tests.bench.world import whole_bot

_STOCK = "stock Bolt"
_ANSWERING = "stock Bolt that answers, too"
_BARE = "aiohttp, signature checked, nothing else"
_METHOD = (
    " Signed requests with fresh triggers over kept-alive connections, from a process of its own;"
    " The whole `flinkbot run` in HTTP mode; stock Bolt's AsyncApp as it comes, with one listener,"
    " on the same aiohttp."
)
_ONE = "One connection, the next command after the ack." + _METHOD
_BUSY = "32 connections, each sends its next command after its ack." + _METHOD
_AFTER = (
    "One connection, the next command after the answer arrived at the `response_url`; Bolt answers"
    " with one fixed message by `respond`." + _METHOD
)


@dataclass(frozen=True, slots=True)
class Server:
    """Who is measured."""

    pid: int
    port: int
    slow: bool
    """Waits more than it works: fewer commands take long enough."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One measurement."""

    p50: float
    p99: float
    per_second: float
    cpu: float
    """Microseconds of the server's processor time per command."""


@benchmark("acks")
async def acks(effort):
    """Send `/flink help` (answered in the ack) and `/flink jobs` (answered after it)."""
    async with _servers() as (servers, load):
        rounds = effort.of(7, 1)

        async def of(names, text, connections, count, answered=False):
            measure = partial(_measured, load, text=text, connections=connections)
            return await interleaved(
                rounds,
                {n: partial(measure, servers[n], effort.of(count, 10), answered) for n in names},
            )

        one = await of(("ours", _STOCK, _BARE), "help", 1, 1_000)
        busy = await of(("ours", _STOCK, _BARE), "help", 32, 6_400)
        after = await of(("ours", _ANSWERING), "jobs", 1, 400, answered=True)
    return [
        *_latency(one, "`/flink help`", _STOCK, _ONE),
        *_busy(busy),
        *_latency(after, "`/flink jobs`", _ANSWERING, _AFTER),
    ]


def _latency(seen, command, against, how):
    p50s, p99s = (
        {name: [getattr(one, which) for one in found] for name, found in seen.items()}
        for which in ("p50", "p99")
    )
    what = f"ack of {command}, 1 connection"
    yield Row(
        f"{what}, p50", "ms", p50s["ours"], p50s[against], against, AtMost(1 / 20, "1/20"), how=how
    )
    yield Row(
        f"{what}, p99", "ms", p99s["ours"], p99s[against], against, AtMost(1 / 5, "1/5"), how=how
    )
    if _BARE in seen:
        yield Row(f"{what}, p50", "ms", p50s["ours"], p50s[_BARE], _BARE, how=how)


def _busy(seen):
    rates = {name: [one.per_second for one in found] for name, found in seen.items()}
    costs = {name: [one.cpu for one in found] for name, found in seen.items()}
    what = "acks per second, 32 connections"
    yield Row(what, "acks/s", rates["ours"], rates[_STOCK], _STOCK, AtLeast(2), how=_BUSY)
    yield Row(what, "acks/s", rates["ours"], rates[_BARE], _BARE, how=_BUSY)
    what = "CPU per ack, 32 connections"
    yield Row(what, "µs", costs["ours"], costs[_STOCK], _STOCK, how=_BUSY)


@asynccontextmanager
async def _servers():
    """Start everybody; give the servers by name, and the load generator."""
    said = replies.help_text()
    answer = json.dumps({"text": said.text, "blocks": said.blocks})
    async with AsyncExitStack() as stack:
        slack, _, running = await stack.enter_async_context(whole_bot())
        servers = {"ours": Server(running.pid, running.port, slow=False)}
        for name, kind in ((_STOCK, "stock"), (_ANSWERING, "answering"), (_BARE, "bare")):
            started = await stack.enter_async_context(
                child("tests.bench.children.stock_bolt", kind, slack.api_url, answer)
            )
            servers[name] = Server(started.pid, started.said["port"], slow=kind != "bare")
        yield servers, await stack.enter_async_context(child("tests.bench.children.load"))


async def _measured(load, server, count, answered, *, text, connections):
    """Take one measurement."""
    if server.slow and connections == 1:
        count = max(1, count // 4)
    before = cpu_seconds(server.pid)
    seen = await load.ask(
        port=server.port, connections=connections, count=count, text=text, answered=answered
    )
    if seen["unexpected"]:
        raise RuntimeError(f"not acknowledged: {seen['unexpected']}")
    cpu = (cpu_seconds(server.pid) - before) / count * 1e6
    return Seen(seen["p50"], seen["p99"], seen["per_second"], cpu)
