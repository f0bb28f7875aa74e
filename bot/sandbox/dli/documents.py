"""How the state looks on the wire: the API's documents, with the oddities of the real service.

Times are epoch milliseconds, 0 when there was none; what is not set is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.dli.model import Status

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.dli.model import Document, Job, Queue, Run
    from bot.sandbox.moment import Moment

_TOP = ("name", "desc", "queue_name", "sql_body", "run_mode", "main_class", "entrypoint_args")
"""What is told beside `job_config`, not in it."""
_GRAPH_STATES = {
    Status.SAVEPOINTING: "RUNNING",
    Status.CANCELING: "CANCELLING",
    Status.CANCEL_FAIL: "RUNNING",
    Status.RUNNING: "RUNNING",
    Status.STRANGE: "RECONCILING",
    Status.RUNNING_EXCEPTION: "FAILED",
    Status.FINISH: "FINISHED",
}


def job_detail(job: Job, project_id: str, moment: Moment) -> Document:
    """Write a job with its whole definition."""
    return {
        **job_entry(job, moment),
        "user_id": f"user-of-{job.user_name}",
        "project_id": project_id,
        **_definition(job),
        "execution_graph": None,
        "update_time": job.update_time,
        "graph_editor_enabled": False,
        "has_savepoint": job.savepoint is not None,
        "savepoint_path": job.savepoint.path if job.savepoint else None,
        "edge_group_ids": job.parts.get("edge_group_ids"),
        "job_config": _config(job),
    }


def job_entry(job: Job, moment: Moment, *, detail: bool = True) -> Document:
    """Write a job as the list shows it; without `detail` some of it is there that is not with it.

    https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0234.html
    """
    run = job.runs[-1] if job.runs else None
    entry: Document = {
        "job_id": job.id,
        "name": job.parts["name"],
        "desc": job.parts["desc"],
        "job_type": job.type.value,
        "status": job.status.value,
        "status_desc": job.status_desc,
        "create_time": _milliseconds(job.created_at),
        "start_time": _milliseconds(run.started_at) if run else 0,
        "queue_name": job.parts["queue_name"],
        "restart_times": run.restarts if run else 0,
        "user_name": job.user_name,
    }
    if detail:
        return entry
    return {
        **entry,
        "duration": _duration(run, moment),
        "root_id": job.root_id if job.root_id is not None else -1,
        "has_savepoint": job.savepoint is not None,
        "edge_group_ids": job.parts.get("edge_group_ids"),
    }


def job_entry_in_full(job: Job, project_id: str, moment: Moment) -> Document:
    """Write a job as the list shows it with show_detail."""
    return {
        **job_entry(job, moment),
        "user_id": f"user-of-{job.user_name}",
        "project_id": project_id,
        **_definition(job),
        "execution_graph": None,
        "update_time": job.update_time,
        "job_config": _config(job),
    }


def execution_graph(job: Job, moment: Moment) -> Document | None:
    """Write Flink's own view of the latest run, null when there was none."""
    run = job.runs[-1] if job.runs else None
    if run is None:
        return None
    ended = run.ended_at
    state = "CANCELED" if ended else "RUNNING"
    return {
        "jid": run.jid,
        "name": job.parts["name"],
        "isStoppable": False,
        "state": _GRAPH_STATES.get(job.status, state),
        "start-time": _milliseconds(run.started_at),
        "end-time": _milliseconds(ended) if ended else -1,
        "duration": _duration(run, moment),
    }


def queue_document(queue: Queue, used: float) -> Document:
    """Write a queue."""
    return {
        "queue_id": queue.id,
        "queue_name": queue.name,
        "description": "",
        "owner": "data-platform",
        "create_time": 1_730_000_000_000,
        "queue_type": queue.type,
        "cu_count": queue.cu_count,
        "used_cu": used,
        "charging_mode": 1,
        "resource_mode": 1,
        "cu_spec": queue.cu_count,
        "cu_scale_out_limit": queue.cu_count,
        "cu_scale_in_limit": 16,
        "elastic_resource_pool_name": queue.pool or None,
        "enterprise_project_id": "0",
        "engine": "flink" if queue.type == "general" else "spark",
        "is_restarting": False,
        "support_opensource_flink_versions": list(queue.versions),
        "support_flink_sql_versions": list(queue.versions),
        "default_flink_sql_version": queue.versions[0],
        "support_flink_jar_versions": list(queue.versions),
        "default_flink_jar_version": queue.versions[0],
    }


def _definition(job: Job) -> Document:
    return {name: job.parts.get(name) for name in _TOP if name in job.parts}


def _config(job: Job) -> Document:
    parts = job.parts
    config = {
        name: None if value == "" else value for name, value in parts.items() if name not in _TOP
    }
    workers = max((parts["cu_number"] - parts["manager_cu_number"]) // parts["tm_cus"], 1)
    return {
        **config,
        "root_id": job.root_id if job.root_id is not None else -1,
        "executor_number": workers,
        "executor_cu_number": parts["tm_cus"],
        "real_cu_number": 0,
        "config_url": None,
        "graph_editor_enabled": False,
        "graph_editor_data": "",
    }


def _duration(run: Run | None, moment: Moment) -> int:
    if run is None:
        return 0
    return int(((run.ended_at or moment.now) - run.started_at).total_seconds() * 1000)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
