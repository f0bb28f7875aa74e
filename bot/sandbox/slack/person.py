"""A person at Slack: types, clicks, chooses, submits, and is told what Slack would tell."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.chosen import chosen_things
from bot.sandbox.slack.delivery import RequestKind
from bot.sandbox.slack.inputs import HOLDINGS, Slot, entered_state, options_of
from bot.sandbox.slack.mentions import resolved
from bot.sandbox.slack.nouns import Message
from bot.sandbox.slack.outcomes import (
    CLICK_TROUBLE,
    SHORTCUT_TROUBLE,
    TROUBLE,
    Outcome,
    SubmissionOutcome,
    SuggestionsFailedError,
    acknowledged,
)
from bot.sandbox.slack.places import Places
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.responses import answer_command
from bot.sandbox.slack.screen import clicked, complaints, find, find_input, key_of
from bot.sandbox.slack.submission import take_answer
from bot.sandbox.slack.suggestions import read_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.slack.delivery import Ack
    from bot.sandbox.slack.dispatch import Dispatch
    from bot.sandbox.slack.manifest import Manifest
    from bot.sandbox.slack.nouns import Channel, File, Json, User, View
    from bot.sandbox.slack.workspace import Workspace

DEFAULT_QUERY_LENGTH = 3
_LOCALE = re.compile(r"[a-z]{2}-[A-Z]{2}")


class Person:
    """One user. `dispatch` is the way to the app, `manifest` what the app declares."""

    def __init__(
        self,
        workspace: Workspace,
        user_id: str,
        dispatch: Dispatch,
        manifest: Manifest,
        response_url: Callable[[str], str],
    ) -> None:
        self._id = user_id
        self._workspace = workspace
        self._dispatch = dispatch
        self._manifest = manifest
        self._places = Places(workspace, user_id, response_url)
        self._offered: dict[tuple[str, ...], list[Json]] = {}

    @property
    def user(self) -> User:
        """Give who it is, as the workspace knows them now."""
        return self._workspace.users[self._id]

    @property
    def views(self) -> list[View]:
        """Give the open modals as they stand now, the one on top last."""
        return self._workspace.views.stack(self.user.id)

    @property
    def home(self) -> View | None:
        """Give the Home tab as it stands now."""
        return self._workspace.views.home(self.user.id)

    async def command(self, channel: str, typed: str) -> Outcome:
        """Type a slash command, "/flink update orders", in a channel (id or name)."""
        place = self._channel(channel)
        name, _, text = typed.partition(" ")
        try:
            command = self._manifest.command(name)
        except LookupError as error:
            return Outcome(shown=str(error))
        written = payloads.escape(text.strip())
        payload = payloads.command_payload(
            self.user,
            place,
            name,
            resolved(self._workspace, written) if command.should_escape else written,
            trigger_id=self._places.trigger(place.id),
            response_url=self._places.response_url(place.id),
        )
        ack = await self._deliver(RequestKind.COMMAND, payload)
        if ack.failure:
            return Outcome(ack.failure, f'{name} failed with the error "{ack.failure}"')
        return self._command_answered(place, typed, ack)

    def _command_answered(self, place: Channel, typed: str, ack: Ack) -> Outcome:
        command = typed.split(" ", maxsplit=1)[0]
        try:
            message = answer_command(self._workspace, place.id, self.user.id, typed, ack.body)
        except RefusedError as refused:
            shown = f'{command} failed with the error "invalid_command_response"'
            return Outcome(shown=shown, reason=f"{refused}: {'; '.join(refused.messages)}")
        return Outcome(message=message)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Outcome:
        """Choose a shortcut: one of a message's menu, or without a message a global one."""
        self._manifest.shortcut(callback_id, "message" if message else "global")
        trigger_id = self._places.trigger(message.channel if message else "")
        shortcut = payloads.shortcut_payload(
            self.user, callback_id, self._workspace.mint.ts(), trigger_id=trigger_id
        )
        if message:
            place = payloads.shortcut_place(self._places.place(message))
            shortcut |= place | {"type": "message_action", "message_ts": message.ts}
        ack = await self._deliver(RequestKind.INTERACTION, shortcut)
        return acknowledged(ack, SHORTCUT_TROUBLE)

    def open_home(self, tab: str = "home") -> None:
        """Open the app's Home tab, or with "messages" the conversation with it."""
        if tab == "home" and not self._manifest.home_enabled:
            raise LookupError("the app has no Home tab")
        channel = self._workspace.direct_message(self._id)
        mint = self._workspace.mint
        event = payloads.app_home_opened_event(self._id, channel.id, tab, self.home, mint.ts())
        if event["type"] in self._manifest.events:
            self._dispatch.send_event(payloads.event_body(event, mint.id("Ev")))

    def upload(self, name: str, content: bytes) -> File:
        """Upload a file, to choose it in a file input then."""
        return self._workspace.files.add(name, self._id, content)

    def set_locale(self, locale: str) -> None:
        """Switch the language Slack is shown in, "zh-CN"."""
        if not _LOCALE.fullmatch(locale):
            raise LookupError(f"{locale!r} is not a locale like en-US")
        self._workspace.put_user(replace(self.user, locale=locale))

    def say(self, channel: str, text: str, *, thread_ts: str = "") -> Message:
        """Write an ordinary message."""
        place = self._channel(channel)
        written = payloads.escape(text)
        return self._workspace.post(
            Message(place.id, "", self.user.id, written, thread_ts=thread_ts)
        )

    async def click(
        self,
        where: Message | View,
        action_id: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Click a button (a confirm dialog is confirmed), or choose in an overflow menu.

        `value` and `block_id` say which one, where an action_id stands more than once; what the
        person sees is `where` as given, even if it was changed meanwhile.
        """
        slot = find(where, action_id, block_id, value)
        if slot.element["type"] in HOLDINGS:
            return await self.choose(where, *slot.ids, value)
        return await self._act(where, slot, clicked(slot, value))

    async def choose(
        self,
        where: Message | View,
        block_id: str,
        action_id: str,
        value: Any,
        *,
        dispatch: bool = True,
    ) -> Outcome:
        """Choose or type a value; the app hears of it where the element sends at once.

        `value`: an option's value, a list of them, or the text, number or date itself. Without
        `dispatch` it is held and not sent: text is being typed that Enter has not ended yet.
        """
        slot = find(where, action_id, block_id, None)
        state = await self._entered(where, slot, value)
        self._places.hold(where, slot, state)
        self._workspace.changes.announce()
        if not (dispatch and slot.dispatches):
            return Outcome()
        return await self._act(where, slot, state)

    async def suggest(
        self, where: Message | View, block_id: str, action_id: str, typed: str
    ) -> list[Json]:
        """Type into an external select and give the options it shows."""
        slot = find(where, action_id, block_id, None)
        if len(typed) < slot.element.get("min_query_length", DEFAULT_QUERY_LENGTH):
            return []
        payload = payloads.block_suggestion_payload(
            self.user, slot, typed, self._places.place(where)
        )
        ack = await self._deliver(RequestKind.INTERACTION, payload)
        if ack.failure:
            raise SuggestionsFailedError(str(ack.failure))
        options = read_options(ack.body)
        # What was offered before stays: of several chosen, each may come of another search.
        earlier = self._offered.get(key_of(where, slot), [])
        self._offered[key_of(where, slot)] = [*options, *(o for o in earlier if o not in options)]
        return options

    async def submit(
        self, view: View, values: Mapping[str, Any] | None = None
    ) -> SubmissionOutcome:
        """Fill input blocks (block_id → what `choose` takes) and press Submit.

        Blocks not named keep what they hold: the initial value, or what was chosen before.
        """
        for block_id, value in (values or {}).items():
            slot = find_input(view, block_id)
            state = await self._entered(view, slot, value)
            self._places.hold(view, slot, state)
        live = self._places.live(view)
        if errors := complaints(live):
            return SubmissionOutcome(errors=errors, sent=False)
        return await self._send(live)

    async def _send(self, view: View) -> SubmissionOutcome:
        payload = payloads.view_submission_payload(
            self.user,
            view,
            self._places.response_urls(view),
            trigger_id=self._places.trigger_of(view),
        )
        ack = await self._deliver(RequestKind.INTERACTION, payload)
        if ack.failure:
            return SubmissionOutcome(shown=TROUBLE, reason=str(ack.failure))
        outcome = take_answer(self._workspace, view, ack.body)
        self._workspace.changes.announce()
        return outcome

    async def close(self, view: View, *, everything: bool = False) -> None:
        """Press Cancel on a view, or with `everything` the ✕ that closes them all."""
        stack = self.views
        live = self._places.live(view)
        cleared = everything or bool(live.payload.get("clear_on_close"))
        if cleared:
            self._workspace.views.clear(self.user.id)
        else:
            self._workspace.views.close(live)
        self._workspace.changes.announce()
        told = stack[0] if cleared else live
        if told.payload.get("notify_on_close"):
            payload = payloads.view_closed_payload(self.user, told, is_cleared=cleared)
            await self._deliver(RequestKind.INTERACTION, payload)

    def _channel(self, name_or_id: str) -> Channel:
        wanted = name_or_id.removeprefix("#")
        for channel in self._workspace.channels.values():
            if wanted in {channel.id, channel.name} and self.user.id in channel.members:
                if channel.is_archived:
                    raise LookupError(f"{name_or_id} is archived; nobody can type there")
                return channel
        raise LookupError(f"{self.user.name} is in no channel {name_or_id!r}")

    async def _entered(self, where: Message | View, slot: Slot, value: Any) -> Json:
        things = chosen_things(self._workspace, self._id, slot.element, value)
        return entered_state(slot.element, things, await self._offers(where, slot, things))

    async def _offers(self, where: Message | View, slot: Slot, value: Any) -> list[Json]:
        element = slot.element
        if "external" not in element["type"]:
            return options_of(element)
        initial = [*element.get("initial_options", ())]
        initial += [element["initial_option"]] if "initial_option" in element else []
        offered = [*self._offered.get(key_of(where, slot), ()), *initial]
        if isinstance(value, str) and value not in {"", *(o.get("value") for o in offered)}:
            return await self.suggest(where, *slot.ids, value)
        return offered

    async def _act(self, where: Message | View, slot: Slot, state: Json) -> Outcome:
        block_id, action_id = slot.ids
        action = {
            "action_id": action_id,
            "block_id": block_id,
            **state,
            "action_ts": self._workspace.mint.ts(),
        }
        place = self._places.place(where)
        trigger_id = self._places.trigger_of(where)
        payload = payloads.block_actions_payload(self.user, action, place, trigger_id=trigger_id)
        return acknowledged(await self._deliver(RequestKind.INTERACTION, payload), CLICK_TROUBLE)

    async def _deliver(self, kind: RequestKind, payload: Json) -> Ack:
        return await self._dispatch.deliver(kind, payload)
