"""Who may freeze what, what is refused while a freeze holds, and that nothing begins unread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import StoreUnavailableError, UserError
from bot.flink.update import State
from bot.notes import Code, note
from bot.policy.access import Access
from bot.policy.people import People
from bot.policy.rules import Ruling, rule_of_lists
from bot.slack.cards.approval import frozen_lines
from bot.slack.cards.card import lead_lines
from bot.store import open_store
from bot.updates.approvals import EVERYWHERE, Answer
from bot.updates.approving import Approvals
from bot.updates.freezing import Freezing, NoFreezes, frozen_at
from bot.updates.gate import RuleGate
from bot.updates.ports import NewEvent
from bot.updates.rulebook import Rulebook
from bot.updates.submit import Asker
from tests.fakes.clock import T0
from tests.unit.updates.conftest import ANNA, ORDERS, Bench

BEN = Asker("U0BEN", "C0JOBS")
HOUR = timedelta(hours=1)
BOTH = Access(frozenset({"U0ANNA", "U0BEN"}), frozenset({"C0JOBS"}))
ONLY_ANNA = Access(frozenset({"U0ANNA"}), frozenset({"C0OPS"}))


class Away:
    """A record that does not answer."""

    async def freezes(self):
        raise StoreUnavailableError("connection refused")


@pytest.fixture
async def bench(tmp_path, clock, cloud):
    """Give a bench of two targets: Anna may change both, Ben only staging."""
    url = f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"
    async with open_store(url, now=clock) as store:
        bench = Bench(store.updates, cloud, clock)
        access = {"prod": ONLY_ANNA, "staging": BOTH}
        prod = bench.submissions.targets["prod"]
        for name, lists in access.items():
            bench.submissions.targets[name] = replace(prod, name=name, access=lists)
        rules = [rule_of_lists(name, lists) for name, lists in access.items()]
        bench.submissions.rules = Rulebook(rules, freezes=store.freezes)
        bench.freezes = store.freezes
        bench.freezing = Freezing(
            bench.submissions,
            store.freezes,
            store.updates,
            store.approvals,
            clock,
            lambda: None,
        )
        bench.answers = store.approvals
        bench.gate = RuleGate(bench.submissions, store.updates, store.approvals, clock, 60)
        yield bench


@pytest.fixture
def anna():
    return replace(ANNA, channel="C0OPS")


async def refused(attempt):
    with pytest.raises(UserError) as caught:
        await attempt
    return caught.value.note


async def planned(bench, anna):
    return await bench.requests.plan(anna, ORDERS, {"parallelism": "8"})


# What is frozen, and by whom


@pytest.mark.parametrize(
    ("words", "target", "reason"),
    [
        (("prod", "release", "day"), "prod", "release day"),
        (("PROD",), "prod", ""),
        (("release", "day"), EVERYWHERE, "release day"),
        (("everywhere", "prod", "is", "down"), EVERYWHERE, "prod is down"),
        ((), EVERYWHERE, ""),
    ],
)
async def test_the_first_word_is_the_target_if_there_is_one_of_that_name(
    bench, anna, words, target, reason
):
    said, first = await bench.freezing.freeze(anna, words, 2 * HOUR)

    [freeze] = await bench.freezes.freezes()
    assert (freeze.target, freeze.reason, freeze.who) == (target, reason, "U0ANNA")
    assert (freeze.since, freeze.until) == (T0, T0 + 2 * HOUR)
    assert (said.code, said.args["target"], first) == (Code.EVENT_FROZEN, target, True)


@pytest.mark.parametrize("slip", ["prdo", "stagin", "Stagingg"])
async def test_a_slip_in_a_targets_name_does_not_freeze_everything(bench, anna, slip):
    for attempt in (
        bench.freezing.freeze(anna, [slip, "release"], None),
        bench.freezing.unfreeze(anna, slip),
        bench.freezing.unfreeze(anna, "nowhere"),
    ):
        assert (await refused(attempt)).code is Code.UNKNOWN_TARGET
    assert await bench.freezes.freezes() == []


async def test_who_can_change_nothing_there_can_neither_freeze_nor_lift(bench, anna):
    await bench.freezing.freeze(anna, ["prod"], None)
    await bench.freezing.freeze(anna, [], None)

    for attempt in (
        bench.freezing.freeze(BEN, ["prod"], None),
        bench.freezing.unfreeze(BEN, "prod"),
        bench.freezing.freeze(BEN, [], None),
        bench.freezing.unfreeze(BEN, ""),
    ):
        assert (await refused(attempt)).code is Code.NOT_ALLOWED
    assert [freeze.who for freeze in await bench.freezes.freezes()] == ["U0ANNA"] * 2


async def test_who_is_named_may_freeze_from_any_channel(bench, anna):
    await bench.freezing.freeze(replace(anna, channel="C0LUNCH"), ["prod"], None)

    assert len(await bench.freezes.freezes()) == 1


async def test_whoever_may_freeze_may_lift_what_somebody_else_froze(bench, anna):
    await bench.freezing.freeze(anna, ["staging"], None)

    said = await bench.freezing.unfreeze(BEN, "staging")

    assert (said.code, said.args["who"]) == (Code.EVENT_UNFROZEN, "U0BEN")
    assert await bench.freezes.freezes() == []
    assert await bench.told("freeze:staging") == [Code.EVENT_FROZEN, Code.EVENT_UNFROZEN]


async def test_what_is_not_frozen_is_not_lifted_and_what_is_frozen_is_named(bench, anna):
    await bench.freezing.freeze(anna, ["staging"], None)

    said = await refused(bench.freezing.unfreeze(anna, ""))

    assert (said.code, said.args) == (Code.NOT_FROZEN, {"target": "*", "frozen": "staging"})
    assert await bench.told("freeze:*") == []


async def test_a_secret_in_a_reason_is_not_kept(bench, anna):
    await bench.freezing.freeze(anna, ["prod", "password=hunter2hunter2"], None)

    [freeze] = await bench.freezes.freezes()
    assert "hunter2" not in freeze.reason
    [event] = await bench.store.events("freeze:prod")
    assert "hunter2" not in str(event)


# While it holds


async def test_nothing_new_is_applied_until_the_time_is_over(bench, anna):
    plan = await planned(bench, anna)
    await bench.freezing.freeze(anna, ["prod", "release"], 2 * HOUR)
    bench.clock.tick(7199)

    said = await refused(bench.submissions.apply(plan.id, anna, accepted=True))

    assert (said.code, said.args["reason"]) == (Code.FROZEN, "release")
    assert (await bench.store.get(plan.id)).state is State.PLANNED
    bench.clock.tick(1)
    assert (await bench.submissions.apply(plan.id, anna, accepted=True)).state is State.QUEUED


async def test_another_targets_freeze_stops_nothing_and_that_of_everything_does(bench, anna):
    plan = await planned(bench, anna)
    await bench.freezing.freeze(anna, [], None)
    assert (await refused(bench.submissions.apply(plan.id, anna, accepted=True))).args[
        "target"
    ] == EVERYWHERE

    await bench.freezing.unfreeze(anna, "everywhere")
    await bench.freezing.freeze(anna, ["staging"], None)
    assert (await bench.submissions.apply(plan.id, anna, accepted=True)).state is State.QUEUED


async def test_a_second_press_on_what_is_queued_is_not_told_of_the_freeze(bench, anna):
    plan = await planned(bench, anna)
    await bench.submissions.apply(plan.id, anna, accepted=True)
    await bench.freezing.freeze(anna, ["prod"], None)

    again = await bench.submissions.apply(plan.id, anna, accepted=True)

    assert again.state is State.QUEUED


async def test_what_is_queued_but_has_not_begun_ends_at_the_gate(bench, anna):
    plan = await planned(bench, anna)
    queued = await bench.submissions.apply(plan.id, anna, accepted=True)
    assert await bench.gate.stop(queued) is None
    await bench.freezing.freeze(anna, ["prod", "release"], 2 * HOUR)

    stopped = await bench.gate.stop(queued)

    [said] = stopped.verdict.notes
    assert (stopped.state, said.code) == (State.STALE, Code.VERDICT_FROZEN)
    assert said.args["reason"] == "release"


async def test_what_is_queued_can_be_called_off_while_frozen(bench, anna):
    plan = await planned(bench, anna)
    await bench.submissions.apply(plan.id, anna, accepted=True)
    await bench.freezing.freeze(anna, ["prod"], None)

    assert (await bench.submissions.cancel(plan.id, anna)).state is State.CANCELLED


@pytest.fixture
async def asked(bench, anna):
    """Give an update of Anna's that waits for Ben's yes, and what counts it."""
    [own, other] = bench.submissions.rules.rules
    asks = replace(own, decision=Ruling.APPROVAL, approvers=People(frozenset({"U0BEN"})))
    bench.submissions.rules = replace(bench.submissions.rules, rules=[asks, other])
    approvals = Approvals(bench.submissions, bench.store, bench.answers, bench.clock, lambda: None)
    plan = await planned(bench, anna)
    waiting = await bench.submissions.apply(plan.id, anna, accepted=True)
    assert waiting.state is State.AWAITING_APPROVAL
    return waiting, approvals


async def test_a_yes_does_not_count_while_frozen_and_does_afterwards(bench, anna, asked):
    waiting, approvals = asked
    await bench.freezing.freeze(anna, ["prod"], None)

    said = await refused(approvals.approve(waiting.id, BEN))

    assert said.code is Code.FROZEN
    assert await bench.answers.answers(waiting.id) == []
    await bench.freezing.unfreeze(anna, "prod")
    assert (await approvals.approve(waiting.id, BEN)).update.state is State.QUEUED


async def test_what_waits_for_approval_is_told_of_freezes_of_its_target(bench, anna, asked):
    waiting, _ = asked
    for words in (["staging"], ["prod"], []):
        await bench.freezing.freeze(anna, words, None)
    await bench.freezing.unfreeze(anna, "prod")

    events = await bench.store.events(waiting.id)

    said = [(e.note.code, e.note.args["target"]) for e in events if "frozen" in e.note.code]
    assert said == [
        (Code.EVENT_FROZEN, "prod"),
        (Code.EVENT_FROZEN, EVERYWHERE),
        (Code.EVENT_UNFROZEN, "prod"),
    ]
    [line] = frozen_lines(events, bench.clock())
    assert "froze every target" in line


async def test_a_card_of_what_runs_says_that_it_is_seen_through(bench, anna):
    plan = await planned(bench, anna)
    queued = await bench.submissions.apply(plan.id, anna, accepted=True)
    [claimed] = await bench.store.claim_due(1)
    running = await bench.store.save(replace(claimed, state=State.RUNNING))

    await bench.freezing.freeze(anna, ["prod", "release"], HOUR)

    events = await bench.store.events(plan.id)
    [line] = [line for line in lead_lines(running, events, bench.clock()) if "froze" in line]
    assert "Reason: release." in line
    assert "What it has begun is seen through." in line
    assert "approve" not in line
    assert any("froze prod" in line for line in lead_lines(queued, events, bench.clock()))
    await bench.freezing.unfreeze(anna, "prod")
    events = await bench.store.events(plan.id)
    assert not any("froze" in line for line in lead_lines(running, events, bench.clock()))
    assert [e.note.code for e in events][-2:] == [Code.EVENT_FROZEN, Code.EVENT_UNFROZEN]


class Tongueless:
    """Answers that cannot be told anything."""

    async def tell(self, update_id, event):
        raise StoreUnavailableError("connection reset")


async def test_a_freeze_holds_although_no_card_could_be_told(bench, anna, asked, caplog):
    freezing = replace(bench.freezing, answers=Tongueless())

    await freezing.freeze(anna, ["prod"], None)

    assert len(await bench.freezes.freezes()) == 1
    assert "not all cards say what is frozen" in caplog.text


async def test_a_card_says_a_freeze_as_long_as_it_holds(bench, anna, asked):
    waiting, _ = asked
    await bench.freezing.freeze(anna, ["prod", "release"], HOUR)
    events = await bench.store.events(waiting.id)

    [line] = frozen_lines(events, T0 + HOUR / 2)

    assert "Reason: release." in line
    assert list(frozen_lines(events, T0 + HOUR)) == []


async def test_nobody_moves_what_has_all_approvals_while_frozen(bench, anna, asked):
    waiting, approvals = asked
    yes = Answer(user="U0BEN", approves=True, digest=waiting.plan.digest, at=bench.clock())
    event = NewEvent(note(Code.EVENT_APPROVED, who="U0BEN"), "U0BEN")
    assert await bench.answers.answer(waiting.id, yes, event)
    await bench.freezing.freeze(anna, [], 3 * HOUR)

    bench.clock.tick(3600)
    await approvals.look_after()
    assert (await bench.store.get(waiting.id)).state is State.AWAITING_APPROVAL

    bench.clock.tick(7200)
    await approvals.look_after()
    assert (await bench.store.get(waiting.id)).state is State.QUEUED


async def test_a_record_that_is_away_lets_nothing_begin(bench, anna):
    plan = await planned(bench, anna)
    queued = replace(plan, state=State.QUEUED)
    bench.submissions.rules = replace(bench.submissions.rules, freezes=Away())

    with pytest.raises(StoreUnavailableError):
        await bench.submissions.apply(plan.id, anna, accepted=True)
    with pytest.raises(StoreUnavailableError):
        await bench.gate.stop(queued)
    assert (await bench.store.get(plan.id)).state is State.PLANNED


async def test_of_two_freezes_the_one_that_ends_last_is_told(bench, anna):
    await bench.freezing.freeze(anna, ["prod", "long"], 3 * HOUR)
    await bench.freezing.freeze(anna, ["short"], HOUR)
    held = await bench.freezes.freezes()
    assert frozen_at("prod", held).args["reason"] == "long"
    assert frozen_at("staging", held).args["reason"] == "short"

    await bench.freezing.freeze(anna, ["for", "good"], None)
    assert frozen_at("prod", await bench.freezes.freezes()).args["reason"] == "for good"
    said = [one.args["target"] for one in await bench.submissions.rules.all_frozen()]
    assert sorted(said) == [EVERYWHERE, "prod"]


async def test_rules_without_a_record_freeze_nothing():
    assert await Rulebook(()).frozen("prod") is None
    assert await NoFreezes().freezes() == ()
