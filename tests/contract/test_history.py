"""The past is found page by page, on both databases."""

import pytest

from bot.flink.update import State
from bot.notes import Code, note
from bot.updates.approvals import Freeze
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
        store.updates.clock, store.updates.of_freezes = clock, store.freezes
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

    frozen_by_ben = NewEvent(note(Code.EVENT_FROZEN, target="prod", who="U0BEN"), "U0BEN")
    await applied(store, "u3", frozen_by_ben, requested_by="U0ANNA")

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


async def frozen(store, target="prod", who="U0ANNA", *, lifted=False):
    """Freeze a target or lift its freeze, a minute after what was before."""
    store.clock.tick(60)
    code = Code.EVENT_UNFROZEN if lifted else Code.EVENT_FROZEN
    said = NewEvent(note(code, target=target, who=who), who, told=False)
    if lifted:
        assert await store.of_freezes.unfreeze(target, said)
        return
    freeze = Freeze(target=target, who=who, since=store.clock())
    assert await store.of_freezes.freeze(freeze, said)


def told(page):
    return [(event.update_id, event.note.code is Code.EVENT_FROZEN) for event in page.freezes]


async def test_freezes_are_found_on_the_page_of_their_time_there_and_back(store):
    await frozen(store, "first")
    for number in range(3):
        await applied(store, f"u{number}")
        await frozen(store, f"after{number}")
    await applied(store, "u3")
    await frozen(store, "after2", lifted=True)

    newest = await store.history(ALL, 2)
    oldest = await store.history(ALL, 2, newest.older)
    again = await store.history(ALL, 2, oldest.newer)

    assert told(newest) == [("freeze:after2", False), ("freeze:after2", True)]
    before = [("freeze:after1", True), ("freeze:after0", True), ("freeze:first", True)]
    assert told(oldest) == before[:2]
    assert oldest.more_freezes
    assert (told(again), again.more_freezes) == (told(newest), False)


async def test_a_page_in_the_middle_has_the_freezes_of_its_time_from_either_side(store):
    for number in range(6):
        await applied(store, f"u{number}")
        await frozen(store, f"after{number}")
    middle = await store.history(ALL, 2, (await store.history(ALL, 2)).older)
    oldest = await store.history(ALL, 2, middle.older)

    back = await store.history(ALL, 2, oldest.newer)

    assert [past.update.id for past in back.entries] == ["u3", "u2"]
    assert told(back) == told(middle) == [("freeze:after3", True), ("freeze:after2", True)]


async def test_a_person_finds_their_own_freezes_and_a_job_has_none(store):
    await frozen(store, "prod", "U0ANNA")
    await frozen(store, "test", "U0BEN")

    assert told(await store.history(Wanted(user="U0BEN"), 3)) == [("freeze:test", True)]
    assert told(await store.history(Wanted(job="prod"), 3)) == []
    assert len(told(await store.history(ALL, 3))) == 2


async def test_an_update_whose_id_looks_like_it_is_no_freeze(store):
    await applied(store, "freezeab", NewEvent(note(Code.EVENT_QUEUED, who="U0ANNA"), "U0ANNA"))

    assert told(await store.history(ALL, 3)) == []
