"""What goes back over the wire: the service's envelope, the gateway's errors, a proxy's HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.sax.saxutils import escape

from bot.sandbox.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTED_NOTHING = '""'
"""What the service puts into errorCode and errorMessage on success: two quote characters."""
NOT_FOUND_CODE = "990301"


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of a list."""

    items: list[object]
    page_index: int
    page_size: int
    total: int


def new_request_id() -> str:
    """Make a request id as the service writes them."""
    return str(uuid4()).upper()


def success(data: object, request_id: str) -> Answer:
    """Wrap what an operation found; a `Paged` adds its place in the list."""
    paging = {}
    if isinstance(data, Paged):
        paging = {
            "pageIndex": data.page_index,
            "pageSize": data.page_size,
            "totalSize": data.total,
        }
        data = data.items
    return _envelope(request_id, True, QUOTED_NOTHING, QUOTED_NOTHING, data, **paging)


def refusal(code: str, message: str, request_id: str) -> Answer:
    """Say no inside an HTTP 200."""
    return _envelope(request_id, False, code, message, None)


def gateway_error(
    status: int,
    code: str,
    message: str,
    request_id: str,
    *,
    host: str,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Say no before the service saw the request."""
    document = {"Code": code, "Message": message, "RequestId": request_id, "HostId": host}
    return Answer(status, _json(document), headers={**_trace(request_id), **(headers or {})})


def gateway_error_as_xml(
    status: int, code: str, message: str, request_id: str, *, host: str
) -> Answer:
    """Say the same the way some gateways do."""
    members = {"Code": code, "Message": message, "RequestId": request_id, "HostId": host}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in members.items())
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error>{inner}</Error>".encode()
    return Answer(status, body, "text/xml;charset=utf-8", _trace(request_id))


def _envelope(
    request_id: str, ok: bool, code: str, message: str, data: object, **paging: int
) -> Answer:
    document = {
        "requestId": request_id,
        "success": ok,
        "httpCode": 200,
        "errorCode": code,
        "errorMessage": message,
        "data": data,
        **paging,
    }
    return Answer(200, _json(document), headers=_trace(request_id))


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _trace(request_id: str) -> dict[str, str]:
    return {"x-acs-request-id": request_id}
