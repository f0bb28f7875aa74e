"""A plan is a value: what would change, what that means, and a digest that binds approval to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping  # read at run time by the store
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.flink.cost import Cost
from bot.flink.parameters import Effect, same_value
from bot.notes import Note

if TYPE_CHECKING:
    from bot.flink.snapshot import DeploymentSnapshot


_LONGEST_LINE = 120


class Level(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"
    CONFIRM = "confirm"
    """Needs an explicit yes."""
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired."""

    level: Level
    note: Note


@dataclass(frozen=True, slots=True)
class Change:
    """One setting's move, None where not set.

    `before` is what runs, of what does not act live (or where nothing runs) what is saved.
    """

    name: str
    before: str | None
    after: str | None
    effect: Effect

    @property
    def long(self) -> bool:
        """Whether a value is more than a line shows."""
        return any(
            "\n" in one or len(one) > _LONGEST_LINE for one in (self.before, self.after) if one
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that was shown to the person who says yes.

    `changes` are what was asked for. `edits` are somebody else's saved but unapplied changes, which
    the same hot update would apply too. `saved` and `running` are what the cloud held when the plan
    was made; `revision` and `job_id` pin that moment.
    """

    changes: tuple[Change, ...]
    edits: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    saved: Mapping[str, str] = field(default_factory=dict)
    running: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    job_id: str = ""
    restarts: int | None = None
    cost_before: Cost | None = None
    cost_after: Cost | None = None
    last_checkpoint_at: int | None = None
    last_checkpoint_ms: int | None = None
    last_checkpoint_bytes: int | None = None
    modified_by: str = ""
    engine_version: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    """How it is carried out, where an operation leaves a choice (`bot.flink.dli.options`)."""
    reverts: str = ""
    """The id of the update that this would take back."""
    digest: str = ""

    @property
    def blocked(self) -> bool:
        """Whether a rule forbids applying it."""
        return any(finding.level is Level.BLOCK for finding in self.findings)

    @property
    def needs_confirmation(self) -> bool:
        """Whether somebody must say yes to more than the changes."""
        return any(finding.level is Level.CONFIRM for finding in self.findings)

    @property
    def live(self) -> bool:
        """Whether anything asked for acts without a restart."""
        return any(change.effect is Effect.LIVE for change in self.changes)

    @property
    def asked(self) -> dict[str, str | None]:
        """Give the values asked for: name → text, None to remove the setting."""
        return {change.name: change.after for change in self.changes}

    @property
    def unsaved(self) -> dict[str, str | None]:
        """Give the values that the saved deployment does not hold yet."""
        return {
            name: value
            for name, value in self.asked.items()
            if not same_value(name, self.saved.get(name), value)
        }


def merged(values: Mapping[str, str], asked: Mapping[str, str | None]) -> dict[str, str]:
    """Give `values` with what was asked for written over them."""
    over = {**values, **asked}
    return {name: value for name, value in over.items() if value is not None}


def digest_of(
    operation: str,
    asked: Mapping[str, str | None],
    seen: DeploymentSnapshot,
    options: Mapping[str, str] | None = None,
) -> str:
    """Bind (target, deployment, operation, values) to what the cloud held when it was shown."""
    bound: list[object] = [
        seen.ref.target,
        seen.ref.deployment_id,
        operation,
        sorted(asked.items()),
        seen.revision,
        seen.job.job_id if seen.job else "",
        seen.job.status if seen.job else "",
        sorted(seen.saved.items()),
        sorted(seen.running_values.items()),
        *([sorted(options.items())] if options else []),
        *([seen.savepoint] if _would_resume(seen) else []),
    ]
    return hashlib.sha256(json.dumps(bound, ensure_ascii=False).encode()).hexdigest()


def _would_resume(seen: DeploymentSnapshot) -> bool:
    """Tell whether a start would take up the savepoint that is there."""
    return bool(seen.savepoint) and not (seen.job is not None and seen.job.running)
