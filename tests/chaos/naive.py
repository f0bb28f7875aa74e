"""A bot as it is often written first, for contrast: the same clouds, Slack, database and deaths.

It takes a wish, does what it takes, follows it in the process to its end, tells it, and writes down
that it is done. What it was at when it died is done from the beginning; a call or a post whose
answer is lost is sent again. It looks nothing up, and writes down nothing beforehand.
"""

import asyncio
import json
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp
import psycopg
from slack_sdk.errors import SlackApiError

from bot.errors import CloudError, CloudRejectedError, CloudUnavailableError
from bot.settings import load_settings
from bot.slack.client import open_session, open_slack_client
from bot.slack.posts import EVENT_TYPE
from bot.targets import open_clouds
from tests.chaos.child import Mortal
from tests.chaos.wishes import Kind

TRIES, PAUSE_SECONDS, LEASE_SECONDS = 6, 0.4, 4.0
TABLE = """
CREATE TABLE wishes (id serial PRIMARY KEY, after int, kind text, job text, ref text, room text,
                     given jsonb, taken_until timestamptz DEFAULT now(), state text)
"""
_TAKE = """
UPDATE wishes SET taken_until = now() + %s * interval '1 second' WHERE id = (
    SELECT id FROM wishes w WHERE state IS NULL AND taken_until <= now()
       AND NOT EXISTS (SELECT 1 FROM wishes b WHERE b.id = w.after AND b.state IS NULL)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, kind, job, ref, room, given
"""
_KEEP = "UPDATE wishes SET taken_until = now() + %s * interval '1 second' WHERE id = %s"
_DONE = "UPDATE wishes SET state = %s WHERE id = %s"
_SAVED = {Kind.SQL_LIVE, Kind.SQL_SAVE, Kind.JAR_LIVE, Kind.PUT_BACK}


class Naive:
    """Does what is wished for, as well as it knows."""

    def __init__(self, url, flink, dli, slack):
        self._url, self._flink, self._dli, self._slack = url, flink, dli, slack

    async def work(self):
        """Take one wish after another."""
        while True:
            found = await self._sql(_TAKE, LEASE_SECONDS)
            if not found:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            [(number, kind, job, ref, room, given)] = found
            keeping = asyncio.create_task(self._keep(number))
            try:
                await self._tell(room, f"{number}:card", f"{kind} of {job} begins")
                state = await self._fulfilled(Kind(kind), ref, dict(given))
                await self._tell(room, f"{number}:verdict", f"{kind} of {job}: {state}")
                await self._sql(_DONE, state, number)
            finally:
                keeping.cancel()

    async def _keep(self, number):
        while True:
            await asyncio.sleep(1)  # its lease's beat
            await self._sql(_KEEP, LEASE_SECONDS, number)

    async def _sql(self, statement, *given):
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(self._url) as opened:
                    answer = await opened.execute(statement, given)
                    return await answer.fetchall() if answer.description else []
            await asyncio.sleep(PAUSE_SECONDS)

    async def _tell(self, room, key, text):
        while True:
            with suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
                metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
                await self._slack.chat_postMessage(channel=room, text=text, metadata=metadata)
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def _fulfilled(self, kind, ref, given):
        try:
            await (self._hot if kind.hot else self._on_dli)(kind, ref, given)
        except CloudError:
            return "failed"
        return "succeeded"

    async def _hot(self, kind, ref, given):
        hot_update_id = given.get("hot_update_id")
        if kind is not Kind.WATCH:
            seen = await _again(lambda: self._flink.fetch(ref))
            await _again(lambda: self._flink.save(ref, given, seen.revision))
            begun = await _again(lambda: self._flink.hot_update(seen.job.job_id))
            hot_update_id = begun.hot_update_id
        status = ""
        while status not in {"HOT_UPDATED", "FAILED"}:
            await asyncio.sleep(PAUSE_SECONDS)
            status = (await _again(lambda: self._flink.hot_update_result(hot_update_id))).status

    async def _on_dli(self, kind, ref, given):
        dli, path = self._dli, given.pop("path", "")
        job_type = (await _again(lambda: dli.fetch(ref))).job_type
        restarts = kind in {Kind.SQL_RESTART, Kind.JAR_RESTART}
        if restarts or kind is Kind.STOP:
            await _again(lambda: dli.stop(ref, savepoint=True))
            await self._until(ref, lambda job: job.phase.ended)
        if restarts or kind in _SAVED:
            await _again(lambda: dli.save(ref, job_type, given))
        if restarts or kind is Kind.START:
            await _again(lambda: dli.start(ref, resume=True))
            await self._until(ref, lambda job: job.running)
        if kind is Kind.IMPORT:
            await _again(lambda: dli.import_savepoint(ref, path))
        if kind is Kind.SAVEPOINT:
            await _again(lambda: dli.take_savepoint(ref, path))

    async def _until(self, ref, holds):
        for _ in range(60):
            seen = await _again(lambda: self._dli.fetch(ref))
            if seen.job is not None and holds(seen.job):
                return
            await asyncio.sleep(PAUSE_SECONDS)
        raise CloudUnavailableError("it took too long", cloud="lake", operation="wait")


async def _again(call):
    """Send a call until it is answered, some times at most; a plain "no" is an answer."""
    for left in reversed(range(TRIES)):
        try:
            return await call()
        except CloudRejectedError:
            raise
        except CloudError:
            if not left:
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError


async def serve(config, point, tell):
    """Run it until SIGTERM."""
    settings = load_settings(Path(config))

    def mortal(name):
        return lambda part: Mortal(part, name, point)

    async with AsyncExitStack() as stack:
        clouds = open_clouds(settings, stack, mortal("cloud"), mortal("dli"))
        session = await stack.enter_async_context(open_session())
        token = settings.secrets.bot_token.get_secret_value()
        slack = open_slack_client(token, settings.slack.api_url, session)
        [flink], [dli] = clouds.hot_update.values(), clouds.restart.values()
        naive = Naive(settings.database.url, flink, dli, slack)
        tell.send(0)
        work = asyncio.create_task(naive.work())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
        with suppress(asyncio.CancelledError):
            await work


def given_to(wish, clouds):
    """Give what a row holds of a wish."""
    if wish.kind is Kind.WATCH:
        return json.dumps({"hot_update_id": clouds.started_elsewhere(wish.job).id})
    if wish.kind in {Kind.IMPORT, Kind.SAVEPOINT}:
        return json.dumps({"path": wish.path})
    return json.dumps(dict(wish.values))
