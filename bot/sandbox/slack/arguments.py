"""Reads what a Web API call was given, whether as a query, a form or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.slack.nouns import Json

_TRUE = {True, "true", "True", "1"}
LARGEST_BODY = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call. `base_url` is where this Slack can be reached.

    `scopes`: what the app was granted; `as_json`: whether they came as a JSON body.
    """

    values: Json = field(default_factory=dict)
    base_url: str = ""
    scopes: frozenset[str] = frozenset()
    as_json: bool = False

    def text(self, name: str) -> str:
        """Give a string argument, empty if absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """Give a string argument or refuse."""
        if value := self.text(name):
            return value
        message = f"[ERROR] missing required field: {name}"
        raise RefusedError("invalid_arguments", (message,))

    def flag(self, name: str) -> bool:
        """Give a boolean argument."""
        value = self.values.get(name)
        return isinstance(value, str | bool | int) and value in _TRUE

    def number(self, name: str, default: int) -> int:
        """Give a whole number or the default."""
        value = self.text(name)
        return int(value) if value.isdecimal() else default

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """Give an argument that is an object or a list, decoded if it came as text.

        `error`: how text that is no JSON is refused.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise RefusedError(error, (f"[ERROR] {name} is not JSON",)) from None


async def read_arguments(request: web.Request, base_url: str) -> Arguments:
    """Give everything the call carries; a JSON body wins over the query."""
    values: Json = dict(request.query)
    as_json = request.content_type == "application/json"
    if as_json:
        values |= _json_object(await request.text())
    elif request.method == "POST":
        values |= dict(await request.post())
    return Arguments(values, base_url, as_json=as_json)


def _json_object(body: str) -> Json:
    try:
        decoded = json.loads(body or "{}")
    except ValueError:
        raise RefusedError("invalid_json") from None
    if not isinstance(decoded, dict):
        raise RefusedError("json_not_object")
    return decoded
