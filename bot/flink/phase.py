"""What the clouds' words for a job's status mean. A word nobody knows is shown, never guessed."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a job stands, whoever runs it."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    FINISHED = "finished"
    STUCK = "stuck"
    """It was told to stop and did not: a human has to look."""
    UNCLEAR = "unclear"

    @property
    def ended(self) -> bool:
        """Whether nothing runs and nothing is about to."""
        return self in {Phase.STOPPED, Phase.FAILED, Phase.FINISHED}


_PHASES = {
    # Alibaba: https://www.alibabacloud.com/help/en/flink/developer-reference/api-ververica-2022-07-18-struct-job
    "STARTING": Phase.STARTING,
    "RUNNING": Phase.RUNNING,
    "CANCELLING": Phase.STOPPING,
    "CANCELLED": Phase.STOPPED,
    "FAILED": Phase.FAILED,
    "FINISHED": Phase.FINISHED,
    # Huawei: https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0235.html
    "job_init": Phase.STOPPED,
    "job_submitting": Phase.STARTING,
    "job_submit_fail": Phase.FAILED,
    "job_running": Phase.RUNNING,
    "job_running_exception": Phase.FAILED,
    "job_downloading": Phase.STARTING,
    "job_canceling": Phase.STOPPING,
    "job_cancel_success": Phase.STOPPED,
    "job_cancel_fail": Phase.STUCK,
    "job_savepointing": Phase.STOPPING,
    "job_arrearage_stopped": Phase.FAILED,
    "job_arrearage_recovering": Phase.STARTING,
    "job_finish": Phase.FINISHED,
}


def phase_of(status: str) -> Phase:
    """Give the phase that a vendor's word stands for."""
    return _PHASES.get(status, Phase.UNCLEAR)
