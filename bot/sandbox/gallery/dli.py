"""Changes of DLI jobs: the form's parts, the review, the cards of every step and every end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.dli.catalogue import groups_of
from bot.flink.dli.options import Mode, Options
from bot.flink.dli.setting import Group, JobType
from bot.flink.plan import Finding, Level
from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.gallery import dli_samples
from bot.slack import words
from bot.slack.cards import render
from bot.slack.modals import details, parts, review
from bot.slack.modals.dli import form
from bot.updates.dli.route import ROLLBACK, DliOperation, route
from bot.updates.messages import Message, MessageKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.flink.update import Update
    from bot.sandbox.gallery.studio import Studio
    from bot.slack.payload import Payload

LOUD = (Code.VERDICT_JOB_DOWN, Code.VERDICT_ROLLED_BACK)
_CHOSEN = (Group.RESOURCES_V1, Group.CHECKPOINTS)
_FINDINGS = (
    Finding(Level.WARN, note(Code.DLI_RESTORE_UNSUPPORTED, fields="Parallelism")),
    Finding(Level.WARN, note(Code.DLI_SAVEPOINT_NOT_KEPT)),
)
_FORBIDDEN = Finding(Level.BLOCK, note(Code.DLI_JOB_MOVES, status="job_submitting"))


async def take(studio: Studio) -> None:
    """Take them all."""
    at = dli_samples.now()
    for name, caption, view in _views(at):
        await studio.clear()
        await studio.open(view)
        await studio.modal(f"dli-{name}", caption)
    for name, caption, update in (*_steps(at), *_operations(at), *_ends(at)):
        await studio.clear()
        await studio.post(_rendered(MessageKind.CARD, update))
        await studio.message(f"dli-{name}", caption)
    for code in LOUD:
        await studio.clear()
        await studio.post(_rendered(MessageKind.VERDICT, dli_samples.ended_with(code, at)))
        name = code.removeprefix("verdict_")
        await studio.message(f"dli-told-{name}", "The end, told in the channel")


def _views(at: datetime) -> Iterator[tuple[str, str, parts.View]]:
    live = Options(mode=Mode.RESTART, savepoint_path=dli_samples.PATH)
    shown = dli_samples.snapshot()
    empty = form.DliForm(snapshot=shown)
    yield "form", "Form of a DLI job: what to change", _form(empty)
    typed = {"cu_number": "9", "parallel_number": "16"}
    some = form.DliForm(snapshot=shown, groups=_CHOSEN, typed=typed, options=live)
    yield "form-chosen", "Form of a DLI job: two groups chosen", _form(some)
    stopped = form.DliForm(snapshot=dli_samples.snapshot(running=False), groups=(Group.RECOVERY,))
    yield "form-stopped", "Form of a stopped DLI job", _form(stopped)
    for group in groups_of(JobType.SQL):
        one = form.DliForm(snapshot=shown, groups=(group,))
        yield f"form-{group.replace('_', '-')}", f"Form of a DLI job: {group}", _form(one)
    planned = dli_samples.update_of(DliOperation.UPDATE, State.PLANNED, at)
    expires = at + timedelta(minutes=30)
    for name, caption, findings in (
        ("review", "Review of a restart with new settings", _FINDINGS),
        ("review-blocked", "Review: the job is on its way", (_FORBIDDEN,)),
    ):
        told = replace(planned, plan=replace(planned.plan, findings=findings))
        yield name, caption, review.build(told, at, expires)
    for operation in DliOperation:
        if operation is not DliOperation.UPDATE:
            asked = dli_samples.update_of(operation, State.PLANNED, at)
            caption = f"Review: {words.operation_label(operation).lower()}"
            yield f"review-{_short(operation)}", caption, review.build(asked, at, expires)
    down = dli_samples.ended_with(Code.VERDICT_JOB_DOWN, at)
    events = dli_samples.events_of(down)
    yield "details", "Details of a restart that failed", details.build(down, events, at)


def _form(shown: form.DliForm) -> parts.View:
    return parts.modal("Change a job", list(form.build(shown)), submit="Review", close="Cancel")


def _steps(at: datetime) -> Iterator[tuple[str, str, Update]]:
    """A restart, step by step, and the way back where the new definition does not start."""
    update = dli_samples.update_of(DliOperation.UPDATE, State.RUNNING, at)
    steps = route(update)
    for number, step in enumerate(steps, start=1):
        caption = f"Card: restarting, step {number} of {len(steps)}"
        yield f"running-{number}-{step}", caption, replace(update, step=step)
    back = dli_samples.stopped(update)
    for step in ROLLBACK:
        caption = f"Card: on the way back, {words.step_label(step).lower()}"
        yield f"running-back-{step}", caption, replace(back, step=step)


def _operations(at: datetime) -> Iterator[tuple[str, str, Update]]:
    for operation in DliOperation:
        word = words.operation_label(operation)
        queued = dli_samples.update_of(operation, State.QUEUED, at, progress={})
        yield f"queued-{_short(operation)}", f"Card: {word}, queued", queued
        running = dli_samples.update_of(operation, State.RUNNING, at)
        last = replace(running, step=route(running)[-1])
        yield f"running-{_short(operation)}", f"Card: {word}, last step", last


def _ends(at: datetime) -> Iterator[tuple[str, str, Update]]:
    for code in dli_samples.ENDINGS:
        update = dli_samples.ended_with(code, at)
        label = words.status_label(update).word
        yield f"verdict-{code.removeprefix('verdict_')}", f"Ended: {label}", update


def _short(operation: DliOperation) -> str:
    return operation.removeprefix("dli_").replace("_", "-")


def _rendered(kind: MessageKind, update: Update) -> Payload:
    message = Message(
        key=f"{update.id}:{kind}", update_id=update.id, kind=kind, channel=update.channel
    )
    return render(message, update, dli_samples.events_of(update), dli_samples.now())
