"""A freeze, wherever it is shown: in the channel, the form, the review, Home and the status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.sandbox.gallery import cards, samples
from bot.sandbox.stage import CHANNEL, TARGET
from bot.slack import home
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from bot.sandbox.gallery.studio import Studio

NAMES = (
    "frozen",
    "frozen-lifted",
    "form-frozen",
    "review-frozen",
    "answer-status-frozen",
    "home-frozen",
    "verdict-frozen",
    "card-frozen",
)
_FORM, _REVIEW = "Change a job", "Review the change"


async def take(studio: Studio) -> None:
    """Take them all; afterwards nothing is frozen."""
    await studio.clear()
    await studio.ada.command(CHANNEL, f"/flink freeze {TARGET} release day for 2h")
    await studio.told("froze")
    await studio.message("frozen", "A freeze, told to the channel")
    await studio.everywhere("page-frozen", "A freeze in the page")
    for name, caption, line, title in (
        ("form-frozen", "The form while frozen", f"/flink update {samples.JOB}", _FORM),
        ("review-frozen", "Review while frozen", f"/flink rescale {samples.JOB} 8", _REVIEW),
    ):
        await studio.clear()
        await studio.command(line, title)
        await studio.modal(name, caption)
    await studio.clear()
    await studio.command("/flink status")
    await studio.message("answer-status-frozen", "The status while frozen")
    await _lifted(studio)
    await _rendered(studio)


async def _lifted(studio: Studio) -> None:
    await studio.clear()
    await studio.ada.command(CHANNEL, f"/flink unfreeze {TARGET}")
    await studio.told("lifted")
    await studio.message("frozen-lifted", "A freeze is lifted")


async def _rendered(studio: Studio) -> None:
    """Home, and an update that was queued too late."""
    at = samples.now()
    about = {"target": TARGET, "who": studio.ada.user.id, "until": "", "reason": "release day"}
    held = note(Code.FROZEN, since=at.isoformat(timespec="seconds"), **about)
    news = home.News(live=[], newest=[], read_at=at, frozen=[held])
    await studio.home("home-frozen", "Home tab while frozen", home.build(news, []), "Frozen")
    verdict = Verdict(notes=(note(Code.VERDICT_FROZEN, **about),))
    stopped = samples.update_in(State.STALE, at, verdict=verdict)
    await studio.clear()
    await studio.post(cards.rendered(MessageKind.VERDICT, stopped))
    await studio.message("verdict-frozen", "Frozen before anything was sent")
    said = note(Code.EVENT_FROZEN, **about)
    running = samples.update_in(State.RUNNING, at)
    await studio.clear()
    await studio.post(cards.rendered(MessageKind.CARD, running, [said]))
    await studio.message("card-frozen", "What runs when a freeze begins")
