"""A signed client that can also sign wrongly: what the gateway must accept and refuse."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from bot.sandbox.dli import Account
from bot.sandbox.dli.cloud import Cloud
from tests.fakes.clock import FakeClock

REGION = "ap-southeast-3"
PROJECT = "0123456789abcdef0123456789abcdef"
ACCOUNT = Account("sandbox-access-key", "sandbox-secret-key")
ROOT = f"/v1.0/{PROJECT}/streaming"


@dataclass
class Caller:
    """Signs with the clock's time; `headers` override, None leaves one out."""

    http: httpx.AsyncClient
    clock: FakeClock
    cloud: Cloud
    account: Account = ACCOUNT

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str | None] | None = None,
        send_query: str | None = None,
        unsigned: tuple[str, ...] = (),
    ) -> httpx.Response:
        """Sign `path` and `query`; send `send_query` instead if it is given."""
        content = b"" if body is None else body if isinstance(body, bytes) else dumped(body)
        canonical_query = "&".join(
            f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted((query or {}).items())
        )
        present = self._headers(content, headers or {})
        signed = sorted(set(present) - set(unsigned) - {"authorization", "x-auth-token"})
        block = "".join(f"{name}:{present[name].strip()}\n" for name in signed)
        lines = [method, f"{path}/", canonical_query, block, ";".join(signed), sha256(content)]
        if "x-auth-token" not in present:
            present.setdefault("authorization", self._authorization("\n".join(lines), signed))
        sent = canonical_query if send_query is None else send_query
        target = path + (f"?{sent}" if sent else "")
        url = self.http.base_url.copy_with(raw_path=target.encode())
        return await self.http.request(method, url, headers=present, content=content)

    def _headers(self, content: bytes, overriding: dict[str, str | None]) -> dict[str, str]:
        given = {
            "host": self.http.base_url.netloc.decode(),
            "x-sdk-date": self.clock().strftime("%Y%m%dT%H%M%SZ"),
            "x-project-id": PROJECT,
            "x-security-token": self.account.security_token,
            "content-type": "application/json",
            **overriding,
        }
        return {name: value for name, value in given.items() if value is not None}

    def _authorization(self, canonical: str, signed: list[str]) -> str:
        date = self.clock().strftime("%Y%m%dT%H%M%SZ")
        text = f"SDK-HMAC-SHA256\n{date}\n{sha256(canonical.encode())}"
        key = self.account.secret_key.encode()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        names = ";".join(signed)
        return (
            f"SDK-HMAC-SHA256 Access={self.account.access_key}, "
            f"SignedHeaders={names}, Signature={signature}"
        )

    async def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Call and give the JSON of a success."""
        answer = await self(method, f"{ROOT}{path}", body, query=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, body: Any = None, **query: str) -> str:
        """Call and give the code of a refusal with HTTP 400."""
        answer = await self(method, f"{ROOT}{path}", body, query=query)
        assert answer.status_code == 400, answer.text
        told = answer.json()
        return str((told[0] if isinstance(told, list) else told)["error_code"])

    async def job(self, job_id: int) -> Any:
        return (await self.ok("GET", f"/jobs/{job_id}"))["job_detail"]

    async def start(self, job_id: int, *, resume: bool = False) -> Any:
        body = {"job_ids": [job_id], "resume_savepoint": resume}
        return await self.ok("POST", "/jobs/run", body)

    async def stop(self, job_id: int, *, savepoint: bool = False) -> Any:
        body = {"job_ids": [job_id], "trigger_savepoint": savepoint}
        return await self.ok("POST", "/jobs/stop", body)

    def walk(self, job_id: int, seconds: float = 12) -> list[str]:
        """Look at a job every half second; give the statuses in the order they came."""
        seen = [self.cloud.job(job_id).status.value]
        for _ in range(int(seconds * 2)):
            self.clock.tick(0.5)
            status = self.cloud.job(job_id).status.value
            if status != seen[-1]:
                seen.append(status)
        return seen


def id_of(cloud: Cloud, name: str) -> int:
    return cloud.named(name).id


def dumped(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
