"""Data Lake Insight as the use cases see it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.clouds.huawei.definition import RESOURCES, definition_of
from bot.clouds.huawei.dry_run import can_be_tried, told_against, with_sizes
from bot.clouds.huawei.endpoints import base_url, iam_url
from bot.clouds.huawei.errors import CLOUD
from bot.clouds.huawei.iam import LIST_PROJECTS, project_id_of
from bot.clouds.huawei.identity import check_headers, key_of, signer_of
from bot.clouds.huawei.marks import Marks
from bot.clouds.huawei.operations import Operations
from bot.clouds.huawei.saving import body_of, needs_resources
from bot.clouds.huawei.snapshot import free_cus, snapshot, summary
from bot.clouds.signing import Unsigned
from bot.clouds.transport import Limits, Transport
from bot.errors import CloudError, CloudRejectedError, ConfigurationError
from bot.flink.dli.setting import JobType

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.clouds.huawei.endpoints import HuaweiTarget
    from bot.clouds.huawei.identity import Identity
    from bot.clouds.huawei.wire import Job
    from bot.clouds.signing import Signer
    from bot.flink.snapshot import DeploymentSnapshot, DeploymentSummary


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_huawei(
    target: HuaweiTarget,
    identity: Identity,
    *,
    limits: Limits | None = None,
    now: Callable[[], datetime] = _utc_now,
    tls: ssl.SSLContext | None = None,
    marks_key: bytes | None = None,
) -> HuaweiCloud:
    """Make the client of one target; call it inside the event loop, and `aclose` it there.

    `marks_key`: what secrets are marked with; the same after a restart. Without it, it comes from
    the secret key or the password.

    Raises:
        ConfigurationError: an address cannot be used, or a value cannot travel in a header.

    """
    check_headers(target, identity)
    opened: list[Transport] = []

    def reach(url: str, signer: Signer) -> Transport:
        limited = limits or Limits()
        opened.append(Transport(url, cloud=CLOUD, auth=signer, limits=limited, tls=tls))
        return opened[-1]

    signer = signer_of(identity, target, lambda: reach(iam_url(target), Unsigned()), now)
    transport = reach(base_url(target), signer)
    iam = transport if target.project_id else reach(iam_url(target), signer)

    async def operations() -> Operations:
        return Operations(await project_id_of(target, iam, now), transport, now)

    return HuaweiCloud(
        target.name, operations, opened, Marks(marks_key or key_of(identity, target))
    )


class HuaweiCloud:
    """Implements `bot.updates.dli.ports.RestartCloud`. Errors are those of the port."""

    def __init__(
        self,
        target: str,
        operations: Callable[[], Awaitable[Operations]],
        transports: Sequence[Transport],
        marks: Marks,
    ) -> None:
        self.target = target
        self._find_operations = operations
        self._transports = transports
        self._marks = marks
        self._operations: Operations | None = None
        self._one_at_a_time = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in self._transports:
            await transport.aclose()

    async def check(self) -> None:
        """Make sure that the project is known and its jobs can be listed.

        Raises:
            ConfigurationError: the region names no project, or more than one.
            CloudError: as everything else here.

        """
        operations = await self._known()
        await operations.list_flink_jobs()

    async def operations(self) -> Operations:
        """Give the operations of the project, which is looked up once where it is not configured.

        Raises:
            CloudError: it could not be looked up, or cannot be told; nothing else was done.

        """
        try:
            return await self._known()
        except ConfigurationError as error:
            raise CloudRejectedError(str(error), cloud=CLOUD, operation=LIST_PROJECTS) from error

    async def _known(self) -> Operations:
        async with self._one_at_a_time:
            if self._operations is None:
                self._operations = await self._find_operations()
            return self._operations

    async def deployments(self) -> Sequence[DeploymentSummary]:
        """List every job."""
        jobs = await (await self.operations()).all_flink_jobs()
        return tuple(summary(self.target, job) for job in jobs)

    async def fetch(self, job_id: str) -> DeploymentSnapshot:
        """Read a job; secrets in its definition are marks."""
        return (await self.inspect(job_id))[0]

    async def inspect(self, job_id: str) -> tuple[DeploymentSnapshot, Mapping[str, str]]:
        """Read a job as `fetch` does, and its definition as it is."""
        job = await self._show(job_id)
        definition = definition_of(job)
        shown = {name: self._marks.of(name, text) for name, text in definition.items()}
        return snapshot(self.target, job, shown), definition

    def shown(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Give values as `fetch` would show them."""
        return self._marks.shown(values)

    def restored(
        self, values: Mapping[str, str | None], definition: Mapping[str, str]
    ) -> dict[str, str | None]:
        """Give edited values with the secrets that their marks stand for."""
        return self._marks.restored(values, definition)

    async def free_cus(self, queue: str) -> float | None:
        """Give how many CUs of a queue are free, where that can be read."""
        try:
            return free_cus(await (await self.operations()).list_queues(), queue)
        except CloudError:
            return None

    async def complaint(self, job_id: str, sql: str, values: Mapping[str, str]) -> str:
        """Have SQL translated without running it; give what the service has against it."""
        if not can_be_tried(values):
            return ""
        try:
            job = await self._show(job_id)
            if not can_be_tried(values, job.job_type):
                return ""
            operations = await self.operations()
            await operations.create_flink_sql_job_graph(job_id, sql, **with_sizes(values))
        except CloudError as error:
            return told_against(error, sql)
        return ""

    async def save(self, job_id: str, job_type: str, values: Mapping[str, str | None]) -> None:
        """Write some settings of the stored definition; None empties one."""
        resources = None
        if needs_resources(values):
            resources = (await self._show(job_id)).job_config.get(RESOURCES)
        body = body_of(values, resources)
        operations = await self.operations()
        if JobType(job_type) is JobType.JAR:
            await operations.update_flink_jar_job(job_id, body)
        else:
            await operations.update_flink_sql_job(job_id, body)

    async def start(self, job_id: str, *, resume: bool) -> None:
        """Start a job that does not run, from its savepoint if `resume`."""
        operations = await self.operations()
        await operations.batch_run_flink_jobs(job_id, resume_savepoint=resume)

    async def stop(self, job_id: str, *, savepoint: bool) -> None:
        """Stop a job, writing a savepoint first if asked."""
        operations = await self.operations()
        await operations.batch_stop_flink_jobs(job_id, trigger_savepoint=savepoint)

    async def take_savepoint(self, job_id: str, path: str) -> None:
        """Make a running job write a savepoint under `path`; it keeps running."""
        await (await self.operations()).execute_flink_job_savepoint(job_id, path)

    async def import_savepoint(self, job_id: str, path: str) -> None:
        """Tell a job that does not run what its next start resumes from."""
        await (await self.operations()).import_flink_job_savepoint(job_id, path)

    async def _show(self, job_id: str) -> Job:
        return await (await self.operations()).show_flink_job(job_id)
