"""Put foreign text into Slack's mrkdwn: the one place where it is escaped, cut and formatted."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LONGEST_SECTION = 3_000
LONGEST_TEXT = 3_900
"""An edit may have 4,000 characters; what comes after the last line has room."""
LONGEST_VALUE = 200

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ROOM_FOR_TAIL = 24
_USER_ID = re.compile(r"[UW][A-Z0-9]+")
_GROUP_ID = re.compile(r"S[A-Z0-9]+")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]+")
_HALF_WRITTEN = re.compile(r"(&[a-z]{0,3}|<[^<>]*)$")
_SIZES = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def escape(text: str) -> str:
    """Make text harmless in mrkdwn: it can then neither mention anybody nor link anywhere.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return html.escape(text, quote=False)


def cut(text: str, limit: int) -> str:
    """Cut plain text and say how much is missing."""
    if len(text) <= limit:
        return text
    kept = max(limit - _ROOM_FOR_TAIL, 1)
    return text[:kept].rstrip() + f"… ({len(text) - kept:,} more)"


def one_line(text: str) -> str:
    """Put text on one line: a name or a reason must not draw lines of its own."""
    return " ".join(text.split())


def clean(text: str, limit: int = LONGEST_VALUE) -> str:
    """Give foreign text for mrkdwn: on one line, escaped, at most `limit` characters."""
    line = one_line(text)
    if len(line) <= limit and len(escaped := escape(line)) <= limit:
        return escaped
    kept, size = 0, 0
    for character in line:
        size += len(_ESCAPES.get(character, character))
        if size > limit - _ROOM_FOR_TAIL:
            break
        kept += 1
    return escape(line[:kept]).rstrip() + f"… ({len(line) - kept:,} more)"


def code(text: str, limit: int = LONGEST_VALUE) -> str:
    """Give foreign text as a code span; a backtick inside would end it early."""
    shown = clean(text, limit).replace("`", "'")
    return f"`{shown}`" if shown else "_empty_"


def fit(lines: Iterable[str], limit: int = LONGEST_SECTION, hint: str = "") -> str:
    """Join mrkdwn lines up to a limit; whole lines are left out, and their number is said."""
    everything = list(lines)
    room = limit - len(hint) - 40
    kept: list[str] = []
    size = 0
    for line in everything:
        size += len(line) + 1
        if size > room:
            break
        kept.append(line)
    left = len(everything) - len(kept)
    if not left:
        return "\n".join(kept)
    if not kept:
        return _halved(everything[0], room) + "…"
    return "\n".join([*kept, f"… and {left} more {'line' if left == 1 else 'lines'}{hint}"])


def _halved(line: str, room: int) -> str:
    """Cut one long line, but through no entity and no mention."""
    return _HALF_WRITTEN.sub("", line[:room])


def mention(user: str) -> str:
    """Mention a user by id; anything that is no id is only text."""
    return f"<@{user}>" if _USER_ID.fullmatch(user) else clean(user)


def people(ids: str) -> str:
    """Mention users and user groups by their ids in a row; "*" is anybody."""
    named = [_one_of_people(each) for each in ids.split()]
    return " or ".join(named) or "nobody"


def _one_of_people(each: str) -> str:
    if each == "*":
        return "anybody"
    return f"<!subteam^{each}>" if _GROUP_ID.fullmatch(each) else mention(each)


def channel(channel_id: str) -> str:
    """Link a channel by id; anything that is no id is only text."""
    return f"<#{channel_id}>" if _CHANNEL_ID.fullmatch(channel_id) else clean(channel_id)


def date(moment: datetime) -> str:
    """Give a moment in the reader's own time zone; UTC where that is not understood."""
    fallback = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def clock_time(moment: datetime) -> str:
    """Give the time of day in the reader's own time zone."""
    return f"<!date^{int(moment.timestamp())}^{{time_secs}}|{moment.strftime('%H:%M:%S UTC')}>"


def duration(span: timedelta | float) -> str:
    """Write a span (a timedelta or seconds) in its two largest units: "1 min 12 s"."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    whole = max(round(seconds), 0)
    for (large, size), (small, part) in (
        (("d", 86_400), ("h", 3_600)),
        (("h", 3_600), ("min", 60)),
        (("min", 60), ("s", 1)),
    ):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {large}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"


def milliseconds(span: int) -> str:
    """Write a span that may be shorter than a second."""
    return f"{span} ms" if span < 1_000 else duration(span / 1_000)


def size(octets: int) -> str:
    """Write a number of bytes in its largest binary unit."""
    for unit, one in _SIZES:
        if octets >= one:
            return f"{octets / one:.1f}".removesuffix(".0") + f" {unit}"
    return f"{octets} B"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: "1 setting", "3 settings"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
