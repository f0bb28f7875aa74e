"""The API's operations that Flinkbot uses, one method each: how they are asked and what they give.

Every one raises what `errors.decode` and `Transport.send` raise: a refusal may come as HTTP 200
with `success: false`, as a gateway's 4xx or 5xx, or as anything a proxy makes of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from bot.clouds.alibaba.errors import CLOUD, decode
from bot.clouds.alibaba.flink_rest import FlinkAnswer
from bot.clouds.alibaba.results import (
    AutopilotPolicy,
    Diagnosis,
    Events,
    HotUpdateResult,
    ScheduledPlan,
    TriggeredHotUpdate,
)
from bot.clouds.alibaba.wire import (
    Deployment,
    Deployments,
    Envelope,
    Job,
    Jobs,
    ListedDeployments,
)
from bot.clouds.signing import canonical_query, encode
from bot.clouds.transport import Call
from bot.errors import CloudNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.clouds.alibaba.endpoints import AlibabaTarget
    from bot.clouds.transport import Answer, Transport

T = TypeVar("T")
F = TypeVar("F", bound=FlinkAnswer)

VERSION = "2022-07-18"
LARGEST_PAGE = 100
_JSON = "application/json; charset=utf-8"


class Operations:
    """The typed API of one namespace."""

    def __init__(
        self, target: AlibabaTarget, transport: Transport, now: Callable[[], datetime]
    ) -> None:
        self._workspace = target.workspace
        self._namespace = target.namespace
        self._transport = transport
        self._now = now

    async def list_deployments(
        self, page: int, size: int = LARGEST_PAGE
    ) -> Envelope[ListedDeployments]:
        """Read one page of the deployments, from 1; `total_size` counts all pages.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-listdeployments
        """
        query = {"pageIndex": str(page), "pageSize": str(size)}
        path = self._path("deployments", operation="ListDeployments")
        return await self._read("ListDeployments", path, Envelope[ListedDeployments], query)

    async def get_deployment(self, deployment_id: str) -> Envelope[Deployment]:
        """Read one deployment; a missing one is refused with 990301.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getdeployment
        """
        path = self._path("deployments", deployment_id, operation="GetDeployment")
        return await self._read("GetDeployment", path, Envelope[Deployment])

    async def get_deployments_by_name(self, name: str) -> Envelope[Deployments]:
        """Read the deployments of exactly this name: at most one per namespace.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getdeploymentsbyname
        """
        path = self._path("deployments", "name", name, operation="GetDeploymentsByName")
        return await self._read("GetDeploymentsByName", path, Envelope[Deployments])

    async def list_jobs(self, deployment_id: str, size: int = 10) -> Envelope[Jobs]:
        """Read the newest jobs of a deployment; newest first is the service's own order.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-listjobs
        """
        query = {"deploymentId": deployment_id, "pageIndex": "1", "pageSize": str(size)}
        path = self._path("jobs", operation="ListJobs")
        return await self._read("ListJobs", path, Envelope[Jobs], query)

    async def get_job(self, job_id: str) -> Envelope[Job]:
        """Read one job; a missing one is refused with 990301.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getjob
        """
        path = self._path("jobs", job_id, operation="GetJob")
        return await self._read("GetJob", path, Envelope[Job])

    async def update_deployment(
        self, deployment_id: str, parts: Mapping[str, Any]
    ) -> Envelope[Any]:
        """Write parts of a deployment: each one named is replaced as a whole. A write.

        https://help.aliyun.com/document_detail/453539.htm
        """
        path = self._path("deployments", deployment_id, operation="UpdateDeployment")
        body = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._write("UpdateDeployment", "PUT", path, Envelope[Any], body)

    async def hot_update_job(self, job_id: str) -> Envelope[TriggeredHotUpdate]:
        """Make a running job take what its deployment has saved. A write without a body.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-hotupdatejob
        """
        path = self._path("jobs", job_id, operation="HotUpdateJob") + encode(":") + "hotUpdate"
        return await self._write("HotUpdateJob", "POST", path, Envelope[TriggeredHotUpdate])

    async def get_hot_update_job_result(self, hot_update_id: str) -> Envelope[HotUpdateResult]:
        """Read how a hot update stands: INIT, HOT_UPDATING, HOT_UPDATED or FAILED.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-gethotupdatejobresult
        """
        name = "GetHotUpdateJobResult"
        path = self._path("jobs", "hot-updates", hot_update_id, operation=name)
        return await self._read(name, path, Envelope[HotUpdateResult])

    async def get_autopilot_policy(self, deployment_id: str) -> Envelope[AutopilotPolicy | None]:
        """Read whether the service tunes a deployment; often forbidden or not there at all.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getautopilotpolicy
        """
        name = "GetAutopilotPolicy"
        path = self._path(
            "deployments",
            deployment_id,
            "autopilotpolicy-describe",
            operation=name,
            root="/autopilot/v2",
        )
        return await self._read(name, path, Envelope[AutopilotPolicy | None])

    async def get_applied_scheduled_plan(
        self, deployment_id: str
    ) -> Envelope[ScheduledPlan | None]:
        """Read which scheduled plan is applied; no data when there is none.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getappliedscheduledplan
        """
        name = "GetAppliedScheduledPlan"
        path = self._path(operation=name) + "/scheduled-plans" + encode(":")
        query = {"deploymentId": deployment_id}
        target = f"{path}getExecutedScheduledPlan"
        return await self._read(name, target, Envelope[ScheduledPlan | None], query)

    async def flink_api(self, job_id: str, flink_path: str, shape: type[Envelope[F]]) -> F:
        """Ask the job's own Flink (FlinkApiProxy, reads only); `data` is its JSON as text.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-flinkapiproxy
        """
        query = {
            "namespace": self._namespace,
            "resourceType": "jobs",
            "resourceId": job_id,
            "flinkApiPath": flink_path,
        }
        return (await self._read("FlinkApiProxy", "/flink-ui/v2/proxy", shape, query)).data

    async def get_events(self, deployment_id: str, size: int = 20) -> Envelope[Events]:
        """Read the newest lines of a deployment's timeline.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getevents
        """
        query = {"deploymentId": deployment_id, "pageIndex": "1", "pageSize": str(size)}
        path = self._path("events", operation="GetEvents")
        return await self._read("GetEvents", path, Envelope[Events], query)

    async def get_job_diagnosis(
        self, deployment_id: str, job_id: str
    ) -> Envelope[Diagnosis | None]:
        """Read what the service itself thinks is wrong with a job.

        https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/api-ververica-2022-07-18-getjobdiagnosis
        """
        name = "GetJobDiagnosis"
        steps = ("deployments", deployment_id, "jobs", job_id, "job-diagnoses", "lite")
        path = self._path(*steps, operation=name)
        return await self._read(name, path, Envelope[Diagnosis | None])

    def _path(self, *steps: str, operation: str, root: str = "/api/v2") -> str:
        """Write a path below the namespace.

        An id that is empty or made of dots would be normalised into another operation's path.
        """
        if not all(step.strip(".") for step in steps):
            message = "an id that is empty or only dots does not exist"
            raise CloudNotFoundError(message, cloud=CLOUD, operation=operation)
        return "/".join((root, "namespaces", *map(encode, (self._namespace, *steps))))

    async def _read(
        self,
        operation: str,
        path: str,
        shape: type[Envelope[T]],
        query: Mapping[str, str | None] | None = None,
    ) -> Envelope[T]:
        target = f"{path}?{canonical_query(query)}" if query else path
        call = Call(operation, "GET", target, self._headers(operation))
        return await self._send(call, shape)

    async def _write(
        self, operation: str, method: str, path: str, shape: type[Envelope[T]], body: bytes = b""
    ) -> Envelope[T]:
        headers = self._headers(operation) | ({"content-type": _JSON} if body else {})
        return await self._send(Call(operation, method, path, headers, body, is_write=True), shape)

    async def _send(self, call: Call, shape: type[Envelope[T]]) -> Envelope[T]:
        def read(answer: Answer) -> Envelope[T]:
            name, is_write = call.operation, call.is_write
            return decode(answer, name, shape, is_write=is_write, now=self._now())

        return await self._transport.send(call, read)

    def _headers(self, operation: str) -> dict[str, str]:
        """The workspace is a header; so is what to do, besides the path."""
        return {
            "workspace": self._workspace,
            "x-acs-action": operation,
            "x-acs-version": VERSION,
        }
