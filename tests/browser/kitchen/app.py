"""A stock Bolt app that shows the kitchen sink and remembers what it receives."""

import asyncio
import json
import re

from tests.browser.kitchen import fields, shows
from tests.browser.kitchen.parts import options, section
from tests.unit.sandbox.slack.stock_app import HttpApp

EVERYTHING = re.compile(".*")
MESSAGES = {
    "texts": shows.texts,
    "rich": shows.rich_texts,
    "tables": shows.tables,
    "charts": lambda: shows.charts("pie", "bar"),
    "curves": lambda: shows.charts("area", "line"),
    "plans": shows.plans,
    "votes": shows.reactions,
    "pressed": fields.pressed,
}
VIEWS = {
    "typed": fields.typed,
    "chosen": fields.chosen,
    "pressed": fields.pressed,
    "alerts": shows.alerts,
}


class KitchenApp(HttpApp):
    """`/kitchen typed` opens that modal, `/serve texts` posts that message."""

    def __init__(self, api_url, token, secret):
        super().__init__(api_url, token, secret)
        self.here = api_url.removesuffix("/api/")
        self.jobs = options("Orders", "Payments", "Reports")
        self.serve = {**MESSAGES, **VIEWS}
        """What there is by name; the list of blocks is made anew each time."""
        self.answer = {}
        """What a submission is answered with."""
        self.deaf = set()
        """Actions and callbacks that get no acknowledgement."""
        self.end = asyncio.Event()
        self.held = asyncio.Event()
        """Submissions wait for this."""
        self.held.set()
        self.bolt.command("/kitchen")(self.open_modal)
        self.bolt.command("/serve")(self.post)
        self.bolt.action(EVERYTHING)(self.take_action)
        self.bolt.options(EVERYTHING)(self.suggest)
        self.bolt.view("sink")(self.take_submission)
        self.bolt.view_closed("sink")(self.on_closed)

    async def stop(self):
        self.held.set()
        self.end.set()
        await super().stop()

    async def open_modal(self, ack, body, client):
        await ack()
        view = fields.form(self.serve[body["text"]]())
        opened = await client.views_open(trigger_id=body["trigger_id"], view=view)
        self.view = opened["view"]

    async def post(self, ack, body, client):
        await ack()
        served = json.dumps(self.serve[body["text"]]())
        blocks = json.loads(served.replace(shows.HERE, self.here))
        await client.chat_postMessage(
            channel=body["channel_id"], text=f"The kitchen serves {body['text']}", blocks=blocks
        )

    async def take_action(self, ack, body):
        self.seen.append(body)
        if body["actions"][0]["action_id"] in self.deaf:
            await self.end.wait()
        await ack()

    async def suggest(self, ack, body):
        self.seen.append(body)
        if body["action_id"] in self.deaf:
            await self.end.wait()
        wanted = body["value"].lower()
        await ack(options=[job for job in self.jobs if wanted in job["value"]])

    async def take_submission(self, ack, body):
        self.seen.append(body)
        await self.held.wait()
        if "sink" in self.deaf:
            await self.end.wait()
        await ack(**self.answer)

    async def update(self, blocks, **more):
        """Change the modal that is open."""
        await self.client.views_update(view_id=self.view["id"], view=fields.form(blocks, **more))

    async def push(self, trigger_id, blocks, **more):
        """Put another modal on top."""
        await self.client.views_push(trigger_id=trigger_id, view=fields.form(blocks, **more))

    async def on_home(self, body, client):
        """Show the Home tab to who opened it."""
        blocks = [section("*At home*"), *shows.gathered(), *fields.pressed()]
        view = {"type": "home", "blocks": blocks}
        await client.views_publish(user_id=body["event"]["user"], view=view)
