"""The real store, a Slack on loopback, and a delivery between them, on one clock moved by hand."""

from dataclasses import replace

import aiohttp
import pytest

from bot.flink.plan import Plan
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State, Update
from bot.notes import Code, note
from bot.sandbox.slack import SlackSimulator
from bot.slack.client import open_slack_client
from bot.slack.delivery import Delivery
from bot.slack.payload import Payload
from bot.store import open_store
from bot.updates.ports import NewEvent
from tests.fakes.clock import FakeClock

BOT_TOKEN = "xoxb-of-a-test"
APP_TOKEN = "xapp-of-a-test"
SIGNING_SECRET = "a-signing-secret"
CHANNEL = "C0DATAJOBS"
DIRECT = "D0ADA"


def rendered(message, update, events, compact):
    """Word a message just well enough to tell it from others."""
    told = events[message.event - 1].note.code if message.event else ""
    text = f"{message.kind} {update.id} {update.state} {update.step} {told}".strip()
    said = f"{text} (compact)" if compact else text
    return Payload(said, [{"type": "section", "text": {"type": "plain_text", "text": said}}])


class Bench:
    """Owes messages and delivers them."""

    def __init__(self, slack, store, client, clock):
        self.slack, self.store, self.client, self.clock = slack, store, client, clock
        self.outbox, self.updates = store.outbox, store.updates
        self.delivery = self.new_delivery()

    def new_delivery(self, **options):
        """Give a delivery that remembers nothing, as after a restart."""
        parts = {
            "outbox": self.outbox,
            "updates": self.updates,
            "client": self.client,
            "render": rendered,
            "now": self.clock,
        }
        return Delivery(**{**parts, **options})

    async def queued(self, update_id="u1", channel=CHANNEL, job="d-1"):
        update = Update(
            id=update_id,
            operation="hot_update",
            ref=DeploymentRef("prod", job),
            name="orders",
            state=State.PLANNED,
            plan=Plan(changes=()),
            requested_by="U0ADA",
            channel=channel,
            asked_in=channel,
            created_at=self.clock(),
        )
        await self.updates.add(update, [])
        return await self.updates.transition(
            update_id, origin=frozenset({State.PLANNED}), state=State.QUEUED, events=[]
        )

    async def moved(self, *codes, state=State.RUNNING, step="", alert=False, finished=False):
        """Move the one live update on, telling events."""
        (update,) = await self.updates.claim_due(1)
        changed = replace(
            update,
            state=state,
            step=step or update.step,
            finished_at=self.clock() if finished else None,
            next_at=None if finished else self.clock(),
        )
        told = [NewEvent(note(code)) for code in codes]
        return await self.updates.save(changed, told, alert=alert)

    async def ended(self, state=State.SUCCEEDED, *codes):
        return await self.moved(*codes, state=state, finished=True)

    async def tick(self, seconds=0.0):
        self.clock.tick(seconds)
        await self.delivery.deliver_due()

    async def settle(self, most=200):
        """Deliver until nothing is owed; time jumps to when the next is due."""
        for _ in range(most):
            await self.delivery.deliver_due()
            due = await self.delivery.next_due()
            if due is None:
                return
            self.clock.tick(max((due - self.clock()).total_seconds(), 0.0))
        raise AssertionError("messages are still owed")

    def texts(self, channel=CHANNEL):
        return [m.text for m in self.slack.messages(channel)]

    def count(self, method):
        return len(self.slack.calls(method))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def slack(clock):
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=lambda: clock().timestamp(),
    )
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack, session):
    return open_slack_client(BOT_TOKEN, slack.api_url, session)


@pytest.fixture
async def bench(tmp_path, slack, client, clock):
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3", now=clock) as store:
        yield Bench(slack, store, client, clock)


CHECKED = Code.EVENT_CHECKED
SAVED = Code.EVENT_SAVED
TRIGGERED = Code.EVENT_TRIGGERED
