"""A person at Slack: types, clicks, chooses, submits, and is told what Slack would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.delivery import Ack, Courier, RequestKind
from bot.sandbox.slack.inputs import HOLDINGS, Slot, complaint, entered_state, options_of, slots
from bot.sandbox.slack.nouns import Message, View
from bot.sandbox.slack.outcomes import (
    CLICK_TROUBLE,
    TROUBLE,
    Outcome,
    SubmissionOutcome,
    SuggestionsFailedError,
)
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.responses import answer_command
from bot.sandbox.slack.submission import take_answer
from bot.sandbox.slack.suggestions import read_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.slack.nouns import Channel, Json
    from bot.sandbox.slack.workspace import Workspace

DEFAULT_QUERY_LENGTH = 3


class Person:
    """One user. `courier` gives the way to the app that is open now."""

    def __init__(
        self,
        workspace: Workspace,
        user_id: str,
        courier: Callable[[], Courier],
        response_url: Callable[[str], str],
    ) -> None:
        self.user = workspace.users[user_id]
        self._workspace = workspace
        self._courier = courier
        self._response_url = response_url
        self._offered: dict[tuple[str, ...], list[Json]] = {}

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
        token = self._workspace.response_urls.issue(place.id, self.user.id)
        payload = payloads.command_payload(
            self.user,
            place,
            typed,
            trigger_id=self._workspace.triggers.issue(self.user.id),
            response_url=self._response_url(token),
        )
        ack = await self._deliver(RequestKind.COMMAND, payload)
        if ack.failure:
            shown = f'{payload["command"]} failed with the error "{ack.failure}"'
            return Outcome(ack.failure, shown)
        return self._command_answered(place, typed, ack)

    def _command_answered(self, place: Channel, typed: str, ack: Ack) -> Outcome:
        command = typed.split(" ", maxsplit=1)[0]
        try:
            message = answer_command(self._workspace, place.id, self.user.id, typed, ack.body)
        except RefusedError as refused:
            shown = f'{command} failed with the error "invalid_command_response"'
            return Outcome(shown=shown, reason=f"{refused}: {'; '.join(refused.messages)}")
        return Outcome(message=message)

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
        slot = self._find(where, action_id, block_id, value)
        if slot.element["type"] in HOLDINGS:
            return await self.choose(where, *slot.ids, value)
        return await self._act(where, slot, _clicked(slot, value))

    async def choose(
        self, where: Message | View, block_id: str, action_id: str, value: Any
    ) -> Outcome:
        """Choose or type a value; the app hears of it where the element sends at once.

        `value`: an option's value, a list of them, or the text, number or date itself.
        """
        slot = self._find(where, action_id, block_id, None)
        state = entered_state(slot.element, value, await self._offers(where, slot, value))
        if isinstance(where, View):
            self._workspace.views.enter(self._live(where), block_id, action_id, state)
            self._workspace.changes.announce()
        if not slot.dispatches:
            return Outcome()
        return await self._act(where, slot, state)

    async def suggest(
        self, where: Message | View, block_id: str, action_id: str, typed: str
    ) -> list[Json]:
        """Type into an external select and give the options it shows."""
        slot = self._find(where, action_id, block_id, None)
        if len(typed) < slot.element.get("min_query_length", DEFAULT_QUERY_LENGTH):
            return []
        payload = payloads.block_suggestion_payload(self.user, slot, typed, self._place(where))
        ack = await self._deliver(RequestKind.INTERACTION, payload)
        if ack.failure:
            raise SuggestionsFailedError(str(ack.failure))
        options = read_options(ack.body)
        self._offered[_key(where, slot)] = options
        return options

    async def submit(
        self, view: View, values: Mapping[str, Any] | None = None
    ) -> SubmissionOutcome:
        """Fill input blocks (block_id → what `choose` takes) and press Submit.

        Blocks not named keep what they hold: the initial value, or what was chosen before.
        """
        for block_id, value in (values or {}).items():
            slot = self._find_input(view, block_id)
            state = entered_state(slot.element, value, await self._offers(view, slot, value))
            self._workspace.views.enter(self._live(view), *slot.ids, state)
        live = self._live(view)
        if errors := _complaints(live):
            return SubmissionOutcome(errors=errors, sent=False)
        return await self._send(live)

    async def _send(self, view: View) -> SubmissionOutcome:
        trigger_id = self._workspace.triggers.issue(self.user.id, view.id)
        payload = payloads.view_submission_payload(self.user, view, trigger_id=trigger_id)
        ack = await self._deliver(RequestKind.INTERACTION, payload)
        if ack.failure:
            return SubmissionOutcome(shown=TROUBLE, reason=str(ack.failure))
        outcome = take_answer(self._workspace, view, ack.body)
        self._workspace.changes.announce()
        return outcome

    async def close(self, view: View, *, everything: bool = False) -> None:
        """Press Cancel on a view, or with `everything` the ✕ that closes them all."""
        stack = self.views
        live = self._live(view)
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

    def _live(self, view: View) -> View:
        live = next((v for v in [*self.views, self.home] if v and v.id == view.id), None)
        if live is None:
            raise LookupError(f"the view {view.title!r} is not open any more")
        return live

    def _find(
        self, where: Message | View, action_id: str, block_id: str | None, value: str | None
    ) -> Slot:
        everything = list(slots(where.blocks))
        found = [
            slot
            for slot in everything
            if slot.ids[1] == action_id
            and block_id in {None, slot.ids[0]}
            and not (
                slot.element["type"] == "button"
                and value is not None
                and slot.element.get("value") != value
            )
        ]
        if len(found) != 1:
            there = [slot.ids for slot in everything]
            raise LookupError(f"{len(found)} elements match {action_id!r}; there is {there}")
        return found[0]

    def _find_input(self, view: View, block_id: str) -> Slot:
        inputs = {slot.ids[0]: slot for slot in slots(view.blocks) if slot.block["type"] == "input"}
        if block_id not in inputs:
            raise LookupError(f"no input block {block_id!r}; there is {sorted(inputs)}")
        return inputs[block_id]

    async def _offers(self, where: Message | View, slot: Slot, value: Any) -> list[Json]:
        element = slot.element
        if "external" not in element["type"]:
            return options_of(element)
        initial = [*element.get("initial_options", ())]
        initial += [element["initial_option"]] if "initial_option" in element else []
        offered = [*self._offered.get(_key(where, slot), ()), *initial]
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
        place = self._place(where)
        if isinstance(where, Message) and state["type"] in HOLDINGS:
            place["state"]["values"].setdefault(block_id, {})[action_id] = state
        view_id = where.id if isinstance(where, View) else ""
        trigger_id = self._workspace.triggers.issue(self.user.id, view_id)
        payload = payloads.block_actions_payload(self.user, action, place, trigger_id=trigger_id)
        ack = await self._deliver(RequestKind.INTERACTION, payload)
        return Outcome(ack.failure, CLICK_TROUBLE if ack.failure else "")

    def _place(self, where: Message | View) -> Json:
        if isinstance(where, View):
            return payloads.place_of_view(self._live(where))
        channel = self._workspace.channels[where.channel]
        token = self._workspace.response_urls.issue(
            channel.id, self.user.id, where.ts, where.thread_ts
        )
        live = next((m for m in self._workspace.messages(channel.id) if m.ts == where.ts), where)
        return payloads.place_of_message(live, channel, self._response_url(token))

    async def _deliver(self, kind: RequestKind, payload: Json) -> Ack:
        return await self._courier().deliver(kind, payload)


def _key(where: Message | View, slot: Slot) -> tuple[str, ...]:
    return (where.id if isinstance(where, View) else where.ts, *slot.ids)


def _complaints(view: View) -> dict[str, str]:
    inputs = (slot for slot in slots(view.blocks) if slot.block["type"] == "input")
    found = {slot.ids[0]: complaint(slot, view.state[slot.ids[0]][slot.ids[1]]) for slot in inputs}
    return {block_id: words for block_id, words in found.items() if words}


def _clicked(slot: Slot, value: str | None) -> Json:
    element = slot.element
    if element["type"] == "overflow":
        chosen = [option for option in element["options"] if option.get("value") == value]
        if not chosen:
            raise LookupError(f"{value!r} is not in the menu")
        return {"type": "overflow", "selected_option": chosen[0]}
    return {key: element[key] for key in ("type", "text", "value", "style") if key in element}
