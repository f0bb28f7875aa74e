"""The jobs and queues a fresh sandbox starts with: one for each thing that can happen."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

from bot.sandbox.dli.model import (
    Behaviour,
    Job,
    JobType,
    Origin,
    Queue,
    Run,
    Savepoint,
    StartEnd,
    Status,
    StopEnd,
)
from bot.sandbox.dli.seed_parts import jar_parts, sql_parts, v2
from bot.sandbox.dli.seed_sql import ORDERS, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.sandbox.dli.model import Document

FIRST_ID = 137_201
IMPORT_ID = 137_228
"""The job of the vendor's example of an import."""
LONG_NAME = "prod_realtime_orders_payments_shipments_join_by_seller_v2"


def starting_queues() -> list[Queue]:
    """Make the queues: of every kind, one of them nearly full."""
    return [
        Queue(id=2101, name="testqueue", cu_count=64),
        Queue(id=2102, name="flink_general", cu_count=256, pool="realtime_pool"),
        Queue(id=2103, name="small_queue", cu_count=16),
        Queue(id=2104, name="reports", type="sql", cu_count=16),
    ]


def starting_jobs(now: datetime) -> list[Job]:
    """Make them all afresh; ids are the same every time, times count back from `now`."""
    ids = count(FIRST_ID)
    makers = (_of_the_pages, _that_update, _that_fail, _that_stand, _with_company)
    return [job for make in makers for job in make(now, ids)]


def _of_the_pages(now: datetime, ids: Iterator[int]) -> list[Job]:
    """Make the jobs that the vendor's pages use as examples."""
    testing = {"queue_name": "testQueue"}
    sql = {
        **sql_parts("myjob", "select * from source_table"),
        **testing,
        "desc": "My first job",
        "cu_number": 4,
        "parallel_number": 4,
        "edge_group_ids": [
            "62de1e1c-066e-48a8-a79d-f461a31b2ee1",
            "2eb00f85-99f2-4144-bcb7-d39ff47f9002",
        ],
        "execution_agency_urn": "myAgencyName",
        "udf_jar_url": "group/test.jar",
        "run_mode": "shared_cluster",
    }
    jar = {
        **jar_parts("test1", "org.apache.flink.examples.streaming.JavaQueueStream"),
        **testing,
        "desc": "job for test",
        "entrypoint": "FemaleInfoCollec.jar",
        "dependency_jars": ["myGroup/test.jar", "myGroup/test1.jar"],
        "dependency_files": ["myGroup/test.csv", "myGroup/test1.csv"],
        "flink_version": "1.12",
    }
    importing = {**jar_parts("dws_import_demo", "com.example.ImportDemo"), **testing, **_STATE}
    return [
        _job(now, next(ids), sql, JobType.SQL),
        _job(now, next(ids), jar, JobType.JAR),
        _stopped(_running(now, IMPORT_ID, importing, JobType.JAR)),
    ]


def _that_update(now: datetime, ids: Iterator[int]) -> list[Job]:
    sessions = {
        **jar_parts("clickstream_sessions", "com.example.clicks.SessionsJob"),
        **v2(parallel_number=4, max_slot=2),
        **_STATE,
        "flink_version": "1.15",
        "execution_agency_urn": "dli_obs_access",
        "entrypoint_args": (
            "--topic clicks --gap 30m --lookup obs://SANDBOXACCESSKEY00001:sandbox-lookup-secret"
            "@lookups/pages.csv"
        ),
        "runtime_config": '[{"key":"table.exec.state.ttl","value":"36 h"}]',
    }
    rules = {
        **sql_parts("risk_rules", pipeline("risk")),
        **v2(parallel_number=2, max_slot=1),
        **_STATE,
        "flink_version": "1.17",
        "execution_agency_urn": "dli_obs_access",
    }
    return [
        _running(now, next(ids), {**sql_parts("dwd_orders", ORDERS), **_STATE, "cu_number": 4}),
        _running(now, next(ids), sessions, JobType.JAR, _SLOW),
        _running(now, next(ids), rules),
        _running(now, next(ids), {**sql_parts(LONG_NAME, pipeline("long")), **_STATE}),
    ]


def _that_fail(now: datetime, ids: Iterator[int]) -> list[Job]:
    return [
        _running(now, next(ids), _sql("invoice_sync"), behaviour=_ends(StartEnd.FAIL)),
        _running(now, next(ids), _sql("ads_attribution"), behaviour=_ends(StartEnd.CRASH_LOOP)),
        _running(now, next(ids), _sql("search_index"), behaviour=_ends(StartEnd.HANG)),
        _running(now, next(ids), _sql("payments_ledger"), behaviour=Behaviour(stop=StopEnd.FAIL)),
        _running(
            now,
            next(ids),
            {**_sql("state_strict"), "desc": "Its state does not survive a change of parallelism"},
            behaviour=Behaviour(strict_restore=True),
        ),
    ]


def _that_stand(now: datetime, ids: Iterator[int]) -> list[Job]:
    lost = "java.lang.OutOfMemoryError: Java heap space. See the Commit Logs of the job."
    full = "Insufficient CUs: 8 wanted, 2 free in small_queue. Scale out the queue."
    failed = _stopped(_running(now, next(ids), _sql("fraud_scores")), Status.RUNNING_EXCEPTION)
    failed.status_desc = lost
    refused = _job(now, next(ids), {**_sql("marketing_push"), "queue_name": "small_queue"})
    refused.status, refused.status_desc = Status.SUBMIT_FAIL, full
    arrears = _stopped(_running(now, next(ids), _sql("archive")), Status.ARREARAGE_STOPPED)
    arrears.status_desc = "The account is in arrears."
    export = {**jar_parts("daily_export", "com.example.ExportJob"), "flink_version": "1.12"}
    finished = _running(now, next(ids), export, JobType.JAR)
    return [failed, refused, arrears, _stopped(finished, Status.FINISH)]


def _with_company(now: datetime, ids: Iterator[int]) -> list[Job]:
    """Make jobs that somebody else changes, or that want more care than others."""
    edited = _running(now, next(ids), _sql("shipping_eta"))
    edited.parts = {**edited.parts, "parallel_number": 6, "checkpoint_interval": 60}
    edited.modifier = "zhang.min"
    edited.update_time = _milliseconds(now - timedelta(hours=1))
    stateless = sql_parts("heartbeat_filter", pipeline("heartbeats"))
    root = _running(now, next(ids), _sql("iot_edge"))
    part = _running(now, next(ids), _sql("iot_edge_part"), JobType.SQL_EDGE)
    part.root_id = root.id
    return [edited, _running(now, next(ids), stateless), root, part]


_STATE: Document = {
    "checkpoint_enabled": True,
    "checkpoint_interval": 30,
    "obs_bucket": "flink-state",
    "log_enabled": True,
    "restart_when_exception": True,
    "resume_checkpoint": True,
    "resume_max_num": 10,
    "smn_topic": "flink-alerts",
}
_SLOW = Behaviour(
    duration_s=25, savepoint_s=8, stop_s=4, by_way_of=(Status.DOWNLOADING, Status.SUBMITTING)
)


def _sql(name: str) -> Document:
    return {**sql_parts(name, pipeline(name)), **_STATE}


def _ends(outcome: StartEnd) -> Behaviour:
    """Start as told after a change, and well with what ran before."""
    return Behaviour(outcome=outcome, spares_old=True)


def _job(
    now: datetime, job_id: int, parts: Document, kind: JobType = JobType.OPENSOURCE_SQL
) -> Job:
    return Job(
        id=job_id,
        type=kind,
        created_at=now - timedelta(days=40) + timedelta(minutes=job_id - FIRST_ID),
        update_time=_milliseconds(now - timedelta(days=3, hours=1)),
        modifier="release-pipeline",
        parts=parts,
    )


def _running(
    now: datetime,
    job_id: int,
    parts: Document,
    kind: JobType = JobType.OPENSOURCE_SQL,
    behaviour: Behaviour | None = None,
) -> Job:
    job = _job(now, job_id, parts, kind)
    job.status, job.behaviour = Status.RUNNING, behaviour or Behaviour()
    jid = blake2b(str(job_id).encode(), digest_size=16).hexdigest()
    started = now - timedelta(days=3)
    job.runs.append(Run(jid=jid, started_at=started, parts=deepcopy(parts)))
    return job


def _stopped(job: Job, status: Status = Status.CANCEL_SUCCESS) -> Job:
    """End a job's run two hours after it began, with a savepoint if it was stopped."""
    run = job.runs[-1]
    job.status, run.ended_at = status, run.started_at + timedelta(hours=2)
    if status is Status.CANCEL_SUCCESS:
        path = f"{job.parts['obs_bucket']}/jobs/savepoint/{job.id}/2026-02-27_11-00-00/"
        job.savepoints.append(
            Savepoint(path=path, at=run.ended_at, origin=Origin.STOP, parts=deepcopy(run.parts))
        )
    return job


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
