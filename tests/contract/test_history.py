"""The past is found page by page, on both databases."""

import pytest

from bot.flink.update import State
from bot.notes import Code, note
from bot.updates.history import Past, Wanted
from bot.updates.ports import Event, NewEvent
from tests.factories import NOW, make_update
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import PLANNED, opened_at, plan_of

ALL = Wanted()


@pytest.fixture
async def store(database_url):
    clock = FakeClock()
    async with opened_at(database_url, clock) as store:
        store.updates.clock = clock
        yield store.updates


async def applied(store, its_id, *events, at=None, **overrides):
    """Apply a plan, a minute after the one before."""
    store.clock.tick(60)
    created = at or store.clock()
    plan = plan_of(its_id, f"d-{its_id}", created_at=created, **overrides)
    await store.add(plan, [])
    await store.transition(its_id, origin=PLANNED, state=State.QUEUED, events=list(events))


async def pages(store, wanted=ALL, limit=3):
    """Go from the newest page to the oldest; give the ids on each, and the last edge back."""
    page, seen = await store.history(wanted, limit), []
    while True:
        seen.append([past.update.id for past in page.entries])
        if page.older is None:
            return seen, page.newer
        page = await store.history(wanted, limit, page.older)


async def test_where_nothing_happened_there_is_no_page_to_go_to(store):
    page = await store.history(ALL, 3)

    assert (page.entries, page.newer, page.older) == ((), None, None)


@pytest.mark.parametrize("together", [False, True])
async def test_the_past_is_told_newest_first_and_each_update_once(store, together):
    for number in range(8):
        await applied(store, f"u{number}", at=NOW if together else None)

    seen, _ = await pages(store)

    assert seen == [["u7", "u6", "u5"], ["u4", "u3", "u2"], ["u1", "u0"]]


async def test_a_last_page_that_is_full_has_none_behind_it(store):
    for number in range(6):
        await applied(store, f"u{number}")

    seen, _ = await pages(store)

    assert seen == [["u5", "u4", "u3"], ["u2", "u1", "u0"]]


async def test_the_way_back_shows_the_same_pages(store):
    for number in range(8):
        await applied(store, f"u{number}")
    _, back = await pages(store)

    middle = await store.history(ALL, 3, back)
    first = await store.history(ALL, 3, middle.newer)

    assert [past.update.id for past in middle.entries] == ["u4", "u3", "u2"]
    assert [past.update.id for past in first.entries] == ["u7", "u6", "u5"]
    assert first.newer is None
    assert first.older is not None


async def test_a_way_back_to_fewer_than_a_page_shows_the_first_page_whole(store):
    for number in range(5):
        await applied(store, f"u{number}")
    second = await store.history(ALL, 2, (await store.history(ALL, 2)).older)

    page = await store.history(ALL, 3, second.newer)

    assert [past.update.id for past in page.entries] == ["u4", "u3", "u2"]
    assert page.newer is None


async def test_what_comes_meanwhile_moves_nothing_on_older_pages(store):
    for number in range(4):
        await applied(store, f"u{number}")
    first = await store.history(ALL, 2)
    await applied(store, "u9")

    older = await store.history(ALL, 2, first.older)

    assert [past.update.id for past in older.entries] == ["u1", "u0"]


async def test_a_plan_that_nobody_applied_is_no_past(store):
    await store.add(plan_of("u0", "d-0"), [])
    await store.transition("u0", origin=PLANNED, state=State.EXPIRED, events=[])

    assert (await store.history(ALL, 3)).entries == ()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("orders", ["u2", "u0"]),
        ("ORD", ["u2", "u0"]),
        ("clicks", ["u1"]),
        ("100%", ["u3"]),
        ("%", ["u3"]),
        ("_", ["u3"]),
        ("nothing", []),
    ],
)
async def test_a_job_is_found_by_a_part_of_its_name(store, typed, wanted):
    for number, name in enumerate(["orders", "clicks", "Orders-eu", "to_100%"]):
        await applied(store, f"u{number}", name=name)

    seen, _ = await pages(store, Wanted(job=typed))

    assert seen == [wanted]


async def test_a_persons_past_is_what_they_asked_for_or_had_a_part_in(store):
    approved = NewEvent(note(Code.EVENT_APPROVED, who="U0BEN"), "U0BEN")
    await applied(store, "u0", requested_by="U0BEN")
    await applied(store, "u1", approved, requested_by="U0ANNA")
    await applied(store, "u2", requested_by="U0ANNA")

    seen, _ = await pages(store, Wanted(user="U0BEN"))

    assert seen == [["u1", "u0"]]


async def test_an_update_comes_with_its_own_events_and_their_facts(store):
    ruled = NewEvent(
        note(Code.EVENT_APPROVAL_ASKED, who="U0ANNA", rule="restarts"),
        "U0ANNA",
        facts={"rule": "restarts"},
    )
    approved = [
        NewEvent(note(Code.EVENT_APPROVED, who=who), who) for who in ("U0BEN", "U0CAT", "U0BEN")
    ]
    await applied(store, "u0")
    await applied(store, "u1", ruled, *approved)

    [newest, oldest] = (await store.history(ALL, 3)).entries

    assert (newest.rule, newest.who(Code.EVENT_APPROVED)) == ("restarts", ("U0BEN", "U0CAT"))
    assert (oldest.rule, oldest.events) == ("", ())


def test_the_rule_is_the_one_that_decided_last():
    said = note(Code.EVENT_APPROVAL_ASKED, who="U0ANNA", rule="first")
    events = [
        Event("u1", 1, NOW, said),
        Event("u1", 2, NOW, note(Code.EVENT_QUEUED, who="U0ANNA"), facts={"rule": "second"}),
        Event("u1", 3, NOW, note(Code.EVENT_CHECKED)),
    ]

    assert Past(make_update(), events[:1]).rule == "first"
    assert Past(make_update(), events).rule == "second"
