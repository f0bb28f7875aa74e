"""The shape of a benchmark: ours and a peer, measured in turn, give rows of one table.

A benchmark is a module of this package with one registered function; it is found by itself:

    @benchmark("clouds")
    async def clouds(effort: Effort) -> list[Row]:
        async with child("tests.bench.children.fake_cloud") as server:
            measured = await interleaved(effort.of(7, 1), {
                "ours": lambda: calls_per_second(server.said["port"], ...),
                "sdk": lambda: ...,
            })
        return [Row("cloud calls, TLS, 10 wide", "calls/s", measured["ours"], measured["sdk"],
                    against="Alibaba's async SDK", bar=AtLeast(10), how="...")]

- `effort.of(full, quick)` picks a size: the quick one must let the whole benchmark end in seconds.
- A row holds one value per round, ours and the peer's of the same round, so that the ratio is of
  neighbours in time: on a shared machine only such ratios mean anything.
- Servers and load generators are processes of their own (`child`, `run_child`), warmed up first.
- `AtMost` and `AtLeast` judge the median ratio where there is a peer, else the median value.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import json
import os
import pkgutil
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
_ENDING_SECONDS = 20.0
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to measure."""

    quick: bool = False

    def of(self, full: T, quick: T) -> T:
        """Pick a size."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class AtMost:
    """Met when the value is not above the limit; `text` is how the target is written."""

    limit: float
    text: str = ""

    def met(self, value: float) -> bool:
        return value <= self.limit

    def __str__(self) -> str:
        return f"≤ {self.text or f'{self.limit:g}'}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Met when the value is not below the limit."""

    limit: float
    text: str = ""

    def met(self, value: float) -> bool:
        return value >= self.limit

    def __str__(self) -> str:
        return f"≥ {self.text or f'{self.limit:g}'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `ours` and `peer` hold one value per round."""

    what: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] = ()
    against: str = ""
    bar: AtMost | AtLeast | None = None
    how: str = field(default="", kw_only=True)
    """How it was measured; said once below the table for all rows that share it."""

    def __post_init__(self) -> None:
        if not self.ours or (self.peer and len(self.peer) != len(self.ours)):
            raise ValueError(f"{self.what}: {len(self.ours)} rounds of ours, {len(self.peer)}")

    @property
    def ratios(self) -> list[float]:
        """Ours to the peer's, round by round."""
        pairs = zip(self.ours, self.peer, strict=True) if self.peer else ()
        return [ours / peer if peer else float("inf") for ours, peer in pairs]

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.bar is None:
            return None
        return self.bar.met(median(self.ratios or self.ours))

    @property
    def spread(self) -> str:
        """The lowest and the highest ratio (else value) of the rounds."""
        seen = self.ratios or list(self.ours)
        low, high = number(min(seen)), number(max(seen))
        return f"{low} to {high}, n={len(seen)}"


Benchmark = Callable[[Effort], Awaitable[list[Row]]]
BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a benchmark under the name that `--only` takes."""

    def register(function: Benchmark) -> Benchmark:
        BENCHMARKS[name] = function
        return function

    return register


def discover() -> Mapping[str, Benchmark]:
    """Import every module of this package and give what they registered."""
    package = importlib.import_module("tests.bench")
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg and module.name != "__main__":
            importlib.import_module(f"tests.bench.{module.name}")
    return dict(sorted(BENCHMARKS.items()))


async def interleaved(
    rounds: int, contenders: Mapping[str, Callable[[], Awaitable[T]]], warm_ups: int = 1
) -> dict[str, list[T]]:
    """Measure every contender once a round; who goes first changes from round to round."""
    measured: dict[str, list[T]] = {name: [] for name in contenders}
    names = list(contenders)
    for number_of_round in range(-warm_ups, rounds):
        for name in names:
            found = await contenders[name]()
            if number_of_round >= 0:
                measured[name].append(found)
        names.append(names.pop(0))
    return measured


class Child:
    """A process of ours that says one JSON line when it is ready, then answers one per request."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.said: dict[str, Any] = {}

    async def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request; give the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(request)}\n".encode())
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        """Give the next thing it says."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a child ended with {await self._process.wait()}; see its stderr")
        said: dict[str, Any] = json.loads(line)
        return said

    async def end(self) -> None:
        """Close its input, which ends it; kill it if that does not help."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDING_SECONDS):
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@cache
def _bytecode() -> str:
    """Give where children find compiled modules, as an installed bot does."""
    folder = tempfile.mkdtemp(prefix="flinkbot-bench-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Give a child's environment: ours without what would configure a bot, bytecode kept."""
    theirs = ("SLACK_", "FLINKBOT_", "ALIBABA_", "HUAWEI_", "PYTHONDONTWRITEBYTECODE")
    ours = {k: v for k, v in os.environ.items() if not k.startswith(theirs)}  # noqa: TID251 - a child's environment
    return {**ours, "PYTHONPYCACHEPREFIX": _bytecode(), **more}


@asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[Child]:
    """Start `python -m module` and wait until it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        cwd=ROOT,
        env=environment(),
        limit=_LONGEST_LINE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    started = Child(process)
    try:
        started.said = await started.hear()
        yield started
    finally:
        await started.end()


async def run_child(module: str, **request: Any) -> dict[str, Any]:
    """Run `python -m module` on one request and give its answer."""
    async with child(module, json.dumps(request)) as one:
        return one.said


def say(**answer: Any) -> None:
    """In a child: answer."""
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


async def requests() -> AsyncIterator[dict[str, Any]]:
    """In a child: give the requests, one after another, until the parent ends it."""
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def percentile(values: Sequence[float], per_cent: float) -> float:
    """Give the smallest value that is not below so many per cent of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * per_cent / 100))]


def number(value: float) -> str:
    """Write a value with the three digits that mean something."""
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"
