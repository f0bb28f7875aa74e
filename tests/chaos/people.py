"""People who want something done and try again until it is: all through Slack, as a person would.

What was pressed is looked up before it is asked for anew, as somebody does who looks into the
channel: the record says whether an update was taken.
"""

import asyncio
from contextlib import suppress

from bot.errors import BotError
from bot.sandbox.playing import block_of
from bot.sandbox.stage import TARGET
from bot.slack.ids import Action
from tests.acceptance.world import buttons, key_of
from tests.chaos.wishes import GROUPS, Kind

_SCREEN_SECONDS = 4.0
_ENDING_SECONDS = 120.0
_ERRAND_SECONDS = 240.0
_PAUSE_SECONDS = 0.3
_PRESSES = 12
_TAKEN = "SELECT state FROM updates WHERE id = %s AND queued_at IS NOT NULL"
_ENDED = "SELECT state FROM updates WHERE id = %s AND finished_at IS NOT NULL"
_WATCHED = "SELECT id FROM updates WHERE hot_update_id = %s AND queued_at IS NOT NULL"
_COMMANDS = {
    Kind.RESCALE: "/flink rescale {job} 8",
    Kind.IMPORT: "/flink import-savepoint {job} {path}",
    Kind.SAVEPOINT: "/flink savepoint {job} {path}",
    Kind.STOP: "/flink stop {job}",
    Kind.START: "/flink start {job}",
}


class AgainError(Exception):
    """It did not work out; a person would try again."""


class Visitor:
    """One person at a time does one errand after another."""

    def __init__(self, person, channel, slack, clouds, database):
        self._person, self._channel, self._slack = person, channel, slack
        self._clouds, self._database = clouds, database
        self.asked = {}
        """The wish of every update that was taken, by its id."""
        self.promised = set()
        """The updates that were said to be applied now."""
        self.given_up = []
        self.tries = 0

    async def do(self, wishes):
        """Fulfil an errand's wishes, each after the end of the one before."""
        update_id = ""
        for wish in wishes:
            if update_id and not await self._succeeded(update_id):
                return
            try:
                async with asyncio.timeout(_ERRAND_SECONDS):
                    update_id = await self._insist(wish, update_id)
            except TimeoutError:
                self.given_up.append(wish)
                return
            self.asked[update_id] = wish

    async def _insist(self, wish, before):
        pressed = set()
        while True:
            self.tries += 1
            with suppress(AgainError, TimeoutError, BotError, LookupError, KeyError):
                if wish.kind is Kind.WATCH:
                    return await self._watch(wish)
                await self._press(await self._review(wish, before), pressed)
            for update_id in pressed:
                if await self._database.rows(_TAKEN, update_id):
                    return update_id
            await asyncio.sleep(_PAUSE_SECONDS)  # a person's; nothing tells when to try again

    async def _review(self, wish, before):
        await self._alone()
        if wish.kind is Kind.PUT_BACK:
            card = self._message(f"{before}:card")
            if card is None or Action.ROLL_BACK not in buttons(card):
                raise AgainError  # the card does not show the end yet
            _ok(await self._person.click(card, Action.ROLL_BACK))
        elif wish.kind in _COMMANDS:
            line = _COMMANDS[wish.kind].format(job=wish.job, path=wish.path)
            _ok(await self._person.command(self._channel, line))
        else:
            await self._filled(wish)
        return await self._screen("review")

    async def _filled(self, wish):
        _ok(await self._person.command(self._channel, f"/flink update {wish.job}"))
        values = dict(wish.values)
        if wish.kind is Kind.INTERVAL:
            form = await self._screen("update_form", "parallelism")
        else:
            group, mode = GROUPS[wish.kind]
            form = await self._screen("update_form", "groups")
            block = block_of(form, "groups")
            _ok(await self._person.choose(form, block, Action.CHOOSE_GROUPS, [group]))
            form = await self._screen("update_form", "mode")
            values |= {"mode": mode} if mode else {}
        entered = {block_of(form, name): value for name, value in values.items()}
        outcome = await self._person.submit(form, entered)
        if outcome.view is None:
            raise AgainError

    async def _press(self, review, pressed):
        """Press Apply until it is taken, or until the screen is another."""
        for _ in range(_PRESSES):
            live = next((view for view in self._person.views if view.id == review.id), None)
            if live is None or live.callback_id != "review":
                return
            pressed.add(live.private_metadata)
            outcome = await self._person.submit(live)
            if outcome.view is not None and outcome.view.title == "Applying":
                self.promised.add(live.private_metadata)
            if outcome.view is not None or outcome.closed:
                return
            if await self._database.rows(_TAKEN, live.private_metadata):
                return

    async def _watch(self, wish):
        """Ask for the result of what runs, press Watch there, and see that it is watched."""
        running = self._clouds.started_elsewhere(wish.job)
        line = f"/flink result {running.id} {TARGET}"
        _ok(await self._person.command(self._channel, line))

        def answer():
            told = self._slack.workspace.messages(self._channel)
            return next((m for m in told if _watches(m, running.id)), None)

        message = await self._slack.wait_for(answer, _SCREEN_SECONDS)
        _ok(await self._person.click(message, Action.WATCH_HOT_UPDATE))
        found = await self._database.until(_WATCHED, running.id, seconds=_SCREEN_SECONDS)
        return found[0][0]

    async def _screen(self, callback_id, field=""):
        def found():
            views = self._person.views
            top = views[-1] if views else None
            fits = top is not None and top.callback_id == callback_id and _shows(top, field)
            return top if fits else None

        return await self._slack.wait_for(found, _SCREEN_SECONDS)

    async def _alone(self):
        if self._person.views:
            await self._person.close(self._person.views[0], everything=True)

    async def _succeeded(self, update_id):
        with suppress(TimeoutError):
            [(state,)] = await self._database.until(_ENDED, update_id, seconds=_ENDING_SECONDS)
            return state == "succeeded"
        return False

    def _message(self, key):
        messages = self._slack.messages(self._channel)
        return next((m for m in messages if key_of(m) == key), None)


def _ok(outcome):
    if not outcome.ok:
        raise AgainError


def _shows(view, field):
    ids = (str(block.get("block_id", "")) for block in view.blocks)
    return not field or any(one.partition(":")[0] == field for one in ids)


def _watches(message, hot_update_id):
    return Action.WATCH_HOT_UPDATE in buttons(message) and hot_update_id in str(message.blocks)
