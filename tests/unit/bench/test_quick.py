"""Every benchmark runs in its quick form and gives its rows; no time is judged here."""

import pytest

from tests.bench.harness import Effort, discover


@pytest.mark.parametrize("name", discover())
async def test_a_benchmark_gives_rows_with_something_measured(name):
    rows = await discover()[name](Effort(quick=True))
    assert rows
    for row in rows:
        assert all(value > 0 for value in [*row.ours, *row.peer]), row
        assert bool(row.peer) == bool(row.against), row
