"""Keeps so many replicas running as an orchestrator would, and kills them as fate would."""

import asyncio
import signal
from collections import Counter
from contextlib import suppress

from tests.chaos import replica
from tests.chaos.killing import PROCESSES

_READY_SECONDS = 30.0
_STOP_SECONDS = 20.0
_OFTEN = {  # calls that come often: the n-th of a life is somewhere up to here
    "updates.claim_due": 8,
    "updates.save": 25,
    "updates.transition": 4,
    "outbox.claim_messages": 8,
    "outbox.mark_sending": 15,
    "outbox.mark_sent": 20,
    "cloud.fetch": 12,
    "dli.fetch": 12,
}
_WRITES = (
    *(f"cloud.{name}" for name in ("save", "hot_update", "hot_update_result")),
    *(f"dli.{name}" for name in ("save", "stop", "start", "take_savepoint", "import_savepoint")),
)


def fate(rng):
    """Give how a life ends: the point it dies at ("" if none), its longest span, the signal."""
    span = rng.uniform(1.5, 8.0)
    kind = rng.random()
    if kind < 0.55:
        call = rng.choice([*_OFTEN, *_WRITES, *_WRITES])
        number = rng.randint(1, _OFTEN.get(call, 2))
        return f"{call}:{number}:{rng.choice(('before', 'after'))}", span + 2, signal.SIGKILL
    return "", span, signal.SIGKILL if kind < 0.8 else signal.SIGTERM


class Replicas:
    """The processes. `work` is what one does, called with `given`, a point and a connection."""

    def __init__(self, rng, work, given, variables, log, balancer=None):
        self._rng, self._work, self._given = rng, work, given
        self._variables, self._log, self._balancer = variables, log, balancer
        self._calm = asyncio.Event()
        self._over = asyncio.Event()
        self._slots = []
        self.deaths = Counter()
        self.ready = asyncio.Event()

    def start(self, count):
        self._slots = [asyncio.create_task(self._keep()) for _ in range(count)]

    def calm_down(self):
        """Kill nobody any more."""
        self._calm.set()

    async def stop(self):
        """End them all with SIGTERM."""
        self.calm_down()
        self._over.set()
        await asyncio.gather(*self._slots)

    async def _keep(self):
        while not self._over.is_set():
            await self._live()
            if not self._calm.is_set():
                await _until(self._rng.uniform(0.2, 1.5), self._calm)

    async def _live(self):
        point, span, number = ("", None, signal.SIGTERM)
        if not self._calm.is_set():
            point, span, number = fate(self._rng)
        theirs, ours = PROCESSES.Pipe(duplex=False)[::-1]
        process = PROCESSES.Process(
            target=replica.start,
            args=(self._work, self._variables, self._log, *self._given, point, theirs),
            daemon=True,
        )
        process.start()
        theirs.close()
        try:
            self.deaths[await self._life(process, ours, point, span, number)] += 1
        finally:
            process.kill()
            process.join()
            for handle in (process.sentinel, ours.fileno()):
                asyncio.get_running_loop().remove_reader(handle)
            ours.close()

    async def _life(self, process, ours, point, span, number):
        """See a process through to its end; give what it died of."""
        gone = _readable(process.sentinel)
        port = await self._port(ours, gone)
        if port is None:
            await _until(_READY_SECONDS, gone)
            killed = process.exitcode == -signal.SIGKILL
            return "at a named point" if killed else "could not start"
        if self._balancer is not None:
            self._balancer.add(port)
        self.ready.set()
        try:
            await _until(span, gone, self._over if span is None else self._calm)
            if not gone.is_set() and (span is None or self._calm.is_set()):
                await _until(None, gone, self._over)
                number = signal.SIGTERM
            return await self._end(process, gone, point, number)
        finally:
            if self._balancer is not None:
                self._balancer.remove(port)

    async def _port(self, ours, gone):
        told = _readable(ours.fileno())
        await _until(_READY_SECONDS, told, gone)
        with suppress(EOFError, OSError):
            if ours.poll():
                return ours.recv()
        return None

    async def _end(self, process, gone, point, number):
        if gone.is_set():
            process.join()
            named = point and process.exitcode == -signal.SIGKILL
            return "at a named point" if named else f"by itself ({process.exitcode})"
        if number == signal.SIGKILL:
            process.kill()
        else:
            process.terminate()
        await _until(_STOP_SECONDS, gone)
        process.join(0)
        if number == signal.SIGKILL:
            return "by SIGKILL"
        clean = "by SIGTERM" if not self._over.is_set() else "at the end"
        return clean if process.exitcode == 0 else f"{clean} ({process.exitcode})"


def _readable(handle):
    """Give an event for when a file has something to read; processes' ends are told so."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def told():
        loop.remove_reader(handle)
        event.set()

    loop.add_reader(handle, told)
    return event


async def _until(seconds, *events):
    """Wait for any of the events, so many seconds at most."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
