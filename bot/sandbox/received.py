"""A request as it came off the wire: what the signatures of simulated clouds are checked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came off the wire: target undecoded, header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Give the undecoded path."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Give the undecoded query."""
        return self.target.partition("?")[2]


async def received(request: web.Request) -> Received:
    """Take a request as it came: the raw target, repeated headers joined in order."""
    names = {name.lower() for name in request.headers}
    return Received(
        method=request.method,
        target=request.raw_path,
        headers={name: ",".join(request.headers.getall(name)) for name in names},
        body=await request.read(),
    )
