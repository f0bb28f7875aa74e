"""The client as the use cases see it, against a loopback server that answers by operation."""

import asyncio
import json
import logging
import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.clouds.transport import Limits
from bot.errors import (
    CloudAuthError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    ConfigurationError,
    StaleRevisionError,
)
from bot.flink.snapshot import DeploymentRef, JobGraph, Operator, Tuning
from tests.fakes.raw_server import DROP, RawServer, http, json_answer, refusal, success
from tests.unit.clouds.alibaba.documents import (
    DEPLOYMENT_ID,
    JOB_ID,
    SECRET,
    TOKEN,
    client_for,
    conf,
    deployment,
    hot_update,
    job,
    streaming,
)

REVISION = "1714058507"


class Service:
    """Answers by operation; what a test did not set is the plain good answer."""

    def __init__(self, **answers):
        self.answers = {
            "GetDeployment": success(deployment()),
            "ListJobs": success([job()]),
            "GetJob": success(job()),
            "UpdateDeployment": success(deployment(modifiedAt="1714058600")),
            "HotUpdateJob": success(hot_update("INIT")),
            "GetHotUpdateJobResult": success(hot_update("HOT_UPDATING")),
            "GetAutopilotPolicy": success({"enabled": False}),
            "GetAppliedScheduledPlan": success(None),
            "GetJobDiagnosis": success({"symptoms": {"runtime": [{"name": "slow"}]}}),
            **answers,
        }
        self.calls = Counter()
        self.bodies = []

    def __call__(self, request):
        self.calls[request.action] += 1
        if request.body:
            self.bodies.append(json.loads(request.body))
        answer = self.answers[request.action]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer(request) if callable(answer) else answer


async def asked(service, ask, **more):
    async with RawServer(service) as server:
        client = client_for(server.url, **more)
        try:
            return await ask(client)
        finally:
            await client.aclose()


async def test_a_deployment_and_its_job_are_read_at_once():
    service = Service()

    seen = await asked(service, lambda c: c.fetch(DEPLOYMENT_ID))

    assert seen.ref == DeploymentRef("prod", DEPLOYMENT_ID)
    assert seen.job.job_id == JOB_ID
    assert seen.pending_edits() == {}
    assert service.calls == {"GetDeployment": 1, "ListJobs": 1}


async def test_a_job_that_the_list_abridges_is_read_in_full():
    service = Service(ListJobs=success([job(userFlinkConf=None, flinkConf=None)]))

    seen = await asked(service, lambda c: c.fetch(DEPLOYMENT_ID))

    assert service.calls["GetJob"] == 1
    assert seen.job.values["execution.checkpointing.interval"] == "180s"


async def test_a_deployment_that_is_gone_is_not_found():
    service = Service(GetDeployment=refusal("990301"), ListJobs=refusal("990301"))

    with pytest.raises(CloudNotFoundError, match="990301"):
        await asked(service, lambda c: c.fetch(DEPLOYMENT_ID))


async def test_a_job_list_that_cannot_be_read_is_not_taken_for_an_empty_one():
    service = Service(ListJobs=http(502, b"<html>"))

    with pytest.raises(CloudUnavailableError):
        await asked(service, lambda c: c.fetch(DEPLOYMENT_ID))


def pages_of(total, page_size=100, tell_total=True):
    def answer(request):
        query = parse_qs(urlsplit(request.target).query)
        page = int(query["pageIndex"][0])
        first = (page - 1) * page_size
        rows = [
            deployment(deploymentId=f"d-{n}", name=f"job {n}")
            for n in range(first, min(first + page_size, total))
        ]
        return success(rows, **({"totalSize": total} if tell_total else {}))

    return answer


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (99, 1), (200, 2), (250, 3)])
async def test_all_pages_are_listed(total, pages):
    service = Service(ListDeployments=pages_of(total))

    found = await asked(service, lambda c: c.deployments())

    assert [row.name for row in found] == [f"job {n}" for n in range(total)]
    assert service.calls["ListDeployments"] == pages


async def test_all_pages_are_listed_when_the_service_makes_them_smaller():
    service = Service(ListDeployments=pages_of(25, page_size=10))

    assert len(await asked(service, lambda c: c.deployments())) == 25


@pytest.mark.parametrize("total", [0, 99, 200, 250])
async def test_all_pages_are_listed_when_the_service_does_not_count(total):
    service = Service(ListDeployments=pages_of(total, tell_total=False))

    assert len(await asked(service, lambda c: c.deployments())) == total


async def test_one_odd_deployment_does_not_hide_the_others():
    rows = [deployment(flinkConf=["odd"], artifact="odd"), deployment(deploymentId="d-2")]
    service = Service(ListDeployments=success(rows, totalSize=2))

    assert len(await asked(service, lambda c: c.deployments())) == 2


async def test_a_list_that_counts_more_than_it_gives_ends():
    service = Service(ListDeployments=success([], totalSize=5))

    assert list(await asked(service, lambda c: c.deployments())) == []


async def test_a_deployment_that_moved_to_the_next_page_is_listed_once():
    full = [deployment(deploymentId=f"d-{n}") for n in range(100)]
    pages = [success(full, totalSize=101), success([full[-1]], totalSize=101)]

    found = await asked(Service(ListDeployments=pages), lambda c: c.deployments())

    assert len(found) == 100


@pytest.mark.parametrize(
    ("autopilot", "plan", "found"),
    [
        (success({"enabled": False}), success(None), Tuning(False, "")),
        (
            success({"enabled": "true"}),
            success({"scheduledPlanName": "peak"}),
            Tuning(True, "peak"),
        ),
        (success({}), success({"scheduledPlanId": "p-1"}), Tuning(None, "p-1")),
        (success(None), refusal("990301"), Tuning(None, None)),
        (json_answer({"Code": "Forbidden.RAM"}, 403), http(404), Tuning(None, None)),
        (DROP, http(502), Tuning(None, None)),
    ],
)
async def test_what_is_not_readable_about_tuning_is_not_known(autopilot, plan, found):
    service = Service(GetAutopilotPolicy=autopilot, GetAppliedScheduledPlan=plan)

    assert await asked(service, lambda c: c.tuning(DEPLOYMENT_ID)) == found


@pytest.mark.parametrize("operation", ["GetAutopilotPolicy", "GetAppliedScheduledPlan"])
async def test_wrong_credentials_are_not_taken_for_missing_tuning(operation):
    service = Service(**{operation: json_answer({"Code": "SignatureDoesNotMatch"}, 400)})

    with pytest.raises(CloudAuthError):
        await asked(service, lambda c: c.tuning(DEPLOYMENT_ID))


def flink(**answers):
    def answer(request):
        path = parse_qs(urlsplit(request.target).query)["flinkApiPath"][0]
        found = answers[path.rpartition("/")[2]]
        return success(json.dumps(found)) if isinstance(found, dict) else found

    return answer


RUNNING = {"jobs": [{"id": "old", "status": "FAILED"}, {"id": "f1", "status": "RUNNING"}]}
VERTICES = {"vertices": [{"name": "Source: a", "parallelism": 4, "maxParallelism": 128}]}


async def test_the_job_graph_is_read_under_flinks_own_id():
    checkpoints = {"latest": {"completed": {"latest_ack_timestamp": 1714058507000}}}
    service = Service(FlinkApiProxy=flink(jobs=RUNNING, f1=VERTICES, checkpoints=checkpoints))

    graph = await asked(service, lambda c: c.job_graph(JOB_ID))

    assert graph == JobGraph((Operator("Source: a", 4, 128),), 1714058507)


async def test_operators_are_worth_having_without_checkpoints():
    service = Service(FlinkApiProxy=flink(jobs=RUNNING, f1=VERTICES, checkpoints=refusal("x")))

    graph = await asked(service, lambda c: c.job_graph(JOB_ID))

    assert graph == JobGraph((Operator("Source: a", 4, 128),))


@pytest.mark.parametrize(
    "answer",
    [
        {"jobs": []},
        {"errors": ["Not found"]},
        {"jobs": [{"id": "../etc", "status": "RUNNING"}]},
        success("no JSON"),
        success(None),
    ],
)
async def test_a_flink_that_names_no_running_job_has_no_graph(answer):
    with pytest.raises(CloudUnavailableError):
        await asked(Service(FlinkApiProxy=flink(jobs=answer)), lambda c: c.job_graph(JOB_ID))


async def test_a_jobs_deployment_is_found():
    assert await asked(Service(), lambda c: c.deployment_of(JOB_ID)) == DEPLOYMENT_ID


async def test_a_job_without_a_deployment_belongs_to_none():
    service = Service(GetJob=success(job(deploymentId=None)))

    with pytest.raises(CloudNotFoundError):
        await asked(service, lambda c: c.deployment_of(JOB_ID))


@pytest.mark.parametrize("job_id", ["", ".", ".."])
async def test_an_id_that_would_lead_to_another_operation_is_never_sent(job_id):
    service = Service()

    with pytest.raises(CloudNotFoundError):
        await asked(service, lambda c: c.hot_update_result(job_id))
    with pytest.raises(CloudNotFoundError):
        await asked(service, lambda c: c.hot_update(job_id))
    assert not service.calls


async def test_a_save_sends_the_changed_parts_whole_and_only_them():
    service = Service()
    values = {"parallelism": "8", "execution.checkpointing.interval": "1 min"}

    await asked(service, lambda c: c.save(DEPLOYMENT_ID, values, REVISION))

    assert service.bodies == [
        {
            "flinkConf": conf(**{"execution.checkpointing.interval": "1 min"}),
            "streamingResourceSetting": streaming(8),
        }
    ]


async def test_a_save_of_what_is_there_already_sends_nothing():
    service = Service()

    await asked(service, lambda c: c.save(DEPLOYMENT_ID, {"parallelism": "4"}, REVISION))

    assert service.calls == {"GetDeployment": 1}


async def test_a_deployment_that_moved_is_not_written():
    service = Service()

    with pytest.raises(StaleRevisionError, match="is at 1714058507, not at 1"):
        await asked(service, lambda c: c.save(DEPLOYMENT_ID, {"parallelism": "8"}, "1"))
    assert service.calls["UpdateDeployment"] == 0


async def test_a_save_without_data_in_the_answer_is_a_save():
    service = Service(UpdateDeployment=success(None))

    await asked(service, lambda c: c.save(DEPLOYMENT_ID, {"parallelism": "8"}, REVISION))

    assert service.calls["UpdateDeployment"] == 1


FAULTS = [
    (DROP, CloudOutcomeUnknownError),
    (http(502, b"<html>"), CloudOutcomeUnknownError),
    (http(200, b'{"success": tr'), CloudOutcomeUnknownError),
    (http(200, b""), CloudOutcomeUnknownError),
    (json_answer({"Code": "Throttling"}, 429, x_acs_retry_after="1"), CloudThrottledError),
    (json_answer({"Code": "Forbidden.RAM"}, 403), CloudForbiddenError),
    (refusal("JobNotRunning"), CloudRejectedError),
    (refusal("990301"), CloudNotFoundError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_write_is_sent_once_whatever_comes_back(fault, error):
    service = Service(HotUpdateJob=fault, UpdateDeployment=fault)

    with pytest.raises(error):
        await asked(service, lambda c: c.hot_update(JOB_ID))
    with pytest.raises(error):
        await asked(service, lambda c: c.save(DEPLOYMENT_ID, {"k": "v"}, REVISION))
    assert (service.calls["HotUpdateJob"], service.calls["UpdateDeployment"]) == (1, 1)


async def test_a_hot_update_that_nobody_answers_has_an_unknown_outcome():
    async def silence(_):
        await asyncio.Event().wait()

    service = Service(HotUpdateJob=silence)

    with pytest.raises(CloudOutcomeUnknownError, match="HotUpdateJob: no answer within"):
        await asked(service, lambda c: c.hot_update(JOB_ID), limits=Limits(total_seconds=0.5))
    assert service.calls["HotUpdateJob"] == 1


async def test_a_cloud_that_is_not_there_got_nothing():
    async with RawServer(Service()) as server:
        url = server.url
    client = client_for(url)

    with pytest.raises(CloudNotSentError):
        await client.hot_update(JOB_ID)
    await client.aclose()


async def test_a_hot_update_gives_its_id_and_both_request_ids():
    report = await asked(Service(), lambda c: c.hot_update(JOB_ID))

    assert (report.hot_update_id, report.status) == ("123hashd0001", "INIT")
    assert report.request_ids == ("REQ-1", "REQ-TRIGGER")


@pytest.mark.parametrize("told", ["123hashd0001", None])
async def test_a_result_knows_what_it_was_asked_for(told):
    service = Service(GetHotUpdateJobResult=success(hot_update("FAILED", jobHotUpdateId=told)))

    report = await asked(service, lambda c: c.hot_update_result("123hashd0001"))

    assert (report.hot_update_id, report.status) == ("123hashd0001", "FAILED")


async def test_a_read_is_repeated_after_a_proxys_error_page():
    service = Service(GetHotUpdateJobResult=[http(502, b"<html>"), success(hot_update())])

    report = await asked(service, lambda c: c.hot_update_result("h"))

    assert report.status == "HOT_UPDATED"
    assert service.calls["GetHotUpdateJobResult"] == 2


async def test_the_vendors_milliseconds_are_waited():
    throttled = json_answer({"Code": "Throttling.User"}, 429, x_acs_retry_after="120")
    service = Service(GetHotUpdateJobResult=[throttled, success(hot_update())])

    began = time.monotonic()
    await asked(service, lambda c: c.hot_update_result("h"))

    assert 0.12 <= time.monotonic() - began < 5
    assert service.calls["GetHotUpdateJobResult"] == 2


async def test_the_services_hints_are_read():
    assert await asked(Service(), lambda c: c.diagnosis(DEPLOYMENT_ID, JOB_ID)) == ("slow",)


async def test_events_and_names_are_read_too():
    service = Service(
        GetEvents=success([{"eventName": "STARTED", "message": "x", "createdAt": 1714058400}]),
        GetDeploymentsByName=success([deployment()]),
    )

    events = await asked(service, lambda c: c.operations.get_events(DEPLOYMENT_ID))
    named = await asked(service, lambda c: c.operations.get_deployments_by_name("orders"))

    assert (events.data[0].event_name, events.data[0].created_at) == ("STARTED", "1714058400")
    assert named.data[0].deployment_id == DEPLOYMENT_ID


async def test_no_secret_is_in_any_log_or_error(caplog):
    caplog.set_level(logging.DEBUG)
    shown = []
    async with RawServer(Service(HotUpdateJob=DROP)) as server:
        client = client_for(server.url, token=TOKEN)
        await client.fetch(DEPLOYMENT_ID)
        with pytest.raises(CloudOutcomeUnknownError) as caught:
            await client.hot_update(JOB_ID)
        shown += [str(caught.value), repr(caught.value), client, vars(client)]
        await client.aclose()

    text = f"{caplog.text} {shown}"
    assert "HotUpdateJob" in text
    for secret in (SECRET, TOKEN, server.requests[0].headers["authorization"][-64:]):
        assert secret not in text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"access_key_id": ""}, "access key id"),
        ({"access_key_secret": "tail\n"}, "access key secret"),
        ({"security_token": "令牌"}, "security token"),
        ({"workspace": "a b"}, "workspace"),
        ({"namespace": ".."}, "namespace"),
        ({"namespace": ""}, "namespace"),
    ],
)
async def test_what_cannot_travel_in_a_header_is_named_at_the_start_and_not_shown(change, named):
    given = {
        "access_key_id": "ak",
        "access_key_secret": "sk",
        "security_token": None,
        "workspace": "w",
        "namespace": "n",
        **change,
    }
    target = AlibabaTarget("prod", "cn-hangzhou", given.pop("workspace"), given.pop("namespace"))

    with pytest.raises(ConfigurationError, match=f"target prod: the {named}") as caught:
        open_alibaba(target, Credentials(**given))
    assert "tail" not in str(caught.value)


async def test_a_client_with_the_default_clock_and_nonces_signs_too():
    async with RawServer(Service()) as server:
        target = AlibabaTarget("prod", "cn-hangzhou", "w", "n", server.url)
        client = open_alibaba(target, Credentials("ak", "sk"))
        await client.deployment_of(JOB_ID)
        await client.deployment_of(JOB_ID)
        await client.aclose()

    one, two = (request.headers for request in server.requests)
    assert one["x-acs-signature-nonce"] != two["x-acs-signature-nonce"]
    assert one["x-acs-date"].endswith("Z")
