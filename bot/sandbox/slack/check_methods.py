"""blocks.validate: what Slack would refuse, without sending anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.validate import faults

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.validate import Fault
    from bot.sandbox.slack.workspace import Workspace

_SUBJECTS = ("blocks", "message", "view")
_CONSTRAINTS = (
    (re.compile(r"must be less than (\d+) characters"), "max_length", -1),
    (re.compile(r"must be more than (\d+) characters"), "min_length", 1),
    (re.compile(r"no more than (\d+) items allowed"), "max_items", 0),
    (re.compile(r"no fewer than (\d+) items allowed"), "min_items", 0),
    (re.compile(r"must be less than (\d+)"), "maximum", -1),
    (re.compile(r"must be greater than (\d+)"), "minimum", 1),
)
"""How a message tells its constraint; the number is one beside the limit in some."""


def blocks_validate(_workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/blocks.validate."""
    subjects = [name for name in _SUBJECTS if given.values.get(name) is not None]
    if len(subjects) != 1:
        message = "[ERROR] must have exactly one of blocks, message, view"
        raise RefusedError("invalid_arguments", (message,))
    subject = subjects[0]
    found = _faults(subject, given.structure(subject))
    if found:
        pointed = [_error(fault, subject) for fault in found]
        raise RefusedError(f"invalid_{subject}", details={"errors": pointed})
    return {}


def _faults(subject: str, payload: Any) -> list[Fault]:
    match subject, payload:
        case "blocks", list():
            return faults({"blocks": payload}, "message")
        case "message", dict():
            return faults(payload, "message")
        case "view", dict():
            kind = payload.get("type")
            return faults(payload, kind if kind in {"modal", "home"} else "modal")
    raise RefusedError("invalid_arguments", (f"[ERROR] {subject} has the wrong type",))


def _error(fault: Fault, subject: str) -> Json:
    pointer = fault.pointer.removeprefix("/blocks") if subject == "blocks" else fault.pointer
    error: Json = {"code": "failed_constraint", "message": fault.message, "pointer": pointer}
    for pattern, kind, beside in _CONSTRAINTS:
        if match := pattern.match(fault.message):
            expected = int(match[1]) + beside
            return error | {"constraint": {"type": kind, "expected": expected}}
    return error
