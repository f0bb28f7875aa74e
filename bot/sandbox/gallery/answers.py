"""What the bot answers to one person: lists, states of things, refusals, receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.snapshot import Failure, HotUpdateReport
from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.gallery import past, samples
from bot.sandbox.stage import TARGET
from bot.slack import replies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.notes import Note
    from bot.sandbox.gallery.studio import Studio
    from bot.slack.payload import Payload

_TYPED = (
    ("launcher", "Launcher: /flink", "/flink"),
    ("help", "Help", "/flink help"),
    ("jobs", "Jobs", "/flink jobs"),
    ("jobs-found", "Jobs found by a part of the name", "/flink jobs orders"),
    ("jobs-none", "No job found", "/flink jobs nothing-is-called-so"),
    ("status-job", "How a job stands", f"/flink status {samples.JOB}"),
    ("status-job-edited", "A job with saved, unapplied edits", "/flink status search-index"),
    ("status-job-failed", "A job that failed", "/flink status daily-report"),
    ("status-unknown", "A job nobody knows", "/flink status no-such-job"),
    ("mistake", "A typing mistake", "/flink rescal orders 8"),
    ("mistake-unlike", "Nothing like a command", "/flink qwertyuiop"),
    ("result-unknown", "A hot update nobody knows", "/flink result hu-unknown"),
)
_DOUBTS = (
    Code.STILL_UNKNOWN,
    Code.OVERTAKEN_SINCE,
    Code.STORE_AWAY,
    Code.RECORD_UNSURE,
    Code.OPENED_ALREADY,
)
NAMES = tuple(name for name, _, _ in _TYPED)


async def take(studio: Studio) -> None:
    """Take them all."""
    for name, caption, line in _TYPED:
        await studio.clear()
        await studio.command(line)
        await studio.message(f"answer-{name}", caption)
        if name in {"launcher", "jobs"}:
            await studio.everywhere(f"page-{name}", caption)
    await _watched(studio)
    for name, caption, payload in _rendered():
        await studio.clear()
        await studio.post(payload)
        await studio.message(f"answer-{name}", caption)


async def _watched(studio: Studio) -> None:
    """A hot update that somebody started in the cloud's console, and its Watch button."""
    await studio.clear()
    cloud = studio.stage.alibaba.cloud
    deployment = cloud.named("ads-attribution")
    cloud.edit(deployment, parallelism=9, conf={}, by="zhang.min")
    started = cloud.start_hot_update(deployment.jobs[-1].id, "F1-9A2B-7C")
    await studio.command(f"/flink result {started.id}")
    await studio.message("answer-result", "A hot update started elsewhere, to be watched")


def _rendered() -> Iterator[tuple[str, str, Payload]]:
    at = samples.now()
    states = (State.RUNNING, *(state for state in State if state.final))
    updates = [
        samples.update_in(
            state, at - timedelta(minutes=7 * number), id=f"{samples.UPDATE[:-1]}{number}"
        )
        for number, state in enumerate(states)
    ]
    yield "status", "The newest updates", replies.status(updates, at, "Newest updates")
    yield "status-none", "No updates yet", replies.status([], at, "Newest updates")
    yield from past.rendered(at)
    ended = samples.ended_with(Code.VERDICT_FAILED_OLD_RUNNING, at)
    told = samples.events_of(ended)
    yield "status-update", "One update", replies.update_status(ended, told, at)
    for name, report in _reports().items():
        caption = f"The result of a hot update: {name}"
        yield f"result-{name}", caption, replies.result(report, TARGET, None)
    known = replies.result(_reports()["done"], TARGET, samples.ended_with(Code.VERDICT_APPLIED, at))
    yield "result-ours", "The result of our own hot update", known
    yield "problem", "A refusal", replies.problem(_not_allowed())
    yield "incident", "Something broke", replies.problem("inc-7f3a9c")
    for code in _DOUBTS:
        args = {"id": samples.UPDATE, "who": "U0LIN", "since": at.isoformat(timespec="seconds")}
        yield f"doubt-{code}", "An answer in doubt", replies.problem(note(code, **args))
    said = f"Update {samples.UPDATE} of {samples.JOB} is cancelled. Nothing was sent."
    yield "receipt", "A receipt", replies.receipt(said)


def _not_allowed() -> Note:
    return note(Code.NOT_ALLOWED, target=TARGET, missing="user", user="U0LIN", channel="C0DATAJOBS")


def _reports() -> dict[str, HotUpdateReport]:
    done = HotUpdateReport(
        hot_update_id="3fa85f64-5717-4562-b3fc-2c963f66afa6",
        job_id="5af678c0-7db0-4650-94c2-d2604f0a3b11",
        status="HOT_UPDATED",
        requested={"parallelism": "8"},
        target={"parallelism": "8"},
    )
    failure = Failure("NotEnoughResources", "exceeded quota: resourcequota", "LOW")
    return {"done": done, "failed": replace(done, status="FAILED", target={}, failure=failure)}
