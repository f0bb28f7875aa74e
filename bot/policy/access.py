"""Deny by default: a target's lists of users and channels must both allow a change."""

from __future__ import annotations

from dataclasses import dataclass

from bot.notes import Code, Note, note

EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may change a target, from where: Slack ids, or "*" for all. Empty means nobody."""

    users: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


def refusal(access: Access, *, target: str, user: str, channel: str) -> Note | None:
    """Say why `user` may not change `target` from `channel`; None when they may."""
    user_may = not access.users.isdisjoint({user, EVERYONE})
    channel_may = not access.channels.isdisjoint({channel, EVERYONE})
    if user_may and channel_may:
        return None
    missing = "both" if not (user_may or channel_may) else "channel" if user_may else "user"
    return note(Code.NOT_ALLOWED, target=target, missing=missing, user=user, channel=channel)
