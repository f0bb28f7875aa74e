"""What is known of one setting of a DLI job; forms, checks, diffs and documents come from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.flink.effect import Effect


class JobType(StrEnum):
    """Which update operation a job is changed with; the four vendor types fall into two."""

    SQL = "sql"
    JAR = "jar"


class Kind(StrEnum):
    """How a value is typed, checked, compared and written in JSON."""

    COUNT = "count"
    """A whole number; JSON integer."""
    CORES = "cores"
    """A decimal number; JSON number."""
    MEMORY = "memory"
    """A size in MB or GB, GB if no unit is given; JSON string."""
    FLAG = "flag"
    """`true` or `false`; JSON boolean."""
    CHOICE = "choice"
    """One of the `choices`; JSON string."""
    NUMBERED_CHOICE = "numbered_choice"
    """One of the `choices`; written as its number from 1, read back as its name."""
    TEXT = "text"
    """JSON string."""
    LINES = "lines"
    """One entry a line; JSON array of strings."""
    DOCUMENT = "document"
    """JSON inside a JSON string."""
    SCRIPT = "script"
    """A long text, such as SQL; JSON string."""


_EMPTIED = frozenset({Kind.TEXT, Kind.LINES, Kind.DOCUMENT})


class Group(StrEnum):
    """What a form shows together."""

    BASICS = "basics"
    SQL = "sql"
    JAR = "jar"
    RESOURCES_V1 = "resources_v1"
    RESOURCES_V2 = "resources_v2"
    CHECKPOINTS = "checkpoints"
    RECOVERY = "recovery"
    LOGS = "logs"
    ADVANCED = "advanced"


class Restore(StrEnum):
    """What the vendor says of restoring state after this setting changed.

    https://support.huaweicloud.com/intl/en-us/dli_faq/dli_03_0136.html
    """

    UNAFFECTED = "unaffected"
    """It does not touch what a job computes."""
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    UNDOCUMENTED = "undocumented"


SQL_PAGE = "https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0229.html"
JAR_PAGE = "https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0231.html"
BOTH = frozenset(JobType)
ONLY_SQL = frozenset({JobType.SQL})
ONLY_JAR = frozenset({JobType.JAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: `name` is its path in the vendor's JSON, dots between nested keys.

    `longest`: characters. `default`: what the vendor documents, never assumed when reading.
    """

    name: str
    label: str
    kind: Kind
    group: Group
    effect: Effect = Effect.NEEDS_RESTART
    restore: Restore = Restore.UNAFFECTED
    jobs: frozenset[JobType] = BOTH
    minimum: float | None = None
    maximum: float | None = None
    longest: int | None = None
    form: str = ""
    """A regular expression that the whole value must match."""
    form_in_words: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    default: str = ""
    example: str = ""
    needed: bool = False
    """No job can be without it."""

    @property
    def live(self) -> bool:
        """Whether a running job takes it without a restart."""
        return self.effect is Effect.LIVE

    @property
    def can_be_emptied(self) -> bool:
        """Whether a job can be without it, once it has it."""
        return self.kind in _EMPTIED and not self.needed

    @property
    def unset(self) -> str:
        """Give what the service may show where nothing is set; empty for nothing at all."""
        return self.default or ("false" if self.kind is Kind.FLAG else "")

    @property
    def pages(self) -> tuple[str, ...]:
        """Give the vendor's pages that describe it."""
        pages = {JobType.SQL: SQL_PAGE, JobType.JAR: JAR_PAGE}
        return tuple(pages[job] for job in JobType if job in self.jobs)
