"""Keeps pages of other sites out of what the sandbox serves: only this machine may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aiohttp import web

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_local(request: web.Request) -> bool:
    """Tell whether neither the page that asks nor the name it asked for is somebody else's."""
    origin = request.headers.get("Origin")
    try:
        asking = [request.url.host, *([urlsplit(origin).hostname] if origin else [])]
    except ValueError:
        return False
    return all(host in _LOCAL_NAMES for host in asking)
