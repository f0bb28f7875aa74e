"""The state of the simulated workspace and the rules by which messages change; no HTTP here."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.slack.files import Files
from bot.sandbox.slack.mint import Mint
from bot.sandbox.slack.nouns import Channel, Message, User, UserGroup
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.schedule import Schedule
from bot.sandbox.slack.triggers import ResponseUrls, Triggers
from bot.sandbox.slack.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.sandbox.slack.changes import Changes

TEAM_ID = "T0SANDBOX"
TEAM_NAME = "sandbox"
APP_ID = "A0FLINKBOT"
BOT_ID = "B0FLINKBOT"
BOT_USER = "U0FLINKBOT"


@dataclass(frozen=True, slots=True)
class WorkspaceRules:
    """What its owner and the app's manifest decide.

    `edit_seconds`: how long after it was posted a message can be edited.
    """

    home_enabled: bool = True
    messages_tab_enabled: bool = True
    edit_seconds: float = math.inf


class Workspace:
    """People, channels, messages and views, and everything an interaction hands out."""

    def __init__(
        self,
        now: Callable[[], float],
        changes: Changes,
        users: Iterable[User],
        channels: Iterable[Channel],
        usergroups: Iterable[UserGroup] = (),
    ) -> None:
        self.mint = Mint(now)
        self.changes = changes
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.usergroups = {group.id: group for group in usergroups}
        self.rules = WorkspaceRules()
        self.views = Views(self.mint)
        self.files = Files(self.mint)
        self.schedule = Schedule()
        self.triggers = Triggers(self.mint)
        self.response_urls = ResponseUrls(self.mint)
        self._messages: dict[str, dict[str, Message]] = {}

    def user(self, user_id: str) -> User:
        """Give a user or refuse."""
        if user_id not in self.users:
            raise RefusedError("user_not_found")
        return self.users[user_id]

    def channel(self, name_or_id: str) -> Channel:
        """Give a channel the bot can see, or refuse."""
        wanted = name_or_id.removeprefix("#")
        for channel in self.visible_channels():
            if wanted in {channel.id, channel.name}:
                return channel
        raise RefusedError("channel_not_found")

    def id_of(self, name_or_id: str) -> str:
        """Give a channel's id for any way to write it; what is none is given back."""
        if name_or_id in self.users:
            return _direct(name_or_id)
        wanted = name_or_id.removeprefix("#")
        return next((c.id for c in self.channels.values() if c.name == wanted), name_or_id)

    def visible_channels(self) -> list[Channel]:
        """Give the channels the bot can see: public ones, and those it is a member of."""
        return [
            channel
            for channel in self.channels.values()
            if not (channel.is_private or channel.is_im) or BOT_USER in channel.members
        ]

    def channel_to_write(self, name_or_id: str, *, from_outside: bool = False) -> Channel:
        """Give a channel the bot may post to; a user's id means the direct message with them.

        `from_outside`: whether it may post to public channels without being a member.
        """
        if name_or_id in self.users:
            channel = self.direct_message(name_or_id)
        else:
            channel = self.channel(name_or_id)
        if channel.is_im and not self.rules.messages_tab_enabled:
            raise RefusedError("messages_tab_disabled")
        if channel.is_archived:
            raise RefusedError("is_archived")
        if BOT_USER not in channel.members and not from_outside:
            raise RefusedError("not_in_channel")
        return channel

    def direct_message(self, user_id: str) -> Channel:
        """Give the direct message between the bot and a user, opened if need be."""
        user = self.user(user_id)
        if user.is_bot:
            raise RefusedError("cannot_dm_bot")
        channel_id = _direct(user.id)
        if channel_id not in self.channels:
            members = frozenset({user.id, BOT_USER})
            self.put_channel(Channel(channel_id, user.name, members, is_im=True))
        return self.channels[channel_id]

    def put_user(self, user: User) -> None:
        """Add a user or change one: another locale."""
        self.users[user.id] = user
        self.changes.announce()

    def put_channel(self, channel: Channel) -> None:
        """Add a channel or change it: members, archived."""
        self.channels[channel.id] = channel
        self.changes.announce()

    def messages(self, channel_id: str) -> list[Message]:
        """Give a channel's messages, replies and ephemerals among them, oldest first."""
        for due in self.schedule.take_due(self.mint.now()):
            if not self.channels[due.channel].is_archived:
                self.post(due)
        found = self._messages.get(channel_id, {})
        return [found[ts] for ts in sorted(found, key=_order)]

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        """Give a parent and its replies, oldest first."""
        return [m for m in self.messages(channel_id) if ts in {m.ts, m.thread_ts}]

    def message(self, channel_id: str, ts: str) -> Message:
        """Give one message or refuse."""
        found = self._messages.get(channel_id, {}).get(ts)
        if found is None:
            raise RefusedError("message_not_found")
        return found

    def post(self, message: Message) -> Message:
        """Put a message into its channel with a new timestamp."""
        if message.thread_ts and message.thread_ts not in self._messages.get(message.channel, {}):
            raise RefusedError("thread_not_found")
        return self.save(replace(message, ts=self.mint.ts()))

    def save(self, message: Message) -> Message:
        """Put a message in place of the one of the same timestamp."""
        self._messages.setdefault(message.channel, {})[message.ts] = message
        self.changes.announce()
        return message

    def delete(self, message: Message) -> None:
        """Take a message away."""
        del self._messages[message.channel][message.ts]
        self.changes.announce()


def _direct(user_id: str) -> str:
    return f"D{user_id[1:]}"


def _order(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros)


ADA = User("U0ADA", "ada", "Ada Okafor", "en-US", "Europe/Amsterdam", "ada@sandbox.example")
LIN = User("U0LIN", "lin", "Lin Wei", "zh-CN", "Asia/Shanghai", "lin@sandbox.example")
BOT = User(BOT_USER, "flinkbot", "Flinkbot", is_bot=True)
PEOPLE = frozenset({ADA.id, LIN.id})

USERS = (ADA, LIN, BOT)
USERGROUPS = (UserGroup("S0ONCALL", "data-oncall", "Data platform on-call", (ADA.id,)),)
CHANNELS = (
    Channel("C0DATAJOBS", "data-jobs", PEOPLE | {BOT_USER}),
    Channel("C0APPROVALS", "approvals", PEOPLE | {BOT_USER}),
    Channel("C0RANDOM", "random", PEOPLE),
    Channel("C0OLDJOBS", "old-jobs", PEOPLE | {BOT_USER}, is_archived=True),
    Channel("G0PLATFORM", "platform-private", PEOPLE, is_private=True),
)
