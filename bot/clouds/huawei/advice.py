"""Tell the operator what to do about refused credentials and missing permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clouds.clocks import skew

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clouds.transport import Answer

# https://support.huaweicloud.com/api-dli/dli_02_0375.html
_GET, _UPDATE = "dli:jobs:get", "dli:jobs:update"
_ACTIONS = {
    "ListFlinkJobs": "dli:jobs:listAll (dli:jobs:list in identity policies)",
    "ListQueues": "dli:queue:list (in identity policies)",
    "ShowFlinkJob": _GET,
    "ShowFlinkJobExecutionGraph": _GET,
    "CreateFlinkSqlJobGraph": _GET,
    "UpdateFlinkSqlJob": _UPDATE,
    "UpdateFlinkJarJob": _UPDATE,
    "ImportFlinkJobSavepoint": _UPDATE,
    "ExecuteFlinkJobSavepoint": _UPDATE,
    "BatchRunFlinkJobs": "dli:jobs:start (dli:jobs:startFlinkJob in identity policies)",
    "BatchStopFlinkJobs": "dli:jobs:stop (dli:jobs:stopFlinkJob in identity policies)",
}


def needed(operation: str) -> str:
    """Name what an identity needs for an operation."""
    if operation == "KeystoneListProjects":
        return "the right to list projects in IAM, or the project's id in the configuration"
    action = _ACTIONS.get(operation)
    if action is None:
        return f"the right to use {operation} in this project"
    return f"the permission {action}, and the grant of the job or queue itself in the DLI console"


def advice(message: str, answer: Answer, now: datetime) -> str:
    """Say what to do. The vendor's own text may repeat what was signed, so it is left out."""
    if clocks := skew(answer.headers, now):
        return f"the credentials were refused: set this machine's clock first{clocks}"
    lowered = message.lower()
    if "token" in lowered and any(word in lowered for word in ("expire", "updated", "invalid")):
        return "the token was refused or has expired: get a new one"
    return (
        f"the credentials were refused (HTTP {answer.status}): check that the secret key belongs"
        " to the access key, that the key may use this project, and that no proxy changes requests"
    )
