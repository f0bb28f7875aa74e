"""Ask a cloud the same again and again: as the bot does, or by the vendor's SDK.

Told by {"cloud", "contender", "port", "ca"}; each request on stdin is one measurement:
{"width", "slow", "seconds"}.
"""

import asyncio
import importlib
import json
import sys
import time

from tests.bench.harness import requests, say


async def measured(caller, width, slow, seconds):
    """Give calls per second and the processor's microseconds per call, all threads counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    answers = await caller.drive(lambda: caller.ask(slow), width, seconds)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"rate": answers / wall, "cpu": cpu * 1e6 / answers}


async def main(cloud, contender, port, ca):
    """Serve measurements."""
    callers = importlib.import_module(f"tests.bench.children.{cloud}_callers")
    caller = callers.CONTENDERS[contender](port, ca)
    say()
    async for request in requests():
        say(**await measured(caller, **request))
    await caller.aclose()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(**json.loads(sys.argv[1]))))
