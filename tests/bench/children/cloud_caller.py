"""Ask a cloud for the result of a hot update, again and again: as the bot does, or by the SDK."""

import asyncio
import json
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from alibabacloud_tea_openapi import models as open_api
from alibabacloud_ververica20220718 import models
from alibabacloud_ververica20220718.client import Client
from darabonba.runtime import RuntimeOptions

from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.clouds.transport import Limits
from tests.bench.harness import requests, say

WORKSPACE, NAMESPACE, KEY, SECRET = "a14bd5d90a1b2c3d", "default-namespace", "key-id", "key-secret"


class Ours:
    """The bot's own client; its speed limit is off."""

    def __init__(self, port, ca):
        self._client = open_alibaba(
            AlibabaTarget(
                "bench", "cn-hangzhou", WORKSPACE, NAMESPACE, f"https://127.0.0.1:{port}"
            ),
            Credentials(KEY, SECRET),
            limits=Limits(concurrency=10, rate_per_second=1e9),
            tls=ssl.create_default_context(cafile=ca),
        )

    async def ask(self, hot_update_id):
        report = await self._client.hot_update_result(hot_update_id)
        assert report.hot_update_id

    async def aclose(self):
        await self._client.aclose()


class Sdk:
    """The vendor's client and how it is called."""

    def __init__(self, port, ca):
        config = open_api.Config(
            access_key_id=KEY,
            access_key_secret=SECRET,
            endpoint=f"127.0.0.1:{port}",
            protocol="https",
            region_id="cn-hangzhou",
        )
        self._client = Client(config)
        self._runtime = RuntimeOptions(ca=ca)
        self._headers = models.GetHotUpdateJobResultHeaders(workspace=WORKSPACE)

    async def aclose(self):
        """The SDK keeps nothing that could be closed."""

    def ask_now(self, hot_update_id):
        answer = self._client.get_hot_update_job_result_with_options(
            NAMESPACE, hot_update_id, self._headers, self._runtime
        )
        assert answer.body.data.job_hot_update_id

    async def ask(self, hot_update_id):
        answer = await self._client.get_hot_update_job_result_with_options_async(
            NAMESPACE, hot_update_id, self._headers, self._runtime
        )
        assert answer.body.data.job_hot_update_id


async def in_tasks(ask, width, seconds):
    """Ask from so many tasks for so long; give the number of answers."""
    until = time.perf_counter() + seconds

    async def one():
        count = 0
        while time.perf_counter() < until:
            await ask()
            count += 1
        return count

    return sum(await asyncio.gather(*(one() for _ in range(width))))


def in_threads(ask, width, seconds):
    """Ask from so many threads for so long; give the number of answers."""
    until = time.perf_counter() + seconds

    def one(_):
        count = 0
        while time.perf_counter() < until:
            ask()
            count += 1
        return count

    with ThreadPoolExecutor(width) as threads:
        return sum(threads.map(one, range(width)))


async def measured(contender, client, width, hot_update_id, seconds):
    """Give calls per second and the processor's microseconds per call, all threads counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    if contender == "sdk-sync":
        answers = in_threads(lambda: client.ask_now(hot_update_id), width, seconds)
    else:
        answers = await in_tasks(lambda: client.ask(hot_update_id), width, seconds)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"rate": answers / wall, "cpu": cpu * 1e6 / answers}


async def main(contender, port, ca):
    client = (Ours if contender == "ours" else Sdk)(port, ca)
    say()
    async for request in requests():
        say(**await measured(contender, client, **request))
    await client.aclose()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(**json.loads(sys.argv[1]))))
