"""Both databases keep the same promises."""

import pytest

from bot.flink.update import State
from tests.contract.audit import SAID
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import PLANNED, STEP, opened_at, plan_of, url_of


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Give the address of an empty database, of each kind in turn."""
    return (
        url_of(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )


@pytest.fixture
async def recorded(database_url):
    async with opened_at(database_url, FakeClock()) as store:
        yield store


@pytest.fixture
async def filled(recorded, database_url):
    """Six events of three updates, turn and turn about."""
    for number in range(3):
        await recorded.updates.add(plan_of(f"u{number}", f"d-{number}"), [SAID])
    for number in range(3):
        await recorded.updates.transition(
            f"u{number}", origin=PLANNED, state=State.QUEUED, events=[STEP]
        )
    return database_url
