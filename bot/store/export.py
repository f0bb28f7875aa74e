"""Write the audit out: one line an event, with the same columns in either format."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.store.reading import Entry

COLUMNS = (
    "position",
    "at",
    "update_id",
    "seq",
    "team",
    "actor",
    "code",
    "args",
    "facts",
    "hash",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a spreadsheet takes for a formula, in any width, or for the beginning of a cell of its own.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def exported(found: Iterable[Entry], *, as_csv: bool) -> Iterator[str]:
    """Give lines, each with its end: JSON, or CSV as in RFC 4180."""
    rows = map(_row, found)
    return _as_csv(rows) if as_csv else _as_json(rows)


def _row(entry: Entry) -> dict[str, Any]:
    kept = entry.columns
    facts = kept["facts"]
    team = facts.get("team", "") if isinstance(facts, dict) else ""
    own = {"position": entry.position or None, "hash": entry.hash, "team": team}
    return {**kept, **own, "at": _time(kept["at"])}


def _time(at: Any) -> Any:
    """Give a time in UTC to the microsecond; what is none stays as it is."""
    try:
        moment = _EPOCH + timedelta(microseconds=at)
    except (TypeError, OverflowError):
        return at
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _as_json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps({name: row[name] for name in COLUMNS}, default=repr) + "\n"


def _as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _line(COLUMNS)
    for row in rows:
        yield _line([_cell(row[name]) for name in COLUMNS])


def _line(cells: Iterable[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cell(value: Any) -> Any:
    """Give a cell that no spreadsheet computes: text that looks like a formula gets a quote."""
    if value is None or isinstance(value, int):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
