"""A clock that moves only when told to."""

from datetime import UTC, datetime, timedelta

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Call it for the time; `tick` moves it."""

    def __init__(self, start=T0):
        self.time = start

    def __call__(self):
        return self.time

    def tick(self, seconds):
        self.time += timedelta(seconds=seconds)
