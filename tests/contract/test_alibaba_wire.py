"""What really goes over the wire, seen from a raw socket."""

import json
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote

import pytest
from alibabacloud_tea_openapi.utils import Utils

from bot.clouds.alibaba.auth import ALGORITHM, payload_hash
from tests.fakes.raw_server import RawServer, success
from tests.unit.clouds.alibaba.documents import (
    JOB_ID,
    SECRET,
    TOKEN,
    client_for,
    deployment,
    hot_update,
    job,
)

NASTY_ID = "作业 a/b:c*'()~+?#%41&="
ENCODED = "%E4%BD%9C%E4%B8%9A%20a%2Fb%3Ac%2A%27%28%29~%2B%3F%23%2541%26%3D"
NASTY_NAMESPACE = "生产/ns:1"
BASE = "/api/v2/namespaces/%E7%94%9F%E4%BA%A7%2Fns%3A1"
AUTOPILOT = BASE.replace("/api/", "/autopilot/")


def resigned_by_the_vendor(request):
    """Sign what arrived once more, with the vendor's own signer."""
    path, _, query = request.target.partition("?")
    given = request.headers["authorization"]
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    arrived = SimpleNamespace(
        method=request.method,
        pathname=path,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name: request.headers[name] for name in names},
    )
    payload = payload_hash(request.body)
    return Utils.get_authorization(arrived, ALGORITHM, payload, "example-access-key-id", SECRET)


def answer(request):
    data = {
        "HotUpdateJob": hot_update("INIT"),
        "GetHotUpdateJobResult": hot_update(),
        "GetDeployment": deployment(),
        "GetJob": job(),
        "GetAutopilotPolicy": {"enabled": False},
        "GetJobDiagnosis": None,
        "FlinkApiProxy": json.dumps({"jobs": []}),
        "GetAppliedScheduledPlan": None,
    }
    return success(data.get(request.action, []))


CALLS = {
    "ListDeployments": (
        lambda o: o.list_deployments(2),
        f"GET {BASE}/deployments?pageIndex=2&pageSize=100",
    ),
    "GetDeployment": (lambda o: o.get_deployment(NASTY_ID), f"GET {BASE}/deployments/{ENCODED}"),
    "GetDeploymentsByName": (
        lambda o: o.get_deployments_by_name(NASTY_ID),
        f"GET {BASE}/deployments/name/{ENCODED}",
    ),
    "ListJobs": (
        lambda o: o.list_jobs(NASTY_ID),
        f"GET {BASE}/jobs?deploymentId={ENCODED}&pageIndex=1&pageSize=10",
    ),
    "GetJob": (lambda o: o.get_job(NASTY_ID), f"GET {BASE}/jobs/{ENCODED}"),
    "UpdateDeployment": (
        lambda o: o.update_deployment(NASTY_ID, {"flinkConf": {"备注": "作业"}}),
        f"PUT {BASE}/deployments/{ENCODED}",
    ),
    "HotUpdateJob": (
        lambda o: o.hot_update_job(NASTY_ID),
        f"POST {BASE}/jobs/{ENCODED}%3AhotUpdate",
    ),
    "GetHotUpdateJobResult": (
        lambda o: o.get_hot_update_job_result(NASTY_ID),
        f"GET {BASE}/jobs/hot-updates/{ENCODED}",
    ),
    "GetAutopilotPolicy": (
        lambda o: o.get_autopilot_policy(NASTY_ID),
        f"GET {AUTOPILOT}/deployments/{ENCODED}/autopilotpolicy-describe",
    ),
    "GetAppliedScheduledPlan": (
        lambda o: o.get_applied_scheduled_plan(NASTY_ID),
        f"GET {BASE}/scheduled-plans%3AgetExecutedScheduledPlan?deploymentId={ENCODED}",
    ),
    "GetEvents": (
        lambda o: o.get_events(NASTY_ID),
        f"GET {BASE}/events?deploymentId={ENCODED}&pageIndex=1&pageSize=20",
    ),
    "GetJobDiagnosis": (
        lambda o: o.get_job_diagnosis(NASTY_ID, JOB_ID),
        f"GET {BASE}/deployments/{ENCODED}/jobs/{JOB_ID}/job-diagnoses/lite",
    ),
}


@pytest.mark.parametrize("token", [None, TOKEN], ids=["key", "temporary key"])
@pytest.mark.parametrize("name", CALLS)
async def test_the_bytes_on_the_wire_are_the_bytes_that_were_signed(name, token):
    ask, line = CALLS[name]
    async with RawServer(answer) as server:
        client = client_for(server.url, namespace=NASTY_NAMESPACE, token=token)
        await ask(client.operations)
        await client.aclose()

    request = server.requests[0]
    assert request.line == f"{line} HTTP/1.1"
    assert request.headers["authorization"] == resigned_by_the_vendor(request)
    assert request.action == name
    assert request.headers["workspace"] == "a14bd5d90a1b2c3d"
    assert request.headers["x-acs-version"] == "2022-07-18"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers.get("x-acs-security-token") == token


async def test_a_question_to_flink_goes_through_the_proxy():
    async with RawServer(answer) as server:
        client = client_for(server.url)
        with pytest.raises(Exception, match="no running job"):
            await client.job_graph(JOB_ID)
        await client.aclose()

    path, _, query = server.requests[0].target.partition("?")
    assert path == "/flink-ui/v2/proxy"
    assert query == (
        f"flinkApiPath=%2Fjobs&namespace=default-namespace&resourceId={JOB_ID}&resourceType=jobs"
    )
    assert server.requests[0].headers["authorization"] == resigned_by_the_vendor(server.requests[0])


async def test_a_hot_update_has_no_body_and_names_no_content_type():
    async with RawServer(answer) as server:
        client = client_for(server.url)
        await client.hot_update(JOB_ID)
        await client.aclose()

    request = server.requests[0]
    assert request.body == b""
    assert "content-type" not in request.headers
    assert request.headers["content-length"] == "0"
    assert "content-type" not in request.headers["authorization"]


async def test_a_save_is_compact_json_in_utf_8():
    async with RawServer(answer) as server:
        client = client_for(server.url)
        await client.operations.update_deployment("d", {"flinkConf": {"备注": "作业 ~"}})
        await client.aclose()

    request = server.requests[0]
    assert request.body == '{"flinkConf":{"备注":"作业 ~"}}'.encode()
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert "content-type" in request.headers["authorization"]


async def test_every_request_has_its_own_nonce():
    async with RawServer(answer) as server:
        client = client_for(server.url)
        for _ in range(3):
            await client.operations.get_job(JOB_ID)
        await client.aclose()

    assert len({request.headers["x-acs-signature-nonce"] for request in server.requests}) == 3
    assert server.connections == 1


def test_the_nasty_id_is_encoded_as_expected():
    assert unquote(ENCODED) == NASTY_ID
