"""Builds the payloads that Slack sends when a person does something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.documents import message_document, view_document
from bot.sandbox.slack.workspace import APP_ID, BOT_USER, TEAM_ID, TEAM_NAME

if TYPE_CHECKING:
    from bot.sandbox.slack.inputs import Slot
    from bot.sandbox.slack.nouns import Channel, Json, Message, User, View, ViewState


def command_payload(
    user: User, channel: Channel, command: str, text: str, *, trigger_id: str, response_url: str
) -> Json:
    """https://docs.slack.dev/interactivity/implementing-slash-commands; a flat form."""
    return {
        "token": "deprecated",
        "team_id": TEAM_ID,
        "team_domain": TEAM_NAME,
        "channel_id": channel.id,
        "channel_name": _name_of(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _name_of(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def escape(text: str) -> str:
    """Escape the three characters Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _interaction(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "team": {"id": TEAM_ID, "domain": TEAM_NAME},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": APP_ID,
        "token": "deprecated",
    }


def place_of_view(view: View) -> Json:
    """Give the parts of a payload that say which view it came from."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_document(view),
        "state": {"values": view.state},
    }


def place_of_message(
    message: Message, channel: Channel, response_url: str, state: ViewState
) -> Json:
    """Give the parts of a payload that say which message it came from."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    place: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name},
        "response_url": response_url,
        "state": {"values": state},
    }
    # An ephemeral message is not kept by Slack, so its content does not come back.
    return place if message.only_for else {**place, "message": message_document(message)}


def block_actions_payload(user: User, action: Json, place: Json, *, trigger_id: str) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""
    return {
        **_interaction("block_actions", user),
        **place,
        "trigger_id": trigger_id,
        "actions": [action],
    }


_UNSUGGESTED = {"response_url", "state"}


def block_suggestion_payload(user: User, slot: Slot, typed: str, place: Json) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload."""
    block_id, action_id = slot.ids
    return {
        **_interaction("block_suggestion", user),
        **{key: value for key, value in place.items() if key not in _UNSUGGESTED},
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }


def shortcut_payload(user: User, callback_id: str, action_ts: str, *, trigger_id: str) -> Json:
    """https://docs.slack.dev/interactivity/implementing-shortcuts; a global one has no channel."""
    return {
        **_interaction("shortcut", user),
        "action_ts": action_ts,
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def shortcut_place(place: Json) -> Json:
    """Give of a message's place what a message shortcut tells."""
    return {key: place[key] for key in ("channel", "message", "response_url") if key in place}


def app_home_opened_event(
    user_id: str, channel_id: str, tab: str, home: View | None, event_ts: str
) -> Json:
    """https://docs.slack.dev/reference/events/app_home_opened; a published view comes along."""
    event: Json = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel_id,
        "tab": tab,
        "event_ts": event_ts,
    }
    return {**event, "view": view_document(home)} if home and tab == "home" else event


def event_body(event: Json, event_id: str) -> Json:
    """https://docs.slack.dev/apis/events-api#callback-field; the envelope of one event."""
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "deprecated",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(float(event["event_ts"])),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def view_submission_payload(
    user: User, view: View, response_urls: list[Json], *, trigger_id: str
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload."""
    return {
        **_interaction("view_submission", user),
        "trigger_id": trigger_id,
        "view": view_document(view),
        "response_urls": response_urls,
    }


def view_closed_payload(user: User, view: View, *, is_cleared: bool) -> Json:
    """Tell of a closed view; what was typed into it is not told."""
    return {
        **_interaction("view_closed", user),
        "view": {**view_document(view), "state": {"values": {}}},
        "is_cleared": is_cleared,
    }
