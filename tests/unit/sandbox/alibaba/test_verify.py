"""What the gateway accepts as signed."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba.seed import deployment_id_of, job_id_of
from bot.sandbox.alibaba.verify import Account, canonical_request, sign
from bot.sandbox.received import Received
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.alibaba.caller import ROOT, SECRET, Caller

ONE = f"{ROOT}/deployments/{deployment_id_of('orders-enrichment')}"
JOB = f"{ROOT}/jobs/{job_id_of('orders-enrichment')}"


def test_the_vendors_published_example_gets_its_published_signature() -> None:
    request = Received(
        method="POST",
        target="/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
        headers={
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": (
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ),
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        body=b"",
    )
    digest = hashlib.sha256(canonical_request(request, sorted(request.headers))).hexdigest()
    assert (
        sign("YourAccessKeySecret", digest)
        == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_the_account_does_not_print_its_secrets() -> None:
    assert "sesame" not in repr(Account("id", "sesame", "sesame token"))


async def test_what_is_signed_as_sent_is_served(caller: Caller) -> None:
    answer = await caller.get("GetDeployment", ONE)
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    assert answer.headers["x-acs-request-id"] == answer.json()["requestId"]


async def test_encoded_colons_slashes_and_other_scripts_arrive_as_signed(caller: Caller) -> None:
    answer = await caller("HotUpdateJob", "POST", f"{JOB}%3AhotUpdate")
    assert answer.json()["errorCode"] == "NothingToUpdate"
    path = f"{ROOT}/deployments/name/%E5%AE%9E%2F%3A~"
    assert await caller.data("GetDeploymentsByName", path) == []


async def test_a_path_that_was_rewritten_after_signing_is_refused(caller: Caller) -> None:
    answer = await caller(
        "HotUpdateJob", "POST", f"{JOB}%3AhotUpdate", send_path=f"{JOB}:hotUpdate"
    )
    assert (answer.status_code, answer.json()["Code"]) == (400, "SignatureDoesNotMatch")


async def test_a_query_that_was_rewritten_after_signing_is_refused(caller: Caller) -> None:
    async def listed(sent: str) -> httpx.Response:
        path = f"{ROOT}/deployments"
        return await caller("ListDeployments", "GET", path, query={"name": "a :b"}, send_query=sent)

    assert (await listed("name=a%20:b")).json()["Code"] == "SignatureDoesNotMatch"
    assert (await listed("name=b")).json()["Code"] == "SignatureDoesNotMatch"
    assert (await listed("name=a+%3Ab")).json()["success"], "the vendor's SDK sends a space so"


async def test_a_replayed_request_is_refused(caller: Caller, clock: FakeClock) -> None:
    once: dict[str, str | None] = {"x-acs-signature-nonce": "the same"}
    first = await caller("GetDeployment", "GET", ONE, headers=once)
    clock.tick(60)
    second = await caller("GetDeployment", "GET", ONE, headers=once)
    assert first.status_code == 200
    assert (second.status_code, second.json()["Code"]) == (400, "SignatureNonceUsed")
    clock.tick(31 * 60)
    assert (await caller("GetDeployment", "GET", ONE, headers=once)).status_code == 200


async def test_a_badly_signed_request_does_not_use_up_a_nonce(caller: Caller) -> None:
    once: dict[str, str | None] = {"x-acs-signature-nonce": "the same"}
    caller.secret = "guessed"
    assert (await caller("GetDeployment", "GET", ONE, headers=once)).status_code == 400
    caller.secret = SECRET
    assert (await caller("GetDeployment", "GET", ONE, headers=once)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"x-acs-date": "2020-01-01T00:00:00Z"}, 400, "InvalidTimeStamp.Expired"),
        ({"x-acs-date": "2026-03-02T09:15:01Z"}, 400, "InvalidTimeStamp.Expired"),
        ({"x-acs-date": "yesterday"}, 400, "InvalidTimeStamp.Format"),
        ({"x-acs-date": None}, 400, "Missingx-acs-date"),
        ({"x-acs-signature-nonce": None}, 400, "Missingx-acs-signature-nonce"),
        ({"x-acs-content-sha256": "0" * 64}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-security-token": "uninvited"}, 400, "InvalidSecurityToken.Malformed"),
        ({"x-acs-version": "2021-01-01"}, 400, "InvalidVersion"),
        ({"x-acs-action": "GetJob"}, 404, "InvalidAction.NotFound"),
        ({"workspace": None}, 400, "MissingWorkspace"),
        ({"workspace": "another"}, 403, "Forbidden.Workspace"),
        ({"authorization": "ACS3-HMAC-SHA256 x"}, 400, "IncompleteSignature"),
    ],
)
async def test_what_is_wrong_is_named(
    caller: Caller, headers: dict[str, str | None], status: int, code: str
) -> None:
    answer = await caller("GetDeployment", "GET", ONE, headers=headers)
    assert (answer.status_code, answer.json()["Code"]) == (status, code)
    assert set(answer.json()) == {"Code", "Message", "RequestId", "HostId"}
    assert SECRET not in answer.text


async def test_an_unsigned_request_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get(ONE)).json()["Code"] == "MissingAuthorization"


async def test_a_wrong_key_or_secret_is_refused(caller: Caller) -> None:
    caller.secret = "guessed"
    assert (await caller.get("GetDeployment", ONE)).json()["Code"] == "SignatureDoesNotMatch"
    caller.key = "somebody else"
    answer = await caller.get("GetDeployment", ONE)
    assert answer.json()["Code"] == "IncompleteSignature"
    caller.key = "somebody-else"
    answer = await caller.get("GetDeployment", ONE)
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.parametrize("left_out", ["host", "x-acs-action", "x-acs-date", "content-type"])
async def test_every_header_that_matters_must_be_signed(caller: Caller, left_out: str) -> None:
    answer = await caller("UpdateDeployment", "PUT", ONE, body={}, unsigned=(left_out,))
    assert answer.json()["Code"] == "IncompleteSignature"
    assert left_out in answer.json()["Message"]


async def test_signed_headers_must_be_sorted_and_lower_case(caller: Caller) -> None:
    given = f"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=x-acs-date;host,Signature={'0' * 64}"
    answer = await caller("GetDeployment", "GET", ONE, headers={"authorization": given})
    assert answer.json()["Code"] == "IncompleteSignature"


async def test_a_path_of_no_operation_is_not_found(caller: Caller) -> None:
    for method, path in (("GET", "/api/v2/nothing"), ("DELETE", ONE)):
        answer = await caller("GetDeployment", method, path)
        assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAction.NotFound")


async def test_the_body_is_part_of_what_is_signed(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    body: dict[str, Any] = {"description": "größer"}
    answer = await caller("UpdateDeployment", "PUT", ONE, body=body)
    assert answer.json()["data"]["description"] == "größer"
    assert simulator.cloud.named("orders-enrichment").parts["description"] == "größer"
