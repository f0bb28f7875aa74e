"""The modals a person has open, the Home tabs, and the rules by which they change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.inputs import elements_of, initial_values, nested_in
from bot.sandbox.slack.nouns import View
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.validate import LARGEST_VIEW, faults

if TYPE_CHECKING:
    from bot.sandbox.slack.mint import Mint
    from bot.sandbox.slack.nouns import Json

DEEPEST_STACK = 3


def checked(payload: Any, surface: str) -> Json:
    """Give a view's payload that Slack accepts for a surface, or refuse it as Slack does."""
    if not isinstance(payload, dict):
        raise RefusedError("invalid_arguments", ("[ERROR] missing required field: view",))
    if len(json.dumps(payload).encode()) > LARGEST_VIEW:
        raise RefusedError("view_too_large")
    found = faults(payload, surface)
    if found:
        raise RefusedError("invalid_arguments", tuple(fault.as_message("/view") for fault in found))
    return payload


class Views:
    """Every open view, by person."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._views: dict[str, View] = {}
        self._stacks: dict[str, list[str]] = {}
        self._homes: dict[str, str] = {}

    def stack(self, user: str) -> list[View]:
        """Give a person's modals, the one on top last."""
        return [self._views[view_id] for view_id in self._stacks.get(user, ())]

    def home(self, user: str) -> View | None:
        """Give a person's Home tab, if the app published one."""
        return self._views.get(self._homes.get(user, ""))

    def open(self, user: str, payload: Json, channel: str = "") -> View:
        """Show a modal alone, in place of whatever was open; `channel`: where it is opened from."""
        self._unique(payload, "")
        self.clear(user)
        return self._put_on_top(user, payload, channel)

    def push(self, user: str, payload: Json) -> View:
        """Show a modal on top of the others."""
        stack = self.stack(user)
        if len(stack) >= DEEPEST_STACK:
            raise RefusedError("push_limit_reached")
        self._unique(payload, "")
        return self._put_on_top(user, payload, stack[-1].channel if stack else "")

    def _put_on_top(self, user: str, payload: Json, channel: str) -> View:
        stack = self._stacks.setdefault(user, [])
        view_id = self._mint.id("V")
        root_id, previous_id = (stack[0], stack[-1]) if stack else (view_id, "")
        blank = View(view_id, user, {}, "", root_id, previous_id, channel=channel)
        stack.append(view_id)
        return self._save(blank, payload)

    def publish(self, user: str, payload: Json, given_hash: str = "") -> View:
        """Show a Home tab, in place of the one before."""
        current = self.home(user)
        if current is not None:
            return self.update(current, payload, given_hash)
        self._unique(payload, "")
        view_id = self._mint.id("V")
        self._homes[user] = view_id
        return self._save(View(view_id, user, {}, "", view_id), payload)

    def update(self, view: View, payload: Json, given_hash: str = "") -> View:
        """Change an open view; typed input survives where its ids are unchanged."""
        if given_hash and given_hash != view.hash:
            raise RefusedError("hash_conflict")
        self._unique(payload, view.id)
        return self._save(view, payload)

    def enter(self, view: View, block_id: str, action_id: str, state: Json) -> View:
        """Remember what a person entered; the hash stays."""
        block = {**view.state.get(block_id, {}), action_id: state}
        self._views[view.id] = replace(view, state={**view.state, block_id: block})
        return self._views[view.id]

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """Give an open view or refuse."""
        view = self._views.get(view_id)
        if view is None and external_id:
            view = self._by_external_id(external_id)
        if view is None:
            raise RefusedError("not_found")
        return view

    def close(self, view: View) -> None:
        """Take a view, and those on top of it, off the person's screen."""
        stack = self._stacks[view.user]
        place = stack.index(view.id)
        for view_id in stack[place:]:
            del self._views[view_id]
        del stack[place:]

    def clear(self, user: str) -> None:
        """Take every modal off the person's screen."""
        for view_id in self._stacks.pop(user, []):
            del self._views[view_id]

    def _save(self, view: View, payload: Json) -> View:
        named = self._name_blocks(payload)
        state = initial_values(named["blocks"], view.state, view.channel)
        self._views[view.id] = replace(view, payload=named, hash=self._mint.hash(), state=state)
        return self._views[view.id]

    def _name_blocks(self, payload: Json) -> Json:
        return {**payload, "blocks": name_blocks(payload["blocks"], self._mint)}

    def _by_external_id(self, external_id: str) -> View | None:
        matching = (v for v in self._views.values() if v.payload.get("external_id") == external_id)
        return next(matching, None)

    def _unique(self, payload: Json, own_id: str) -> None:
        external_id = payload.get("external_id")
        other = self._by_external_id(external_id) if external_id else None
        if other is not None and other.id != own_id:
            raise RefusedError("duplicate_external_id")


def name_blocks(blocks: list[Json], mint: Mint) -> list[Json]:
    """Give a copy of the blocks in which every block and element has an id, as Slack makes them."""
    copy: list[Json] = json.loads(json.dumps(blocks))
    _name(copy, mint)
    return copy


def _name(blocks: list[Json], mint: Mint) -> None:
    for block in blocks:
        if block["type"] == "markdown":
            block.pop("block_id", None)  # Slack gives such a block another one
        block.setdefault("block_id", mint.id("b"))
        for element in elements_of(block):
            if isinstance(element, dict) and element["type"] != "image":
                element.setdefault("action_id", mint.id("a"))
        _name(nested_in(block), mint)
