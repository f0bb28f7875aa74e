"""Whatever somebody does to the audit behind the bot's back is found, on both databases."""

# ruff: noqa: S608 - the statements are put together from nothing but what stands here

import hashlib
import json
from dataclasses import replace

import pytest

from bot.store.audit import Anchor, Fault, verify
from bot.store.chain import GENESIS, HASHED, hash_of
from bot.store.reading import entries
from bot.store.schema import events
from tests.contract.audit import LENGTH, found
from tests.fakes.clock import T0


def test_what_nobody_touched_is_sound(filled):
    findings = verify(filled)

    assert findings.broken is None
    assert (findings.end.position, findings.before, findings.taken_in) == (LENGTH, 0, 0)


async def test_a_database_in_which_nothing_happened_is_sound(recorded, database_url):
    findings = verify(database_url)

    assert (findings.broken, findings.end.position) == (None, 0)


def test_the_hash_is_made_as_it_is_described(filled):
    first, second, *_ = entries(filled)
    columns = second.columns
    bound = [1, first.hash, 2, "u1", 1, columns["at"], "U0ANNA", "event_queued"]
    written = json.dumps(
        [*bound, {"who": "U0ANNA"}, {"rule": "größer", "team": "T1"}], separators=(",", ":")
    )

    assert columns["at"] == int(T0.timestamp()) * 10**6
    assert second.hash == hashlib.sha256(written.encode()).hexdigest()


CHANGES = {
    "update_id": "'other'",
    "seq": "seq + 7",
    "at": "at + 1",
    "actor": "'U0MALLORY'",
    "code": "'event_planned'",
    "args": """'{"who": "U0MALLORY"}'""",
    "facts": """'{"team": "T1", "rule": "other"}'""",
    "hash": "'" + "f" * 64 + "'",
}


def test_every_column_has_a_change():
    assert set(CHANGES) | {"position"} == {column.name for column in events.columns}
    assert set(HASHED) | {"position", "hash"} == {column.name for column in events.columns}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("position", [1, 3, LENGTH])
def test_a_changed_column_is_found(filled, column, position):
    change = f"UPDATE events SET {column} = {CHANGES[column]} WHERE position = {position}"

    assert found(filled, change) == (position, Fault.CHANGED)


@pytest.mark.parametrize("column", ["actor", "args", "facts", "hash"])
def test_an_emptied_column_is_found(filled, column):
    empty = "NULL" if column in {"facts", "hash"} else "''" if column == "actor" else "'{}'"

    assert found(filled, f"UPDATE events SET {column} = {empty} WHERE position = 1") == (
        1,
        Fault.CHANGED,
    )


@pytest.mark.parametrize("moved_to", [0, -1, 99, "NULL"])
@pytest.mark.parametrize("position", [1, 3, LENGTH])
def test_an_event_that_was_moved_away_is_found(filled, position, moved_to):
    where = found(filled, f"UPDATE events SET position = {moved_to} WHERE position = {position}")

    if moved_to == 0:
        assert where == (0, Fault.CHANGED)  # more than there were before the chain
    elif position < LENGTH or moved_to == 99:
        assert where == (position, Fault.REORDERED)
    else:
        assert where == (position, Fault.TRUNCATED)


@pytest.mark.parametrize("position", [1, 2, 5])
def test_a_removed_event_is_found(filled, position):
    assert found(filled, f"DELETE FROM events WHERE position = {position}") == (
        position,
        Fault.REMOVED,
    )


@pytest.mark.parametrize("first", [1, 3, LENGTH])
def test_a_cut_end_is_found(filled, first):
    assert found(filled, f"DELETE FROM events WHERE position >= {first}") == (
        first,
        Fault.TRUNCATED,
    )


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 5), (5, 6), (1, 6)])
@pytest.mark.parametrize("with_hash", [True, False])
def test_two_events_that_changed_places_are_found(filled, one, other, with_hash):
    to, back = f"position = {other}", f"position = {one}"
    swap = [
        f"UPDATE events SET position = -1 WHERE {back}",
        f"UPDATE events SET position = {one} WHERE {to}",
        f"UPDATE events SET position = {other} WHERE position = -1",
    ]
    if not with_hash:  # the hashes stay where they were
        [a, b] = [entry.hash for entry in entries(filled) if entry.position in (one, other)]
        swap += [
            f"UPDATE events SET hash = '{a}' WHERE {back}",
            f"UPDATE events SET hash = '{b}' WHERE {to}",
        ]

    assert found(filled, *swap) == (one, Fault.REORDERED)


COPY = (
    "INSERT INTO events (update_id, seq, at, actor, code, args, facts, hash, position)"
    " SELECT {subject}, 9, at, actor, code, args, facts, hash, {position} FROM events"
    " WHERE position = 2"
)


@pytest.mark.parametrize("subject", ["'a'", "'z'"])
@pytest.mark.parametrize("position", [1, 3, LENGTH])
def test_an_event_put_in_beside_another_is_found(filled, subject, position):
    put_in = COPY.format(subject=subject, position=position)

    assert found(filled, put_in) == (position, Fault.ADDED)


def test_an_event_put_in_between_with_all_others_moved_up_is_found(filled):
    up = "UPDATE events SET position = position + 1 WHERE position > 2"
    head = "UPDATE audit_head SET position = position + 1"

    assert found(filled, up, COPY.format(subject="'a'", position=3), head)[0] == 3


def test_an_event_put_in_behind_the_end_is_found(filled):
    assert found(filled, COPY.format(subject="'a'", position=LENGTH + 1)) == (
        LENGTH + 1,
        Fault.ADDED,
    )


def test_an_event_put_in_before_the_chain_is_found(filled):
    assert found(filled, COPY.format(subject="'a'", position=0)) == (0, Fault.CHANGED)


@pytest.mark.parametrize("position", ["NULL", -4])
def test_an_event_put_in_outside_the_chain_is_found(filled, position):
    assert found(filled, COPY.format(subject="'a'", position=position)) == (
        LENGTH + 1,
        Fault.UNCHAINED,
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE audit_head SET position = 4", (5, Fault.ADDED)),
        ("UPDATE audit_head SET position = 8", (7, Fault.TRUNCATED)),
        (f"UPDATE audit_head SET hash = '{'0' * 64}'", (LENGTH, Fault.HEAD)),
        ("UPDATE audit_head SET before = 1", (0, Fault.CHANGED)),
        ("UPDATE audit_head SET id = 2", (1, Fault.HEAD)),
        ("DELETE FROM audit_head", (1, Fault.HEAD)),
    ],
)
def test_a_changed_head_is_found(filled, change, where):
    assert found(filled, change) == where


def rewritten(url):
    """Make the whole chain anew without its third event, as somebody who knows how could."""
    previous, statements = GENESIS, ["DELETE FROM events WHERE position = 3"]
    kept = [entry for entry in entries(url) if entry.position != 3]
    for position, entry in enumerate(kept, start=1):
        previous = hash_of(previous, position, entry.columns)
        statements.append(
            f"UPDATE events SET position = {position}, hash = '{previous}'"
            f" WHERE position = {entry.position}"
        )
    end = f"UPDATE audit_head SET position = {len(kept)}, hash = '{previous}'"
    return [*statements, end]


def test_a_chain_made_anew_is_sound_in_itself(filled):
    assert found(filled, *rewritten(filled)) is None


@pytest.mark.parametrize(
    ("position", "where"), [(4, (4, Fault.REWRITTEN)), (LENGTH, (LENGTH, Fault.TRUNCATED))]
)
def test_a_chain_made_anew_is_found_by_an_anchor_kept_elsewhere(filled, position, where):
    [kept] = [Anchor(4, entry.hash) for entry in entries(filled) if entry.position == position]
    anchor = replace(kept, position=position)

    assert verify(filled, anchor).broken is None
    assert found(filled, *rewritten(filled), anchor=anchor) == where
