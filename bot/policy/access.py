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

    @property
    def only_channel(self) -> str:
        """Give the one channel that changes must come from; empty when there is not just one."""
        [only] = self.channels if len(self.channels) == 1 else [""]
        return "" if only == EVERYONE else only

    def names_user(self, user: str) -> bool:
        """Tell whether a user may change the target from an allowed channel."""
        return not self.users.isdisjoint({user, EVERYONE})

    def names_channel(self, channel: str) -> bool:
        """Tell whether an allowed user may change the target from a channel."""
        return not self.channels.isdisjoint({channel, EVERYONE})


def refusal(
    access: Access, *, target: str, user: str, channel: str, told_in: str = ""
) -> Note | None:
    """Say why `user` may not change `target` from `channel`; None when they may.

    Some clicks are made in no channel (Home, a global shortcut): `channel` is empty then, and
    `told_in`, where the card would go, stands in for it.
    """
    if not channel:
        return _from_no_channel(access, target, user, told_in)
    user_may, channel_may = access.names_user(user), access.names_channel(channel)
    if user_may and channel_may:
        return None
    missing = "both" if not (user_may or channel_may) else "channel" if user_may else "user"
    return note(Code.NOT_ALLOWED, target=target, missing=missing, user=user, channel=channel)


def _from_no_channel(access: Access, target: str, user: str, told_in: str) -> Note | None:
    """Let the card's channel stand in, but only for somebody whom the rules name.

    Where everybody in certain channels may, being in one of them is what allows it, and a click
    made elsewhere does not show that.
    """
    if not access.names_user(user):
        return note(Code.NOT_ALLOWED, target=target, missing="user", user=user, channel="")
    named = user in access.users or EVERYONE in access.channels
    if named and told_in and access.names_channel(told_in):
        return None
    channels = " ".join(sorted(access.channels - {EVERYONE}))
    return note(Code.CHANNEL_NEEDED, target=target, channels=channels)
