"""The composition root: builds every part from the settings, joins them, closes them in order."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.ends import Ends
from bot.errors import StoreUnavailableError
from bot.policy.rules import groups_named
from bot.settings import SlackMode
from bot.shutdown import Shutdown, on_signals
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.cards import render
from bot.slack.client import identify, open_session, open_slack_client
from bot.slack.delivery import Delivery
from bot.slack.gate import Gate, Pace
from bot.slack.groups import Groups
from bot.slack.homes import Homes
from bot.slack.http import Health, Inbound, build_http_app, serve
from bot.slack.listeners import register_listeners
from bot.slack.listeners.desk import Desk
from bot.slack.members import Members
from bot.slack.respond import Respond
from bot.slack.screens import Screens
from bot.slack.socket import open_socket
from bot.slack.tally import Tally
from bot.slack.uploads import Uploads
from bot.store import open_store
from bot.targets import open_clouds
from bot.ticks import Tick, Ticks
from bot.updates.directory import Directory
from bot.updates.rulebook import Rulebook, Terms
from bot.usecases import ADVANCE, DELIVER, TIDY_SECONDS, UseCases, new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flink.update import Update
    from bot.settings import Settings
    from bot.slack.client import Identity
    from bot.slack.content import Render
    from bot.slack.http import Check, Server
    from bot.slack.payload import Payload
    from bot.store import Store
    from bot.updates.messages import Message
    from bot.updates.ports import Event, UpdateStore
    from bot.updates.requests import Requests
    from bot.updates.submit import Submissions

__all__ = ["Bot", "Ends", "new_id", "now", "open_bot", "run"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    submissions: Submissions
    requests: Requests
    store: UpdateStore
    ticks: Ticks
    port: int
    """Where it listens for health checks, and for Slack in HTTP mode."""


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop; finish what has begun, then close."""
    stop = asyncio.Event()
    on_signals(stop.set)
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

    While it ends, the HTTP side still tells so, and Socket Mode's connection is gone already: Slack
    delivers to the other replicas.

    `on_gone` is called when Slack has been out of reach for so long that a new process may help.

    Raises:
        ConfigurationError: a token is refused, Slack cannot be reached, the database is taken.

    """
    ends = ends or Ends()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_open_store(settings, ends))
        clouds = open_clouds(settings, stack, ends.cloud, ends.dli)
        client = await _open_client(settings, stack)
        identity, background, tally = await identify(client), Background(), Tally()
        gate = _gate(settings, identity, client, tally)
        app = build_app(client=client, identity=identity, background=background, gate=gate)
        ticks, directory = Ticks(store.now), Directory(clouds.every, store.now)
        rules = replace(_rulebook(settings, identity, client), freezes=store.freezes)
        core = UseCases(settings, store, clouds, ends, ticks, rules)
        delivery = _delivery(settings, store, core, client, ends)
        homes = Homes(core.submissions, core.updates, Screens(client), store.now)
        _schedule(ticks, store, core, delivery, directory, homes)
        ticks.add(Tick("refusals", tally.tell, every=60.0))
        desk = replace(_desk(settings, store, core, directory, client, background), tally=tally)
        register_listeners(app, desk, homes, core.freezing)
        shutdown = Shutdown(
            core.engine, core.crew, background, ticks, store, _grace(settings, ends)
        )
        checks = _checks(store, delivery, shutdown)
        server = await _serve(settings, stack, app, Health(ticks.stale, checks), tally)
        stack.push_async_callback(shutdown.finish)
        ticks.start()
        await _connect(settings, stack, app, checks, on_gone)
        stack.push_async_callback(shutdown.begin)
        yield Bot(core.submissions, core.requests, core.updates, ticks, server.port)


def _open_store(settings: Settings, ends: Ends) -> AbstractAsyncContextManager[Store]:
    keys = [key.get_secret_value() for key in settings.secrets.secret_keys]
    return open_store(settings.database_url, keys=keys, lease_seconds=ends.lease_seconds)


def _grace(settings: Settings, ends: Ends) -> float:
    return settings.shutdown.grace_seconds if ends.drain_seconds is None else ends.drain_seconds


async def _open_client(settings: Settings, stack: AsyncExitStack) -> AsyncWebClient:
    session = await stack.enter_async_context(open_session())
    token = settings.secrets.bot_token.get_secret_value()
    return open_slack_client(token, settings.slack.api_url, session)


def _gate(settings: Settings, identity: Identity, client: AsyncWebClient, tally: Tally) -> Gate:
    """Let in the bot's own workspace, and those that rules name."""
    named = {team for written in settings.rules for team in written.teams or ()}
    rate = settings.slack.requests_per_minute
    pace = Pace(at_once=rate, per_second=rate / 60)
    return Gate({identity.team_id, *named}, Members(client), tally, pace)


def _rulebook(settings: Settings, identity: Identity, client: AsyncWebClient) -> Rulebook:
    rules, chosen = settings.policy, settings.updates
    terms = Terms(
        expires_after=timedelta(seconds=chosen.approval_expires_seconds),
        remind_after=timedelta(seconds=chosen.approval_reminder_seconds),
    )
    return Rulebook(rules, Groups(client, groups_named(rules)), identity.team_id, terms)


def _delivery(
    settings: Settings, store: Store, core: UseCases, client: AsyncWebClient, ends: Ends
) -> Delivery:
    return Delivery(
        outbox=ends.outbox(store.outbox),
        updates=core.updates,
        client=client,
        render=_renderer(settings, store.now),
        now=store.now,  # what is due and held is so for all replicas
        pace=replace(ends.slack_pace, look_after=ends.look_after),
        fallback_channel=settings.slack.fallback_channel or "",
    )


def _desk(
    settings: Settings,
    store: Store,
    core: UseCases,
    directory: Directory,
    client: AsyncWebClient,
    background: Background,
) -> Desk:
    assert client.session is not None  # noqa: S101 - `open_slack_client` was given one
    return Desk(
        submissions=core.submissions,
        requests=core.requests,
        approvals=core.approvals,
        directory=directory,
        store=core.updates,
        background=background,
        respond=Respond(client.session),
        screens=Screens(client),
        uploads=Uploads(client),
        now=store.now,
        new_id=new_id,
        plan_expires_seconds=settings.updates.plan_expires_seconds,
    )


def _checks(store: Store, delivery: Delivery, shutdown: Shutdown) -> dict[str, Check]:
    """Give what must hold for the bot to serve."""

    async def database() -> str | None:
        try:
            await store.ping()
        except StoreUnavailableError:  # the log says why; this may be read by anybody
            return "out of reach"
        return None

    async def slack() -> str | None:
        return f"Slack refuses us: {delivery.stopped}" if delivery.stopped else None

    async def work() -> str | None:
        return "draining" if shutdown.draining else None

    return {"database": database, "slack": slack, "work": work}


def _renderer(settings: Settings, now: Callable[[], datetime]) -> Render:
    def worded(
        message: Message, update: Update, events: Sequence[Event], compact: bool, /
    ) -> Payload:
        target = settings.targets.get(update.ref.target)  # it may have been configured once
        environment = target.environment if target else ""
        return render(message, update, events, now(), compact=compact, environment=environment)

    return worded


def _schedule(
    ticks: Ticks,
    store: Store,
    core: UseCases,
    delivery: Delivery,
    directory: Directory,
    homes: Homes,
) -> None:
    # What another replica left behind is seen by asking; where there is no other, all is known.
    rest = 5.0 if store.database.alone else 1.0
    for tick in (
        Tick(ADVANCE, core.crew.start_due, every=rest, next_due=core.crew.next_due),
        Tick(DELIVER, delivery.deliver_due, every=rest, next_due=delivery.next_due),
        Tick("job list", directory.refresh, every=60.0),
        Tick("tidy", core.tidy, every=TIDY_SECONDS),
        Tick("approvals", core.look_after_requests, every=core.approvals_every),
        Tick("clock", store.keep_time, every=60.0),
        Tick("home tabs", homes.keep_current, every=5.0),
    ):
        ticks.add(tick)


async def _serve(
    settings: Settings, stack: AsyncExitStack, app: AsyncApp, health: Health, tally: Tally
) -> Server:
    """Listen for questions about health and, in HTTP mode, for Slack."""
    inbound, secret = None, settings.secrets.signing_secret
    if settings.slack.mode is SlackMode.HTTP and secret is not None:
        inbound = Inbound(app, secret.get_secret_value(), tally)
    server = await serve(build_http_app(health, inbound), settings.http.host, settings.http.port)
    stack.push_async_callback(server.close)
    return server


async def _connect(
    settings: Settings,
    stack: AsyncExitStack,
    app: AsyncApp,
    checks: dict[str, Check],
    on_gone: Callable[[], None],
) -> None:
    """Open the connection to Slack, in Socket Mode."""
    token = settings.secrets.app_token
    if settings.slack.mode is not SlackMode.SOCKET or token is None:
        return

    async def connecting() -> str | None:
        return "connecting"

    checks["socket"] = connecting
    opening = open_socket(app, token.get_secret_value(), now=now, on_gone=on_gone)
    socket = await stack.enter_async_context(opening)
    checks["socket"] = socket.trouble
