"""Reads the options an app answered for an external select."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.inputs import options_of
from bot.sandbox.slack.outcomes import SuggestionsFailedError
from bot.sandbox.slack.validate import option_faults

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Json


def read_options(body: Any) -> list[Json]:
    """Give the options of an answer, those of its groups too; they must be as Slack allows."""
    if not isinstance(body, dict) or not body.keys() & {"options", "option_groups"}:
        raise SuggestionsFailedError(f"not an answer with options: {body!r}")
    found = option_faults(body)
    if found:
        raise SuggestionsFailedError("; ".join(fault.as_message() for fault in found))
    return options_of(body)
