"""When SQL can be translated without running it, and what a refusal of that means.

https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0316.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.clouds.huawei.saving import body_of
from bot.errors import CloudRejectedError
from bot.flink.masking import hide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.errors import CloudError

_VERSIONS = frozenset({"1.10", "1.12"})
_OPEN_SOURCE = "flink_opensource_sql_job"
_SIZES = ("cu_number", "manager_cu_number", "parallel_number", "tm_cus", "tm_slot_num")
# The gateway, or a service that cannot do this here, says nothing of the SQL.
_SAYS_NOTHING = re.compile(r"APIG(W)?\..*|DLI\.(0007|0009|0012)", re.IGNORECASE)


def can_be_tried(values: Mapping[str, str], job_type: str = _OPEN_SOURCE) -> bool:
    """Tell whether the vendor can translate SQL of this Flink version and type of job."""
    return values.get("flink_version") in _VERSIONS and job_type == _OPEN_SOURCE


def with_sizes(values: Mapping[str, str]) -> dict[str, Any]:
    """Give what goes with the SQL. Settings by operator do not: new SQL has new operators."""
    given = {name: values[name] for name in (*_SIZES, "flink_version") if values.get(name)}
    return body_of(given)


def told_against(error: CloudError, sql: str) -> str:
    """Give what the service has against the SQL; nothing where the error is about something else.

    The service quotes what it does not understand, which may be a secret.
    """
    if not isinstance(error, CloudRejectedError) or _SAYS_NOTHING.fullmatch(error.code):
        return ""
    return hide(error.message, sql)
