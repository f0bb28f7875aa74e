"""Answers to an interaction: in the acknowledgement of a command, or through a response URL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.chat_methods import draft, edit
from bot.sandbox.slack.nouns import Message
from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.triggers import ResponseUrl
    from bot.sandbox.slack.workspace import Workspace

RESPONSE_TYPES = ("ephemeral", "in_channel")


def post_reply(workspace: Workspace, channel: str, user: str, body: Json) -> Message:
    """Post what an app answered, for the person alone unless it says `in_channel`."""
    return workspace.post(_reply(workspace, channel, user, body))


def _reply(workspace: Workspace, channel: str, user: str, body: Json) -> Message:
    response_type = body.get("response_type", "ephemeral")
    if response_type not in RESPONSE_TYPES:
        raise RefusedError("invalid_payload")
    public = response_type == "in_channel"
    new = draft(workspace, Arguments(body), channel)
    thread_ts = str(body.get("thread_ts", "")) if public else ""
    return replace(new, only_for="" if public else user, thread_ts=thread_ts)


def answer_command(
    workspace: Workspace, channel: str, user: str, typed: str, body: Any
) -> Message | None:
    """Show what an app answered to a slash command; None if it said nothing."""
    if isinstance(body, str):
        body = {"text": body} if body.strip() else {}
    if not isinstance(body, dict):
        raise RefusedError("invalid_payload")
    said = body.get("text") or body.get("blocks")
    reply = _reply(workspace, channel, user, body) if said else None
    if body.get("response_type") == "in_channel":
        workspace.post(Message(channel, "", user, typed))
    return workspace.post(reply) if reply else None


def respond(workspace: Workspace, token: str, body: Json) -> None:
    """Carry out one use of a response URL.

    https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """
    url = workspace.response_urls.use(token)
    source = _source(workspace, url)
    if body.get("delete_original"):
        if body.keys() != {"delete_original"}:
            raise RefusedError("invalid_payload")
        if source:
            workspace.delete(source)
    elif body.get("replace_original") and source:
        edit(workspace, source, Arguments(body))
    else:
        post_reply(workspace, url.channel, url.user, body)


def _source(workspace: Workspace, url: ResponseUrl) -> Message | None:
    messages = workspace.messages(url.channel)
    return next((m for m in messages if m.ts == url.source_ts), None)
