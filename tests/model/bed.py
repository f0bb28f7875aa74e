"""What all examples share, one after the other: the event loop and the file; and what each has."""

import asyncio
import logging
import tempfile
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from tests.fakes.clock import T0, FakeClock
from tests.model import record
from tests.model.alibaba import ModelAlibaba
from tests.model.dli import ModelDli
from tests.model.slack import ModelSlack
from tests.model.witness import Witness


class Loop(asyncio.SelectorEventLoop):
    """Its timers go by the clock of the example, so that nobody really waits."""

    clock = staticmethod(lambda: T0)

    def time(self):
        return (self.clock() - T0).total_seconds()


class Bed:
    """A database on a file and a loop, kept open: opening them takes longer than an example."""

    def __enter__(self):
        logging.disable()  # a run has thousands of lines about faults that were meant
        self._stack = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "flinkbot.sqlite3"
        self._runner = asyncio.Runner(loop_factory=Loop)
        self.database = self.run(self._stack.enter_async_context(record.opened(self.path)))
        return self

    def __exit__(self, *_):
        self.run(self._stack.aclose())
        self._runner.close()
        self._folder.cleanup()
        logging.disable(logging.NOTSET)

    def run(self, work):
        return self._runner.run(work)

    def new_world(self):
        """Begin anew."""
        self.run(record.emptied(self.database))
        world = World(self)
        self._runner.get_loop().clock = world.clock
        return world


class World:
    """All that is not a replica."""

    def __init__(self, bed):
        self.database, self.clock = bed.database, FakeClock()
        self.witness = Witness(bed.path, self.clock)
        self.slack = ModelSlack(self.clock, self.witness)
        self.alibaba, self.dli = ModelAlibaba(self.witness), ModelDli(self.witness)
        ids = count(1)
        self.new_id = lambda: f"u{next(ids)}"

    def go_on(self):
        """Whatever is under way at a cloud takes its next step."""
        self.alibaba.go_on()
        self.dli.go_on()

    def no_more_faults(self):
        for outside in (self.slack, self.alibaba, self.dli):
            outside.faults.clear()
