"""The operations by method and path, and how each one reads its request and words its answer.

Paths: https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-overview
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from bot.sandbox.alibaba import documents, flink_rest
from bot.sandbox.alibaba.answers import Paged
from bot.sandbox.alibaba.refusals import BadRequestError, MissingError

if TYPE_CHECKING:
    from bot.sandbox.alibaba.cloud import Cloud
    from bot.sandbox.alibaba.documents import Place
    from bot.sandbox.alibaba.model import Deployment, Document
    from bot.sandbox.received import Received

_LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One request for one operation: decoded path variables and query, JSON body."""

    cloud: Cloud
    place: Place
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    request_id: str

    def document(self) -> Document:
        """Read the body as a JSON object."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise BadRequestError(400, "InvalidParameter.body", "the body must be a JSON object")
        return document

    def required(self, name: str) -> str:
        """Read a mandatory query parameter."""
        if not self.query.get(name):
            raise BadRequestError(400, f"Missing{name}", f"{name} is mandatory")
        return self.query[name]

    def flag(self, name: str) -> bool:
        """Read a boolean; the vendor's Python SDK writes it with a capital."""
        return self.query.get(name, "").lower() == "true"

    def page(self, items: list[object]) -> Paged:
        """Cut a list to the page asked for."""
        index, size = self._number("pageIndex", 1), self._number("pageSize", 10)
        if size > _LARGEST_PAGE:
            raise BadRequestError(400, "InvalidParameter.pageSize", "pageSize: 1 to 100")
        return Paged(items[(index - 1) * size : index * size], index, size, len(items))

    def _number(self, name: str, default: int) -> int:
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise BadRequestError(400, f"InvalidParameter.{name}", f"{name}: a number from 1")
        return int(text)


Act = Callable[[Call], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API; `pattern` is matched with the undecoded path."""

    name: str
    method: str
    pattern: re.Pattern[str]
    act: Act


def find(request: Received) -> tuple[Operation, dict[str, str]] | None:
    """Find the operation a request is for, and its decoded path variables."""
    for operation in OPERATIONS:
        match = operation.pattern.fullmatch(request.path)
        if match is not None and operation.method == request.method:
            return operation, {name: unquote(text) for name, text in match.groupdict().items()}
    return None


def query_of(request: Received) -> dict[str, str]:
    """Decode a request's query."""
    return dict(parse_qsl(request.query, keep_blank_values=True))


def _list_deployments(call: Call) -> Paged:
    found = [d for d in call.cloud.deployments() if _wanted(d, call.query)]
    by_change = call.query.get("sortName") == "gmt_modified"
    found.sort(key=lambda d: d.modified_at if by_change else d.created_at.timestamp(), reverse=True)
    return call.page([documents.deployment_document(call.place, d, newline=True) for d in found])


def _wanted(deployment: Deployment, query: dict[str, str]) -> bool:
    job = deployment.latest_job
    labels = deployment.parts.get("labels") or {}
    label_values = query.get("labelValueArray", "").split(";")
    holds = {
        "name": query.get("name", "").lower() in deployment.name.lower(),
        "executionMode": query.get("executionMode") == deployment.traits.execution_mode,
        "status": job is not None and query.get("status") == job.state,
        "creator": query.get("creator") == deployment.traits.creator,
        "modifier": query.get("modifier") == deployment.modifier,
        "labelKey": str(labels.get(query.get("labelKey", ""))) in label_values,
    }
    return all(holds[name] for name in holds if query.get(name))


def _get_deployment(call: Call) -> Document:
    return documents.deployment_document(call.place, call.cloud.deployment(call.path["deployment"]))


def _get_deployments_by_name(call: Call) -> list[Document]:
    found = [d for d in call.cloud.deployments() if d.name == call.path["name"]]
    return [
        documents.deployment_document(
            call.place,
            deployment,
            summary=not call.flag("ignoreJobSummary"),
            resources=not call.flag("ignoreResourceSetting"),
        )
        for deployment in found
    ]


def _update_deployment(call: Call) -> Document:
    saved = call.cloud.update_deployment(call.path["deployment"], call.document())
    return documents.deployment_document(call.place, saved, newline=True)


def _list_jobs(call: Call) -> Paged:
    deployment = call.cloud.deployment(call.required("deploymentId"))
    jobs = deployment.jobs if call.query.get("sortOrder") == "asc" else deployment.jobs[::-1]
    return call.page([documents.job_document(call.place, deployment, job) for job in jobs])


def _get_job(call: Call) -> Document:
    return documents.job_document(call.place, *call.cloud.job(call.path["job"]))


def _start_job(call: Call) -> Document:
    body = call.document()
    started = call.cloud.start_job(str(body.get("deploymentId")), body.get("restoreStrategy"))
    return documents.job_document(call.place, *started)


def _stop_job(call: Call) -> Document:
    call.document()
    return documents.job_document(call.place, *call.cloud.stop_job(call.path["job"]))


def _hot_update_job(call: Call) -> Document:
    update = call.cloud.start_hot_update(call.path["job"], call.request_id)
    _, update, state = call.cloud.hot_update(update.id)
    return documents.hot_update_document(update, state)


def _get_hot_update_job_result(call: Call) -> Document:
    _, update, state = call.cloud.hot_update(call.path["update"])
    return documents.hot_update_document(update, state)


def _get_autopilot_policy(call: Call) -> Document:
    return documents.autopilot_document(call.cloud.deployment(call.path["deployment"]))


def _get_applied_scheduled_plan(call: Call) -> Document | None:
    deployment = call.cloud.deployment(call.required("deploymentId"))
    return documents.scheduled_plan_document(call.place, deployment)


def _get_events(call: Call) -> Paged:
    name = call.query.get("deploymentId") or call.required("deploymentName")
    deployment = call.cloud.named(name)
    newest_first = deployment.events[::-1]
    return call.page(
        [documents.event_document(call.place, deployment, event) for event in newest_first]
    )


def _get_job_diagnosis(call: Call) -> Document:
    deployment, job = call.cloud.job(call.path["job"])
    if deployment.id != call.path["deployment"]:
        raise MissingError("the deployment has no such job")
    seconds = int(call.cloud.moment().now.timestamp())
    return documents.diagnosis_document(call.place, deployment, job, seconds)


def _flink_api_proxy(call: Call) -> str:
    """Give Flink's answer as text inside the envelope."""
    if call.required("namespace") != call.place.namespace:
        raise MissingError("no such namespace")
    if call.required("resourceType") not in {"jobs", "sessionclusters"}:
        raise BadRequestError(400, "InvalidParameter.resourceType", "jobs or sessionclusters")
    deployment, job = call.cloud.job(call.required("resourceId"))
    path = call.required("flinkApiPath")
    answer = flink_rest.flink_answer(deployment, job, path, call.cloud.moment().now)
    return json.dumps(answer)


def _operation(name: str, method: str, template: str, act: Act) -> Operation:
    """Compile a path template; a variable is one undecoded segment, a colon may be encoded."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", template).replace(":", "(?:%3[Aa]|:)")
    return Operation(name, method, re.compile(pattern), act)


_ROOT = "/api/v2/namespaces/{namespace}"
_ONE = _ROOT + "/deployments/{deployment}"
OPERATIONS = (
    _operation("ListDeployments", "GET", _ROOT + "/deployments", _list_deployments),
    _operation("GetDeployment", "GET", _ONE, _get_deployment),
    _operation("UpdateDeployment", "PUT", _ONE, _update_deployment),
    _operation(
        "GetDeploymentsByName", "GET", _ROOT + "/deployments/name/{name}", _get_deployments_by_name
    ),
    _operation(
        "GetJobDiagnosis", "GET", _ONE + "/jobs/{job}/job-diagnoses/lite", _get_job_diagnosis
    ),
    _operation("ListJobs", "GET", _ROOT + "/jobs", _list_jobs),
    _operation("GetJob", "GET", _ROOT + "/jobs/{job}", _get_job),
    _operation("HotUpdateJob", "POST", _ROOT + "/jobs/{job}:hotUpdate", _hot_update_job),
    _operation("StopJob", "POST", _ROOT + "/jobs/{job}:stop", _stop_job),
    _operation("StartJobWithParams", "POST", _ROOT + "/jobs:start", _start_job),
    _operation(
        "GetHotUpdateJobResult",
        "GET",
        _ROOT + "/jobs/hot-updates/{update}",
        _get_hot_update_job_result,
    ),
    _operation("GetEvents", "GET", _ROOT + "/events", _get_events),
    _operation(
        "GetAppliedScheduledPlan",
        "GET",
        _ROOT + "/scheduled-plans:getExecutedScheduledPlan",
        _get_applied_scheduled_plan,
    ),
    _operation(
        "GetAutopilotPolicy",
        "GET",
        "/autopilot/v2/namespaces/{namespace}/deployments/{deployment}/autopilotpolicy-describe",
        _get_autopilot_policy,
    ),
    _operation("FlinkApiProxy", "GET", "/flink-ui/v2/proxy", _flink_api_proxy),
)
