"""Why somebody says no: a request is not rejected without a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement

from bot.errors import InvalidFormError
from bot.notes import Code, note
from bot.redaction import redact
from bot.slack import text
from bot.slack.modals import parts

if TYPE_CHECKING:
    from bot.flink.update import Update

CALLBACK_ID = "reject_update"
REASON_BLOCK = "rejection"
_VALUE = "value"
_LONGEST = 500


def build(update: Update) -> parts.View:
    """Ask for the reason."""
    about = f"{text.mention(update.requested_by)} is told. Nothing is sent to the cloud."
    return parts.modal(
        "Reject the request",
        [
            parts.header(update.name),
            parts.section(f"Update {text.code(update.id)}. {about}"),
            InputBlock(
                block_id=REASON_BLOCK,
                label="Why not?",
                element=PlainTextInputElement(
                    action_id=_VALUE, multiline=True, min_length=1, max_length=_LONGEST
                ),
                hint="What would have to be different. It is kept in the record.",
            ),
        ],
        callback_id=CALLBACK_ID,
        private_metadata=update.id,
        submit="Reject",
        close="Cancel",
    )


def reason(view: parts.View) -> str:
    """Give what was typed, without secrets.

    Raises:
        InvalidFormError: it was nothing but spaces.

    """
    values = (view.get("state") or {}).get("values") or {}
    typed = str((values.get(REASON_BLOCK, {}).get(_VALUE) or {}).get("value") or "").strip()
    if not typed:
        raise InvalidFormError({REASON_BLOCK: note(Code.VALUE_EMPTY, field="reason")})
    return redact(typed)
