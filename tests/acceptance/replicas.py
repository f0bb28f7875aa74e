"""Two bots on one PostgreSQL, and what stands before them: a balancer that tests can steer."""

import asyncio
import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle

import aiohttp
import psycopg
from aiohttp import web

from bot.bootstrap import open_bot
from bot.sandbox.stage import CHANNEL, PROJECT, REGION, VARIABLES
from bot.settings import load_settings
from tests.acceptance.lake import QUICK_DLI, TABLE, Lake
from tests.acceptance.world import TIMES

_PASSED_ON = ("Content-Type", "X-Slack-Signature", "X-Slack-Request-Timestamp")


class Way(StrEnum):
    """To whom the balancer gives a payload."""

    IN_TURN = "in turn"
    AT_ONCE = "at once"
    TWICE = "one after the other"


@dataclass
class Balancer:
    """Passes on what Slack delivers; what both replicas were given, both have answered."""

    way: Way = Way.IN_TURN
    ports: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    """Of the payloads that both were given: the two answers, the first one being Slack's."""
    served: list = field(default_factory=list)
    """Which replica was given a payload, one after the other."""

    async def __aenter__(self):
        self._session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_post("/slack/events", self._serve)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"
        self._turns = cycle((0, 1))
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()
        await self._session.close()

    def begin_with(self, place):
        """Give the next payload to one replica, the one after to the other, and so on."""
        self._turns = cycle((place, 1 - place))
        self.served.clear()

    async def again(self, place=1):
        """Deliver the last payload once more; give the answer."""
        return (await self._pass_on(place, *self._last))[1]

    async def _serve(self, request):
        body = await request.read()
        headers = {name: request.headers[name] for name in _PASSED_ON}
        self._last = body, headers
        if self.way is Way.IN_TURN:
            place = next(self._turns)
            self.served.append(place)
            return _given(*await self._pass_on(place, body, headers))
        if self.way is Way.AT_ONCE:
            both = await asyncio.gather(*(self._pass_on(n, body, headers) for n in (0, 1)))
        else:
            both = [await self._pass_on(n, body, headers) for n in (0, 1)]
        self.answers.append([answer for _, answer, _ in both])
        return _given(*both[0])

    async def _pass_on(self, place, body, headers):
        url = f"http://127.0.0.1:{self.ports[place]}/slack/events"
        async with self._session.post(url, data=body, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            shown = await answer.json() if is_json else await answer.text()
            return answer.status, shown, is_json


def _given(status, shown, is_json):
    if is_json:
        return web.json_response(shown, status=status)
    return web.Response(status=status, text=shown)


class Replicas(Lake):
    """Both clouds and Slack, with two bots that share nothing but a database."""

    def __init__(self, folder, url):
        super().__init__(folder)
        self.url = url
        self.bots = []
        self.balancer = Balancer()

    async def __aenter__(self):
        await self.balancer.__aenter__()
        return await super().__aenter__()

    async def __aexit__(self, *exception):
        await super().__aexit__(*exception)
        await self.balancer.__aexit__(*exception)

    async def start(self, *, more="", times=TIMES, ends=QUICK_DLI):
        lake = TABLE.format(region=REGION, project=PROJECT, dli=self.clouds["dli"], channel=CHANNEL)
        text = re.sub(r'url = "sqlite[^"]*"', f'url = "{self.url}"', self.text)
        file = self.folder / "flinkbot.toml"
        file.write_text(f"{text}\n{lake}\n{more}\n{times}")
        settings = load_settings(file, VARIABLES)
        self.bots = [
            await self._bot.enter_async_context(open_bot(settings, ends=ends)) for _ in range(2)
        ]
        self.bot = self.bots[0]
        self.balancer.ports = [bot.port for bot in self.bots]
        await self.slack.deliver_to(self.balancer.url)
        for _ in self.bots:  # each answers once its job list is read
            await self.ask("/flink jobs")

    def rows(self):
        """Count the updates by state, plans that nobody applied among them."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT state, count(*) FROM updates GROUP BY state")
            return dict(found.fetchall())

    def twice(self, way):
        """Give every payload to both replicas from now on; Slack opens one window for them."""
        self.balancer.way = way
        self.balancer.answers.clear()
        self.allowed.add("exchanged_trigger_id")

    def once(self):
        """Give every payload to one replica again."""
        self.balancer.way = Way.IN_TURN

    async def both(self, person, act):
        """Do something that leads to a private answer; give what both replicas answered."""
        before = len(self.slack.ephemerals(person.user.id))
        outcome = await act
        assert outcome.ok, outcome
        said = await self.seen(
            lambda: said if len(said := self.mine(person)[before:]) == 2 else None
        )
        return [message.words() for message in said]
