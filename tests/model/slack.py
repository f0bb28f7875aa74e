"""A Slack in memory that keeps every message, loses answers, and lists what is new a bit late."""

from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError

from tests.model.gate import Faults

LISTED_AFTER = 4.5
"""Seconds until a new message can be found; the bot waits 5."""


class Trouble(StrEnum):
    """What a call of Slack meets."""

    ARRIVED_UNANSWERED = "arrived, no answer"
    NEVER_ARRIVED = "no answer, never arrived"
    NOT_SENT = "not sent"
    BROKE_AFTERWARDS = "internal_error after it arrived"
    BROKE = "internal_error"
    LIMITED = "ratelimited"
    REVOKED = "token_revoked"


_ARRIVES = {Trouble.ARRIVED_UNANSWERED, Trouble.BROKE_AFTERWARDS}


@dataclass
class Post:
    """A message as Slack has it."""

    channel: str
    key: str
    ts: str
    thread_ts: str
    text: str
    texts: list = field(default_factory=list)


class Answer:
    """What the SDK hands on of a refusal."""

    def __init__(self, code):
        self.data = {"ok": False, "error": code}
        self.status_code = 429 if code == "ratelimited" else 200
        self.headers = {"Retry-After": "7"} if code == "ratelimited" else {}


def _error(trouble):
    match trouble:
        case Trouble.NOT_SENT:
            return aiohttp.ConnectionTimeoutError("no connection")
        case Trouble.ARRIVED_UNANSWERED | Trouble.NEVER_ARRIVED:
            return aiohttp.ServerDisconnectedError()
        case Trouble.BROKE | Trouble.BROKE_AFTERWARDS:
            return SlackApiError("no", Answer("internal_error"))
        case _:
            return SlackApiError("no", Answer(trouble.value))


class ModelSlack:
    """Implements what the delivery uses of the SDK's client."""

    def __init__(self, clock, witness):
        self._clock, self._witness = clock, witness
        self.faults = Faults()
        self.posts = []

    def of(self, key):
        return [post for post in self.posts if post.key == key]

    async def _meeting(self, method, effect):
        trouble = self.faults.take(method)
        if trouble is None:
            return effect()
        if trouble in _ARRIVES:
            effect()
        raise _error(trouble)

    async def chat_postMessage(self, *, channel, text, metadata, thread_ts, **_):  # noqa: N802
        def effect():
            ts = f"{self._clock().timestamp():.6f}"  # each call takes time, so it is unique
            key = metadata["event_payload"]["key"]
            self.posts.append(Post(channel, key, ts, thread_ts or "", text, [text]))
            self._witness.posted(self.of(key))
            return {"ok": True, "ts": ts}

        return await self._meeting("chat_postMessage", effect)

    async def chat_update(self, *, channel, ts, text, **_):
        def effect():
            [post] = [one for one in self.posts if (one.channel, one.ts) == (channel, ts)]
            post.text = text
            post.texts.append(text)
            self._witness.shown(post)
            return {"ok": True, "ts": ts}

        return await self._meeting("chat_update", effect)

    async def conversations_history(self, *, channel, oldest, **_):
        return await self._listing(
            lambda post: post.channel == channel and not post.thread_ts, float(oldest)
        )

    async def conversations_replies(self, *, channel, ts, **_):
        return await self._listing(
            lambda post: post.channel == channel and ts in {post.ts, post.thread_ts}, 0.0
        )

    async def _listing(self, wanted, oldest):
        newest = self._clock().timestamp() - LISTED_AFTER

        def effect():
            found = [p for p in self.posts if wanted(p) and oldest <= float(p.ts) <= newest]
            return {"ok": True, "messages": [_as_listed(post) for post in reversed(found)]}

        return await self._meeting("look", effect)


def _as_listed(post):
    payload = {"event_type": "flinkbot_message", "event_payload": {"key": post.key}}
    return {"ts": post.ts, "text": post.text, "metadata": payload}
