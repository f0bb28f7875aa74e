"""What a parallelism costs in BASIC mode: CUs, TaskManagers, IP addresses.

One CU is 1 core and 4 GiB. The rules are the vendor's, with its limit of 16 cores and 64 GiB for
one TaskManager: https://help.aliyun.com/document_detail/2264400.html
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from bot.flink.memory import gibibytes
from bot.flink.parameters import (
    JOBMANAGER_CPU,
    JOBMANAGER_MEMORY,
    PARALLELISM,
    SLOTS,
    TASKMANAGER_CPU,
    TASKMANAGER_MEMORY,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIB_PER_CU = 4
_LARGEST_CORES = 16
_LARGEST_GIB = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """What runs and what is paid for."""

    cus: float
    task_managers: int
    ip_addresses: int


def estimate_cost(values: Mapping[str, str]) -> Cost | None:
    """Estimate from a snapshot's values, None when something needed is absent or unreadable."""
    try:
        parallelism = int(values[PARALLELISM.name])
        slots = int(values.get(SLOTS.name, "1"))
        manager = _Size(
            Fraction(values[JOBMANAGER_CPU.name]), gibibytes(values[JOBMANAGER_MEMORY.name])
        )
        worker = _Size(
            Fraction(values[TASKMANAGER_CPU.name]), gibibytes(values[TASKMANAGER_MEMORY.name])
        )
        task_managers = _task_managers(ceil(Fraction(parallelism, slots)), worker)
    except (KeyError, ValueError, ZeroDivisionError):
        return None
    workers = ceil(Fraction(parallelism, slots))
    cores = manager.cores + workers * worker.cores
    gib = manager.gib + workers * worker.gib
    return Cost(float(max(cores, gib / _GIB_PER_CU)), task_managers, 1 + task_managers)


@dataclass(frozen=True, slots=True)
class _Size:
    cores: Fraction
    gib: Fraction


def _task_managers(workers: int, worker: _Size) -> int:
    """Count TaskManagers; those above the largest size are split by the vendor."""
    if worker.cores <= _LARGEST_CORES and worker.gib <= _LARGEST_GIB:
        return workers
    return max(
        ceil(workers * worker.cores / _LARGEST_CORES), ceil(workers * worker.gib / _LARGEST_GIB)
    )
