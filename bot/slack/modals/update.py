"""The form: target, job, the knobs as they run now, other settings, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.flink.parameters import KNOBS, PARALLELISM, Kind
from bot.slack import text
from bot.slack.ids import Action
from bot.slack.modals import parts
from bot.slack.modals.dli import form as dli_form
from bot.slack.modals.filled import (
    CHANNEL_BLOCK,
    JOB_BLOCK,
    LONGEST_DURATION,
    OTHER_BLOCK,
    REASON_BLOCK,
    TARGET_BLOCK,
    TypedForm,
    asks_channel,
    chosen,
    chosen_channel,
    fits,
    job_block,
    messages,
    parse,
    shown_values,
    storable,
    typed_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.flink.parameters import Parameter
    from bot.flink.snapshot import DeploymentSnapshot, JobSnapshot
    from bot.notes import Note
    from bot.slack.modals.dli.form import DliForm

__all__ = [
    "CALLBACK_ID",
    "CHANNEL_BLOCK",
    "JOB_BLOCK",
    "OTHER_BLOCK",
    "REASON_BLOCK",
    "TARGET_BLOCK",
    "TargetChoice",
    "TypedForm",
    "UpdateFormModel",
    "asks_channel",
    "build",
    "chosen",
    "chosen_channel",
    "job_block",
    "messages",
    "parse",
    "shown_values",
    "storable",
    "typed_of",
]

CALLBACK_ID = "update_form"
_VALUE = "value"
_LONGEST_OPTION = 75
_LONGEST_ID = 255
_MOST_TARGETS = 100
_LONGEST_OTHER = 3_000
_LONGEST_REASON = 1_000
_HINTS = {
    PARALLELISM.name: "Instances of each operator. Acts live; more costs more.",
    "execution.checkpointing.interval": "Between two checkpoints, like 30 s, 3 min or 1 h.",
    "execution.checkpointing.timeout": "A slower checkpoint is dropped, like 10 min.",
    "execution.checkpointing.min-pause": "Rest after a checkpoint, like 500 ms or 30 s.",
}


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """One target that can be chosen."""

    name: str
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFormModel:
    """All that the form shows. `typed` wins over what runs, by field name."""

    draft_id: str
    targets: Sequence[TargetChoice]
    target: str
    job_name: str = ""
    snapshot: DeploymentSnapshot | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None
    """Where to tell it, as chosen before (maybe empty); None: the form does not ask."""
    problem: Note | None = None
    frozen: Note | None = None
    on_dli: bool = False
    """Whether the target's jobs are DLI's: they have other settings."""
    dli: DliForm | None = None


def build(model: UpdateFormModel) -> parts.View:
    """Give the form; without a snapshot there are no knobs yet."""
    blocks: list[Block] = [parts.trouble(model.problem)] if model.problem else []
    blocks += parts.frozen(model.frozen)
    if len(model.targets) > 1:
        blocks.append(_target(model))
    environments = {choice.name: choice.environment for choice in model.targets}
    blocks += [*parts.danger(environments.get(model.target, "")), _job(model)]
    blocks += [*_settings(model), _reason(model)]
    if model.channel is not None:
        blocks.append(_channel(model.channel))
    return parts.modal(
        "Change a job",
        blocks,
        callback_id=CALLBACK_ID,
        private_metadata=model.draft_id,
        submit="Review",
        close="Cancel",
    )


def _settings(model: UpdateFormModel) -> Iterator[Block]:
    if model.dli is not None:
        yield from dli_form.build(model.dli)
        return
    yield from _knobs(model, model.snapshot) if model.snapshot else _no_job_yet(model)
    if not model.on_dli:
        yield _other(model)


def _target(model: UpdateFormModel) -> InputBlock:
    ordered = sorted(model.targets, key=lambda choice: choice.name != model.target)
    options = {choice.name: _target_option(choice) for choice in ordered[:_MOST_TARGETS]}
    return InputBlock(
        block_id=TARGET_BLOCK,
        label="Target",
        dispatch_action=True,
        element=StaticSelectElement(
            action_id=Action.CHOOSE_TARGET,
            options=[options[c.name] for c in model.targets if c.name in options],
            initial_option=options.get(model.target),
        ),
    )


def _target_option(choice: TargetChoice) -> Option:
    named = choice.environment not in {"", choice.name}
    label = f"{choice.name} · {choice.environment}" if named else choice.name
    return _option(label, choice.name)


def _job(model: UpdateFormModel) -> InputBlock:
    """Slack keeps a choice while its block id stays; a job of another target must not survive."""
    first = not model.targets or model.target == model.targets[0].name
    snapshot = model.snapshot
    initial = _option(snapshot.name, snapshot.ref.deployment_id) if snapshot else None
    return InputBlock(
        block_id=JOB_BLOCK if first else f"{JOB_BLOCK}:{model.target}"[:_LONGEST_ID],
        label="Job",
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=Action.CHOOSE_JOB,
            placeholder="Type part of its name",
            min_query_length=0,
            initial_option=initial,
        ),
    )


def _option(label: str, value: str) -> Option:
    line = text.one_line(label) or value
    return Option(text=PlainTextObject(text=text.cut(line, _LONGEST_OPTION)), value=value)


def _no_job_yet(model: UpdateFormModel) -> Iterator[Block]:
    asked = f"You asked for {text.code(model.job_name)}. " if model.job_name else ""
    yield parts.context(f"{asked}Choose a job: its live values are filled in here.")


def _knobs(model: UpdateFormModel, snapshot: DeploymentSnapshot) -> Iterator[Block]:
    yield parts.context(*_facts(snapshot, snapshot.job))
    if pending := len(snapshot.pending_edits()):
        who = text.clean(snapshot.modified_by) or "somebody else"
        edits = text.count(pending, "saved setting")
        yield parts.context(f"⚠️ {edits} by {who} not applied yet; the review shows all")
    shown = shown_values(snapshot)
    for knob in KNOBS:
        yield _knob(knob, model, snapshot.ref.deployment_id, shown.get(knob.name))


def _facts(snapshot: DeploymentSnapshot, job: JobSnapshot | None) -> list[str]:
    facts = [snapshot.engine_version, snapshot.resource_mode]
    known = [text.clean(fact, parts.LONGEST_NAME) for fact in facts if fact]
    if job is None or not job.running:
        status = text.clean(job.status) if job else ""
        return [f"⚠️ Not running{f' ({status})' if status else ''}: saved values shown", *known]
    restarts = [] if job.restarts is None else [text.count(job.restarts, "restart")]
    return [f"🟢 Running, values are live{_flink_status(job)}", *known, *restarts]


def _flink_status(job: JobSnapshot) -> str:
    """Flink's own word, where it is another than the vendor's."""
    return (
        f" (Flink: {text.clean(job.flink_status)})"
        if job.flink_status not in {"", job.status}
        else ""
    )


def _knob(
    knob: Parameter, model: UpdateFormModel, deployment_id: str, shown: str | None
) -> InputBlock:
    """The block id names the job, so that another job brings its own values."""
    typed = model.typed.get(knob.name, shown or "").strip()
    initial = typed if fits(knob.name, typed) else shown
    element: NumberInputElement | PlainTextInputElement
    if knob.kind is Kind.COUNT:
        element = NumberInputElement(
            action_id=_VALUE,
            is_decimal_allowed=False,
            min_value=str(knob.minimum),
            initial_value=initial,
        )
    else:
        element = PlainTextInputElement(
            action_id=_VALUE,
            initial_value=initial,
            placeholder=knob.example,
            max_length=LONGEST_DURATION,
        )
    return InputBlock(
        block_id=f"{knob.name}:{deployment_id}",
        label=knob.label,
        hint=_HINTS.get(knob.name, f"Like {knob.example}."),
        optional=shown is None,
        element=element,
    )


def _other(model: UpdateFormModel) -> InputBlock:
    return InputBlock(
        block_id=OTHER_BLOCK,
        label="Other settings (need a restart)",
        hint="One per line, key: value. Saved now; they act at the job's next start.",
        optional=True,
        element=PlainTextInputElement(
            action_id=_VALUE,
            multiline=True,
            placeholder="table.exec.state.ttl: 36 h",
            max_length=_LONGEST_OTHER,
            initial_value=_whole_lines(model.typed.get(OTHER_BLOCK, ""), _LONGEST_OTHER) or None,
        ),
    )


def _channel(chosen: str) -> InputBlock:
    """Asked of somebody who is in no channel, where the target has not just one."""
    return InputBlock(
        block_id=CHANNEL_BLOCK,
        label="Channel",
        hint="Its members see what is done, and how it ends.",
        element=ConversationSelectElement(
            action_id=_VALUE,
            placeholder="Choose a channel",
            initial_conversation=chosen or None,
            filter=ConversationFilter(include=["public", "private"]),
        ),
    )


def _whole_lines(typed: str, limit: int) -> str:
    """Cut at a line's end: half a setting would be another setting."""
    return typed if len(typed) <= limit else typed[: limit + 1].rpartition("\n")[0]


def _reason(model: UpdateFormModel) -> InputBlock:
    return InputBlock(
        block_id=REASON_BLOCK,
        label="Reason",
        optional=True,
        element=PlainTextInputElement(
            action_id=_VALUE,
            placeholder="Why, kept in the audit log",
            max_length=_LONGEST_REASON,
            initial_value=model.typed.get(REASON_BLOCK, "")[:_LONGEST_REASON] or None,
        ),
    )
