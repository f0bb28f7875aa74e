"""Requests for approval: whose yes counts, once, and when they end."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.notes import Code
from bot.policy.hours import WHOLE_DAY, Hours
from bot.policy.limits import Limits
from bot.policy.people import People
from bot.policy.rules import Rule, Ruling
from bot.store import open_store
from bot.updates.approving import Approvals
from bot.updates.gate import RuleGate
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.operation import Finish, Wait
from bot.updates.rulebook import Rulebook, Terms
from bot.updates.submit import Asker, Submissions, Target
from tests.factories import make_plan, make_snapshot
from tests.unit.updates.conftest import ANNA, EVERYONE, ORDERS

BEN, CLEO = Asker("U0BEN", "C0JOBS", team="T1"), Asker("U0CLEO", "", team="T1")
ANYBODY = People(frozenset("*"))
OF_BEN_OR_CLEO = Rule(
    name="of-two",
    requesters=ANYBODY,
    decision=Ruling.APPROVAL,
    approvers=People(frozenset({BEN.user, CLEO.user, ANNA.user})),
)
OF_GROUP = replace(OF_BEN_OR_CLEO, approvers=People(frozenset({"S0CALL"})))


class Groups:
    """Groups that a test changes; `members` None: they cannot be read."""

    def __init__(self, *members):
        self.members = set(members)

    async def of(self, user):
        if self.members is None:
            return None
        return frozenset({"S0CALL"} if user in self.members else ())


class Office:
    """Submissions under rules, on a store, with a clock moved by hand."""

    def __init__(self, store, cloud, clock):
        self.store, self.cloud, self.clock = store, cloud, clock
        self.groups = Groups()
        self.under(OF_BEN_OR_CLEO)

    def under(self, *rules, approvals=None, **terms):
        if approvals:
            rules = [replace(rule, approvals=approvals) for rule in rules]
        place = Target(name="prod", cloud=self.cloud, access=EVERYONE)
        book = Rulebook(rules, self.groups, "T1", Terms(**terms))
        updates = self.store.updates
        self.submissions = Submissions(
            updates, {"prod": place}, self.clock, lambda: "u9", lambda: None, book
        )
        answers = self.store.approvals
        self.approvals = Approvals(self.submissions, updates, answers, self.clock, lambda: None)
        self.gate = RuleGate(self.submissions, updates, answers, self.clock, 300)
        return self

    async def planned(self, asker=ANNA, delivery=""):
        requests = HotUpdateRequests(self.submissions, {"prod": self.cloud}, self.store.updates)
        asker = replace(asker, delivery=delivery)
        return await requests.plan(asker, ORDERS, {"parallelism": "8"})

    async def asked(self):
        planned = await self.planned()
        return await self.submissions.apply(planned.id, ANNA, accepted=False)

    async def codes(self, update):
        return [event.note.code for event in await self.store.updates.events(update.id)]

    async def state(self, update):
        return (await self.store.updates.get(update.id)).state


@pytest.fixture
async def office(tmp_path, cloud, clock):
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3", now=clock) as store:
        yield Office(store, cloud, clock)


async def refused(awaitable):
    with pytest.raises(UserError) as caught:
        await awaitable
    return caught.value.note


async def test_a_request_waits_and_is_queued_by_the_last_yes_that_is_needed(office):
    update = await office.under(OF_BEN_OR_CLEO, approvals=2).asked()
    assert update.state is State.AWAITING_APPROVAL

    one = await office.approvals.approve(update.id, BEN)
    assert (one.update.state, one.standing.missing) == (State.AWAITING_APPROVAL, 1)
    two = await office.approvals.approve(update.id, CLEO)

    assert (two.update.state, two.standing.counted) == (State.QUEUED, (BEN.user, CLEO.user))
    assert await office.gate.stop(two.update) is None


async def test_one_person_counts_once_and_the_requester_never(office):
    update = await office.under(OF_BEN_OR_CLEO, approvals=2).asked()
    await office.approvals.approve(update.id, BEN)

    assert (await refused(office.approvals.approve(update.id, BEN))).code is Code.APPROVED_BY_YOU
    assert (await refused(office.approvals.approve(update.id, ANNA))).code is Code.OWN_REQUEST
    assert await office.state(update) is State.AWAITING_APPROVAL


async def test_many_at_once_make_one_decision(office):
    update = await office.asked()
    clicks = [office.approvals.approve(update.id, who) for who in (BEN, CLEO) * 10]

    said = await asyncio.gather(*clicks, return_exceptions=True)

    approved = [one for one in said if not isinstance(one, UserError)]
    assert approved
    assert all(one.update.state is State.QUEUED for one in approved)
    late = {one.note.code for one in said if isinstance(one, UserError)}
    assert late <= {Code.DECIDED_ALREADY, Code.APPROVED_BY_YOU, Code.APPROVED_ALREADY}
    assert (await office.codes(update)).count(Code.EVENT_QUEUED) == 1


async def test_only_who_planned_it_asks_for_approval(office):
    planned = await office.planned()
    found = await refused(office.submissions.apply(planned.id, BEN, accepted=False))
    assert (found.code, found.args["who"]) == (Code.NOT_YOUR_PLAN, ANNA.user)


async def test_a_rejection_ends_it_and_a_later_yes_is_told_by_whom(office):
    update = await office.asked()
    ended = await office.approvals.reject(update.id, BEN, "not now")
    late = await refused(office.approvals.approve(update.id, CLEO))

    assert ended.state is State.CANCELLED
    assert (late.code, late.args["who"]) == (Code.DECIDED_ALREADY, BEN.user)


async def test_two_rejections_at_once_are_one(office):
    update = await office.asked()
    said = await asyncio.gather(
        office.approvals.reject(update.id, BEN, "a"),
        office.approvals.reject(update.id, CLEO, "b"),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, UserError) for one in said) == [False, True]
    assert (await office.codes(update)).count(Code.EVENT_REJECTED) == 1


async def test_strangers_and_plans_are_not_decided(office):
    update = await office.asked()
    stranger = Asker("U0DAN", "", team="T1")
    assert (await refused(office.approvals.reject(update.id, stranger, "x"))).code is (
        Code.NOT_AN_APPROVER
    )
    await office.submissions.cancel(update.id, ANNA)
    planned = await office.planned(delivery="another")
    assert (await refused(office.approvals.approve(planned.id, BEN))).code is Code.NOT_WAITING


async def test_reminders_double_until_it_expires(office):
    update = await office.asked()
    reminded = []
    for minute in range(1, 125):
        office.clock.time += timedelta(minutes=1)
        before = (await office.codes(update)).count(Code.EVENT_REMINDED)
        await office.approvals.look_after()
        if (await office.codes(update)).count(Code.EVENT_REMINDED) > before:
            reminded.append(minute)
    assert reminded == [15, 45, 105]
    assert await office.state(update) is State.EXPIRED
    assert Code.EVENT_NOT_APPROVED in await office.codes(update)


async def test_it_expires_in_time_where_no_reminder_is_due_before(office):
    office.under(OF_BEN_OR_CLEO, expires_after=timedelta(minutes=5))
    update = await office.asked()
    office.clock.time += timedelta(minutes=5)
    await office.approvals.look_after()
    assert await office.state(update) is State.EXPIRED


async def test_what_was_approved_before_a_crash_is_queued_later(office):
    update = await office.under(OF_BEN_OR_CLEO, approvals=2).asked()
    await office.approvals.approve(update.id, BEN)
    office.under(OF_BEN_OR_CLEO)  # one is enough now
    office.clock.time += timedelta(minutes=15)

    await office.approvals.look_after()

    assert await office.state(update) is State.QUEUED


async def test_a_click_also_finishes_what_was_approved_before(office):
    update = await office.under(OF_BEN_OR_CLEO, approvals=2).asked()
    await office.approvals.approve(update.id, BEN)
    office.under(OF_BEN_OR_CLEO)
    done = await office.approvals.approve(update.id, CLEO)
    assert (done.update.state, done.standing.counted) == (State.QUEUED, (BEN.user,))


async def test_what_nobody_can_decide_any_more_expires(office):
    update = await office.asked()
    office.submissions.targets = {}
    office.clock.time += timedelta(minutes=15)
    await office.approvals.look_after()
    assert await office.state(update) is State.EXPIRED


async def test_what_only_a_newer_version_knows_keeps_nobody_else_waiting(office):
    seen = make_snapshot(ref=DeploymentRef("prod", "d-2"))
    newer = await office.submissions.record(
        replace(ANNA, delivery="newer"), seen, make_plan(), "of_a_newer_version"
    )
    due = office.clock()
    await office.store.updates.transition(
        newer.id,
        origin=frozenset({State.PLANNED}),
        state=State.AWAITING_APPROVAL,
        events=[],
        next_at=due,
    )
    update = await office.asked()
    office.clock.time += timedelta(hours=2)

    await office.approvals.look_after()

    assert await office.state(update) is State.EXPIRED
    assert await office.state(newer) is State.AWAITING_APPROVAL


async def test_a_yes_to_what_the_rules_forbid_by_now_is_refused(office):
    update = await office.asked()
    office.under(replace(OF_BEN_OR_CLEO, decision=Ruling.REFUSE))
    found = await refused(office.approvals.approve(update.id, BEN))
    assert (found.code, found.args["rule"]) == (Code.REQUEST_FORBIDDEN, "of-two")


async def test_members_count_as_they_are_at_the_click_and_before_the_write(office):
    office.groups.members = {BEN.user}
    update = await office.under(OF_GROUP).asked()
    assert (await refused(office.approvals.approve(update.id, CLEO))).code is Code.NOT_AN_APPROVER
    queued = (await office.approvals.approve(update.id, BEN)).update
    office.groups.members = set()

    stopped = await office.gate.stop(queued)

    assert isinstance(stopped, Finish)
    assert stopped.state is State.STALE
    assert stopped.verdict.notes[0].code is Code.VERDICT_APPROVAL_GONE


async def test_groups_that_cannot_be_read_hold_the_write_up_for_a_while(office):
    office.groups.members = {BEN.user}
    update = await office.under(OF_GROUP).asked()
    queued = (await office.approvals.approve(update.id, BEN)).update
    office.groups.members = None

    assert isinstance(await office.gate.stop(queued), Wait)
    office.clock.time += timedelta(seconds=301)
    ended = await office.gate.stop(queued)

    assert isinstance(ended, Finish)
    assert ended.verdict.notes[0].code is Code.VERDICT_APPROVAL_GONE


async def test_a_requester_whose_groups_are_unknown_waits_and_one_who_left_is_stopped(office):
    ours = Rule(name="ours", requesters=People(frozenset({"S0CALL"})))
    office.groups.members = {ANNA.user}
    office.under(ours)
    queued = await office.asked()
    assert await office.gate.stop(queued) is None

    office.groups.members = None
    assert isinstance(await office.gate.stop(queued), Wait)
    office.groups.members = set()
    stopped = await office.gate.stop(queued)

    assert [one.code for one in stopped.verdict.notes] == [
        Code.VERDICT_NOT_ALLOWED,
        Code.NO_RULE_ALLOWS,
    ]


async def test_the_gate_leaves_a_target_that_is_gone_to_the_step(office):
    queued = await office.under(Rule(name="all", requesters=ANYBODY)).asked()
    office.submissions.targets = {}
    assert await office.gate.stop(queued) is None


async def test_what_applied_at_once_needs_approval_by_a_newer_rule_and_is_stopped(office):
    queued = await office.under(Rule(name="all", requesters=ANYBODY)).asked()
    office.under(OF_BEN_OR_CLEO)
    stopped = await office.gate.stop(queued)
    assert stopped.verdict.notes[0].args["missing"] == "1"


async def test_who_edits_what_waits_asks_anew_and_nobody_else_can(office):
    requests = HotUpdateRequests(office.submissions, {"prod": office.cloud}, office.store.updates)
    update = await office.asked()
    await requests.plan(
        replace(BEN, delivery="b"), ORDERS, {"parallelism": "6"}, replaces=update.id
    )
    assert await office.state(update) is State.AWAITING_APPROVAL
    await requests.plan(
        replace(ANNA, delivery="a"), ORDERS, {"parallelism": "6"}, replaces=update.id
    )
    assert await office.state(update) is State.SUPERSEDED


async def test_an_answer_that_came_a_moment_too_late_is_told_so(office):
    update = await office.asked()

    class Late:
        """Somebody rejects while the answer is on its way."""

        def __init__(self, behind):
            self._behind = behind

        def __getattr__(self, name):
            return getattr(self._behind, name)

        async def answer(self, update_id, answer, event):
            await office.approvals.reject(update_id, CLEO, "no")
            return await self._behind.answer(update_id, answer, event)

    late = Approvals(
        office.submissions,
        office.store.updates,
        Late(office.store.approvals),
        office.clock,
        lambda: None,
    )
    found = await refused(late.approve(update.id, BEN))
    assert (found.code, found.args["who"]) == (Code.DECIDED_ALREADY, CLEO.user)


async def test_groups_that_take_too_long_are_unknown():
    class Slow:
        async def of(self, user):
            await asyncio.Event().wait()

    person = await Rulebook((), Slow(), groups_within=0.01).person("U0ANNA", "T1")
    assert (person.groups, person.team) == (None, "T1")


@pytest.mark.parametrize(("beyond", "stops"), [("refuse_beyond", True), ("approval_beyond", False)])
async def test_hours_are_those_of_the_asking_but_nothing_is_written_when_they_refuse(
    office, beyond, stops
):
    began = office.clock().hour * 60
    limits = Limits(hours=Hours(ZoneInfo("UTC"), start=began, end=(began + 60) % WHOLE_DAY))
    rule = replace(OF_BEN_OR_CLEO, decision=Ruling.APPLY, **{beyond: limits})
    queued = await office.under(rule).asked()
    assert queued.state is State.QUEUED
    office.clock.time += timedelta(hours=2)

    assert (await office.gate.stop(queued) is not None) is stops
