"""Where a person does something, and the short-lived rights the app is handed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack import payloads
from bot.sandbox.slack.inputs import HOLDINGS, initial_values, slots
from bot.sandbox.slack.nouns import Message, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.inputs import Slot
    from bot.sandbox.slack.nouns import Json, ViewState
    from bot.sandbox.slack.workspace import Workspace


class Places:
    """One person's. `address` gives the URL of a response URL's token."""

    def __init__(self, workspace: Workspace, user_id: str, address: Callable[[str], str]) -> None:
        self._workspace = workspace
        self._user_id = user_id
        self._address = address
        self._held: dict[tuple[str, str], ViewState] = {}

    def trigger(self, channel: str = "") -> str:
        """Give a trigger of a command or a shortcut."""
        return self._workspace.triggers.issue(self._user_id, channel=channel)

    def trigger_of(self, where: Message | View) -> str:
        """Give a trigger of something done in a message or a view."""
        view_id = where.id if isinstance(where, View) else ""
        return self._workspace.triggers.issue(self._user_id, view_id, where.channel)

    def response_url(self, channel: str, source_ts: str = "", source_thread: str = "") -> str:
        """Give a response URL; `source_ts` is the message it may replace."""
        urls = self._workspace.response_urls
        return self._address(urls.issue(channel, self._user_id, source_ts, source_thread))

    def live(self, view: View) -> View:
        """Give a view as it stands now; LookupError once it is closed."""
        views = self._workspace.views
        for found in [*views.stack(self._user_id), views.home(self._user_id)]:
            if found and found.id == view.id:
                return found
        raise LookupError(f"the view {view.title!r} is not open any more")

    def hold(self, where: Message | View, slot: Slot, state: Json) -> None:
        """Remember what was entered, as Slack's client does, for the requests that follow."""
        if isinstance(where, View):
            self._workspace.views.enter(self.live(where), *slot.ids, state)
            return
        block_id, action_id = slot.ids
        held = self._held.setdefault((where.channel, where.ts), {})
        held.setdefault(block_id, {})[action_id] = state

    def place(self, where: Message | View) -> Json:
        """Give the parts of a payload that say where something was done."""
        if isinstance(where, View):
            return payloads.place_of_view(self.live(where))
        channel = self._workspace.channels[where.channel]
        url = self.response_url(channel.id, where.ts, where.thread_ts)
        messages = self._workspace.messages(channel.id)
        live = next((message for message in messages if message.ts == where.ts), where)
        held = self._held.get((where.channel, where.ts))
        state = initial_values(live.blocks, held, channel.id)
        return payloads.place_of_message(live, channel, url, state)

    def response_urls(self, view: View) -> list[Json]:
        """Give a URL for each conversation chosen where the app asked for one."""
        asked = [slot for slot in slots(view.blocks) if slot.element.get("response_url_enabled")]
        chosen = [(slot, self._chosen(view, slot)) for slot in asked]
        return [
            {
                "block_id": slot.ids[0],
                "action_id": slot.ids[1],
                "channel_id": channel,
                "response_url": self.response_url(channel),
            }
            for slot, channel in chosen
            if channel
        ]

    def _chosen(self, view: View, slot: Slot) -> str:
        block_id, action_id = slot.ids
        state = view.state[block_id][action_id]
        return str(state[HOLDINGS[slot.element["type"]].key] or "")
