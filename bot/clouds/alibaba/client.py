"""Realtime Compute for Apache Flink as the use cases see it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from bot.clouds.alibaba.auth import Acs3Auth, Credentials
from bot.clouds.alibaba.endpoints import base_url
from bot.clouds.alibaba.errors import CLOUD
from bot.clouds.alibaba.fingerprints import Fingerprints
from bot.clouds.alibaba.flink_rest import FlinkCheckpoints, FlinkJob, FlinkJobs
from bot.clouds.alibaba.operations import Operations
from bot.clouds.alibaba.saving import changed_parts
from bot.clouds.alibaba.snapshot import (
    current_job,
    deployment_snapshot,
    hints,
    hot_update_report,
    is_abridged,
    job_graph,
    revision_of,
    summary,
)
from bot.clouds.alibaba.wire import Envelope
from bot.clouds.transport import Limits, Transport
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudNotFoundError,
    CloudUnavailableError,
    ConfigurationError,
    StaleRevisionError,
)
from bot.flink.snapshot import (
    DeploymentSnapshot,
    DeploymentSummary,
    HotUpdateReport,
    JobGraph,
    Tuning,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.clouds.alibaba.endpoints import AlibabaTarget
    from bot.clouds.keys import Keys

T = TypeVar("T")
U = TypeVar("U")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_nonce() -> str:
    return uuid4().hex


def open_alibaba(
    target: AlibabaTarget,
    keys: Credentials | Keys[Credentials],
    *,
    limits: Limits | None = None,
    now: Callable[[], datetime] = _utc_now,
    nonce: Callable[[], str] = _new_nonce,
    tls: ssl.SSLContext | None = None,
    prints_key: bytes | None = None,
) -> AlibabaFlink:
    """Make the client of one target; call it inside the event loop, and `aclose` it there.

    `prints_key`: what secrets are fingerprinted with; the same after a restart. Without it, it
    comes from an access key that stays.

    Raises:
        ConfigurationError: the address cannot be used, or a value cannot travel in a header.

    """
    _check_headers(target, keys)
    auth = Acs3Auth(keys, now=now, nonce=nonce)
    transport = Transport(
        base_url(target), cloud=CLOUD, auth=auth, limits=limits or Limits(), tls=tls
    )
    prints = Fingerprints(prints_key or _prints_key(target, keys))
    return AlibabaFlink(target.name, Operations(target, transport, now), transport, prints)


def _prints_key(target: AlibabaTarget, keys: Credentials | Keys[Credentials]) -> bytes:
    """Derive it from what stays; lent keys do not, and then its constancy is worth more."""
    secret = f"{target.region} {target.workspace} {target.namespace}"
    if isinstance(keys, Credentials):
        secret = keys.access_key_secret
    return hashlib.sha256(f"flinkbot fingerprints {secret}".encode()).digest()


def _check_headers(target: AlibabaTarget, keys: Credentials | Keys[Credentials]) -> None:
    """Stop at the start, by name and without the value, instead of at the first request."""
    values = {"workspace": target.workspace, "namespace": target.namespace}
    if isinstance(keys, Credentials):
        values |= {
            "access key id": keys.access_key_id,
            "access key secret": keys.access_key_secret,
            "security token": keys.security_token or "none",
        }
    for name, value in values.items():
        visible = value.isascii() or name == "namespace"
        if not value.strip(".") or not visible or not value.isprintable() or " " in value:
            msg = f"target {target.name}: the {name} is empty or holds blanks or odd characters"
            raise ConfigurationError(msg)


class AlibabaFlink:
    """Implements `bot.updates.ports.HotUpdateCloud`. Errors are those of the port."""

    def __init__(
        self, target: str, operations: Operations, transport: Transport, prints: Fingerprints
    ) -> None:
        self.target = target
        self.operations = operations
        self._transport = transport
        self._prints = prints

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def deployments(self) -> Sequence[DeploymentSummary]:
        """List every deployment: page after page, until all are there or nothing new comes."""
        found: dict[str, DeploymentSummary] = {}  # by id: entries may shift between the pages
        page, known, total = 0, -1, None
        while len(found) > known and (total is None or len(found) < total):
            page, known = page + 1, len(found)
            answer = await self.operations.list_deployments(page)
            total = answer.total_size
            rows = (summary(self.target, deployment) for deployment in answer.data)
            found |= {row.ref.deployment_id: row for row in rows}
        return tuple(found.values())

    async def fetch(self, deployment_id: str) -> DeploymentSnapshot:
        """Read a deployment and its current (else latest) job."""
        saved, listed = await _both(
            self.operations.get_deployment(deployment_id), self.operations.list_jobs(deployment_id)
        )
        job = current_job(listed.data)
        if job is not None and is_abridged(job):
            job = (await self.operations.get_job(job.job_id)).data
        return deployment_snapshot(self.target, saved.data, job, self._prints)

    async def tuning(self, deployment_id: str) -> Tuning:
        """Read who else changes the job. Only wrong credentials are an error here."""
        autopilot, plan = await _both(self._autopilot(deployment_id), self._plan(deployment_id))
        return Tuning(autopilot, plan)

    async def _autopilot(self, deployment_id: str) -> bool | None:
        try:
            policy = (await self.operations.get_autopilot_policy(deployment_id)).data
        except CloudAuthError:
            raise
        except CloudError:
            return None
        return policy.enabled if policy else None

    async def _plan(self, deployment_id: str) -> str | None:
        try:
            plan = (await self.operations.get_applied_scheduled_plan(deployment_id)).data
        except CloudAuthError:
            raise
        except CloudError:
            return None
        return (plan.scheduled_plan_name or plan.scheduled_plan_id) if plan else ""

    async def job_graph(self, job_id: str) -> JobGraph:
        """Ask Flink itself: it knows the job by another id, so its list comes first."""
        ask = self.operations.flink_api
        jobs = (await ask(job_id, "/jobs", Envelope[FlinkJobs])).jobs
        running = next((job.id for job in jobs if job.status == "RUNNING"), None)
        if running is None:
            message = "Flink lists no running job"
            raise CloudUnavailableError(message, cloud=CLOUD, operation="FlinkApiProxy")
        job, checkpoints = await _both(
            ask(job_id, f"/jobs/{running}", Envelope[FlinkJob]),
            self._checkpoints(job_id, f"/jobs/{running}/checkpoints"),
        )
        return job_graph(job, checkpoints)

    async def _checkpoints(self, job_id: str, path: str) -> FlinkCheckpoints | None:
        """Read the checkpoints; the operators are worth having without them."""
        try:
            return await self.operations.flink_api(job_id, path, Envelope[FlinkCheckpoints])
        except CloudError:
            return None

    async def deployment_of(self, job_id: str) -> str:
        """Tell which deployment a job runs from."""
        found = (await self.operations.get_job(job_id)).data.deployment_id
        if not found:
            message = f"job {job_id} names no deployment"
            raise CloudNotFoundError(message, cloud=CLOUD, operation="GetJob")
        return found

    async def save(
        self, deployment_id: str, values: Mapping[str, str | None], revision: str
    ) -> None:
        """Write the changed parts, each complete, if the deployment is still at `revision`.

        The API has no conditional write: between our look and the write somebody can still save.
        """
        deployment = (await self.operations.get_deployment(deployment_id)).data
        now_at = revision_of(deployment, self._prints)
        if now_at != revision:
            msg = f"deployment {deployment_id} is at {now_at}, not at {revision}"
            raise StaleRevisionError(msg)
        parts = changed_parts(deployment, values, self._prints)
        if parts:
            await self.operations.update_deployment(deployment_id, parts)

    async def hot_update(self, job_id: str) -> HotUpdateReport:
        """Make the running job take what is saved."""
        answer = await self.operations.hot_update_job(job_id)
        return hot_update_report(answer.data, answer.request_id, self._prints)

    async def hot_update_result(self, hot_update_id: str) -> HotUpdateReport:
        """Read how a hot update stands."""
        answer = await self.operations.get_hot_update_job_result(hot_update_id)
        report = hot_update_report(answer.data, answer.request_id, self._prints)
        return report if report.hot_update_id else replace(report, hot_update_id=hot_update_id)

    async def diagnosis(self, deployment_id: str, job_id: str) -> Sequence[str]:
        """Read the service's own hints on what is wrong, a line each."""
        return hints((await self.operations.get_job_diagnosis(deployment_id, job_id)).data)


async def _both(one: Awaitable[T], other: Awaitable[U]) -> tuple[T, U]:
    """Ask two things at once; both are waited for, the first error is raised plainly."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second
