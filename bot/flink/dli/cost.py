"""What a DLI job's definition costs: the CUs it takes from its queue.

One CU is 1 core and 4 GB. The first resource model states the CUs; of the second one they follow
from its sizes, as the vendor bills them:
https://support.huaweicloud.com/intl/en-us/usermanual-dli/dli_01_0461.html
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from bot.flink.cost import Cost
from bot.flink.dli.values import gibibytes

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIB_PER_CU = 4
_V2 = "resource_config."
_MANAGER, _WORKER = f"{_V2}jobmanager_resource_spec.", f"{_V2}taskmanager_resource_spec."


def estimate_cost(values: Mapping[str, str]) -> Cost | None:
    """Estimate from a definition, None when something needed is absent or unreadable."""
    estimate = _second_model if values.get("resource_config_version") == "v2" else _first_model
    try:
        return estimate(values)
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _first_model(values: Mapping[str, str]) -> Cost:
    total, manager = int(values["cu_number"]), int(values.get("manager_cu_number", "1"))
    workers = ceil(Fraction(total - manager, int(values.get("tm_cus", "1"))))
    return Cost(float(total), workers, 1 + workers)


def _second_model(values: Mapping[str, str]) -> Cost:
    parallelism = int(values[f"{_V2}parallel_number"])
    workers = ceil(Fraction(parallelism, int(values[f"{_V2}max_slot"])))
    cores = Fraction(values[f"{_MANAGER}cpu"]) + workers * Fraction(values[f"{_WORKER}cpu"])
    gib = gibibytes(values[f"{_MANAGER}memory"]) + workers * gibibytes(values[f"{_WORKER}memory"])
    return Cost(float(max(cores, gib / _GIB_PER_CU)), workers, 1 + workers)
