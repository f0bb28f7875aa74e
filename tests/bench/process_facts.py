"""What a running process has used so far, as Linux tells it."""

import time
from dataclasses import dataclass
from pathlib import Path

_SCHEDULER = 2
"""Linux numbers a process's clocks: the inverted pid, three bits; this one counts nanoseconds."""


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB. RSS counts shared pages whole, PSS its share of them, USS only its own."""

    rss: float
    pss: float
    uss: float


def cpu_seconds(pid: int) -> float:
    """Give the processor time of a process and its threads, in user and kernel mode.

    /proc counts it in ticks of 10 ms, which a quick measurement may not see.
    """
    return time.clock_gettime(~pid << 3 | _SCHEDULER)


def memory(pid: int) -> Memory:
    """Read how much memory a process holds."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    uss = kib["Private_Clean"] + kib["Private_Dirty"]
    return Memory(kib["Rss"] / 1024, kib["Pss"] / 1024, uss / 1024)
