"""What is said of freezes, in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.notes import Code
from bot.slack.language import Words
from bot.updates.approvals import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

FROZEN = {
    Code.FROZEN: Words(
        "Frozen: {target}. Nothing new may begin.",
        "By {who} since {since}, until {until:or somebody lifts it}. Reason:"
        " {reason:or none given}.",
        "Updates that run are seen through. “{lift}” lifts it.",
    ),
    Code.NOT_FROZEN: Words(
        "Not frozen: {target}.", "Frozen now: {frozen:or nothing}.", "Nothing was changed."
    ),
    Code.EVENT_FROZEN: Words(
        "{who} froze {target} until {until:or somebody lifts it}.",
        "Reason: {reason:or none given}.",
        "Nothing new begins, updates that run are seen through. “{lift}” lifts it.",
    ),
    Code.EVENT_UNFROZEN: Words("{who} lifted the freeze of {target}.", fix="Updates begin again."),
    Code.VERDICT_FROZEN: Words(
        "Not applied: {target} was frozen before anything was changed.",
        "By {who}, until {until:or somebody lifts it}. Reason: {reason:or none given}.",
        "Retry once it is lifted: “{lift}”.",
    ),
}

_EVERY_TARGET = "every target"


def about(args: Mapping[str, str]) -> Mapping[str, str]:
    """Name what is frozen, and what to type to lift it."""
    target, frozen = args.get("target", ""), args.get("frozen", "").split()
    one = "" if target == EVERYWHERE else f" {target}"
    return {
        "target": target if one else _EVERY_TARGET,
        "frozen": ", ".join(_EVERY_TARGET if name == EVERYWHERE else name for name in frozen),
        "lift": f"/flink unfreeze{one}",
    }
