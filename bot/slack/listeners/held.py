"""A form that was sent while the database was away stays open, with all that was typed in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.notes import Code, note
from bot.slack import text, words
from bot.slack.modals import parts

if TYPE_CHECKING:
    from bot.errors import StoreUnavailableError
    from bot.slack.screens import View

_log = logging.getLogger(__name__)
_KEPT = (
    "type",
    "title",
    "submit",
    "close",
    "callback_id",
    "private_metadata",
    "clear_on_close",
    "notify_on_close",
)
_SAID = "held_open"
_LONGEST = 300


def held_open(view: View, error: StoreUnavailableError) -> dict[str, Any]:
    """Give the ack that says at the first field that nothing was done; without a field, on top."""
    first = next((b["block_id"] for b in view.get("blocks", ()) if b["type"] == "input"), None)
    if first is None:
        return {"response_action": "update", "view": still(view, error)}
    _log.warning("a form is held open: %s", error)
    said = text.cut(words.say(note(Code.STORE_AWAY)), _LONGEST)
    return {"response_action": "errors", "errors": {first: said}}


def still(view: View, error: StoreUnavailableError) -> View:
    """Give a screen as it was, with the trouble on top; it can be sent again."""
    _log.warning("a screen is held open: %s", error)
    said = parts.trouble(note(Code.STORE_AWAY)).to_dict() | {"block_id": _SAID}
    blocks = [block for block in view.get("blocks", ()) if block.get("block_id") != _SAID]
    kept = {key: view[key] for key in _KEPT if view.get(key)}
    return {**kept, "blocks": [said, *blocks][: parts.MOST_BLOCKS]}
