"""How the page's requests are read and answered: JSON in, JSON out, 409 for what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.slack.nouns import Json

JSON_TYPE = "application/json"


def posting(
    act: Callable[[Json], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Give the handler that does `act` with the body."""

    async def answer(request: web.Request) -> web.Response:
        # A form of another site cannot send JSON without asking first; that keeps it out.
        if request.content_type != JSON_TYPE:
            return refused("send JSON", 415)
        try:
            body = await request.json()
            return web.json_response(await act(_object(body)))
        except KeyError as error:
            return refused(f"the body has no {error}")
        except (LookupError, ValueError) as error:
            return refused(str(error))

    return answer


def refused(words: str, status: int = 409) -> web.Response:
    """Answer with what was wrong."""
    return web.json_response({"error": words}, status=status)


def _object(body: object) -> Json:
    if isinstance(body, dict):
        return body
    raise LookupError("the body is no object")
