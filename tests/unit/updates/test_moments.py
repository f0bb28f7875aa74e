"""Rules, groups and freezes that change before a moment stop every operation at that moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.notes import Code, note
from bot.policy.operations import Operation
from bot.policy.people import People
from bot.policy.rules import Rule, Ruling
from bot.store import open_store
from bot.updates.approvals import Freeze
from bot.updates.approving import Approvals
from bot.updates.gate import RuleGate
from bot.updates.operation import Wait
from bot.updates.ports import NewEvent
from bot.updates.rulebook import Rulebook
from bot.updates.submit import Asker, Submissions, Target
from tests.factories import make_plan, make_snapshot
from tests.unit.updates.conftest import EVERYONE

ASKS, SAYS_YES = (Asker(user, "C0JOBS", team="T1") for user in ("U0ADA", "U0LIN"))
ON_CALL, NOBODY = People(frozenset({"S0CALL"})), People(frozenset({"U0NOBODY"}))
RULE = Rule(name="two-people", requesters=ON_CALL, decision=Ruling.APPROVAL, approvers=ON_CALL)
CHANGED = {
    "refused": {"decision": Ruling.REFUSE},
    "not_for_the_requester": {"requesters": NOBODY},
    "not_for_the_approver": {"approvers": NOBODY},
    "two_yeses": {"approvals": 2},
    "at_once": {"decision": Ruling.APPLY, "restarts": Ruling.APPLY},
}
MEMBERS = {
    "requester_leaves": {SAYS_YES.user},
    "approver_leaves": {ASKS.user},
    "groups_away": None,
}
MOMENTS = ("submit", "approval", "write")
# What happens just before a moment, and at which one it ends then: s(ubmit), a(pproval), w(rite);
# "." is written, "2" waits for another yes, "~" waits until groups can be read.
EXPECTED = """
before                   submit  approval  write
nothing                  .       .         .
refused                  s       a         w
not_for_the_requester    s       a         w
not_for_the_approver     a       a         w
not_for_the_operation    s       a         w
two_yeses                2       2         w
at_once                  .       .         .
frozen                   s       a         w
requester_leaves         s       a         w
approver_leaves          a       a         w
groups_away              s       a         ~
"""
CASES = {
    (words[0], moment): sign
    for words in (line.split() for line in EXPECTED.strip().splitlines()[1:])
    for moment, sign in zip(MOMENTS, words[1:], strict=True)
}
FROZEN = NewEvent(note(Code.EVENT_FROZEN, target="prod", who=ASKS.user))
LIFTED = NewEvent(note(Code.EVENT_UNFROZEN, target="prod", who=ASKS.user))


class Groups:
    """Who is on call; None: that cannot be read."""

    def __init__(self):
        self.members = {ASKS.user, SAYS_YES.user}

    async def of(self, user):
        if self.members is None:
            return None
        return frozenset({"S0CALL"} if user in self.members else ())


class Desk:
    """One request from its submission up to its write, with what happens in between."""

    def __init__(self, store, cloud, clock, operation):
        self.store, self.clock, self.operation = store, clock, operation
        self.groups = Groups()
        place = Target(name="prod", cloud=cloud, access=EVERYONE)
        book = Rulebook((RULE,), self.groups, "T1", freezes=store.freezes)
        updates, answers = store.updates, store.approvals
        self.submissions = Submissions(
            updates, {"prod": place}, clock, lambda: "none", lambda: None, book
        )
        self.approvals = Approvals(self.submissions, updates, answers, clock, lambda: None)
        self.gate = RuleGate(self.submissions, updates, answers, clock, 300)

    async def happens(self, what):
        if what in MEMBERS:
            self.groups.members = MEMBERS[what]
        elif what == "frozen":
            freeze = Freeze(target="prod", who=ASKS.user, since=self.clock())
            await self.store.freezes.freeze(freeze, FROZEN)
        else:
            others = frozenset(one.value for one in Operation if one is not self.operation)
            changed = {**CHANGED, "nothing": {}, "not_for_the_operation": {"operations": others}}
            rule = replace(RULE, **changed[what])
            self.submissions.rules = replace(self.submissions.rules, rules=(rule,))

    async def end(self, what, moment, number):
        """Give the sign of how it ends."""
        seen = make_snapshot(ref=DeploymentRef("prod", f"d-{number}"))
        asker = replace(ASKS, delivery=f"{number}")
        planned = await self.submissions.record(asker, seen, make_plan(), self.operation)
        self.its_id = planned.id
        for now, step in zip(MOMENTS, (self._submit, self._approve, self._write), strict=True):
            if now == moment:
                await self.happens(what)
            if sign := await step(planned):
                return sign
        return "."

    async def _submit(self, planned):
        try:
            await self.submissions.apply(planned.id, ASKS, accepted=True)
        except UserError:
            return "s" if await self._state() is State.PLANNED else "?"

    async def _approve(self, planned):
        if await self._state() is State.QUEUED:
            return None
        try:
            asked = await self.approvals.approve(planned.id, SAYS_YES)
        except UserError:
            return "a" if await self._state() is State.AWAITING_APPROVAL else "?"
        return "2" if asked.update.state is State.AWAITING_APPROVAL else None

    async def _write(self, planned):
        stopped = await self.gate.stop(await self.store.updates.get(planned.id))
        if isinstance(stopped, Wait):
            return "~"
        return stopped and ("w" if stopped.state is State.STALE else "?")

    async def _state(self):
        return (await self.store.updates.get(self.its_id)).state


@pytest.mark.parametrize("operation", Operation)
async def test_what_changes_before_a_moment_counts_at_it(tmp_path, cloud, clock, operation):
    ends = {}
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3", now=clock) as store:
        for number, (what, moment) in enumerate(CASES):
            desk = Desk(store, cloud, clock, operation)
            ends[what, moment] = await desk.end(what, moment, number)
            await store.freezes.unfreeze("prod", LIFTED)
            clock.time += timedelta(seconds=1)

    assert ends == CASES
