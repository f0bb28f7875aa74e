"""A request for approval, played by two people: the review, the card, the answers, the ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import State
from bot.notes import Code, note
from bot.policy.decide import Decision
from bot.policy.rules import Ruling
from bot.sandbox.gallery import samples
from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from bot.slack.modals import reject, review

if TYPE_CHECKING:
    from bot.sandbox.gallery.studio import Studio
    from bot.sandbox.slack import Message
    from bot.sandbox.slack.nouns import View

NAMES = (
    "review-approval",
    "review-approval-asked",
    "review-refused",
    "page-approval",
    "modal-reject",
    "page-rejected",
    "page-approved",
)
_REVIEW = "Review the change"
_LARGE = f"/flink rescale {samples.JOB} 16"


async def take(studio: Studio) -> None:
    """Take them all."""
    await studio.clear()
    await studio.command(_LARGE, _REVIEW)
    await studio.modal("review-approval", "Review: somebody else has to approve")
    card = await _asked(studio)
    await studio.modal("review-approval-asked", "Approval is asked for")
    await _alone(studio)
    place = f"{CHANNEL}/{card.ts}"
    await studio.everywhere("page-approval", "A request waits for approval", place=place)
    await _rejected(studio, card)
    await studio.everywhere("page-rejected", "A request was rejected", place=place)
    await studio.clear()
    card = await _asked(studio)
    await _alone(studio)
    await studio.stage.slack.person("lin").click(card, Action.APPROVE_UPDATE)
    await studio.told("Succeeded")
    place = f"{CHANNEL}/{card.ts}"
    await studio.everywhere("page-approved", "A request was approved and applied", place=place)
    await _rendered(studio)


async def _asked(studio: Studio) -> Message:
    """Let Ada ask for a large step; give the card."""
    await studio.clear()
    await studio.command(_LARGE, _REVIEW)
    await studio.ada.submit(studio.ada.views[-1])
    await studio.told("asks for approval")
    return next(one for one in studio.stage.slack.messages(CHANNEL) if not one.is_reply)


async def _rejected(studio: Studio, card: Message) -> None:
    slack, lin = studio.stage.slack, studio.stage.slack.person("lin")
    await lin.click(card, Action.REJECT_UPDATE)
    await slack.wait_for(lambda: _is_open(lin.views), 10)
    await lin.submit(lin.views[-1], {reject.REASON_BLOCK: "Not during the sale; tomorrow is fine."})
    await studio.told("Not during the sale")
    await lin.close(lin.views[0], everything=True)


def _is_open(views: list[View]) -> bool:
    return bool(views) and views[-1].callback_id == reject.CALLBACK_ID


async def _alone(studio: Studio) -> None:
    """Close what is open before the channel."""
    if studio.ada.views:
        await studio.ada.close(studio.ada.views[0], everything=True)


async def _rendered(studio: Studio) -> None:
    """What the other person sees, and what no rule of the sandbox says."""
    at = samples.now()
    planned = samples.update_in(State.PLANNED, at)
    forbidden = Decision(
        ruling=Ruling.REFUSE,
        rule="payments-are-closed",
        reasons=(
            note(Code.PARALLELISM_OUTSIDE, given="8", minimum="1", maximum="6"),
            note(Code.OUT_OF_HOURS, hours="mon tue wed thu fri 09:00-18:00", now="sat 23:05"),
        ),
    )
    for name, caption, view in (
        ("modal-reject", "Why a request is rejected", reject.build(planned)),
        (
            "review-refused",
            "Review: a rule refuses it",
            review.build(planned, at, at + timedelta(minutes=30), decision=forbidden),
        ),
    ):
        await studio.clear()
        await studio.open(view)
        await studio.modal(name, caption)
