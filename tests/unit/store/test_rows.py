"""Everything that an update is survives the way into the database and back."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.flink.cost import Cost
from bot.flink.parameters import Effect
from bot.flink.plan import Change, Finding, Level, Plan
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import Observation, Outlook, State, Update, Verdict
from bot.notes import Code, Note
from bot.store.rows import columns_of, update_of
from bot.store.schema import Moment, outbox, updates
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import PLANNED, STEP, deliver_all, keys, opened, plan_of, queue

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe_text = st.none() | text
maybe_count = st.none() | st.integers(0, 2**53)
maps = st.dictionaries(text, text, max_size=3)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
notes = st.builds(Note, st.sampled_from(Code), maps)
changes = st.builds(Change, text, maybe_text, maybe_text, st.sampled_from(Effect))
costs = st.none() | st.builds(Cost, st.floats(0, 1e9), st.integers(0, 9999), st.integers(0, 9999))
plans = st.builds(
    Plan,
    changes=st.lists(changes, max_size=2).map(tuple),
    edits=st.lists(changes, max_size=2).map(tuple),
    findings=st.lists(st.builds(Finding, st.sampled_from(Level), notes), max_size=2).map(tuple),
    saved=maps,
    running=maps,
    revision=text,
    job_id=text,
    restarts=maybe_count,
    cost_before=costs,
    cost_after=costs,
    last_checkpoint_at=maybe_count,
    last_checkpoint_ms=maybe_count,
    last_checkpoint_bytes=maybe_count,
    modified_by=text,
    engine_version=text,
    options=maps,
    reverts=text,
    digest=text,
)
verdicts = st.none() | st.builds(
    Verdict,
    notes=st.lists(notes, max_size=2).map(tuple),
    observations=st.lists(
        st.builds(Observation, text, maybe_text, maybe_text, maybe_text, st.booleans()), max_size=2
    ).map(tuple),
    restarts_before=maybe_count,
    restarts_after=maybe_count,
    job_status=text,
    request_ids=st.lists(text, max_size=2).map(tuple),
)
everything = st.builds(
    Update,
    id=text,
    operation=text,
    ref=st.builds(DeploymentRef, text, text),
    name=text,
    state=st.sampled_from(State),
    plan=plans,
    requested_by=text,
    channel=text,
    asked_in=text,
    created_at=moments,
    reason=text,
    step=text,
    intent_at=st.none() | moments,
    progress=st.dictionaries(text, text | st.integers() | st.none() | maps, max_size=3),
    outlook=st.sampled_from(Outlook),
    verdict=verdicts,
    queued_at=st.none() | moments,
    watched_since=st.none() | moments,
    finished_at=st.none() | moments,
    updated_at=st.none() | moments,
    next_at=st.none() | moments,
    attempt=st.integers(0, 999),
    error_streak=st.integers(0, 999),
    fence=st.integers(0, 999),
    card_ts=text,
)

CHANGE = Change("parallelism", None, "8", Effect.LIVE)
FULL = Update(
    id="k7m2q9xa",
    operation="hot_update",
    ref=DeploymentRef("prod", "d-1"),
    name="订单 <!channel>",
    state=State.SUCCEEDED_WITH_DIFFERENCES,
    plan=Plan(
        changes=(CHANGE, Change("x", "1", None, Effect.NEEDS_RESTART)),
        edits=(Change("y", None, None, Effect.IGNORED),),
        findings=(Finding(Level.CONFIRM, Note(Code.FOREIGN_EDITS, {"who": "ben", "count": "1"})),),
        saved={"parallelism": "4"},
        running={"parallelism": "2"},
        revision="1772600767",
        job_id="j-1",
        restarts=3,
        cost_before=Cost(5.0, 4, 5),
        cost_after=Cost(9.5, 8, 9),
        last_checkpoint_at=1772600000,
        last_checkpoint_ms=1234,
        options={"mode": "restart"},
        reverts="3k7mz2qp",
        last_checkpoint_bytes=2**40,
        modified_by="ben",
        engine_version="vvr-8.0.11",
        digest="f" * 64,
    ),
    requested_by="U0ANNA",
    channel="C0JOBS",
    asked_in="D0ANNA",
    created_at=datetime(2026, 3, 4, 5, 6, 7, 1, tzinfo=UTC),
    reason="more load",
    step="verify",
    intent_at=datetime(2026, 3, 4, 5, 6, 7, 2, tzinfo=UTC),
    progress={"hot_update_id": "h-1", "saved_at": 1772600767.25, "seen": ["INIT"], "gone": None},
    outlook=Outlook.OVERDUE,
    verdict=Verdict(
        notes=(Note(Code.VERDICT_DIFFERS), Note(Code.VERDICT_RESTARTED, {"before": "3"})),
        observations=(Observation("parallelism", "8", None, "4", agrees=False),),
        restarts_before=3,
        restarts_after=4,
        job_status="RUNNING",
        request_ids=("r-1", "r-2"),
    ),
    queued_at=datetime(2026, 3, 4, 5, 6, 7, 3, tzinfo=UTC),
    watched_since=datetime(2026, 3, 4, 5, 6, 7, 4, tzinfo=UTC),
    finished_at=datetime(2026, 3, 4, 5, 6, 7, 5, tzinfo=UTC),
    updated_at=datetime(2026, 3, 4, 5, 6, 7, 6, tzinfo=UTC),
    next_at=datetime(2026, 3, 4, 5, 6, 7, 7, tzinfo=UTC),
    attempt=7,
    error_streak=2,
    fence=5,
    card_ts="1772600767.000100",
)


class StoredRow:
    """A row as the database would give it: JSON through text, and the lease that the store sets."""

    lease_until = None

    def __init__(self, columns):
        for name, value in columns.items():
            is_json = name in {"plan", "progress", "verdict"}
            setattr(self, name, json.loads(json.dumps(value)) if is_json else value)


@pytest.fixture
async def store(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        yield store


@given(everything)
def test_any_update_comes_back_as_it_went_in(update):
    assert update_of(StoredRow(columns_of(update))) == update


@given(moments, st.integers(-5, 5))
def test_moments_are_exact_and_sort_like_their_numbers(moment, microseconds):
    other = moment + timedelta(microseconds=microseconds)
    column = Moment()
    one, two = (column.process_bind_param(each, None) for each in (moment, other))

    assert column.process_result_value(one, None) == moment
    assert two - one == microseconds


def test_the_full_example_leaves_no_field_at_its_default():
    for part in (FULL, FULL.plan, FULL.verdict):
        for each in (field for field in fields(part) if field.name != "lease_until"):
            assert getattr(part, each.name) != each.default, each.name
            assert getattr(part, each.name) or each.name == "agrees"


@pytest.mark.parametrize("verdict", [FULL.verdict, None])
async def test_every_field_of_an_update_survives_the_database(store, verdict):
    await store.updates.add(replace(FULL, verdict=verdict), [])

    found = await store.updates.get("k7m2q9xa")

    assert found == replace(FULL, verdict=verdict, updated_at=FakeClock()())


async def test_every_field_of_a_saved_update_survives_but_the_deliverys_own(store):
    queued = await queue(store, FULL.id)
    [claimed] = await store.updates.claim_due(1)

    read = {"fence": claimed.fence, "updated_at": claimed.updated_at}
    await store.updates.save(replace(FULL, **read))

    theirs = {"channel": queued.channel, "card_ts": "", "next_at": None}  # it has ended
    found = await store.updates.get(FULL.id)
    assert found.updated_at > claimed.updated_at
    assert found == replace(FULL, fence=claimed.fence, updated_at=found.updated_at, **theirs)


async def test_what_a_newer_version_wrote_beside_what_we_know_is_ignored(store):
    await store.updates.add(FULL, [])
    async with store.database.write() as connection:
        row = (await connection.execute(select(updates))).one()
        finding = {**row.plan["findings"][0], "colour": "red"}
        plan = {**row.plan, "findings": [finding], "later": {"x": 1}}
        verdict = {**row.verdict, "later": [1]}
        await connection.execute(update(updates).values(plan=plan, verdict=verdict))

    found = await store.updates.get(FULL.id)

    assert (found.plan, found.verdict) == (FULL.plan, FULL.verdict)


async def test_what_an_older_version_did_not_write_gets_its_default(store):
    await store.updates.add(FULL, [])
    async with store.database.write() as connection:
        old = {"changes": []}
        await connection.execute(update(updates).values(plan=old, verdict={"notes": []}))

    found = await store.updates.get(FULL.id)

    assert found.plan == Plan(changes=())
    assert found.verdict == Verdict(notes=())


async def test_text_of_any_kind_is_kept(store):
    nasty = "'; DROP TABLE updates; -- \x00 \n 订单 🦩"
    await store.updates.add(plan_of(reason=nasty, progress={nasty: nasty}), [])

    found = await store.updates.get("u1")

    assert (found.reason, found.progress) == (nasty, {nasty: nasty})


@pytest.mark.parametrize("column", ["plan", "verdict", "outlook"])
async def test_an_update_that_cannot_be_read_stops_no_other(tmp_path, caplog, column):
    tomorrow = {"plan": {"changes": "s3cret"}, "verdict": {"notes": "s3cret"}, "outlook": "rosy"}
    clock = FakeClock()
    async with opened(tmp_path, clock) as store:
        for number in range(3):
            await queue(store, f"u{number}", f"d-{number}")
        async with store.database.write() as connection:
            damaged = update(updates).where(updates.c.id == "u1")
            await connection.execute(damaged.values({column: tomorrow[column]}))
        claimed = await store.updates.claim_due(10)

        assert [one.id for one in claimed] == ["u0", "u2"]
        assert await store.updates.claim_due(10) == []
        assert "update u1 cannot be read" in caplog.text
        assert (await store.updates.recent(10))[0].id in {"u0", "u2"}
        assert len(caplog.records) == 1  # once is enough, however often it is met
        assert "s3cret" not in caplog.text


async def test_a_message_that_cannot_be_read_stops_no_other(tmp_path, caplog):
    async with opened(tmp_path, FakeClock()) as store:
        for number in range(3):
            await queue(store, f"u{number}", f"d-{number}", events=[STEP])
        await deliver_all(store)
        async with store.database.write() as connection:
            await connection.execute(update(outbox).values(version=outbox.c.version + 1))
            damaged = update(outbox).where(outbox.c.key == "u1:event:1")
            await connection.execute(damaged.values(kind="hologram"))
        told = [one.key for one in await store.outbox.claim_messages(10)]

        assert told == ["u0:card", "u0:event:1", "u1:card", "u2:card", "u2:event:1"]
        for _ in range(20):
            await store.outbox.release_leases()
            assert "u1:event:1" not in await keys(store)
        assert ["message u1:event:1 cannot be read" in line for line in caplog.messages] == [True]


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        (State.QUEUED, lambda store: store.updates.recent(10)),
        (State.AWAITING_APPROVAL, lambda store: store.approvals.waiting(T0 + timedelta(days=1))),
    ],
)
async def test_what_cannot_be_read_hides_no_other_from_a_list(tmp_path, state, listed):
    async with opened(tmp_path, FakeClock()) as store:
        for number in range(3):
            await store.updates.add(plan_of(f"u{number}", f"d-{number}"), [])
            await store.updates.transition(f"u{number}", origin=PLANNED, state=state, events=[])
        async with store.database.write() as connection:
            damaged = update(updates).where(updates.c.id == "u1")
            await connection.execute(damaged.values(outlook="rosy"))

        assert {one.id for one in await listed(store)} == {"u0", "u2"}


async def test_a_plan_that_cannot_be_read_does_not_keep_others_from_expiring(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        for number in range(3):
            await store.updates.add(plan_of(f"u{number}", f"d-{number}", created_at=T0), [])
        async with store.database.write() as connection:
            damaged = update(updates).where(updates.c.id == "u1")
            await connection.execute(damaged.values(outlook="rosy"))

        expired = await store.updates.expired_plans(T0)

        assert [one.id for one in expired] == ["u0", "u2"]
