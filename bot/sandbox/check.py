"""`flinkbot sandbox --check`: every operation, played through Slack's surface without a page."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from bot.flink.update import State
from bot.logs import configure_logging
from bot.sandbox import dli_plays
from bot.sandbox.playing import CheckFailedError, ended, submitted, typed, verdicts, view_of
from bot.sandbox.stage import TARGET, VARIABLES, open_stage
from bot.slack.ids import Action

if TYPE_CHECKING:
    from bot.flink.update import Update
    from bot.sandbox.slack import Message
    from bot.sandbox.slack.person import Person
    from bot.sandbox.stage import Stage

JOB = "orders-enrichment"
_PATIENCE = 20.0


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
    expected = _OTHER_ENDS.get(name, State.SUCCEEDED)
    return Outcome(name, update.state is expected, seconds, update.state.value)


Play = Callable[["Stage", "Person"], Awaitable["Update"]]


async def play_hot_update(stage: Stage, person: Person) -> Update:
    """Rescale a job: command, review, Apply, verdict in the channel."""
    told = verdicts(stage)
    await typed(person, f"/flink rescale {JOB} 8")
    await submitted(person, await view_of(stage, person, "review"))
    return await ended(stage, told)


async def play_hot_update_result(stage: Stage, person: Person) -> Update:
    """Follow a hot update that was started in the cloud's own console."""
    told = verdicts(stage)
    cloud = stage.alibaba.cloud
    deployment = cloud.named(JOB)
    cloud.edit(deployment, parallelism=6, conf={}, by="console")
    job = deployment.jobs[-1]
    started = cloud.start_hot_update(job.id, "console")
    await typed(person, f"/flink result {started.id} {TARGET}")
    replies = await stage.slack.wait_for(lambda: _with_button(stage, person), _PATIENCE)
    await person.click(replies[0], Action.WATCH_HOT_UPDATE)
    return await ended(stage, told)


PLAYS: dict[str, Play] = {
    "hot_update": play_hot_update,
    "hot_update_result": play_hot_update_result,
    "update_sql": dli_plays.play_update_sql,
    "update_jar": dli_plays.play_update_jar,
    "import_savepoint": dli_plays.play_import_savepoint,
    "start": dli_plays.play_start,
    "failed_start": dli_plays.play_failed_start,
}
_OTHER_ENDS = {"failed_start": State.FAILED}
"""How a play ends that is not to succeed."""


def _with_button(stage: Stage, person: Person) -> list[Message]:
    offered = stage.slack.ephemerals(person.user.id)
    return [message for message in offered if Action.WATCH_HOT_UPDATE in json.dumps(message.blocks)]
