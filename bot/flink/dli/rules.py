"""What must hold between the settings of one DLI job, and what deserves a warning.

Sources: the vendor's pages (`setting.SQL_PAGE`, `setting.JAR_PAGE`) and its guide on CUs,
https://support.huaweicloud.com/intl/en-us/usermanual-dli/dli_01_0534.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bot.flink.dli.setting import JobType
from bot.notes import Code, Note, note

if TYPE_CHECKING:
    from collections.abc import Collection

_OPERATORS_PER_CU = 4
_LONGEST_JAR_INTERVAL = 3600
_SHORT_RETENTION = 60
_V1_ONLY = ("cu_number", "manager_cu_number", "tm_cus", "tm_slot_num", "parallel_number")
_V2 = "resource_config."


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it would be: its settings as text, missing ones absent."""

    type: JobType
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a value, empty if it is not set."""
        return self.values.get(name, "")

    def on(self, name: str) -> bool:
        """Tell whether a flag is set."""
        return self.text(name) == "true"

    def number(self, name: str) -> int | None:
        """Give a whole number, None if it is not set."""
        text = self.text(name)
        return int(text) if text else None

    @property
    def version(self) -> tuple[int, ...]:
        """Give the Flink version, empty if it is not set."""
        return tuple(int(part) for part in self.text("flink_version").split(".") if part)


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that does not hold. It is told at the first of `fields` that was changed."""

    fields: tuple[str, ...]
    note: Note


def faults(job: Job, changed: Collection[str]) -> dict[str, Note]:
    """Give what forbids a change, by the setting to correct.

    Only rules that a changed setting takes part in count: what was wrong before is not this
    person's to mend. Every value must be valid by itself already.
    """
    return _told(_FORBIDDING, job, changed)


def warnings(job: Job, changed: Collection[str]) -> list[Note]:
    """Give what is allowed but worth a second thought."""
    return list(_told(_WARNING, job, changed).values())


Rule = Callable[[Job], Iterator[Broken]]


def _told(rules: tuple[Rule, ...], job: Job, changed: Collection[str]) -> dict[str, Note]:
    told: dict[str, Note] = {}
    for rule in rules:
        for broken in rule(job):
            place = next((name for name in broken.fields if name in changed), None)
            if place is not None:
                told.setdefault(place, broken.note)
    return told


def _cus(job: Job) -> Iterator[Broken]:
    """Without a CU for TaskManagers, the vendor's formula for slots divides by zero."""
    total, manager = job.number("cu_number"), job.number("manager_cu_number")
    if total is None or manager is None or _is_v2(job):
        return
    workers = total - manager
    if workers < 1:
        fields = ("cu_number", "manager_cu_number")
        yield Broken(fields, note(Code.DLI_NO_WORKER_CUS, manager=manager, minimum=manager + 1))
        return
    yield from _parallelism(job, workers)
    yield from _slots(job, workers)


def _parallelism(job: Job, workers: int) -> Iterator[Broken]:
    parallelism = job.number("parallel_number")
    if parallelism is not None and parallelism > _OPERATORS_PER_CU * workers:
        most = _OPERATORS_PER_CU * workers
        fields = ("parallel_number", "cu_number", "manager_cu_number")
        yield Broken(fields, note(Code.DLI_PARALLELISM_TOO_HIGH, given=parallelism, maximum=most))


def _slots(job: Job, workers: int) -> Iterator[Broken]:
    each = job.number("tm_cus")
    if each is None:
        return
    if workers % each:
        fields = ("tm_cus", "cu_number", "manager_cu_number")
        yield Broken(fields, note(Code.DLI_CUS_NOT_DIVISIBLE, workers=workers, each=each))
        return
    slots, parallelism = job.number("tm_slot_num"), job.number("parallel_number")
    managers = workers // each
    if slots is not None and parallelism is not None and slots * managers < parallelism:
        too_few = note(
            Code.DLI_TOO_FEW_SLOTS, slots=slots * managers, minimum=ceil(parallelism / managers)
        )
        yield Broken(("tm_slot_num", "parallel_number", "tm_cus", "cu_number"), too_few)


def _resource_model(job: Job) -> Iterator[Broken]:
    """Each model ignores the other's settings without a word, so new ones are refused here."""
    if _is_v2(job):
        for name in _V1_ONLY:
            if name in job.values:
                yield Broken((name,), note(Code.DLI_ONLY_FIRST_MODEL, key=name))
        return
    for name in job.values:
        if name.startswith(_V2):
            yield Broken((name,), note(Code.DLI_ONLY_SECOND_MODEL, key=name))


def _bucket(job: Job) -> Iterator[Broken]:
    for name in ("checkpoint_enabled", "log_enabled"):
        if job.on(name) and not job.text("obs_bucket"):
            yield Broken((name, "obs_bucket"), note(Code.DLI_BUCKET_NEEDED, key=name))


def _checkpoint_path(job: Job) -> Iterator[Broken]:
    if job.type is not JobType.JAR:
        return
    fields = ("checkpoint_path", "checkpoint_enabled", "resume_checkpoint")
    if job.on("checkpoint_enabled") and job.text("checkpoint_path"):
        yield Broken(fields, note(Code.DLI_PATH_WITH_CHECKPOINTS))
    elif (
        job.on("resume_checkpoint")
        and not job.on("checkpoint_enabled")
        and not job.text("checkpoint_path")
    ):
        yield Broken(fields[::-1], note(Code.DLI_PATH_NEEDED))


def _checkpoint_interval(job: Job) -> Iterator[Broken]:
    interval = job.number("checkpoint_interval")
    if job.type is JobType.JAR and interval is not None and interval > _LONGEST_JAR_INTERVAL:
        above = note(Code.NUMBER_ABOVE, given=interval, maximum=_LONGEST_JAR_INTERVAL)
        yield Broken(("checkpoint_interval",), above)


def _image(job: Job) -> Iterator[Broken]:
    custom = job.text("feature") == "custom"
    if custom and not job.text("image"):
        yield Broken(("feature", "image"), note(Code.DLI_IMAGE_NEEDED))
    if not custom and job.text("image"):
        yield Broken(("image",), note(Code.DLI_IMAGE_NEEDS_CUSTOM))
    if custom and job.text("flink_version"):
        yield Broken(("flink_version",), note(Code.DLI_VERSION_NEEDS_BASIC))


def _packages(job: Job) -> Iterator[Broken]:
    """From Flink 1.15 on, packages come from OBS only."""
    if job.version < (1, 15):
        return
    for name in ("udf_jar_url", "entrypoint", "dependency_jars", "dependency_files"):
        if any(not line.startswith("obs://") for line in job.text(name).splitlines()):
            yield Broken((name, "flink_version"), note(Code.DLI_PACKAGE_NEEDS_OBS, key=name))


def _run_mode(job: Job) -> Iterator[Broken]:
    mode = job.text("run_mode")
    if not mode:
        return
    if job.text("queue_name") and mode == "shared_cluster":
        yield Broken(("queue_name", "run_mode"), note(Code.DLI_QUEUE_NEEDS_EXCLUSIVE))
    if job.text("edge_group_ids") and mode != "edge_node":
        yield Broken(("edge_group_ids", "run_mode"), note(Code.DLI_GROUPS_NEED_EDGE))


def _resuming(job: Job) -> Iterator[Broken]:
    names = ("resume_checkpoint", "resume_max_num")
    if not job.on("restart_when_exception"):
        for name in names:
            yield Broken((name, "restart_when_exception"), note(Code.DLI_RESUME_WITHOUT_RESTART))


def _alerts(job: Job) -> Iterator[Broken]:
    if not job.text("smn_topic"):
        yield Broken(("smn_topic",), note(Code.DLI_NO_ALERTS))


def _retention(job: Job) -> Iterator[Broken]:
    seconds = job.number("idle_state_retention")
    if seconds is not None and 0 < seconds <= _SHORT_RETENTION:
        yield Broken(("idle_state_retention",), note(Code.DLI_SHORT_RETENTION, seconds=seconds))


def _agency(job: Job) -> Iterator[Broken]:
    uses_obs = job.on("checkpoint_enabled") or job.on("log_enabled")
    if job.version >= (1, 15) and uses_obs and not job.text("execution_agency_urn"):
        fields = ("execution_agency_urn", "flink_version", "checkpoint_enabled", "log_enabled")
        yield Broken(fields, note(Code.DLI_AGENCY_NEEDED))


def _sql(job: Job) -> Iterator[Broken]:
    words = job.text("sql_body").upper()
    if words and not ("CREATE" in words and "INSERT" in words):
        yield Broken(("sql_body",), note(Code.DLI_SQL_INCOMPLETE))


def _operators(job: Job) -> Iterator[Broken]:
    for name in ("operator_config", "static_estimator_config"):
        if job.text(name):
            yield Broken(("sql_body",), note(Code.DLI_OPERATOR_IDS_STALE, key=name))


def _is_v2(job: Job) -> bool:
    return job.text("resource_config_version") == "v2"


_FORBIDDING: tuple[Rule, ...] = (
    _cus,
    _resource_model,
    _bucket,
    _checkpoint_path,
    _checkpoint_interval,
    _image,
    _packages,
    _run_mode,
)
_WARNING: tuple[Rule, ...] = (_resuming, _alerts, _retention, _agency, _sql, _operators)
