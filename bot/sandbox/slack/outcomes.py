"""What a person sees after doing something: the words and changes Slack would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import BotError

if TYPE_CHECKING:
    from bot.sandbox.slack.delivery import Ack, Failure
    from bot.sandbox.slack.nouns import Message, View

TROUBLE = "We had some trouble connecting. Try again?"
CLICK_TROUBLE = "The app did not respond to the click."
SHORTCUT_TROUBLE = "The shortcut did not work. Try again?"
MENU_TROUBLE = "The options could not be loaded."


@dataclass(frozen=True, slots=True)
class Outcome:
    """After a command or a click.

    `shown`: Slack's error words, empty if all went well. `reason`: what Slack keeps to itself.
    """

    failure: Failure | None = None
    shown: str = ""
    reason: str = ""
    message: Message | None = None

    @property
    def ok(self) -> bool:
        """Say whether the app acknowledged in time and well."""
        return self.failure is None and not self.shown


def acknowledged(ack: Ack, trouble: str) -> Outcome:
    """Give what comes of a click or a shortcut, whose acknowledgement says nothing."""
    if ack.failure:
        return Outcome(ack.failure, trouble)
    if ack.body not in ("", None, {}):
        return Outcome(shown=trouble, reason=f"an acknowledgement has no body here: {ack.body!r}")
    return Outcome()


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """After Submit. Exactly one thing happens to the view:

    it stays with `errors` (block_id → words; `sent` says whether the app was asked at all) or with
    Slack's banner in `shown`; it becomes or is covered by `view`; or it is `closed`. `reason` says
    what was wrong with the app's answer, which Slack keeps to itself.
    """

    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    closed: bool = False
    shown: str = ""
    reason: str = ""
    sent: bool = True


class SuggestionsFailedError(BotError):
    """A menu's options could not be loaded; the text says why, Slack only that."""
