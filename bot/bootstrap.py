"""The composition root: builds every part from the settings, joins them, closes them in order."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.settings import SlackMode
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.cards import render
from bot.slack.client import identify, open_session, open_slack_client
from bot.slack.delivery import Delivery
from bot.slack.homes import Homes
from bot.slack.http import Health, Inbound, build_http_app, serve
from bot.slack.listeners import register_listeners
from bot.slack.listeners.desk import Desk
from bot.slack.pacing import Pace as SlackPace
from bot.slack.respond import Respond
from bot.slack.screens import Screens
from bot.slack.socket import open_socket
from bot.slack.uploads import Uploads
from bot.store import open_store
from bot.targets import open_clouds
from bot.ticks import Tick, Ticks
from bot.updates.crew import Crew
from bot.updates.directory import Directory
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import DliSteps
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.engine import Engine, Patience
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.hot_update.steps import HotUpdate, Pace
from bot.updates.recheck import Recheck
from bot.updates.requests import Requests
from bot.updates.submit import Submissions, Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flink.update import Update
    from bot.settings import Settings, UpdatesSettings
    from bot.slack.content import Render
    from bot.slack.http import Check
    from bot.slack.payload import Payload
    from bot.store import SqlVault, Store
    from bot.targets import Clouds
    from bot.updates.dli.ports import RestartCloud
    from bot.updates.operation import Operation
    from bot.updates.ports import Event, HotUpdateCloud, Message, Outbox, UpdateStore

_log = logging.getLogger(__name__)
_IDS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing to mistake when read aloud
_KEEP_DRAFTS = timedelta(days=2)
_KEEP_VALUES = timedelta(days=30)
"""So long a change of a DLI job can be put back."""
ADVANCE, DELIVER = "advance", "deliver"
T = TypeVar("T")


def _unchanged(part: T) -> T:
    return part


@dataclass(frozen=True, slots=True)
class Ends:
    """The outer ends of the bot. Tests put something between them and the core."""

    cloud: Callable[[HotUpdateCloud], HotUpdateCloud] = _unchanged
    dli: Callable[[RestartCloud], RestartCloud] = _unchanged
    updates: Callable[[UpdateStore], UpdateStore] = _unchanged
    outbox: Callable[[Outbox], Outbox] = _unchanged
    pace: Pace = field(default_factory=Pace)
    dli_pace: DliPace = field(default_factory=DliPace)
    slack_pace: SlackPace = field(default_factory=SlackPace)
    look_after: float = 5.0
    """Seconds before a post of unknown fate is looked up."""
    lease_seconds: float = 60.0
    """So long what a dead replica was at work on waits for another."""
    drain_seconds: float = 20.0
    """So long what has begun may take to end, when the bot ends."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    submissions: Submissions
    requests: Requests
    store: UpdateStore
    ticks: Ticks
    port: int
    """Where it listens for health checks, and for Slack in HTTP mode."""


def new_id() -> str:
    """Make an id that is short enough to be typed: 8 characters, 40 random bits."""
    return "".join(secrets.choice(_IDS) for _ in range(8))


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop; finish what has begun, then close."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    gone = asyncio.Event()

    def give_up() -> None:
        gone.set()
        stop.set()

    async with open_bot(settings, on_gone=give_up) as bot:
        _log.info("ready; listening on port %d", bot.port)
        await stop.wait()
        _log.info("stopping")
    if gone.is_set():
        raise SystemExit(1)  # whoever looks after the process starts a new one


@asynccontextmanager
async def open_bot(
    settings: Settings, *, ends: Ends | None = None, on_gone: Callable[[], None] = lambda: None
) -> AsyncIterator[Bot]:
    """Build and start a bot; stop it in reverse order.

    `on_gone` is called when Slack has been out of reach for so long that a new process may help.

    Raises:
        ConfigurationError: a token is refused, Slack cannot be reached, the database is taken.

    """
    ends = ends or Ends()
    async with AsyncExitStack() as stack:
        keys = [key.get_secret_value() for key in settings.secrets.secret_keys]
        opening = open_store(settings.database_url, keys=keys, lease_seconds=ends.lease_seconds)
        store = await stack.enter_async_context(opening)
        updates, outbox = ends.updates(store.updates), ends.outbox(store.outbox)
        clouds = open_clouds(settings, stack, ends.cloud, ends.dli)
        session = await stack.enter_async_context(open_session())
        token = settings.secrets.bot_token.get_secret_value()
        client = open_slack_client(token, settings.slack.api_url, session)
        identity = await identify(client)
        ticks, directory = Ticks(now), Directory(clouds.every, now)
        core = _Core(settings, updates, store.vault, clouds, ends, ticks)
        delivery = Delivery(
            outbox=outbox,
            updates=updates,
            client=client,
            render=_renderer(settings),
            now=store.now,  # what is due and held is so for all replicas
            pace=replace(ends.slack_pace, look_after=ends.look_after),
        )
        _schedule(ticks, core, delivery, directory, settings.updates.plan_expires_seconds)
        background = Background()
        app = build_app(client=client, identity=identity, background=background)
        homes = Homes(core.submissions, updates, Screens(client), now)
        ticks.add(Tick("home tabs", homes.keep_current, every=5.0))
        register_listeners(app, _desk(settings, core, directory, client, background), homes)
        stack.push_async_callback(
            _wind_down, background, core.crew, ticks, updates, seconds=ends.drain_seconds
        )
        ticks.start()
        health = Health(ticks.stale, _checks(store, delivery, background))
        port = await _open_ways_in(settings, stack, app, health, on_gone)
        yield Bot(core.submissions, core.requests, updates, ticks, port)


def _desk(
    settings: Settings,
    core: _Core,
    directory: Directory,
    client: AsyncWebClient,
    background: Background,
) -> Desk:
    assert client.session is not None  # noqa: S101 - `open_slack_client` was given one
    return Desk(
        submissions=core.submissions,
        requests=core.requests,
        directory=directory,
        store=core.store,
        background=background,
        respond=Respond(client.session),
        screens=Screens(client),
        uploads=Uploads(client),
        now=now,
        new_id=new_id,
        plan_expires_seconds=settings.updates.plan_expires_seconds,
    )


def _checks(store: Store, delivery: Delivery, background: Background) -> dict[str, Check]:
    """Give what must hold for the bot to serve."""

    async def database() -> str | None:
        await store.ping()
        return None

    async def slack() -> str | None:
        return f"Slack refuses us: {delivery.stopped}" if delivery.stopped else None

    async def work() -> str | None:
        return "stopping" if background.draining else None

    return {"database": database, "slack": slack, "work": work}


def _renderer(settings: Settings) -> Render:
    def worded(
        message: Message, update: Update, events: Sequence[Event], compact: bool, /
    ) -> Payload:
        target = settings.targets.get(update.ref.target)  # it may have been configured once
        environment = target.environment if target else ""
        return render(message, update, events, now(), compact=compact, environment=environment)

    return worded


def _patience(chosen: UpdatesSettings) -> Patience:
    return Patience(
        poll_first=chosen.poll_first_seconds,
        poll_factor=chosen.poll_factor,
        poll_max=chosen.poll_max_seconds,
        slow_after=chosen.slow_after_seconds,
        overdue_after=chosen.overdue_after_seconds,
        give_up_after=chosen.give_up_after_seconds,
        start_within=chosen.start_within_seconds,
    )


def _targets(settings: Settings, clouds: Clouds) -> dict[str, Target]:
    return {
        name: Target(
            name=name,
            cloud=clouds.every[name],
            access=target.access,
            environment=target.environment,
            channel=target.channel or "",
        )
        for name, target in settings.targets.items()
    }


class _Core:
    """The use cases, joined."""

    def __init__(
        self,
        settings: Settings,
        updates: UpdateStore,
        vault: SqlVault,
        clouds: Clouds,
        ends: Ends,
        ticks: Ticks,
    ) -> None:
        chosen = settings.updates
        pace = replace(ends.pace, first_poll=chosen.poll_first_seconds)
        hot_update = HotUpdate(clouds.hot_update, now, pace)
        operations: dict[str, Operation] = {
            HOT_UPDATE: hot_update,
            RESTORE_SAVED: hot_update,
            WATCH_HOT_UPDATE: HotUpdate(clouds.hot_update, now, pace, first="poll"),
            **dict.fromkeys(DliOperation, DliSteps(clouds.restart, vault, now, ends.dli_pace)),
        }
        self.store, self.vault = updates, vault
        engine = Engine(
            updates, operations, now, _patience(chosen), changed=lambda: ticks.nudge(DELIVER)
        )

        def freed(due: datetime | None) -> None:
            if due is None:
                ticks.nudge(ADVANCE)
            else:
                ticks.wake_by(ADVANCE, due)

        self.crew = Crew(updates, engine.work, freed)

        def wake() -> None:
            ticks.nudge(ADVANCE)
            ticks.nudge(DELIVER)

        self.submissions = Submissions(updates, _targets(settings, clouds), now, new_id, wake)
        self.requests = Requests(
            self.submissions,
            HotUpdateRequests(self.submissions, clouds.hot_update, updates),
            DliRequests(self.submissions, clouds.restart, vault),
            Recheck(self.submissions, updates, operations, now, told=lambda: ticks.nudge(DELIVER)),
        )


def _schedule(
    ticks: Ticks,
    core: _Core,
    delivery: Delivery,
    directory: Directory,
    plan_expires_seconds: float,
) -> None:
    async def tidy() -> None:
        await core.submissions.expire_plans(plan_expires_seconds)
        await core.store.forget(now() - _KEEP_DRAFTS)
        await core.vault.forget(now() - _KEEP_VALUES)

    ticks.add(Tick(ADVANCE, core.crew.start_due, every=5.0, next_due=core.crew.next_due))
    ticks.add(Tick(DELIVER, delivery.deliver_due, every=5.0, next_due=delivery.next_due))
    ticks.add(Tick("job list", directory.refresh, every=60.0))
    ticks.add(Tick("tidy", tidy, every=60.0))


async def _wind_down(
    background: Background, crew: Crew, ticks: Ticks, updates: UpdateStore, *, seconds: float
) -> None:
    """Let what has begun end, then give back what is claimed: a successor begins at once."""
    await asyncio.gather(background.drain(seconds), crew.drain(seconds))
    await ticks.stop()
    await updates.release_leases()


async def _open_ways_in(
    settings: Settings,
    stack: AsyncExitStack,
    app: AsyncApp,
    health: Health,
    on_gone: Callable[[], None],
) -> int:
    """Open the HTTP side, and the socket in Socket Mode; give the port."""
    inbound, secrets_of = None, settings.secrets
    if settings.slack.mode is SlackMode.HTTP and secrets_of.signing_secret is not None:
        inbound = Inbound(app, secrets_of.signing_secret.get_secret_value())
    elif secrets_of.app_token is not None:
        token = secrets_of.app_token.get_secret_value()
        socket = await stack.enter_async_context(open_socket(app, token, now=now, on_gone=on_gone))
        health = Health(health.stale, {**health.checks, "socket": socket.trouble})
    server = await serve(build_http_app(health, inbound), settings.http.host, settings.http.port)
    stack.push_async_callback(server.close)
    return server.port
