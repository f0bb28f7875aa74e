"""The simulated Slack of a chaos run: a crowd, a balancer before the replicas, bad days."""

import asyncio
import time
from collections import Counter

from bot.sandbox.slack import SlackSimulator
from bot.sandbox.slack.delivery import Ack, Failure, HttpCourier
from bot.sandbox.slack.nouns import Channel, User
from bot.sandbox.slack.troubles import (
    Troubles,
    drop_answer,
    drop_request,
    rate_limited,
    server_error,
)
from bot.sandbox.slack.workspace import BOT, BOT_USER
from bot.sandbox.stage import MANIFEST, VARIABLES
from bot.slack.client import SCOPES
from tests.acceptance.world import key_of

_ACK_SECONDS = 3.0
_TROUBLES = (
    *((drop_answer(),) * 4),
    drop_request(),
    server_error(),
    rate_limited(1),
)


class RandomTroubles(Troubles):
    """Lets a share of all calls fail; while `down`, everything."""

    def __init__(self, rng):
        super().__init__()
        self._rng = rng
        self.share, self.down = 0.0, False
        self.met = Counter()

    def take(self, method):
        if self.down:
            self.met["down"] += 1
            return server_error()
        if self._rng.random() >= self.share:
            return super().take(method)
        trouble = self._rng.choice(_TROUBLES)
        self.met[trouble.kind.value] += 1
        return trouble


class Balancer:
    """Brings each payload to one of the replicas that are up; now and then to two of them."""

    def __init__(self, rng):
        self._rng = rng
        self._couriers, self._gone = {}, []
        self.doubled_share, self.doubled, self.lost = 0.0, 0, 0

    def add(self, port):
        url = f"http://127.0.0.1:{port}/slack/events"
        secret = VARIABLES["SLACK_SIGNING_SECRET"]
        self._couriers[port] = HttpCourier(url, secret, time.time, _ACK_SECONDS)

    def remove(self, port):
        """Bring it nothing more; what is under way there ends as it ends."""
        self._gone += [courier for at, courier in self._couriers.items() if at == port]
        self._couriers.pop(port, None)

    async def deliver(self, kind, payload, retry=None):
        up = list(self._couriers.values())
        if not up:
            return Ack(failure=Failure.NOT_DELIVERED, reason="connection_failed")
        twice = len(up) > 1 and self._rng.random() < self.doubled_share
        chosen = self._rng.sample(up, 2 if twice else 1)
        self.doubled += twice
        acks = await asyncio.gather(*(each.deliver(kind, payload, retry) for each in chosen))
        self.lost += acks[0].failure is not None
        return acks[0]

    async def close(self):
        for courier in (*self._gone, *self._couriers.values()):
            await courier.close()


class Workplace:
    """A workspace full of people."""

    def __init__(self, crowd, rng):
        people = [User(f"U0P{number:03}", f"person{number}", "Person") for number in range(crowd)]
        rooms = [
            Channel(f"C0ROOM{n:03}", f"room-{n}", {p.id, BOT_USER}) for n, p in enumerate(people)
        ]
        self.simulator = SlackSimulator(
            bot_token=VARIABLES["SLACK_BOT_TOKEN"],
            app_token=VARIABLES["SLACK_APP_TOKEN"],
            signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
            scopes=SCOPES,
            manifest=MANIFEST,
            users=[BOT, *people],
            channels=rooms,
        )
        self.troubles = self.simulator.api.troubles = RandomTroubles(rng)
        self.balancer = Balancer(rng)
        self.people = [
            (self.simulator.person(person.id), room.id)
            for person, room in zip(people, rooms, strict=True)
        ]
        """Everybody, with the channel that is theirs."""

    async def __aenter__(self):
        await self.simulator.start()
        await self.simulator.dispatch.use(self.balancer)
        return self

    async def __aexit__(self, *_):
        await self.simulator.stop()

    def told(self):
        """Give every message that says what it is, by that."""
        found = {}
        for channel in list(self.simulator.workspace.channels):
            for message in self.simulator.messages(channel):
                if key := key_of(message):
                    found.setdefault(key, []).append(message)
        return found
