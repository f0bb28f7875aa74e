"""What to do about each way in which Slack refuses or fails; decided here and nowhere else.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage#errors and its siblings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

_DEFAULT_RETRY_AFTER = 30.0
_SHORTEST_RETRY_AFTER = 1.0


class Reaction(StrEnum):
    """What the delivery does next."""

    RETRY_LATER = "retry_later"
    """Nothing was done; the same call may pass later."""
    LOOK_FIRST = "look_first"
    """A post may or may not have arrived: look for it before posting again."""
    REDIRECT = "redirect"
    """The place takes no message from us: tell the requester directly, with how to fix it; where
    that is what fails, tell the fallback channel."""
    SHORTEN = "shorten"
    """Slack refuses the content: try the compact form, then plain text."""
    REPOST = "repost"
    """The message to edit is gone or frozen: post a new one."""
    UNTHREAD = "unthread"
    """The thread takes no reply: post outside of it."""
    STOP = "stop"
    """Slack refuses us altogether: deliver nothing until it is repaired, and say so loudly."""
    BURY = "bury"
    """It can never be delivered: give up on this message, in the log."""
    RETRY_THEN_BURY = "retry_then_bury"
    """Not known here: repeat with growing pauses, then give up loudly."""


_CODES: dict[Reaction, str] = {
    Reaction.RETRY_LATER: """
        ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout
        team_added_to_org message_limit_exceeded restricted_too_many
    """,
    Reaction.REDIRECT: """
        channel_not_found not_in_channel is_archived user_not_in_channel restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
        messages_tab_disabled cannot_dm_bot user_not_found user_disabled
    """,
    Reaction.SHORTEN: """
        msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format invalid_arguments
        markdown_text_conflict too_many_attachments attachment_payload_limit_exceeded
    """,
    Reaction.REPOST: """
        message_not_found cant_update_message edit_window_closed block_mismatch
    """,
    Reaction.UNTHREAD: """
        thread_not_found restricted_action_non_threadable_channel restricted_action_thread_locked
    """,
    Reaction.STOP: """
        invalid_auth not_authed account_inactive token_revoked token_expired missing_scope
        not_allowed_token_type no_permission team_access_not_granted ekm_access_denied
        access_denied org_login_required two_factor_setup_required enterprise_is_restricted
    """,
    # The call is wrong whatever it says, or it is one the delivery never makes (views, schedules,
    # deletions).
    Reaction.BURY: """
        no_text metadata_too_large metadata_must_be_sent_from_app invalid_metadata_format
        invalid_metadata_schema
        cant_delete_message time_too_far time_in_past unknown_method
        expired_trigger_id exchanged_trigger_id invalid_trigger_id hash_conflict not_found
        push_limit_reached view_too_large duplicate_external_id not_enabled
    """,
}
REACTIONS = {code: reaction for reaction, codes in _CODES.items() for code in codes.split()}
"""Every code we know, and what it means for a message."""

LIMITED = frozenset({"ratelimited", "rate_limited"})
_SURELY_NOT_DONE = LIMITED | {"team_added_to_org", "message_limit_exceeded", "restricted_too_many"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call, understood."""

    reaction: Reaction
    code: str
    """Slack's code, else "http_502" or the exception's name."""
    retry_after: float | None = None
    """Seconds, when Slack limits the method."""
    details: tuple[str, ...] = ()
    """What Slack adds; the only place where it says which block is wrong."""
    answered: bool = True
    """Whether Slack itself said something; else everything sent now would meet the same."""

    def __str__(self) -> str:
        """Give all that helps whoever reads the log."""
        return ": ".join([self.code, *self.details])


def reaction_to(code: str, *, posting: bool = False) -> Reaction:
    """Give the reaction to a code. A post that broke on Slack's side may have got through."""
    default = (
        Reaction.REDIRECT if code.startswith("restricted_action") else Reaction.RETRY_THEN_BURY
    )
    reaction = REACTIONS.get(code, default)
    if posting and reaction is Reaction.RETRY_LATER and code not in _SURELY_NOT_DONE:
        return Reaction.LOOK_FIRST
    return reaction


def diagnose(
    error: SlackApiError | aiohttp.ClientError | TimeoutError, *, posting: bool = False
) -> Failure:
    """Understand what a call of Slack's Web API raised."""
    if isinstance(error, SlackApiError):
        return _refused(error.response, posting=posting)
    # A connection that was never made carried nothing; any other break tells nothing.
    unsent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    reaction = Reaction.LOOK_FIRST if posting and not unsent else Reaction.RETRY_LATER
    return Failure(reaction, type(error).__name__, answered=False)


def _refused(response: Any, *, posting: bool) -> Failure:
    """Read a refusal. `response` is the SDK's, or aiohttp's own where the body was unreadable."""
    data = getattr(response, "data", None)
    body: dict[str, Any] = data if isinstance(data, dict) else {}
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    code = str(body.get("error") or ("ratelimited" if status == 429 else ""))
    if not code:
        # No word from Slack itself: a proxy's page, a broken body.
        reaction = Reaction.LOOK_FIRST if posting else Reaction.RETRY_LATER
        return Failure(reaction, f"http_{status}", answered=False)
    return Failure(
        reaction_to(code, posting=posting),
        code,
        _retry_after(response) if code in LIMITED else None,
        _details(body),
    )


def _retry_after(response: Any) -> float:
    try:
        return max(float(response.headers["Retry-After"]), _SHORTEST_RETRY_AFTER)
    except (KeyError, ValueError):
        return _DEFAULT_RETRY_AFTER


def _details(body: dict[str, Any]) -> tuple[str, ...]:
    metadata = body.get("response_metadata")
    found = metadata.get("messages") if isinstance(metadata, dict) else None
    said = [str(line) for line in found] if isinstance(found, list) else []
    said += [f"{name} {body[name]}" for name in ("needed", "provided") if name in body]
    return tuple(said)
