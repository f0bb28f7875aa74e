"""A signed client that can also sign wrongly: what the gateway must accept and refuse."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.fakes.clock import FakeClock

WORKSPACE = "a14bd5d90a1b2c3d"
NAMESPACE = "default-namespace"
KEY = "sandbox-access-key-id"
SECRET = "sandbox-access-key-secret"
ROOT = f"/api/v2/namespaces/{NAMESPACE}"


@dataclass
class Caller:
    """Signs with the clock's time; `headers` override, None leaves one out."""

    http: httpx.AsyncClient
    clock: FakeClock
    secret: str = SECRET
    key: str = KEY
    extra: dict[str, str | None] = field(default_factory=dict)

    async def __call__(
        self,
        action: str,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str | None] | None = None,
        send_path: str | None = None,
        send_query: str | None = None,
        unsigned: tuple[str, ...] = (),
    ) -> httpx.Response:
        """Sign `path` and `query`, send `send_path` and `send_query` if they are given."""
        content = b"" if body is None else body if isinstance(body, bytes) else dumped(body)
        canonical_query = "&".join(
            f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted((query or {}).items())
        )
        given: dict[str, str | None] = {
            "host": self.http.base_url.netloc.decode(),
            "x-acs-action": action,
            "x-acs-version": "2022-07-18",
            "x-acs-date": self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(content).hexdigest(),
            "workspace": WORKSPACE,
            **({"content-type": "application/json; charset=utf-8"} if content else {}),
            **self.extra,
            **(headers or {}),
        }
        present = {name: value for name, value in given.items() if value is not None}
        signed = sorted(set(present) - set(unsigned) - {"authorization"})
        block = "".join(f"{name}:{present[name].strip()}\n" for name in signed)
        names = ";".join(signed)
        digest = hashlib.sha256(content).hexdigest()
        canonical = f"{method}\n{path}\n{canonical_query}\n{block}\n{names}\n{digest}"
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        present.setdefault(
            "authorization",
            f"ACS3-HMAC-SHA256 Credential={self.key},SignedHeaders={names},Signature={signature}",
        )
        sent_query = canonical_query if send_query is None else send_query
        target = (send_path or path) + (f"?{sent_query}" if sent_query else "")
        url = self.http.base_url.copy_with(raw_path=target.encode())
        return await self.http.request(method, url, headers=present, content=content)

    async def get(self, action: str, path: str, **query: str) -> httpx.Response:
        return await self(action, "GET", path, query=query)

    async def data(self, action: str, path: str, **query: str) -> Any:
        answer = (await self.get(action, path, **query)).json()
        assert answer["success"], answer
        return answer["data"]


def dumped(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
