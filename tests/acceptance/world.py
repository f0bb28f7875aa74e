"""Both simulators and a bot that can be stopped, reconfigured and started again."""

import json
from contextlib import AsyncExitStack

from bot.bootstrap import Ends, open_bot
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba.faults import Fault
from bot.sandbox.slack import Message, SlackSimulator
from bot.sandbox.stage import CHANNEL, MANIFEST, NAMESPACE, VARIABLES, WORKSPACE, configuration
from bot.settings import load_settings
from bot.slack.client import SCOPES
from bot.slack.ids import Action
from bot.slack.pacing import Pace as SlackPace
from bot.updates.hot_update.steps import Pace

JOB = "orders-enrichment"
PATIENCE = 15.0
QUICK = Ends(
    pace=Pace(settle=1.0, save_grace=0.3),
    slack_pace=SlackPace(post_seconds=0.01, edit_seconds=0.01, edits_per_minute=1000),
    look_after=0.1,
)
TIMES = """
[updates]
poll_first_seconds = 0.05
poll_max_seconds = 0.2
"""
HURRIED = """
[updates]
poll_first_seconds = 0.05
poll_max_seconds = 0.1
slow_after_seconds = 0.3
overdue_after_seconds = 0.8
give_up_after_seconds = 1.6
"""


class World:
    """What a test drives and looks at."""

    def __init__(self, folder):
        self.folder = folder
        self.expected = []
        """Parts of the log lines that a test provokes."""
        self.allowed = set()
        """Slack's refusals that a test provokes."""
        self.clouds = {}
        """Addresses of the simulated clouds, by name, for the page."""
        self.slack = SlackSimulator(
            bot_token=VARIABLES["SLACK_BOT_TOKEN"],
            app_token=VARIABLES["SLACK_APP_TOKEN"],
            signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
            scopes=SCOPES,
            manifest=MANIFEST,
            clouds=self.clouds,
        )
        self.alibaba = AlibabaSimulator(
            workspace=WORKSPACE,
            namespace=NAMESPACE,
            access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            speed=20.0,
        )
        self.text = ""
        self.bot = None
        self._bot = AsyncExitStack()

    async def __aenter__(self):
        await self.slack.start()
        self.clouds["alibaba"] = await self.alibaba.start()
        self.text = configuration(
            slack=self.slack.api_url,
            alibaba=self.clouds["alibaba"],
            database=self.folder / "flinkbot.sqlite3",
        )
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.stop()
        await self.alibaba.stop()
        await self.slack.stop()

    async def start(self, *, times=TIMES, more="", ends=QUICK, **replaced):
        """Start the bot; `replaced` are keys of the target's table with their TOML values."""
        text = self.text
        for key, value in replaced.items():
            lines = text.splitlines()
            text = "\n".join(f"{key} = {value}" if x.startswith(f"{key} =") else x for x in lines)
        file = self.folder / "flinkbot.toml"
        file.write_text(f"{text}\n{more}\n{times}")
        settings = load_settings(file, VARIABLES)
        self.bot = await self._bot.enter_async_context(open_bot(settings, ends=ends))
        await self.slack.deliver_to(f"http://127.0.0.1:{self.bot.port}/slack/events")
        await self.ask("/flink jobs")  # is answered once the job list is read

    async def stop(self):
        """Stop the bot as SIGTERM does."""
        await self._bot.aclose()

    async def restart(self, **given):
        """Stop it and start it with another configuration on the same database."""
        await self.stop()
        await self.start(**given)

    @property
    def ada(self):
        return self.slack.person("ada")

    @property
    def lin(self):
        return self.slack.person("lin")

    @property
    def cloud(self):
        return self.alibaba.cloud

    async def seen(self, look, patience=PATIENCE):
        """Wait until a look finds something."""
        return await self.slack.wait_for(look, patience)

    async def ask(self, line, person=None, channel=CHANNEL):
        """Type a command; give the private answer."""
        person = person or self.ada
        return await self.answer(person, person.command(channel, line))

    async def answer(self, person, act):
        """Do something; give the private answer that follows."""
        before = len(self.slack.ephemerals(person.user.id))
        outcome = await act
        assert outcome.ok, outcome
        return await self.seen(lambda: next(iter(self.mine(person)[before:]), None))

    def mine(self, person):
        return self.slack.ephemerals(person.user.id)

    async def screen(self, line, title="Review the change", person=None, channel=CHANNEL):
        """Type a command; give the screen that it leads to."""
        person = person or self.ada
        await self.alone(person)
        outcome = await person.command(channel, line)
        assert outcome.ok, outcome
        return await self.top(title, person)

    async def top(self, title, person=None, containing=""):
        """Wait for a screen on top, by its title and a part of its words."""
        person = person or self.ada

        def found():
            views = person.views
            fits = views and views[-1].title == title and containing in views[-1].words()
            return views[-1] if fits else None

        try:
            return await self.seen(found)
        except TimeoutError:
            shown = [view.words() for view in person.views]
            raise AssertionError(f"no {title!r} with {containing!r}; there is {shown}") from None

    async def chosen(self, form, name, person=None):
        """Choose a job in the form; give the form filled with its values."""
        person = person or self.ada
        block, wanted = field(form, "job"), self.cloud.named(name).id
        await person.suggest(form, block, Action.CHOOSE_JOB, name[:20])
        outcome = await person.choose(form, block, Action.CHOOSE_JOB, wanted)
        assert outcome.ok, outcome
        return await self.seen(lambda: self._filled(person, wanted))

    @staticmethod
    def _filled(person, deployment_id):
        [form] = person.views
        filled = any(b.get("block_id") == f"parallelism:{deployment_id}" for b in form.blocks)
        return form if filled else None

    async def submitted(self, form, values=None, person=None, title="Review the change"):
        """Fill and submit a form; give the screen that follows."""
        outcome = await (person or self.ada).submit(form, values)
        assert outcome.view, outcome
        return await self.top(title, person)

    async def applied(self, review, values=None, person=None):
        """Press Apply; give the update's id."""
        outcome = await (person or self.ada).submit(review, values)
        assert outcome.view, outcome
        if outcome.view.title != "Applying":  # recording it took longer than Slack waits
            await self.top("Applying", person)
        return review.private_metadata

    async def pressed(self, action, person=None, where=None, title="Review the change"):
        """Press a button that opens a screen; give the screen."""
        person = person or self.ada
        if isinstance(where, Message):
            await self.alone(person)
        outcome = await person.click(where, action)
        assert outcome.ok, outcome
        return await self.top(title, person)

    @staticmethod
    async def alone(person):
        """Close what is open, so that it is not mistaken for what is opened next."""
        if person.views:
            await person.close(person.views[0], everything=True)

    def message(self, update_id, kind, channel=CHANNEL):
        """Give a message of an update, None while it is not there."""
        if channel not in self.slack.workspace.channels:
            return None  # a direct message that is not opened yet
        told = [m for m in self.slack.messages(channel) if key_of(m) == f"{update_id}:{kind}"]
        assert len(told) < 2, f"{kind} of {update_id} was told {len(told)} times"
        return told[0] if told else None

    async def told(self, update_id, kind="verdict", containing="", channel=CHANNEL):
        """Wait for a message of an update, with a part of its words."""

        def found():
            message = self.message(update_id, kind, channel)
            return message if message and containing in message.words() else None

        try:
            return await self.seen(found)
        except TimeoutError:
            seen = [m.words() for m in self.slack.messages(channel)]
            raise AssertionError(f"no {kind} with {containing!r}; there is {seen}") from None

    def refusals(self):
        """Give what Slack answered with an error that the test did not provoke."""
        return [
            (call.method, call.reply.body)
            for call in self.slack.api.calls
            if not call.reply.body.get("ok")
            and not call.reply.dropped
            and call.reply.body.get("error") not in self.allowed
        ]


def key_of(message):
    """Give what a message says it is, `update:kind`."""
    return (message.metadata or {}).get("event_payload", {}).get("key", "")


def field(view, name):
    """Give the id of the block of a field, without the job it belongs to."""
    ids = [block.get("block_id", "") for block in view.blocks]
    return next(one for one in ids if one.partition(":")[0] == name)


def buttons(where):
    """Give the action ids of the buttons of a message or a screen."""
    blocks = json.loads(json.dumps(where.blocks))
    elements = [e for b in blocks for e in [*b.get("elements", ()), b.get("accessory") or {}]]
    return [e["action_id"] for e in elements if e.get("type") == "button"]


def value_of(view, name):
    """Give what a field of a form holds."""
    return next(iter(view.state[field(view, name)].values()))["value"]


def fault(operation, kind, **given):
    """Make an order of misbehaviour for the cloud."""
    return Fault(operation=operation, kind=kind, **given)


def started_in_the_console(world, name=JOB):
    """Save a parallelism and start a hot update, as somebody at the cloud's console does."""
    deployment = world.cloud.named(name)
    world.cloud.edit(deployment, parallelism=6, conf={}, by="console")
    return world.cloud.start_hot_update(deployment.latest_job.id, "console")
