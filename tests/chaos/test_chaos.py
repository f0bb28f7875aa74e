"""The chaos run in its short form: with everything broken now and then, every promise is kept."""

import secrets

import pytest

from tests.chaos.report import table
from tests.chaos.run import bot_run
from tests.chaos.wishes import Kind

UPDATES, REPLICAS = 40, 3


@pytest.fixture
def seed():
    """Give this run's weather; it is told when the test fails: `python -m tests.chaos --seed`."""
    return secrets.randbelow(100_000)


async def test_nothing_is_lost_or_done_twice_while_replicas_database_and_slack_fail(tmp_path, seed):
    report = await bot_run(tmp_path, updates=UPDATES, seed=seed, replicas=REPLICAS)
    seen = f"seed {seed}\n{table(report)}\n{report.broken}"

    assert not report.broken, seen
    assert report.given_up == 0, seen
    # It was chaos, and all kinds of updates went through it.
    assert report.updates >= UPDATES, seen
    assert len({kind for kind, _ in report.ends} & set(Kind)) >= len(Kind) - 2, seen
    assert report.killed >= 3, seen
    assert report.restarts == 2, seen
    assert report.slack_down > 0, seen
    assert len(report.faults) >= 5, seen
    assert report.deliveries_doubled > 0, seen
