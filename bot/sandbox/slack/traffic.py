"""Every request between Slack and the app, both ways, kept for the person who wants to look."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.sandbox.slack.nouns import Json

MOST_ENTRIES = 500
MASK = "(masked)"
_SUMMARY_LENGTH = 120
_TOKENS = {"token", "signing_secret"}


class Direction(StrEnum):
    """Who asks whom."""

    TO_APP = "to_app"
    FROM_APP = "from_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request and its answer; `at` in seconds since the epoch, `status` None without one."""

    id: int
    at: float
    direction: Direction
    kind: str
    summary: str
    status: int | None
    ok: bool
    error: str
    took_ms: int
    request: Any
    response: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What is known of a request when its answer is there. `started`: by the same clock."""

    direction: Direction
    kind: str
    started: float
    request: Any
    response: Any
    status: int | None = 200
    error: str = ""


class Traffic:
    """The newest entries. `secrets` are masked wherever they stand."""

    def __init__(self, now: Callable[[], float], secrets: Iterable[str]) -> None:
        self.now = now
        self.changes = Changes()
        self._secrets = tuple(secret for secret in secrets if secret)
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._last = 0

    @property
    def last(self) -> int:
        """Give the id of the newest entry, 0 if there is none."""
        return self._last

    def note(self, exchange: Exchange) -> None:
        """Keep one exchange."""
        self._last += 1
        request = self._masked(exchange.request)
        entry = Entry(
            id=self._last,
            at=exchange.started,
            direction=exchange.direction,
            kind=exchange.kind,
            summary=summary(exchange.kind, request)[:_SUMMARY_LENGTH],
            status=exchange.status,
            ok=not exchange.error,
            error=exchange.error,
            took_ms=round((self.now() - exchange.started) * 1000),
            request=request,
            response=self._masked(exchange.response),
        )
        self._entries.append(entry)
        self.changes.announce()

    def since(self, last_seen: int) -> list[Json]:
        """Give what is newer than an id; everything if that id is not from this run."""
        known = last_seen if last_seen <= self._last else 0
        return [asdict(entry) for entry in self._entries if entry.id > known]

    def _masked(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: MASK if key in _TOKENS else self._masked(value) for key, value in node.items()
            }
        if isinstance(node, list | tuple):
            return [self._masked(item) for item in node]
        if isinstance(node, str):
            for secret in self._secrets:
                node = node.replace(secret, MASK)
        return node


def summary(kind: str, request: Any) -> str:
    """Say in a few words what a request is about."""
    if not isinstance(request, dict):
        return ""
    match kind:
        case "slash_commands":
            return f"{request.get('command', 'ssl_check')} {request.get('text', '')}".strip()
        case "interactive":
            return " ".join(filter(None, [str(request.get("type", "")), _about(request)]))
        case "events_api":
            return str(request.get("event", request).get("type", ""))
    return " ".join(str(request[key]) for key in _TELLING if request.get(key))


_TELLING = ("channel", "user", "user_id", "view_id", "ts", "name", "filename", "text")


def _about(request: Json) -> str:
    """Give the ids that say which button, menu or view an interaction is of."""
    actions = request.get("actions") or [request]
    view = request.get("view") or {}
    return str(
        actions[0].get("action_id") or request.get("callback_id") or view.get("callback_id") or ""
    )
