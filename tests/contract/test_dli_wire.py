"""The bot's own client and the simulated service understand each other in everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.clouds.huawei import Credentials, HuaweiCloud, HuaweiTarget, Login, open_huawei
from bot.clouds.transport import Limits
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
)
from bot.flink.dli.catalogue import SETTINGS, settings_of
from bot.flink.dli.setting import JobType, Kind, Setting
from bot.flink.dli.values import same
from bot.flink.phase import Phase
from bot.sandbox.dli import Account, DliSimulator, Fault, Status
from bot.sandbox.dli.cloud import Cloud
from bot.sandbox.dli.operations import SuccessAs
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID
from tests.fakes.clock import FakeClock

REGION = "ap-southeast-3"
PROJECT = "0123456789abcdef0123456789abcdef"
ACCOUNT = Account("sandbox-access-key", "sandbox-secret-key")
KEYS = Credentials(ACCOUNT.access_key, ACCOUNT.secret_key)
LOGIN = Login(ACCOUNT.domain, ACCOUNT.user, ACCOUNT.password)
QUICK = Limits(backoff_seconds=0.001, total_seconds=5, read_attempts=2)
SQL_JOB, JAR_JOB, IMPORTING = str(FIRST_ID), str(FIRST_ID + 1), str(IMPORT_ID)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def simulator(clock: FakeClock) -> AsyncIterator[DliSimulator]:
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=ACCOUNT, now=clock)
    yield simulator
    await simulator.stop()


@pytest.fixture
def service(simulator: DliSimulator) -> Cloud:
    return simulator.cloud


def client_of(url: str, clock: FakeClock, identity: Any, project_id: str = PROJECT) -> HuaweiCloud:
    target = HuaweiTarget("lake", REGION, project_id, url, url)
    return open_huawei(target, identity, limits=QUICK, now=clock)


@pytest.fixture
async def cloud(simulator: DliSimulator, clock: FakeClock) -> AsyncIterator[HuaweiCloud]:
    client = client_of(await simulator.start(), clock, KEYS)
    yield client
    await client.aclose()


def id_of(service: Cloud, name: str) -> str:
    return str(service.named(name).id)


async def test_every_job_is_listed_and_read_without_its_secrets(cloud: HuaweiCloud) -> None:
    listed = await cloud.deployments()
    assert len({row.ref.deployment_id for row in listed}) == len(listed) > 15
    for row in listed:
        seen = await cloud.fetch(row.ref.deployment_id)
        assert (seen.name, seen.job_type) != ("", "")
        assert "sandbox-crm-password" not in str(seen)
        assert "sandbox-lookup-secret" not in str(seen)


CASES = [(JobType.SQL, row) for row in settings_of(JobType.SQL)]
CASES += [(JobType.JAR, row) for row in settings_of(JobType.JAR)]


def sample(setting: Setting) -> str:
    """Give a value that the setting can have, if possible another than the default."""
    if setting.kind is Kind.FLAG:
        return "true"
    return setting.example or (setting.choices[-1] if setting.choices else setting.default)


def with_company(name: str) -> dict[str, str]:
    """Give what must be there for a setting to be taken."""
    if name.startswith("resource_config."):
        return {"resource_config_version": "v2"}
    if name in {"checkpoint_enabled", "log_enabled"}:
        return {"obs_bucket": "flink-state"}
    return {"cu_number": "8"} if name in {"parallel_number", "tm_cus", "tm_slot_num"} else {}


@pytest.mark.parametrize(("job", "setting"), CASES, ids=lambda case: getattr(case, "name", case))
async def test_every_setting_is_written_and_read_back_as_it_was_meant(
    cloud: HuaweiCloud, job: JobType, setting: Setting
) -> None:
    job_id = SQL_JOB if job is JobType.SQL else JAR_JOB
    values = {**with_company(setting.name), setting.name: sample(setting)}
    await cloud.save(job_id, job, values)
    saved = (await cloud.fetch(job_id)).saved
    for name, text in values.items():
        assert same(SETTINGS[name], saved.get(name), text), (name, saved.get(name))


@pytest.mark.parametrize("job_id", [SQL_JOB, JAR_JOB])
async def test_a_whole_definition_can_be_put_back(cloud: HuaweiCloud, job_id: str) -> None:
    seen, before = await cloud.inspect(job_id)
    changes: Mapping[str, str | None] = {
        "desc": "changed",
        "cu_number": "8",
        "runtime_config": '[{"key":"a","value":"b"}]',
        "flink_version": None,
    }
    await cloud.save(job_id, seen.job_type, changes)
    changed = await cloud.fetch(job_id)
    assert changed.saved != seen.saved
    back = {name: before.get(name) for name in {**changed.saved, **before}}
    await cloud.save(job_id, seen.job_type, back)
    assert (await cloud.fetch(job_id)).saved == seen.saved


async def phases(cloud: HuaweiCloud, clock: FakeClock, job_id: str) -> list[Phase]:
    """Look at a job for twelve seconds; give its phases in the order they came."""
    seen: list[Phase] = []
    for _ in range(24):
        job = (await cloud.fetch(job_id)).job
        assert job is not None
        if job.phase not in seen[-1:]:
            seen.append(job.phase)
        clock.tick(0.5)
    return seen


async def test_a_restart_keeps_the_state(
    cloud: HuaweiCloud, service: Cloud, clock: FakeClock
) -> None:
    job_id = id_of(service, "dwd_orders")
    first = await cloud.fetch(job_id)
    await cloud.stop(job_id, savepoint=True)
    assert await phases(cloud, clock, job_id) == [Phase.RUNNING, Phase.STOPPING, Phase.STOPPED]
    stopped = await cloud.fetch(job_id)
    assert stopped.savepoint.startswith(f"flink-state/jobs/savepoint/{job_id}/")
    await cloud.save(job_id, "sql", {"checkpoint_interval": "60"})
    await cloud.start(job_id, resume=True)
    assert await phases(cloud, clock, job_id) == [Phase.STOPPED, Phase.STARTING, Phase.RUNNING]
    last = await cloud.fetch(job_id)
    assert last.savepoint == ""
    assert last.job is not None
    assert first.job is not None
    assert last.job.job_id != first.job.job_id
    assert service.job(int(job_id)).runs[-1].restored_from == stopped.savepoint


async def test_an_imported_savepoint_is_read_back(cloud: HuaweiCloud) -> None:
    await cloud.import_savepoint(IMPORTING, "obs://bucket/dir")
    assert (await cloud.fetch(IMPORTING)).savepoint.removeprefix("obs://") == "bucket/dir"


async def test_a_savepoint_of_a_running_job(
    cloud: HuaweiCloud, service: Cloud, clock: FakeClock
) -> None:
    job_id = id_of(service, "dwd_orders")
    await cloud.take_savepoint(job_id, "obs://bucket/dir")
    clock.tick(5)
    assert (await cloud.fetch(job_id)).savepoint == "bucket/dir"


async def test_the_free_cus_of_a_queue(cloud: HuaweiCloud) -> None:
    assert await cloud.free_cus("Small_Queue") == 16
    assert await cloud.free_cus("nowhere") is None


async def test_sql_is_tried_where_that_is_possible(cloud: HuaweiCloud, service: Cloud) -> None:
    job_id = id_of(service, "dwd_orders")
    _, definition = await cloud.inspect(job_id)
    assert await cloud.complaint(job_id, definition["sql_body"], definition) == ""
    complaint = await cloud.complaint(job_id, "INSERT INTO a SELECT 1", definition)
    assert "'a' not found" in complaint
    later = {**definition, "flink_version": "1.17"}
    assert await cloud.complaint(job_id, "nonsense", later) == ""


async def test_a_password_opens_the_project_of_the_region(
    simulator: DliSimulator, clock: FakeClock
) -> None:
    cloud = client_of(await simulator.start(), clock, LOGIN, project_id="")
    try:
        assert await cloud.deployments()
        simulator.gateway.iam.expire_tokens()
        clock.tick(120)
        assert await cloud.deployments(), "it gets itself another token"
    finally:
        await cloud.aclose()
    assert simulator.calls("KeystoneListProjects") == 1
    assert simulator.calls("KeystoneCreateUserTokenByPassword") == 2


@pytest.mark.parametrize("success_as", list(SuccessAs))
async def test_success_is_understood_in_every_spelling(
    cloud: HuaweiCloud, simulator: DliSimulator, success_as: SuccessAs
) -> None:
    simulator.gateway.success_as = success_as
    await cloud.save(SQL_JOB, "sql", {"desc": "x"})
    await cloud.save(JAR_JOB, "jar", {"desc": "x"})
    await cloud.start(IMPORTING, resume=False)
    assert (await cloud.fetch(IMPORTING)).job is not None


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refuse", CloudOutcomeUnknownError),
        ("refuse_200", CloudRejectedError),
        ("deny", CloudForbiddenError),
        ("server_error", CloudOutcomeUnknownError),
        ("html_502", CloudOutcomeUnknownError),
        ("xml_error", CloudOutcomeUnknownError),
        ("drop_after", CloudOutcomeUnknownError),
        ("truncate", CloudOutcomeUnknownError),
        ("status_429", CloudThrottledError),
    ],
)
async def test_every_trouble_of_a_write_is_told_apart(
    cloud: HuaweiCloud, simulator: DliSimulator, kind: str, error: type[CloudError]
) -> None:
    order = {"operation": "BatchRunFlinkJobs", "kind": kind, "times": None}
    simulator.inject(Fault.model_validate(order))
    with pytest.raises(error):
        await cloud.start(IMPORTING, resume=False)


async def test_refusals_of_the_service_are_told_apart(
    cloud: HuaweiCloud, simulator: DliSimulator, service: Cloud, clock: FakeClock
) -> None:
    with pytest.raises(CloudNotFoundError):
        await cloud.fetch("1")
    with pytest.raises(CloudNotFoundError):
        await cloud.start("1", resume=False)
    orders = id_of(service, "dwd_orders")
    with pytest.raises(CloudRejectedError, match="cannot be started"):
        await cloud.start(orders, resume=False)
    with pytest.raises(CloudRejectedError, match="already uses this bucket"):
        await cloud.save(orders, "sql", {"obs_bucket": "flink-state"})
    service.force(service.job(FIRST_ID), Status.CANCELING, "")
    with pytest.raises(CloudRejectedError, match="cannot be updated"):
        await cloud.save(SQL_JOB, "sql", {"desc": "x"})
    stranger = client_of(await restarted(simulator), clock, Credentials("AK", "guessed"))
    with pytest.raises(CloudAuthError):
        await stranger.fetch(orders)
    await stranger.aclose()


async def restarted(simulator: DliSimulator) -> str:
    await simulator.stop()
    return await simulator.start()
