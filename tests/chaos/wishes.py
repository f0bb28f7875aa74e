"""What people wish for in a chaos run: every kind of operation, each errand on a job of its own."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle


class Kind(StrEnum):
    """One kind of update, as the report's table names it."""

    RESCALE = "hot update: parallelism"
    INTERVAL = "hot update: checkpoints"
    WATCH = "watch a hot update"
    SQL_LIVE = "DLI SQL, live"
    SQL_SAVE = "DLI SQL, saved"
    SQL_RESTART = "DLI SQL, restart"
    JAR_LIVE = "DLI Jar, live"
    JAR_RESTART = "DLI Jar, restart"
    PUT_BACK = "DLI, put back"
    IMPORT = "DLI, import savepoint"
    SAVEPOINT = "DLI, savepoint"
    STOP = "DLI, stop"
    START = "DLI, start"

    @property
    def hot(self):
        """Whether it is of a deployment in Alibaba Cloud, else of a DLI job."""
        return self in {Kind.RESCALE, Kind.INTERVAL, Kind.WATCH}


@dataclass(frozen=True)
class Wish:
    """One change of a job. `values` are what is to hold afterwards, by the names of a form."""

    kind: Kind
    job: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def path(self):
        """Where its savepoint lies or goes."""
        return f"flink-state/mine/{self.job}"


PARALLELISM, INTERVAL = "parallelism", "execution.checkpointing.interval"
GROUPS = {
    Kind.SQL_LIVE: ("logs", "live"),
    Kind.SQL_SAVE: ("resources_v1", ""),
    Kind.SQL_RESTART: ("resources_v1", "restart"),
    Kind.JAR_LIVE: ("recovery", "live"),
    Kind.JAR_RESTART: ("recovery", "restart"),
}
"""For a change in the form: the group to tick, and the way to apply it."""
_VALUES = {
    Kind.RESCALE: ((PARALLELISM, "8"),),
    Kind.INTERVAL: ((INTERVAL, "240s"),),
    Kind.SQL_LIVE: (("smn_topic", "oncall"),),
    Kind.SQL_SAVE: (("cu_number", "6"),),
    Kind.SQL_RESTART: (("cu_number", "6"),),
    Kind.JAR_LIVE: (("resume_max_num", "5"),),
    Kind.JAR_RESTART: (("resume_max_num", "7"),),
    Kind.PUT_BACK: (("smn_topic", "flink-alerts"),),
}
_ERRANDS = (
    (Kind.RESCALE,),
    (Kind.SQL_RESTART,),
    (Kind.INTERVAL,),
    (Kind.SQL_LIVE, Kind.PUT_BACK),
    (Kind.WATCH,),
    (Kind.JAR_RESTART,),
    (Kind.RESCALE,),
    (Kind.IMPORT,),
    (Kind.SQL_SAVE,),
    (Kind.JAR_LIVE,),
    (Kind.STOP, Kind.START),
    (Kind.SAVEPOINT,),
    (Kind.RESCALE,),
)


def errands(wanted, rng):
    """Give lists of wishes to be fulfilled in order, in a random order of the lists.

    Some more than wanted: what should follow an update that failed is not wished for any more.
    """
    made, left = [], wanted + wanted // 30 + 1
    for kinds in cycle(_ERRANDS):
        if left <= 0:
            break
        job = f"job-{len(made):04}"
        made.append([Wish(kind, job, _VALUES.get(kind, ())) for kind in kinds[:left]])
        left -= len(made[-1])
    rng.shuffle(made)
    return made
