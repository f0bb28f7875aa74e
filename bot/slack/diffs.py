"""Long values as what moved in them: a line of SQL is found, a thousand of them are not read."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bot.slack import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.flink.plan import Change

_CONTEXT = 2


def summary(change: Change) -> str:
    """Give how many lines came and went."""
    if change.after is None:
        return "removed"
    before, after = (one.splitlines() for one in _both(change))
    moved = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    came = sum(line.startswith("+") for line in moved)
    went = sum(line.startswith("-") for line in moved)
    return f"{text.count(len(after), 'line')} (+{came} \N{MINUS SIGN}{went})"


def unified(change: Change) -> Iterator[str]:
    """Give the lines of a unified diff, without file names."""
    before, after = (one.splitlines() for one in _both(change))
    lines = difflib.unified_diff(before, after, n=_CONTEXT, lineterm="")
    yield from list(lines)[2:]


def _both(change: Change) -> tuple[str, str]:
    return change.before or "", change.after or ""


def in_full(changes: Iterable[Change]) -> str:
    """Give the diffs of several long values, each under its setting's name."""
    return "\n".join(
        line
        for change in changes
        for line in (f"--- {change.name}", f"+++ {change.name}", *unified(change))
    )
