from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.dli import DliSimulator
from bot.sandbox.dli.cloud import Cloud
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import ACCOUNT, PROJECT, REGION, Caller


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def simulator(clock: FakeClock) -> AsyncIterator[DliSimulator]:
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=ACCOUNT, now=clock)
    yield simulator
    await simulator.stop()


@pytest.fixture
def cloud(simulator: DliSimulator) -> Cloud:
    return simulator.cloud


@pytest.fixture
async def http(simulator: DliSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=await simulator.start(), timeout=10) as client:
        yield client


@pytest.fixture
def caller(http: httpx.AsyncClient, clock: FakeClock, cloud: Cloud) -> Caller:
    return Caller(http, clock, cloud)
