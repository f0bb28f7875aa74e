"""The Home tab, and what a person is told in a direct message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.gallery import cards, samples
from bot.sandbox.stage import CHANNEL, TARGET
from bot.slack import home
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from bot.notes import Note
    from bot.sandbox.gallery.studio import Studio

NAMES = ("home", "home-empty", "home-problem", "direct-message")


async def take(studio: Studio) -> None:
    """Take them all."""
    at = samples.now()
    reach = [
        home.Reach(TARGET, "sandbox", CHANNEL),
        home.Reach("production", "production", refusal=_refusal()),
    ]
    live = [
        samples.update_in(State.RUNNING, at, step="poll"),
        samples.update_in(State.QUEUED, at, id="p3v8w1ze", name="payments-fraud"),
    ]
    ended = [
        samples.ended_with(code, at - timedelta(minutes=9 * number))
        for number, code in enumerate(samples.ENDINGS, start=1)
    ][:6]
    news = home.News(live=live, newest=ended, read_at=at)
    nothing = home.News(live=[], newest=[], read_at=at)
    await studio.home("home", "Home tab", home.build(news, reach), samples.JOB)
    empty = home.build(nothing, reach[:1])
    await studio.home("home-empty", "Home tab, nothing yet", empty, "Nothing yet.")
    broken = home.problem("inc-7f3a9c")
    await studio.home("home-problem", "Home tab that could not be read", broken, "inc-7f3a9c")
    await _direct(studio)


async def _direct(studio: Studio) -> None:
    """What could not be told in a channel reaches the person."""
    update = samples.ended_with(Code.VERDICT_FAILED_OLD_RUNNING, samples.now())
    payload = cards.rendered(MessageKind.VERDICT, update)
    place = f"D{studio.ada.user.id[1:]}"
    await studio.clear(place)
    await studio.post(payload, channel=studio.ada.user.id)
    await studio.everywhere("direct-message", "The end, told to the person", place=place)


def _refusal() -> Note:
    return note(
        Code.NOT_ALLOWED, target="production", missing="user", user="U0ADA", channel=CHANNEL
    )
