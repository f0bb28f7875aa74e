from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.alibaba.caller import KEY, NAMESPACE, SECRET, WORKSPACE, Caller


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def simulator(clock: FakeClock) -> AsyncIterator[AlibabaSimulator]:
    simulator = AlibabaSimulator(
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        access_key_id=KEY,
        access_key_secret=SECRET,
        now=clock,
    )
    yield simulator
    await simulator.stop()


@pytest.fixture
async def http(simulator: AlibabaSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=await simulator.start(), timeout=10) as client:
        yield client


@pytest.fixture
def caller(http: httpx.AsyncClient, clock: FakeClock) -> Caller:
    return Caller(http, clock)
