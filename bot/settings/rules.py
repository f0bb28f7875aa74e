"""What the configuration file may say in `[[rules]]`, and the core's rules that it becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.policy.access import EVERYONE
from bot.policy.hours import WHOLE_DAY, Day, Hours
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.people import NOBODY, People
from bot.policy.rules import ANY, Rule, Ruling, rule_of_lists
from bot.settings.rule_types import (
    Channels,
    Clock,
    Days,
    FieldPatterns,
    JobPatterns,
    Names,
    Operations,
    PeopleIds,
    RequiredFields,
    RuleName,
    Teams,
    Zone,
)
from bot.settings.targets import Target
from bot.settings.types import Table, TargetName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class HoursSettings(Table):
    """Opening hours by the clocks of one place; `to` at or before `from` is on the next day."""

    days: Days = frozenset(Day)
    start: Clock = Field(0, alias="from")
    end: Clock = Field(WHOLE_DAY, alias="to")
    zone: Zone = Field(description='the time zone, such as "Europe/Berlin" or "UTC"')

    @model_validator(mode="after")
    def _a_span(self) -> Self:
        if self.start in {self.end, WHOLE_DAY}:
            msg = 'from and to must differ, and from be before 24:00; all day is "00:00" to "24:00"'
            raise ValueError(msg)
        return self

    @property
    def hours(self) -> Hours:
        """Give what the core knows them as."""
        return Hours(ZoneInfo(self.zone), self.days, self.start, self.end)


class LimitsSettings(Table):
    """How far something may go; a key that is left out is no limit."""

    min_parallelism: int | None = Field(None, ge=1)
    max_parallelism: int | None = Field(None, ge=1)
    max_factor: float | None = Field(None, ge=1, allow_inf_nan=False)
    hours: HoursSettings | None = None

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        low, high = self.min_parallelism, self.max_parallelism
        if low is not None and high is not None and low > high:
            msg = f"min_parallelism ({low}) must not be above max_parallelism ({high})"
            raise ValueError(msg)
        return self

    @property
    def limits(self) -> Limits:
        """Give what the core knows them as."""
        return Limits(
            min_parallelism=self.min_parallelism,
            max_parallelism=self.max_parallelism,
            max_factor=None
            if self.max_factor is None
            else Decimal(str(self.max_factor)).normalize(),
            hours=None if self.hours is None else self.hours.hours,
        )


class RuleSettings(Table):
    """One rule. What is left out of the first keys, up to `teams`, matches everything."""

    name: RuleName = Field(description="what cards call the rule")
    targets: Names = ANY
    environments: Names = ANY
    jobs: JobPatterns = ANY
    operations: Operations | None = None
    channels: Channels = ANY
    teams: Teams | None = None
    requesters: PeopleIds = Field(
        description='who may ask: ids of users and user groups, or "*" for everybody'
    )
    decision: Ruling = Field(Ruling.APPLY, strict=False)
    restarts: Ruling = Field(Ruling.APPROVAL, strict=False)
    approvers: PeopleIds | None = None
    approvals: int = Field(1, ge=1, le=20)
    own_approval: bool = False
    forbidden_fields: FieldPatterns | None = None
    required_fields: RequiredFields | None = None
    approval_beyond: LimitsSettings | None = None
    refuse_beyond: LimitsSettings | None = None

    @property
    def asks_for_approval(self) -> str:
        """Give the setting that makes the rule ask for approval; empty when none does."""
        if self.decision is not Ruling.APPLY:
            return 'decision = "approval"' if self.decision is Ruling.APPROVAL else ""
        if self.approval_beyond is not None:
            return "approval_beyond"
        default = "" if "restarts" in self.model_fields_set else " (the default)"
        return f'restarts = "approval"{default}' if self.restarts is Ruling.APPROVAL else ""

    @model_validator(mode="after")
    def _somebody_approves(self) -> Self:
        if not self.asks_for_approval:
            return self
        if self.approvers is None:
            msg = f"approvers is missing: {self.asks_for_approval} asks for somebody's approval"
            raise ValueError(msg)
        named = len(self.approvers)
        only_users = not any(one.startswith(("S", EVERYONE)) for one in self.approvers)
        if only_users and named < self.approvals:
            msg = f"approvals = {self.approvals}, but approvers names {named} only"
            raise ValueError(msg)
        return self

    @property
    def rule(self) -> Rule:
        """Give the core's rule."""
        return Rule(
            name=self.name,
            targets=self.targets,
            environments=self.environments,
            jobs=self.jobs,
            operations=frozenset(self.operations or ANY),
            channels=self.channels,
            requesters=_people(self.requesters, self.teams),
            decision=self.decision,
            restarts=self.restarts,
            approvers=_people(self.approvers, self.teams),
            approvals=self.approvals,
            own_approval=self.own_approval,
            forbidden_fields=self.forbidden_fields or frozenset(),
            required_fields=self.required_fields or frozenset(),
            approval_beyond=_limits(self.approval_beyond),
            refuse_beyond=_limits(self.refuse_beyond),
        )


def _tables(given: object) -> object:
    """Take a list of tables; anything else is most likely `[rules]` instead of `[[rules]]`."""
    if isinstance(given, list | tuple) and all(isinstance(one, dict) for one in given):
        return tuple(given)
    msg = "each rule is a table of its own; it begins with [[rules]]"
    raise ValueError(msg)


RuleTables = Annotated[tuple[RuleSettings, ...], BeforeValidator(_tables)]


class Ruled(BaseModel):
    """The part of the configuration that decides who may do what; it needs no secret."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    targets: dict[TargetName, Target] = Field(min_length=1)
    rules: RuleTables = ()

    @property
    def policy(self) -> tuple[Rule, ...]:
        """Give the core's rules, in the order in which they are asked."""
        return policy_of(self.rules, self.targets)


def policy_of(rules: Iterable[RuleSettings], targets: Mapping[str, Target]) -> tuple[Rule, ...]:
    """Give all rules in order: the written ones, then one for each target's own lists."""
    lists = (rule_of_lists(name, target.access) for name, target in targets.items())
    return (*(written.rule for written in rules), *lists)


def _people(ids: frozenset[str] | None, teams: frozenset[str] | None) -> People:
    return NOBODY if ids is None else People(ids, teams or frozenset())


def _limits(given: LimitsSettings | None) -> Limits:
    return NO_LIMITS if given is None else given.limits
