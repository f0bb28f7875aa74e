"""Every setting that UpdateFlinkSqlJob and UpdateFlinkJarJob take, one row each.

The ranges are those of the vendor's pages (`setting.SQL_PAGE`, `setting.JAR_PAGE`) and, where a
page is silent, of its own SDK. Which settings a running job takes is what the console's dialog for
running jobs offers; everything else acts at the next start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.dli.operation import ADVANCED, CHECKPOINTS, LOGS, RECOVERY
from bot.flink.dli.program import BASICS, JAR, SQL
from bot.flink.dli.resources import RESOURCES
from bot.flink.dli.setting import Group, JobType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.dli.setting import Setting

_ROWS = (*BASICS, *SQL, *JAR, *RESOURCES, *CHECKPOINTS, *RECOVERY, *LOGS, *ADVANCED)
SETTINGS: Mapping[str, Setting] = {row.name: row for row in _ROWS}
"""Every setting by name, in the order that forms and documents show."""


def settings_of(job: JobType, group: Group | None = None) -> tuple[Setting, ...]:
    """Give the settings that a type of job has, those of one group if one is given."""
    return tuple(
        row
        for row in SETTINGS.values()
        if job in row.jobs and (group is None or row.group is group)
    )


def groups_of(job: JobType) -> tuple[Group, ...]:
    """Give the groups that a type of job has settings in."""
    return tuple(group for group in Group if settings_of(job, group))


def in_force(name: str, values: Mapping[str, str]) -> bool:
    """Tell whether DLI looks at a setting: it has two resource models, and uses one of them."""
    second = values.get("resource_config_version") == "v2"
    if name.startswith("resource_config."):
        return second
    return not (second and SETTINGS[name].group is Group.RESOURCES_V1)
