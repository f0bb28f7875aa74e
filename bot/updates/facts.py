"""What the audit keeps beyond an event's note: in names and texts, as JSON, without secrets."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.flink.masking import hide, marks
from bot.flink.secrets import holds_secret, value_holds_secret
from bot.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.flink.plan import Change
    from bot.flink.update import State, Update, Verdict
    from bot.policy.decide import Decision
    from bot.updates.submit import Asker

    Facts = dict[str, Any]

ASKED_AT = "asked_at"
_LONGEST = 200
_MASK = "[secret]"


def by(asker: Asker) -> Facts:
    """Say from which Slack team somebody acted, where that is known; who is the event's actor."""
    return {"team": asker.team} if asker.team else {}


def bound(update: Update, asker: Asker) -> Facts:
    """Say which plan somebody said yes or no to."""
    return {**by(asker), "digest": update.plan.digest}


def ruled(update: Update, asker: Asker, decision: Decision, now: datetime) -> Facts:
    """Say which plan was asked for, by which rule it may be done, and when that was decided."""
    return {
        **bound(update, asker),
        "rule": decision.rule,
        "ruling": decision.ruling.value,
        "reasons": [[reason.code.value, dict(reason.args)] for reason in decision.reasons],
        ASKED_AT: now.isoformat(),
    }


def planned(update: Update, asker: Asker) -> Facts:
    """Say all that was asked for."""
    plan = update.plan
    return {
        **bound(update, asker),
        "target": update.ref.target,
        "deployment": update.ref.deployment_id,
        "job": update.name,
        "operation": update.operation,
        "changes": _changes(plan.changes),
        **({"edits": _changes(plan.edits)} if plan.edits else {}),
        **({"reverts": plan.reverts} if plan.reverts else {}),
        **({"options": _shown_all(plan.options)} if plan.options else {}),
        **({"reason": shown("reason", update.reason)} if update.reason else {}),
    }


def outcome(state: State, verdict: Verdict) -> Facts:
    """Say how it ended, and by which of the cloud's own records that can be looked up."""
    observed = {one.name: one.observed for one in verdict.observations}
    rule = next((note.args["rule"] for note in verdict.notes if note.args.get("rule")), "")
    return {
        "outcome": state.value,
        **({"rule": rule} if rule else {}),
        "why": [note.code.value for note in verdict.notes],
        "request_ids": list(verdict.request_ids),
        **({"observed": _shown_all(observed)} if observed else {}),
    }


def _changes(changes: Iterable[Change]) -> list[Facts]:
    return [
        {
            "name": change.name,
            "before": shown(change.name, change.before),
            "after": shown(change.name, change.after),
        }
        for change in changes
    ]


def _shown_all(values: Any) -> dict[str, str | None]:
    return {name: shown(name, value) for name, value in values.items()}


def shown(name: str, value: str | None) -> str | None:
    """Give a setting's value as the audit may keep it: masked, and a long one by its hash.

    What is masked is not hashed: a short secret could be guessed by its hash.
    """
    if value is None:
        return None
    if holds_secret(name):
        return _MASK
    text = redact(hide(value, value))
    if text == value and value_holds_secret(text) and not marks(text):
        return _MASK
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text[:_LONGEST]}… ({len(text)} characters, SHA-256 {digest})"
