"""A signed client that can also sign wrongly: what the gateway must accept and refuse."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
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
        present = self._headers(action, content, headers or {})
        signed = sorted(set(present) - set(unsigned) - {"authorization"})
        block = "".join(f"{name}:{present[name].strip()}\n" for name in signed)
        lines = [method, path, canonical_query, block, ";".join(signed), sha256(content)]
        present.setdefault("authorization", self._authorization("\n".join(lines), signed))
        sent_query = canonical_query if send_query is None else send_query
        target = (send_path or path) + (f"?{sent_query}" if sent_query else "")
        url = self.http.base_url.copy_with(raw_path=target.encode())
        return await self.http.request(method, url, headers=present, content=content)

    def _headers(
        self, action: str, content: bytes, overriding: dict[str, str | None]
    ) -> dict[str, str]:
        given = {
            "host": self.http.base_url.netloc.decode(),
            "x-acs-action": action,
            "x-acs-version": "2022-07-18",
            "x-acs-date": self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-content-sha256": sha256(content),
            "workspace": WORKSPACE,
            "content-type": "application/json; charset=utf-8" if content else None,
            **overriding,
        }
        return {name: value for name, value in given.items() if value is not None}

    def _authorization(self, canonical: str, signed: list[str]) -> str:
        text = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode())}"
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        names = ";".join(signed)
        return f"ACS3-HMAC-SHA256 Credential={self.key},SignedHeaders={names},Signature={signature}"

    async def get(self, action: str, path: str, **query: str) -> httpx.Response:
        return await self(action, "GET", path, query=query)

    async def data(self, action: str, path: str, **query: str) -> Any:
        answer = (await self.get(action, path, **query)).json()
        assert answer["success"], answer
        return answer["data"]


def dumped(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
