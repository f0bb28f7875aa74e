"""Signatures, tokens and projects: who is let in, and how everybody else is turned away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.dli.seed import FIRST_ID
from bot.sandbox.dli.verify import canonical_request, signature_of
from bot.sandbox.received import Received
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import ACCOUNT, PROJECT, REGION, ROOT, Caller

JOBS = f"{ROOT}/jobs"
DATA = Path(__file__).parents[3] / "data" / "huawei-signing.json"
VECTORS = json.loads(DATA.read_text(encoding="utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_vendors_own_signatures_are_accepted(vector: dict[str, Any]) -> None:
    given = vector["input"]
    signed = vector["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name.lower(): value for name, value in given["headers"].items()}
    headers |= {"host": given["host"], "x-project-id": given["project_id"] or ""}
    received = Received(
        given["method"], vector["request_uri"], headers, given["body_utf8"].encode()
    )
    assert canonical_request(received, signed).decode() == vector["canonical_request"]
    assert vector["authorization"].endswith(signature_of(given["sk"], received, signed))


async def code_of(answer: httpx.Response, status: int = 401) -> str:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["request_id"] == answer.headers["x-request-id"]
    return str(told["error_code"])


async def test_a_signed_call_is_served_whatever_its_query(caller: Caller) -> None:
    query = {"name": "a b+c/d~e*é", "limit": "5", "tags": "k=v,k2=v2"}
    assert (await caller("GET", JOBS, query=query)).status_code == 200


async def test_a_query_may_come_in_any_order(caller: Caller) -> None:
    query = {"limit": "5", "name": "orders", "offset": "0"}
    turned = "&".join(f"{name}={value}" for name, value in sorted(query.items(), reverse=True))
    assert (await caller("GET", JOBS, query=query, send_query=turned)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"authorization": None, "x-sdk-date": None}, "unsigned": ()},
        {"headers": {"authorization": "AWS4-HMAC-SHA256 Credential=x"}},
        {"headers": {"authorization": "SDK-HMAC-SHA256 Access=a, SignedHeaders=b"}},
        {"send_query": "limit=6"},
        {"unsigned": ("x-sdk-date",)},
        {"unsigned": ("host",)},
        {"unsigned": ("x-project-id",)},
        {"headers": {"x-sdk-date": "2026-03-02T09:00:00Z"}},
        {"headers": {"x-security-token": "unwanted"}},
    ],
    ids=str,
)
async def test_what_is_not_signed_as_it_should_is_refused(
    caller: Caller, change: dict[str, Any]
) -> None:
    answer = await caller("GET", JOBS, query={"limit": "5"}, **change)
    assert await code_of(answer) == "APIGW.0301"


async def test_names_of_signed_headers_are_sorted(caller: Caller) -> None:
    bad = "SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date;host, Signature=" + "0" * 64
    answer = await caller("GET", JOBS, headers={"authorization": bad})
    assert "sorted" in answer.json()["error_msg"]


@pytest.mark.parametrize(
    "account",
    [Account("another-key", ACCOUNT.secret_key), Account(ACCOUNT.access_key, "guessed")],
)
async def test_a_stranger_is_refused(caller: Caller, account: Account) -> None:
    caller.account = account
    answer = await caller("GET", JOBS)
    assert await code_of(answer) == "APIGW.0301"
    assert ACCOUNT.secret_key not in answer.text


@pytest.mark.parametrize(("minutes", "status"), [(15, 200), (15.1, 401), (-15.1, 401)])
async def test_a_clock_may_be_a_quarter_of_an_hour_off(
    caller: Caller, simulator: DliSimulator, minutes: float, status: int
) -> None:
    late = FakeClock(caller.clock())
    late.tick(minutes * 60)
    assert (await Caller(caller.http, late, caller.cloud)("GET", JOBS)).status_code == status


@pytest.fixture
async def holder(clock: FakeClock) -> AsyncIterator[Caller]:
    """A caller with temporary keys, and a simulator that wants them."""
    account = Account(ACCOUNT.access_key, ACCOUNT.secret_key, "sandbox+security/token==")
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=account, now=clock)
    async with httpx.AsyncClient(base_url=await simulator.start(), timeout=10) as client:
        yield Caller(client, clock, simulator.cloud, account)
    await simulator.stop()


async def test_temporary_keys_need_their_token_signed(holder: Caller) -> None:
    assert (await holder("GET", JOBS)).status_code == 200
    unsigned = await holder("GET", JOBS, unsigned=("x-security-token",))
    assert await code_of(unsigned) == "APIGW.0301"
    without = await holder("GET", JOBS, headers={"x-security-token": None})
    assert await code_of(without) == "APIGW.0301"


async def test_another_project_is_forbidden(caller: Caller) -> None:
    answer = await caller("GET", "/v1.0/somebody-elses/streaming/jobs")
    assert await code_of(answer, 403) == "APIGW.0310"
    answer = await caller("GET", JOBS, headers={"x-project-id": "somebody-elses"})
    assert await code_of(answer, 403) == "APIGW.0310"


async def test_a_path_of_no_operation_is_unknown_to_the_gateway(caller: Caller) -> None:
    assert await code_of(await caller("GET", f"{ROOT}/nothing"), 404) == "APIGW.0101"
    assert await code_of(await caller("DELETE", f"{JOBS}/1"), 404) == "APIGW.0101"


def asking(**more: Any) -> dict[str, Any]:
    user = {"name": "flinkbot", "password": "sandbox-password", "domain": {"name": "sandbox"}}
    identity = {"methods": ["password"], "password": {"user": user | more.pop("user", {})}}
    scope = more.pop("scope", {"project": {"name": REGION}})
    return {"auth": {"identity": identity | more, "scope": scope}}


async def issued(http: httpx.AsyncClient) -> str:
    answer = await http.post("/v3/auth/tokens?nocatalog=true", json=asking())
    assert answer.status_code == 201
    return str(answer.headers["x-subject-token"])


async def test_a_password_is_traded_for_a_token_that_opens_everything(
    http: httpx.AsyncClient, clock: FakeClock
) -> None:
    answer = await http.post("/v3/auth/tokens", json=asking(scope={"project": {"id": PROJECT}}))
    facts = answer.json()["token"]
    assert facts["expires_at"].startswith(f"{clock() + timedelta(hours=24):%Y-%m-%dT%H:%M:%S}")
    assert facts["project"]["id"] == PROJECT
    headers = {"x-auth-token": answer.headers["x-subject-token"]}
    assert (await http.get(JOBS, headers=headers)).status_code == 200


async def test_tokens_end_after_a_day_and_when_the_password_changes(
    http: httpx.AsyncClient, clock: FakeClock
) -> None:
    old = {"x-auth-token": await issued(http)}
    clock.tick(24 * 3600 - 1)
    assert (await http.get(JOBS, headers=old)).status_code == 200
    clock.tick(1)
    ended = await http.get(JOBS, headers=old)
    assert await code_of(ended) == "APIGW.0307"
    assert ended.json()["error_msg"] == "The token must be updated."
    for path, order in (("settings", {"expire_tokens": True}), ("reset", {})):
        new = {"x-auth-token": await issued(http)}
        await http.post(f"/sandbox/{path}", json=order)
        assert await code_of(await http.get(JOBS, headers=new)) == "APIGW.0307"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (asking(user={"password": "guessed"}), 401),
        (asking(user={"name": "somebody"}), 401),
        (asking(user={"domain": {"name": "somewhere"}}), 401),
        (asking(user={"domain": None}), 400),
        (asking(methods=["token"]), 400),
        (asking(scope={"project": {"name": "elsewhere"}}), 400),
        (asking(scope={"domain": {"name": "sandbox"}}), 400),
        (asking(scope=None), 400),
        ({"auth": []}, 400),
    ],
)
async def test_iam_refuses_in_its_own_shape(
    http: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    answer = await http.post("/v3/auth/tokens", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert answer.headers["x-iam-trace-id"]
    assert "sandbox-password" not in answer.text


async def test_a_project_is_looked_up_by_the_regions_name(caller: Caller) -> None:
    found = await caller("GET", "/v3/projects", query={"name": REGION})
    assert [project["id"] for project in found.json()["projects"]] == [PROJECT]
    none = await caller("GET", "/v3/projects", query={"name": "elsewhere"})
    assert none.json()["projects"] == []
    assert len((await caller("GET", "/v3/projects")).json()["projects"]) == 1


async def test_a_body_must_be_json(caller: Caller) -> None:
    path = f"{ROOT}/sql-jobs/{FIRST_ID}"
    form = await caller("PUT", path, b"desc=x", headers={"content-type": "text/plain"})
    assert form.status_code == 415
    for body in (b"{", b"[]", b""):
        assert (await caller("PUT", path, body)).json()["error_code"] == "DLI.0001"
