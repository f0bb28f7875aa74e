"""What holds for any rules and any request."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.policy.access import Access, refusal
from bot.policy.approvals import approval_refusal, standing
from bot.policy.decide import NO_RULE, admitted, decide
from bot.policy.hours import Day, Hours
from bot.policy.limits import Limits
from bot.policy.operations import Operation
from bot.policy.people import People, Person
from bot.policy.request import Request, Subject, restart_class
from bot.policy.rules import Fit, Rule, Ruling
from tests.unit.policy.bench import MONDAY_NOON, allow_lists, change, request, subject

STRICTNESS = [Ruling.APPLY, Ruling.APPROVAL, Ruling.REFUSE]
USERS, GROUPS, TEAMS = ["U1", "U2", "U3"], ["S1", "S2"], ["T1", "T2"]
CHANNELS, TARGETS = ["C1", "C2"], ["prod", "test"]


def some(*values):
    """Any of these, often few, sometimes everything."""
    return st.frozensets(st.sampled_from([*values, "*"]), max_size=3)


people = st.builds(People, some(*USERS, *GROUPS), st.frozensets(st.sampled_from(TEAMS), max_size=1))
known = st.builds(
    Person,
    st.sampled_from(USERS),
    st.frozensets(st.sampled_from(GROUPS)),
    st.sampled_from(TEAMS),
)
anybody = known | known.map(lambda one: replace(one, groups=None))
hours = st.builds(
    Hours,
    st.just(ZoneInfo("Asia/Shanghai")),
    st.frozensets(st.sampled_from(Day), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1440),
)
limits = st.builds(
    Limits,
    max_parallelism=st.none() | st.integers(1, 64),
    max_factor=st.none() | st.decimals(1, 8, places=1).map(Decimal),
    hours=st.none() | hours,
)
rules = st.builds(
    Rule,
    name=st.text("abc", min_size=1, max_size=3),
    targets=some(*TARGETS),
    jobs=some("orders", "ord*", "pay?ents"),
    operations=some("hot_update", "dli_stop"),
    channels=some(*CHANNELS),
    requesters=people,
    decision=st.sampled_from(Ruling),
    restarts=st.sampled_from(Ruling),
    approvers=people,
    approvals=st.integers(1, 3),
    own_approval=st.booleans(),
    forbidden_fields=st.sampled_from([frozenset(), frozenset({"state.*"})]),
    required_fields=st.sampled_from([frozenset(), frozenset({"reason"})]),
    approval_beyond=limits,
    refuse_beyond=limits,
)
rule_sets = st.lists(rules, max_size=5)
subjects = st.builds(
    Subject,
    person=anybody,
    target=st.sampled_from(TARGETS),
    environment=st.just("production"),
    job=st.sampled_from(["orders", "payments"]),
    operation=st.sampled_from(Operation),
    channel=st.sampled_from(["", *CHANNELS]),
    told_in=st.sampled_from(["", *CHANNELS]),
)
changes = st.lists(
    st.builds(
        change,
        st.sampled_from(["parallelism", "state.ttl"]),
        st.sampled_from([None, "4", "8"]),
        st.sampled_from([None, "6", "64"]),
        st.booleans(),
    ),
    max_size=2,
).map(tuple)


@st.composite
def requests(draw):
    about, moved = draw(subjects), draw(changes)
    return Request(
        subject=about,
        now=MONDAY_NOON + timedelta(hours=draw(st.integers(0, 167))),
        changes=moved,
        given=draw(st.sampled_from([frozenset(), frozenset({"reason"})])),
        restarts=restart_class(about.operation, moved),
    )


def with_groups(asked, groups):
    who = replace(asked.subject.person, groups=groups)
    return replace(asked, subject=replace(asked.subject, person=who))


@given(rule_sets, requests())
def test_nothing_is_granted_without_a_rule_that_is_for_it(some_rules, asked):
    found = decide(some_rules, asked)

    if found.ruling is not Ruling.REFUSE:
        [deciding] = [one for one in found.considered if one.why_not is None]
        written = some_rules[found.considered.index(deciding)]
        assert written.name == found.rule
        assert written.fit(asked.subject) == (Fit.YES, None)
        assert written.decision is not Ruling.REFUSE
    if all(one.fit(asked.subject)[0] is Fit.NO for one in some_rules):
        assert (found.ruling, found.rule) == (Ruling.REFUSE, NO_RULE)


@given(rule_sets, requests())
def test_every_decision_has_a_reason_and_looks_at_every_rule(some_rules, asked):
    found = decide(some_rules, asked)

    assert found.reasons
    assert [one.rule for one in found.considered] == [one.name for one in some_rules]
    assert (found.approvals > 0) is (found.ruling is Ruling.APPROVAL)


@given(rule_sets, rules, st.integers(0, 5), requests())
def test_a_rule_for_something_else_changes_nothing(some_rules, other, at, asked):
    if other.fit(asked.subject)[0] is not Fit.NO:
        other = replace(other, targets=frozenset({"elsewhere"}))
    more = [*some_rules[:at], other, *some_rules[at:]]
    before, after = decide(some_rules, asked), decide(more, asked)

    if before.rule != NO_RULE:  # then only the advice may get better
        assert before.reasons == after.reasons
    assert (before.ruling, before.rule) == (after.ruling, after.rule)
    assert before.approvals == after.approvals
    assert before.approvers == after.approvers


@given(rule_sets, requests(), st.frozensets(st.sampled_from(GROUPS)))
def test_unknown_groups_grant_nothing_that_any_membership_would_not(some_rules, asked, groups):
    unknown = decide(some_rules, with_groups(asked, None))

    if unknown.ruling is not Ruling.REFUSE:
        assert unknown == decide(some_rules, with_groups(asked, groups))


@given(rule_sets, requests())
def test_who_is_not_admitted_is_refused_whatever_the_values(some_rules, asked):
    if admitted(some_rules, asked.subject) is not None:
        assert decide(some_rules, asked).ruling is Ruling.REFUSE


@given(rules, requests(), limits)
def test_a_limit_never_makes_a_rule_milder(one, asked, limit):
    bare = replace(one, approval_beyond=Limits(), refuse_beyond=Limits())
    before = STRICTNESS.index(decide([bare], asked).ruling)

    for stricter in (replace(bare, approval_beyond=limit), replace(bare, refuse_beyond=limit)):
        assert STRICTNESS.index(decide([stricter], asked).ruling) >= before


@given(rule_sets, requests(), st.lists(anybody, max_size=6))
def test_no_requester_approves_alone_where_a_rule_asks_for_another(some_rules, asked, clickers):
    found = decide(some_rules, asked)
    requester = asked.subject.person.user
    said_yes = []
    for clicker in clickers:
        if approval_refusal(found, requester, said_yes, clicker) is None:
            said_yes.append(clicker)

    others = {one.user for one in said_yes} - {requester}
    if found.ruling is Ruling.APPROVAL and standing(found, requester, said_yes).complete:
        assert len(others) >= found.approvals - found.own_approval
        assert others or found.own_approval
    if found.ruling is not Ruling.APPROVAL:
        assert not said_yes


@given(rule_sets, requests(), st.lists(known, max_size=6))
def test_only_the_requesters_own_clicks_complete_nothing(some_rules, asked, clickers):
    found = decide(some_rules, asked)
    requester = asked.subject.person.user
    own = [replace(one, user=requester) for one in clickers]

    if found.ruling is Ruling.APPROVAL and not found.own_approval:
        assert not standing(found, requester, own).complete


@given(rule_sets, requests(), st.lists(anybody, max_size=6))
def test_more_or_repeated_approvals_never_lower_the_count(some_rules, asked, said_yes):
    found = decide(some_rules, asked)
    requester = asked.subject.person.user
    once, twice = (standing(found, requester, said_yes * times) for times in (1, 2))

    assert once == twice
    assert len(set(once.counted)) == len(once.counted)
    for index in range(len(said_yes)):
        assert standing(found, requester, said_yes[:index]).missing >= once.missing


@given(
    some(*USERS),
    some(*CHANNELS),
    st.sampled_from(USERS),
    st.sampled_from(["", *CHANNELS]),
    st.sampled_from(["", *CHANNELS]),
    st.sampled_from(Operation),
)
def test_lists_alone_decide_as_they_always_did(users, channels, user, channel, told_in, operation):
    access = Access(users, channels)
    before = refusal(access, target="prod", user=user, channel=channel, told_in=told_in)
    who = subject(Person(user), channel=channel, told_in=told_in, operation=operation)
    lists = [allow_lists(target="b"), allow_lists(users, channels)]

    found = decide(lists, replace(request(change("parallelism", "1", "99")), subject=who))
    assert (None if found.ruling is Ruling.APPLY else found.reason) == before
    assert admitted(lists, who) == before


@given(st.integers(1, 1439), st.integers(1, 1439), st.integers(0, 3 * 366 * 24 * 60))
def test_it_is_open_or_the_rest_of_the_day(start, end, minutes):
    zone, moment = ZoneInfo("Europe/Berlin"), MONDAY_NOON + timedelta(minutes=minutes)
    open_hours, rest = Hours(zone, start=start, end=end), Hours(zone, start=end, end=start)

    assert start == end or open_hours.open_at(moment) is not rest.open_at(moment)
