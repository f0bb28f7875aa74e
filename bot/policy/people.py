"""Who somebody is, and whom a rule names; a group whose members cannot be read proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.policy.access import EVERYONE


class Membership(Enum):
    """Whether somebody is among the people that a rule names."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    """It hangs on a group whose members could not be read."""


@dataclass(frozen=True, slots=True)
class Person:
    """One Slack user. `groups` are the user groups they are in, None when that is not known."""

    user: str
    groups: frozenset[str] | None = frozenset()
    team: str = ""
    """The Slack workspace they act from."""


@dataclass(frozen=True, slots=True)
class People:
    """Ids of users ("U…", "W…") and user groups ("S…"), or "*" for everybody. Empty means nobody.

    `teams` are the Slack workspaces that they must act from; empty means any.
    """

    ids: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """Give the user groups among them."""
        return frozenset(one for one in self.ids if one.startswith("S"))

    def includes(self, person: Person) -> Membership:
        """Tell whether somebody is among them."""
        if self.teams and person.team not in self.teams:
            return Membership.NO
        if EVERYONE in self.ids or self.names(person):
            return Membership.YES
        return Membership.UNKNOWN if person.groups is None and self.groups else Membership.NO

    def names(self, person: Person) -> bool:
        """Tell whether somebody is surely among them by more than being anybody."""
        return person.user in self.ids or not self.groups.isdisjoint(person.groups or ())

    def __str__(self) -> str:
        """Give the ids in a row."""
        return " ".join(sorted(self.ids))


NOBODY = People()
