"""The form for what needs a path only: import a savepoint, or have one written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
)

from bot.errors import InvalidFormError
from bot.flink.dli.paths import SavepointPath, read_path, without_keys
from bot.flink.snapshot import DeploymentRef
from bot.notes import Code, Note, note
from bot.redaction import redact
from bot.slack import text
from bot.slack.ids import Search
from bot.slack.modals import parts
from bot.slack.modals.filled import CHANNEL_BLOCK, JOB_BLOCK, REASON_BLOCK
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flink.snapshot import DeploymentSummary

CALLBACK_ID = "savepoint_form"
PATH_BLOCK = "path"
_VALUE = "value"
_LONGEST_OPTION = 75
_LONGEST_REASON = 1_000
_LONGEST_PATH = 1_024
_WORDS = {
    DliOperation.IMPORT_SAVEPOINT: (
        "Import a savepoint",
        "The job's next start resumes from it. The job must not run.",
        "The directory that holds _metadata, like bucket/savepoints/orders.",
    ),
    DliOperation.TAKE_SAVEPOINT: (
        "Write a savepoint",
        "The job keeps running. A savepoint under your own path is never deleted by DLI.",
        "A directory in OBS, like bucket/savepoints/orders.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavepointForm:
    """All that the form shows. `channel`: as chosen before; None where it is not asked."""

    draft_id: str
    operation: DliOperation
    job: DeploymentSummary | None = None
    path: str = ""
    reason: str = ""
    channel: str | None = None
    problem: Note | None = None
    frozen: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What was asked for."""

    ref: DeploymentRef
    path: str
    reason: str = ""
    channel: str = ""


def build(form: SavepointForm) -> parts.View:
    """Give the form."""
    title, about, hint = _WORDS[form.operation]
    blocks: list[Block] = [parts.trouble(form.problem)] if form.problem else []
    blocks += (block for said in form.frozen for block in parts.frozen(said))
    blocks += [parts.section(about), _job(form.job), _path(form.path, hint), _reason(form.reason)]
    if form.channel is not None:
        blocks.append(_channel(form.channel))
    return parts.modal(
        title,
        blocks,
        callback_id=CALLBACK_ID,
        private_metadata=form.draft_id,
        submit="Review",
        close="Cancel",
    )


def value_of(job: DeploymentSummary) -> str:
    """Give what stands for a job in a select or a button."""
    return f"{job.ref.target}/{job.ref.deployment_id}"


def option_of(job: DeploymentSummary) -> Option:
    """Give a job as an option, as it is offered: Slack compares them whole."""
    return Option(
        text=PlainTextObject(text=text.cut(text.one_line(job.name) or "?", _LONGEST_OPTION)),
        value=value_of(job),
        description=text.cut(f"{job.ref.target} · {job.status or 'no status'}", _LONGEST_OPTION),
    )


def _job(job: DeploymentSummary | None) -> InputBlock:
    return InputBlock(
        block_id=JOB_BLOCK,
        label="Job",
        element=ExternalDataSelectElement(
            action_id=Search.DLI_JOB,
            placeholder="Type part of its name",
            min_query_length=0,
            initial_option=option_of(job) if job else None,
        ),
    )


def _path(typed: str, hint: str) -> InputBlock:
    return InputBlock(
        block_id=PATH_BLOCK,
        label="Path in OBS",
        hint=hint,
        element=PlainTextInputElement(
            action_id=_VALUE,
            placeholder="bucket/savepoints/orders",
            max_length=_LONGEST_PATH,
            initial_value=without_keys(typed)[:_LONGEST_PATH] or None,
        ),
    )


def _reason(typed: str) -> InputBlock:
    return InputBlock(
        block_id=REASON_BLOCK,
        label="Reason",
        optional=True,
        element=PlainTextInputElement(
            action_id=_VALUE,
            placeholder="Why, kept in the audit log",
            max_length=_LONGEST_REASON,
            initial_value=typed[:_LONGEST_REASON] or None,
        ),
    )


def _channel(chosen: str) -> InputBlock:
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


def parse(view: parts.View) -> Filled:
    """Read a submitted form.

    Raises:
        InvalidFormError: with everything that is wrong, by block id.

    """
    held = _held(view)
    target, _, job_id = _chosen(held.get(JOB_BLOCK, {})).partition("/")
    path = read_path(str(held.get(PATH_BLOCK, {}).get("value") or ""))
    faults: dict[str, Note] = {}
    if not job_id:
        faults[JOB_BLOCK] = note(Code.NO_JOB_CHOSEN)
    if isinstance(path, Note):
        faults[PATH_BLOCK] = path
    if faults or not isinstance(path, SavepointPath):
        raise InvalidFormError(faults)
    reason = redact(str(held.get(REASON_BLOCK, {}).get("value") or "").strip())
    channel = str(held.get(CHANNEL_BLOCK, {}).get("selected_conversation") or "")
    return Filled(DeploymentRef(target, job_id), path.text, reason, channel)


def _chosen(element: dict[str, Any]) -> str:
    return str((element.get("selected_option") or {}).get("value") or "")


def _held(view: parts.View) -> dict[str, dict[str, Any]]:
    values = (view.get("state") or {}).get("values") or {}
    return {block: element for block, one in values.items() for element in one.values()}
