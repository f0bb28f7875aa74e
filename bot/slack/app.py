"""The Bolt app, set up so that an ack is immediate and no click ends in silence.

What stock Bolt (1.30, async) would do, and why it is set up otherwise here:

- It polls for the ack every 10 ms, and forgets an ack when the listener raises soon after it.
  `process_before_response` answers when the listener returns. So listeners only ack and hand their
  work to `Background`; one that works on keeps Slack waiting.
- It calls `auth.test` within the first request's 3 seconds. `authorize` gives what `identify`
  learnt at start.
- It turns to OAuth, with an installation store on disk, when SLACK_CLIENT_ID happens to be in the
  environment. An `authorize` of our own stays in force even then.
- It answers what no listener matches, and what a listener raises, with 404 or 500: over HTTP the
  person sees a warning sign, over a socket nothing happens for 3 seconds. Both come to
  `_Apologies`, whatever the order in which listeners were registered.
- It verifies signatures after it has parsed the body. `bot/slack/http.py` does that first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.logger.messages import (
    warning_client_prioritized_and_token_skipped,
    warning_token_skipped,
)
from slack_bolt.response import BoltResponse

from bot.errors import StoreUnavailableError
from bot.notes import Code, note
from bot.slack import apologies, words
from bot.slack.background import RefusedWorkError, new_incident
from bot.slack.client import quiet_logger
from bot.slack.gate import TurnedAwayError
from bot.slack.respond import Respond

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.background import Background
    from bot.slack.client import Identity
    from bot.slack.gate import Gate

    Body = dict[str, Any]

_log = logging.getLogger(__name__)
_EXPECTED = {warning_token_skipped(), warning_client_prioritized_and_token_skipped()}


def build_app(
    *,
    client: AsyncWebClient,
    identity: Identity,
    background: Background,
    gate: Gate | None = None,
) -> AsyncApp:
    """Build the app without listeners. The same one serves Socket Mode and HTTP."""
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team_id,
        team=identity.team,
        bot_user_id=identity.bot_user_id,
        bot_id=identity.bot_id,
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    app = AsyncApp(
        name="flinkbot",
        logger=_bolt_logger(),
        client=client,
        authorize=authorize,
        signing_secret="",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        # HTTP requests are verified before they get here; a socket is verified by its ticket.
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(_Apologies(client, background).on_error)
    if gate is not None:
        app.use(gate)
    return app


@dataclass(frozen=True, slots=True)
class _Apologies:
    """Answers for listeners that failed or are missing."""

    client: AsyncWebClient
    background: Background

    async def on_error(self, error: Exception, body: Body) -> BoltResponse:
        """Log the trouble and give Slack a 200 that says it to the person."""
        text = self._explain(error, body)
        if not text:
            return _ok("")
        match body:
            case {"command": str()}:
                return _ok({"response_type": "ephemeral", "text": text})
            case {"type": "view_submission"}:
                return _ok({"response_action": "update", "view": apologies.modal(text)})
            case {"type": "block_suggestion"}:
                return _ok({"options": []})
            case {"type": "block_actions" | "shortcut" | "message_action"}:
                self._tell_later(body, text)
        return _ok("")

    def _explain(self, error: Exception, body: Body) -> str:
        if isinstance(error, BoltUnhandledRequestError):
            _log.warning("no listener for %s", _describe(body))
            command = body.get("command")
            return apologies.unknown_command(command) if command else apologies.OUTDATED
        if isinstance(error, TurnedAwayError):
            return str(error)  # the gate has counted it
        if isinstance(error, RefusedWorkError):
            _log.warning("%s", error)
            return apologies.STOPPING
        if isinstance(error, StoreUnavailableError):
            _log.warning("%s: %s", _describe(body), error)
            return words.say(note(Code.STORE_AWAY))
        incident = new_incident()
        _log.error("incident %s: listener of %s failed", incident, _describe(body), exc_info=error)
        return apologies.broken(incident)

    def _tell_later(self, body: Body, text: str) -> None:
        """Say it beside the answer, which for a click cannot carry text."""
        try:
            self.background.spawn(self._tell(body, text), name="an apology")
        except RefusedWorkError as error:
            _log.warning("%s", error)

    async def _tell(self, body: Body, text: str) -> None:
        view, trigger_id = body.get("view") or {}, body.get("trigger_id", "")
        if url := body.get("response_url"):
            if self.client.session is not None:
                await Respond(self.client.session)(url, apologies.payload(text))
        elif view.get("type") == "modal":
            await self.client.views_push(trigger_id=trigger_id, view=apologies.modal(text))
        elif trigger_id:
            await self.client.views_open(trigger_id=trigger_id, view=apologies.modal(text))


def _ok(body: str | dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=body)


def _describe(body: Body) -> str:
    """Name a payload by its ids; what people typed stays out of the log."""
    found = [body.get("command"), body.get("type"), body.get("callback_id")]
    found += [action.get("action_id") for action in body.get("actions") or ()]
    found += [(body.get("view") or {}).get("callback_id"), (body.get("event") or {}).get("type")]
    return " ".join(str(part) for part in found if part) or "an unknown payload"


def _bolt_logger() -> logging.Logger:
    logger = quiet_logger("slack_bolt.app")
    if not logger.filters:
        logger.addFilter(lambda record: record.getMessage() not in _EXPECTED)
    return logger
