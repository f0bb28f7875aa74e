"""`flinkbot sandbox --check`: every operation, played through Slack's surface without a page."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from bot.errors import BotError
from bot.flink.update import State
from bot.logs import configure_logging
from bot.sandbox.stage import CHANNEL, TARGET, VARIABLES, open_stage
from bot.slack.ids import Action

if TYPE_CHECKING:
    from bot.flink.update import Update
    from bot.sandbox.slack import Message, View
    from bot.sandbox.slack.person import Person
    from bot.sandbox.stage import Stage

JOB = "orders-enrichment"
_PATIENCE = 20.0


class CheckFailedError(BotError):
    """The bot did not do what the check expects; the text says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the check."""

    operation: str
    ok: bool
    seconds: float
    final_state: str
    detail: str = ""


async def run_check(*, json_lines: bool, plays: Mapping[str, Play] | None = None) -> bool:
    """Play every operation, print a line for each, tell whether all ended as they should."""
    configure_logging("ERROR", "console", secrets=VARIABLES.values())
    outcomes = []
    async with open_stage(speed=4.0) as stage:
        for name, play in (plays or PLAYS).items():
            outcome = await _timed(name, play, stage)
            typer.echo(json.dumps(asdict(outcome)) if json_lines else _line(outcome))
            outcomes.append(outcome)
    return all(outcome.ok for outcome in outcomes)


def _line(outcome: Outcome) -> str:
    verdict = "ok    " if outcome.ok else "FAILED"
    detail = f"  {outcome.detail}" if outcome.detail else ""
    return (
        f"{verdict}  {outcome.operation:<20}{outcome.final_state:<28}"
        f"{outcome.seconds:6.1f} s{detail}"
    )


async def _timed(name: str, play: Play, stage: Stage) -> Outcome:
    started = time.monotonic()
    try:
        update = await play(stage, stage.slack.person("ada"))
    except (CheckFailedError, LookupError, TimeoutError) as error:
        seconds = round(time.monotonic() - started, 2)
        return Outcome(name, False, seconds, "", str(error) or type(error).__name__)
    seconds = round(time.monotonic() - started, 2)
    return Outcome(name, update.state is State.SUCCEEDED, seconds, update.state.value)


Play = Callable[["Stage", "Person"], Awaitable["Update"]]


async def play_hot_update(stage: Stage, person: Person) -> Update:
    """Rescale a job: command, review, Apply, verdict in the channel."""
    told = _verdicts(stage)
    answer = await person.command(CHANNEL, f"/flink rescale {JOB} 8")
    _expect(answer.ok, answer.shown)
    review = await view_of(stage, person, "review")
    await person.submit(review)
    return await _ended(stage, told)


async def play_hot_update_result(stage: Stage, person: Person) -> Update:
    """Follow a hot update that was started in the cloud's own console."""
    told = _verdicts(stage)
    cloud = stage.alibaba.cloud
    deployment = cloud.named(JOB)
    cloud.edit(deployment, parallelism=6, conf={}, by="console")
    job = deployment.jobs[-1]
    started = cloud.start_hot_update(job.id, "console")
    answer = await person.command(CHANNEL, f"/flink result {started.id} {TARGET}")
    _expect(answer.ok, answer.shown)
    replies = await stage.slack.wait_for(lambda: _with_button(stage, person), _PATIENCE)
    await person.click(replies[0], Action.WATCH_HOT_UPDATE)
    return await _ended(stage, told)


PLAYS: dict[str, Play] = {
    "hot_update": play_hot_update,
    "hot_update_result": play_hot_update_result,
}


def _expect(condition: bool, seen: str) -> None:
    if not condition:
        raise CheckFailedError(seen)


async def view_of(
    stage: Stage, person: Person, callback_id: str, patience: float = _PATIENCE
) -> View:
    """Wait for a screen; `patience` is in seconds."""

    def found() -> list[View]:
        return [view for view in person.views if view.callback_id == callback_id]

    try:
        return (await stage.slack.wait_for(found, patience))[0]
    except TimeoutError as error:
        seen = " / ".join(" ".join(view.words().split()) for view in person.views)
        raise CheckFailedError(f"no {callback_id} screen; instead: {seen}") from error


def _with_button(stage: Stage, person: Person) -> list[Message]:
    offered = stage.slack.ephemerals(person.user.id)
    return [message for message in offered if Action.WATCH_HOT_UPDATE in json.dumps(message.blocks)]


def _verdicts(stage: Stage) -> set[str]:
    """Give the keys of the verdicts that the channel was told."""
    told = (message.metadata or {} for message in stage.slack.messages(CHANNEL))
    keys = (str(metadata.get("event_payload", {}).get("key", "")) for metadata in told)
    return {key for key in keys if key.endswith(":verdict")}


async def _ended(stage: Stage, told: set[str]) -> Update:
    """Wait until the channel is told an end it was not told before; give the update it is of."""
    [key] = await stage.slack.wait_for(lambda: _verdicts(stage) - told, _PATIENCE)
    update = await stage.bot.store.get(key.removesuffix(":verdict"))
    if update is None:
        raise CheckFailedError(f"the verdict {key} is of no update")
    return update
