"""What the check's plays have in common: wait for a screen, fill it, hear the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import BotError
from bot.sandbox.stage import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.flink.update import Update
    from bot.sandbox.slack import View
    from bot.sandbox.slack.person import Person
    from bot.sandbox.stage import Stage

_PATIENCE = 20.0
"""Seconds."""


class CheckFailedError(BotError):
    """The bot did not do what the check expects; the text says what was seen instead."""


def expect(condition: bool, seen: str) -> None:
    """Fail with what was seen instead."""
    if not condition:
        raise CheckFailedError(seen)


async def typed(person: Person, line: str) -> None:
    """Type a command that is to be taken, with nothing else open."""
    if person.views:
        await person.close(person.views[0], everything=True)
    answer = await person.command(CHANNEL, line)
    expect(answer.ok, answer.shown)


async def view_of(
    stage: Stage,
    person: Person,
    callback_id: str,
    patience: float = _PATIENCE,
    *,
    fits: Callable[[View], bool] = lambda _: True,
) -> View:
    """Wait for a screen; `patience` is in seconds."""

    def found() -> list[View]:
        return [view for view in person.views if view.callback_id == callback_id and fits(view)]

    try:
        return (await stage.slack.wait_for(found, patience))[0]
    except TimeoutError as error:
        seen = " / ".join(" ".join(view.words().split()) for view in person.views)
        raise CheckFailedError(f"no {callback_id} screen; instead: {seen}") from error


async def submitted(person: Person, view: View, values: Mapping[str, Any] | None = None) -> None:
    """Fill a screen's fields, by the name that begins their block's id, and submit it."""
    entered = {block_of(view, name): value for name, value in (values or {}).items()}
    outcome = await person.submit(view, entered)
    expect(outcome.view is not None, outcome.shown or f"{view.title}: {outcome.errors}")


def block_of(view: View, name: str) -> str:
    """Give the id of a field's block: its name, and the job where a form can show several."""
    for block in view.blocks:
        block_id = str(block.get("block_id", ""))
        if block_id.partition(":")[0] == name:
            return block_id
    raise CheckFailedError(f"no field {name} in {view.title}")


def verdicts(stage: Stage) -> set[str]:
    """Give the keys of the verdicts that the channel was told."""
    told = (message.metadata or {} for message in stage.slack.messages(CHANNEL))
    keys = (str(metadata.get("event_payload", {}).get("key", "")) for metadata in told)
    return {key for key in keys if key.endswith(":verdict")}


async def ended(stage: Stage, told: set[str]) -> Update:
    """Wait until the channel is told an end it was not told before; give the update it is of."""
    [key] = await stage.slack.wait_for(lambda: verdicts(stage) - told, _PATIENCE)
    update = await stage.bot.store.get(key.removesuffix(":verdict"))
    if update is None:
        raise CheckFailedError(f"the verdict {key} is of no update")
    return update
