"""The operations by method and path, and how each one reads its request and words its answer.

https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0221.html lists those of Flink jobs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from bot.sandbox.dli import documents, graph
from bot.sandbox.dli.refusals import RefusedError, no_job, wrong

if TYPE_CHECKING:
    from bot.sandbox.dli.cloud import Cloud
    from bot.sandbox.dli.iam import Iam
    from bot.sandbox.dli.model import Document, Job
    from bot.sandbox.received import Received

_LARGEST_PAGE = 100
_UPDATED = "The job is updated successfully."
_SUBMITTED = "The request for submitting DLI jobs is delivered successfully."
_STOPPED = "The request for stopping DLI jobs is delivered successfully."
_JOB_IDS = "job_ids: an array of job ids"


class SuccessAs(StrEnum):
    """How is_success is written: the vendor's pages disagree with each other."""

    PAGES = "pages"
    """Each operation as the example on its page."""
    STRING = "string"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Call:
    """One request for one operation: decoded path variables and query, JSON body."""

    cloud: Cloud
    iam: Iam
    project_id: str
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    """Filled with what goes back beside the body."""

    def document(self) -> Document:
        """Read the body as a JSON object."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise wrong("the body must be a JSON object")
        return document

    def flag(self, name: str) -> bool:
        """Read a boolean of the query."""
        return self.query.get(name, "").lower() == "true"

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Read a number of the query."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit()) or (most is not None and int(text) > most):
            limit = "" if most is None else f" to {most}"
            raise wrong(f"{name}: a number from 0{limit}")
        return int(text)

    @property
    def job_id(self) -> int:
        """Give the job in the path."""
        text = self.path["job"]
        if not (text.isascii() and text.isdigit()):
            raise no_job(text)
        return int(text)


Act = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API. `boolean`: its page's example shows is_success as a boolean."""

    name: str
    method: str
    pattern: re.Pattern[str]
    act: Act
    boolean: bool = False
    batch: bool = False
    status: int = 200


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


def _said(message: str = "", **more: Any) -> Document:
    return {"is_success": True, "message": message, **more}


def _list_jobs(call: Call) -> Document:
    found = [job for job in call.cloud.jobs() if _wanted(job, call.query)]
    found.sort(key=lambda job: (job.created_at, job.id), reverse=call.query.get("order") != "asc")
    offset, limit = call.number("offset", 0), call.number("limit", 10, _LARGEST_PAGE)
    moment = call.cloud.moment()
    if call.flag("show_detail"):
        write = [documents.job_entry_in_full(job, call.project_id, moment) for job in found]
    else:
        write = [documents.job_entry(job, moment, detail=False) for job in found]
    page = write[offset : offset + limit]
    message = "The job list is queried successfully."
    return _said(message, job_list={"total_count": len(found), "jobs": page})


def _wanted(job: Job, query: dict[str, str]) -> bool:
    """Compare with the filters; jobs that belong to another are listed with it only."""
    root = query.get("root_job_id")
    facts = {
        "user_name": job.user_name,
        "queue_name": job.parts["queue_name"],
        "status": job.status.value,
        "job_type": job.type.value,
    }
    return (
        query.get("name", "") in job.name
        and all(query.get(name, fact) == fact for name, fact in facts.items())
        and (job.root_id is None if root is None else str(job.root_id) == root)
    )


def _show_job(call: Call) -> Document:
    job = call.cloud.job(call.job_id)
    detail = documents.job_detail(job, call.project_id, call.cloud.moment())
    return _said("The job detail is queried successfully.", job_detail=detail)


def _update_sql_job(call: Call) -> Document:
    return _updated(call.cloud.update(call.job_id, call.document(), jar=False))


def _update_jar_job(call: Call) -> Document:
    return _updated(call.cloud.update(call.job_id, call.document(), jar=True))


def _updated(job: Job) -> Document:
    return _said(_UPDATED, job={"update_time": job.update_time})


def _run_jobs(call: Call) -> list[Document]:
    body = call.document()
    resume = _flag(body, "resume_savepoint")
    return _each(body, lambda job: call.cloud.start(job, resume_savepoint=resume), _SUBMITTED)


def _stop_jobs(call: Call) -> list[Document]:
    body = call.document()
    written = _flag(body, "trigger_savepoint")
    return _each(body, lambda job: call.cloud.stop(job, trigger_savepoint=written), _STOPPED)


def _flag(body: Document, name: str) -> bool:
    value = body.get(name, False)
    if type(value) is not bool:
        raise wrong(f"{name}: true or false")
    return value


def _each(body: Document, act: Callable[[int], object], message: str) -> list[Document]:
    """Do it to one job after the other; one alone that is refused is refused as a whole."""
    job_ids = body.get("job_ids")
    if not isinstance(job_ids, list) or not job_ids:
        raise wrong(_JOB_IDS)
    if not all(type(job_id) is int for job_id in job_ids):
        raise wrong(_JOB_IDS)
    told = []
    for job_id in job_ids:
        try:
            act(job_id)
        except RefusedError as error:
            if len(job_ids) == 1:
                raise
            told.append({"is_success": False, "message": f"{error.code}: {error}"})
        else:
            told.append(_said(message))
    return told


def _trigger_savepoint(call: Call) -> Document:
    body = call.document()
    if body.get("action", "TRIGGER") != "TRIGGER":
        raise wrong("action: TRIGGER")
    call.cloud.trigger_savepoint(call.job_id, body.get("savepoint_path", ""))
    # JSON inside the message, as in the page's example.
    inner = {"is_success": "true", "message": "api.msg.deal_savepoint_success"}
    return _said(json.dumps(inner, separators=(",", ":")))


def _import_savepoint(call: Call) -> Document:
    body = call.document()
    if body.get("job_id") != call.job_id:
        raise wrong("job_id: the job of the path")
    call.cloud.import_savepoint(call.job_id, body.get("savepoint_path", ""))
    return _said("The job is successfully updated.")


def _execution_graph(call: Call) -> Document:
    job = call.cloud.job(call.job_id)
    shown = documents.execution_graph(job, call.cloud.moment())
    return _said("", execute_graph=shown)


def _stream_graph(call: Call) -> Document:
    call.cloud.job(call.job_id)
    return graph.generated(call.document())


def _list_queues(call: Call) -> Document:
    wanted = call.query.get("queue_type", "sql")
    queues = [queue for queue in call.cloud.queues.values() if wanted in {"all", queue.type}]
    listed = [documents.queue_document(q, call.cloud.used_cus(q.name)) for q in queues]
    return _said("", queues=listed)


def _list_projects(call: Call) -> Document:
    return call.iam.projects(call.query.get("name"))


def _create_token(call: Call) -> Document:
    token, told = call.iam.issue(call.document(), call.cloud.moment().now)
    call.headers["X-Subject-Token"] = token
    return told


def _operation(name: str, method: str, template: str, act: Act, **more: Any) -> Operation:
    """Compile a path template; a variable is one undecoded segment."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", template.replace(".", r"\."))
    return Operation(name, method, re.compile(pattern), act, **more)


CREATE_TOKEN = "KeystoneCreateUserTokenByPassword"  # noqa: S105 - an operation's name
_ROOT = "/v1.0/{project}/streaming"
_ONE = _ROOT + "/jobs/{job}"
OPERATIONS = (
    _operation("ListFlinkJobs", "GET", _ROOT + "/jobs", _list_jobs),
    _operation("BatchRunFlinkJobs", "POST", _ROOT + "/jobs/run", _run_jobs, batch=True),
    _operation("BatchStopFlinkJobs", "POST", _ROOT + "/jobs/stop", _stop_jobs, batch=True),
    _operation("ShowFlinkJob", "GET", _ONE, _show_job),
    _operation("UpdateFlinkSqlJob", "PUT", _ROOT + "/sql-jobs/{job}", _update_sql_job),
    _operation(
        "UpdateFlinkJarJob", "PUT", _ROOT + "/flink-jobs/{job}", _update_jar_job, boolean=True
    ),
    _operation("ExecuteFlinkJobSavepoint", "POST", _ONE + "/savepoint", _trigger_savepoint),
    _operation(
        "ImportFlinkJobSavepoint",
        "POST",
        _ONE + "/import-savepoint",
        _import_savepoint,
        boolean=True,
    ),
    _operation("ShowFlinkJobExecutionGraph", "GET", _ONE + "/execute-graph", _execution_graph),
    _operation(
        "CreateFlinkSqlJobGraph",
        "POST",
        "/v3/{project}/streaming/jobs/{job}/gen-graph",
        _stream_graph,
        boolean=True,
    ),
    _operation("ListQueues", "GET", "/v1.0/{project}/queues", _list_queues, boolean=True),
    _operation("KeystoneListProjects", "GET", "/v3/projects", _list_projects),
    _operation(CREATE_TOKEN, "POST", "/v3/auth/tokens", _create_token, status=201),
)


def stated(told: Any, operation: Operation, success_as: SuccessAs) -> Any:
    """Write is_success the way that is asked for; what has none is left alone."""
    if isinstance(told, list):
        return [stated(entry, operation, success_as) for entry in told]
    boolean = (
        operation.boolean if success_as is SuccessAs.PAGES else success_as is SuccessAs.BOOLEAN
    )
    if boolean or "is_success" not in told:
        return told
    return {**told, "is_success": "true" if told["is_success"] else "false"}
