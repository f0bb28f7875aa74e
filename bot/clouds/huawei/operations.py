"""The API's operations that Flinkbot uses, one method each: how they are asked and what they give.

Every one raises what `errors.decode` and `Transport.send` raise. Writes say so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from bot.clouds.huawei.errors import CLOUD, decode
from bot.clouds.huawei.wire import (
    Batch,
    GeneratedGraph,
    ListedJobs,
    ListedQueues,
    Said,
    ShownExecutionGraph,
    ShownJob,
    Updated,
)
from bot.clouds.signing import canonical_query, encode
from bot.clouds.transport import Call
from bot.errors import CloudNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.clouds.huawei.wire import (
        ExecutionGraph,
        Job,
        JobList,
        Queue,
        StreamGraph,
        Wire,
    )
    from bot.clouds.transport import Answer, Transport

T = TypeVar("T", bound="Wire")

LARGEST_PAGE = 100
_OPEN_SOURCE_SQL = "flink_opensource_sql_job"
_SCHEME = "obs://"


class Operations:
    """The typed API of one project. Job ids are decimal numbers as text."""

    def __init__(self, project_id: str, transport: Transport, now: Callable[[], datetime]) -> None:
        self._project_id = project_id
        self._transport = transport
        self._now = now

    async def list_flink_jobs(self, offset: int = 0, *, name: str = "") -> JobList:
        """Read one page of the jobs, newest first; `total_count` counts all pages.

        Definitions are left out. `name` is a filter that may find more than meant.
        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0234.html
        """
        query = {"limit": str(LARGEST_PAGE), "offset": str(offset), "name": name or None}
        answer = await self._read("ListFlinkJobs", self._path("jobs"), ListedJobs, query)
        return answer.job_list

    async def all_flink_jobs(self, *, name: str = "") -> tuple[Job, ...]:
        """Read page after page, until all are there or nothing comes any more."""
        found: dict[int, Job] = {}  # by id: entries may shift between the pages
        offset, total = 0, None
        while total is None or offset < total:
            page = await self.list_flink_jobs(offset, name=name)
            if not page.jobs:
                break
            total = page.total_count
            offset += len(page.jobs)
            found |= {job.job_id: job for job in page.jobs}
        return tuple(found.values())

    async def show_flink_job(self, job_id: str) -> Job:
        """Read a job with its whole definition; a missing one is refused with DLI.16001.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0235.html
        """
        name = "ShowFlinkJob"
        path = self._path("jobs", _job(job_id, name))
        return (await self._read(name, path, ShownJob)).job_detail

    async def update_flink_sql_job(self, job_id: str, settings: Mapping[str, Any]) -> int | None:
        """Write some settings of a SQL job; give the time of it. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0229.html
        """
        return await self._update("UpdateFlinkSqlJob", "sql-jobs", job_id, settings)

    async def update_flink_jar_job(self, job_id: str, settings: Mapping[str, Any]) -> int | None:
        """Write some settings of a Jar job; give the time of it. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0231.html
        """
        return await self._update("UpdateFlinkJarJob", "flink-jobs", job_id, settings)

    async def import_flink_job_savepoint(self, job_id: str, path: str) -> None:
        """Tell a job that does not run which savepoint to resume from. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0393.html
        """
        name = "ImportFlinkJobSavepoint"
        step = _job(job_id, name)
        body = {"job_id": int(job_id), "savepoint_path": path}
        await self._write(name, "POST", self._path("jobs", step, "import-savepoint"), Said, body)

    async def execute_flink_job_savepoint(self, job_id: str, path: str) -> None:
        """Make a running job write a savepoint below a path; it keeps running. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0392.html
        """
        name = "ExecuteFlinkJobSavepoint"
        step = _job(job_id, name)
        # The page's own example has no scheme here.
        body = {"action": "TRIGGER", "savepoint_path": path.removeprefix(_SCHEME)}
        await self._write(name, "POST", self._path("jobs", step, "savepoint"), Said, body)

    async def batch_run_flink_jobs(self, job_id: str, *, resume_savepoint: bool) -> None:
        """Start one job: an answer for several would not say which it is about. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0233.html
        """
        more = {"resume_savepoint": resume_savepoint}
        await self._batch("BatchRunFlinkJobs", "run", job_id, more)

    async def batch_stop_flink_jobs(self, job_id: str, *, trigger_savepoint: bool) -> None:
        """Stop one job, after a savepoint if asked. A write.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0241.html
        """
        more = {"trigger_savepoint": trigger_savepoint}
        await self._batch("BatchStopFlinkJobs", "stop", job_id, more)

    async def show_flink_job_execution_graph(self, job_id: str) -> ExecutionGraph | None:
        """Read Flink's own state of a run; None where there is none.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0236.html
        """
        name = "ShowFlinkJobExecutionGraph"
        path = self._path("jobs", _job(job_id, name), "execute-graph")
        return (await self._read(name, path, ShownExecutionGraph)).execute_graph

    async def create_flink_sql_job_graph(
        self, job_id: str, sql_body: str, **settings: Any
    ) -> StreamGraph | None:
        """Translate SQL without running it: a check, up to Flink 1.12 only. Changes nothing.

        `settings` are those of the request, such as `flink_version` and `parallel_number`.
        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0316.html
        """
        name = "CreateFlinkSqlJobGraph"
        path = self._path("jobs", _job(job_id, name), "gen-graph", version="v3")
        body = {"sql_body": sql_body, "job_type": _OPEN_SOURCE_SQL, **settings}
        call = Call(name, "POST", path, self._headers(), _json(body))
        return (await self._send(call, GeneratedGraph)).stream_graph

    async def list_queues(self) -> tuple[Queue, ...]:
        """Read the queues of every kind: Flink's would be left out otherwise.

        https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0196.html
        """
        path = f"/v1.0/{encode(self._project_id)}/queues"
        return tuple((await self._read("ListQueues", path, ListedQueues, _ALL_QUEUES)).queues)

    async def _update(
        self, operation: str, kind: str, job_id: str, settings: Mapping[str, Any]
    ) -> int | None:
        path = self._path(kind, _job(job_id, operation))
        answer = await self._write(operation, "PUT", path, Updated, settings)
        return answer.job.update_time if answer.job else None

    async def _batch(self, operation: str, what: str, job_id: str, more: Mapping[str, Any]) -> None:
        body = {"job_ids": [int(_job(job_id, operation))], **more}
        await self._write(operation, "POST", self._path("jobs", what), Batch, body)

    def _path(self, *steps: str, version: str = "v1.0") -> str:
        return "/".join(("", version, encode(self._project_id), "streaming", *steps))

    async def _read(
        self,
        operation: str,
        path: str,
        shape: type[T],
        query: Mapping[str, str | None] | None = None,
    ) -> T:
        target = f"{path}?{canonical_query(query)}" if query else path
        return await self._send(Call(operation, "GET", target, self._headers()), shape)

    async def _write(
        self, operation: str, method: str, path: str, shape: type[T], body: Mapping[str, Any]
    ) -> T:
        call = Call(operation, method, path, self._headers(), _json(body), is_write=True)
        return await self._send(call, shape)

    async def _send(self, call: Call, shape: type[T]) -> T:
        def read(answer: Answer) -> T:
            name, is_write = call.operation, call.is_write
            return decode(answer, name, shape, is_write=is_write, now=self._now())

        return await self._transport.send(call, read)

    def _headers(self) -> dict[str, str]:
        """Without the language, messages may be in Chinese."""
        return {
            "content-type": "application/json",
            "x-language": "en-us",
            "x-project-id": self._project_id,
        }


_ALL_QUEUES = {"queue_type": "all"}


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _job(job_id: str, operation: str) -> str:
    """Give an id as a step of a path; one that is no number would be another path, or no job."""
    if not (job_id.isascii() and job_id.isdigit()):
        message = f"{job_id!r} is not the number of a job"
        raise CloudNotFoundError(message, cloud=CLOUD, operation=operation)
    return job_id
