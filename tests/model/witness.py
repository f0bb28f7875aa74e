"""Watches every commit, every write to a cloud and every message, and keeps what is not right.

It reads beside the bot, from the file itself, so nothing that the bot believes reaches it.
"""

import json
from collections import Counter, defaultdict
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.flink.parameters import same_value
from bot.flink.update import TRANSITIONS, State
from bot.updates.dli.route import DLI_OPERATIONS, DliOperation
from tests.model.record import reader

AT_WORK = ContextVar("the update whose step runs", default="")
WHO = ContextVar("the replica that runs it", default="")
_FIELDS = (
    "id, operation, target, deployment_id, state, step, intent_at, fence, verdict, progress,"
    " lease_owner, lease_until"
)
_OWED = "settled < version AND buried IS NULL"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS_OF = {
    "save": {"save", "put_back"},
    "hot_update": {"trigger"},
    "start": {"start", "start_old"},
    "stop": {"stop"},
    "take_savepoint": {"take_savepoint"},
    "import_savepoint": {"import_savepoint"},
}
"""Which steps make a call of a cloud."""


@dataclass(frozen=True)
class Row:
    """An update as it is committed."""

    id: str
    operation: str
    job: tuple
    state: State
    step: str
    intent_at: int | None
    fence: int
    verdict: dict | None
    progress: dict
    owner: str | None
    leased_until: int | None


def _row(found):
    verdict, progress = json.loads(found["verdict"] or "null"), json.loads(found["progress"])
    return Row(
        found["id"],
        found["operation"],
        (found["target"], found["deployment_id"]),
        State(found["state"]),
        found["step"],
        found["intent_at"],
        found["fence"],
        verdict,
        progress,
        found["lease_owner"],
        found["lease_until"],
    )


class Witness:
    """Complaints are collected: an exception would be caught by the very guards it is about."""

    def __init__(self, path, clock):
        self._clock = clock
        self._record = reader(path)
        self.complaints = []
        self._version = None
        self.rows, self.plans = {}, {}
        self.states = defaultdict(list)
        self.intents = defaultdict(set)
        self.attempts, self.effects, self.proofs = Counter(), Counter(), Counter()
        self.seen = {}
        self.excuses = defaultdict(list)

    def close(self):
        self._record.close()

    def complain(self, text):
        self.complaints.append(text)

    def hurt(self, what):
        """A fault hit whatever is at work: its outcome may be unknown for that."""
        self.excuses[AT_WORK.get()].append(what)

    # The record

    def look(self, kind="store"):
        """Look at what is committed, if anything is new."""
        if kind != "store":
            return
        [version] = self._record.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        self._version = version
        for found in self._record.execute(f"SELECT {_FIELDS} FROM updates").fetchall():  # noqa: S608
            self._compare(_row(found))
        self._one_per_job()

    def _compare(self, row):
        before = self.rows.get(row.id)
        if before == row:
            return
        self.rows[row.id] = row
        if before is None:
            self._new(row)
            return
        if row.fence < before.fence:
            self.complain(f"{row.id}: the fence fell from {before.fence} to {row.fence}")
        final = before.state.final and before.state is not State.UNKNOWN  # that may be found out
        if final and _ending(before) != _ending(row):
            self.complain(f"{row.id} had ended {before.state}: now {_ending(row)}")
        taken = row.owner and before.owner and row.owner != before.owner
        if taken and before.leased_until > _micros(self._clock()):
            self.complain(f"{row.id} was taken by {row.owner} while it was {before.owner}'s")
        if row.intent_at is not None:
            self.intents[row.id, row.step].add(row.intent_at)
        if row.state is not before.state:
            self._moved(before, row)

    def _new(self, row):
        [plan] = self._record.execute("SELECT plan FROM updates WHERE id = ?", [row.id]).fetchone()
        self.plans[row.id] = json.loads(plan)
        self.states[row.id].append(row.state)
        if row.state is not State.PLANNED:
            self.complain(f"{row.id} begins as {row.state}")

    def _moved(self, before, row):
        self.states[row.id].append(row.state)
        found_out = before.state is State.UNKNOWN and row.state.final
        if row.state not in TRANSITIONS[before.state] and not found_out:
            self.complain(f"{row.id} went from {before.state} to {row.state}")
        match row.state:
            case State.SUCCEEDED:
                self._really(row)
            case State.UNKNOWN:
                self._says_so(row)
            case State.CANCELLED | State.EXPIRED | State.STALE:
                self._untouched(row)

    def _one_per_job(self):
        live = Counter(row.job for row in self.rows.values() if row.state.live)
        for job, times in live.items():
            if times > 1:
                self.complain(f"{job} is held by {times} updates")

    def _really(self, row):
        """An update succeeded: when it looked last, the job must have had what was asked."""
        seen = self.seen.get(row.id)
        plan = self.plans[row.id]
        if seen is None:
            self.complain(f"{row.id} succeeded without a look")
            return
        wrong = _missing(row, plan, seen)
        if wrong:
            self.complain(f"{row.id} ({row.operation}) is called succeeded, but {wrong}")

    def _says_so(self, row):
        if not (row.verdict and row.verdict["notes"]):
            self.complain(f"{row.id} is unknown and does not say why")
        if not self.excuses[row.id]:
            self.complain(f"{row.id} is unknown though nothing went wrong")

    def _untouched(self, row):
        """What was called off or is stale had nothing sent, but for a save without an answer."""
        sent = {m: n for (i, m), n in self.attempts.items() if i == row.id}
        if row.state is State.STALE and set(sent) <= {"save"} and self.excuses[row.id]:
            return
        if row.state is State.STALE and row.step == "save" and not self._effects_of(row.id):
            return  # the save itself was refused, because the job had moved
        if sent:
            self.complain(f"{row.id} is {row.state}, but {sent} was sent for it")

    def _effects_of(self, update_id):
        return {m: n for (i, m), n in self.effects.items() if i == update_id}

    # The clouds

    def looked(self, snapshot):
        """An update's step, or a person's request, read a job."""
        if AT_WORK.get():
            self.seen[AT_WORK.get()] = snapshot

    def sending(self, method):
        """A write leaves a replica, whatever becomes of it."""
        update_id = AT_WORK.get()
        row = self.rows.get(update_id)
        if row is None:
            self.complain(f"{method} was sent for no update")
            return
        self.attempts[update_id, method] += 1
        if method == "hot_update" and self.attempts[update_id, method] > 1 + self.proofs[update_id]:
            self.complain(
                f"{update_id}: {method} was sent again; who knows what the first one did?"
            )
        committed = sum(len(self.intents[update_id, step]) for step in _STEPS_OF[method])
        if self.attempts[update_id, method] > committed:
            self.complain(f"{update_id}: {method} was sent without a committed intent")
        if row.state is not State.RUNNING:
            self.complain(f"{update_id}: {method} was sent while it is {row.state}")
        if not self._is_theirs(update_id):
            self.complain(
                f"{update_id}: {method} was sent by {WHO.get()}, which has no lease of it"
            )
        if wrong := self._acts_blindly(row, method):
            self.complain(f"{update_id}: {method} was sent though {wrong}")

    def _is_theirs(self, update_id):
        """One that stood still within a step, after the last look at its lease, cannot know."""
        if any(
            why.startswith("stand still") and "cloud." in why for why in self.excuses[update_id]
        ):
            return True
        query = "SELECT 1 FROM updates WHERE id = ? AND lease_owner = ? AND lease_until > ?"
        given = [update_id, WHO.get(), _micros(self._clock())]
        return self._record.execute(query, given).fetchone() is not None

    def _acts_blindly(self, row, method):
        """The first write must find what the plan showed; the trigger what was to be saved."""
        seen, plan = self.seen.get(row.id), self.plans[row.id]
        if seen is None:
            return "the job was never looked at"
        if seen.job.job_id != plan["job_id"] and method in {"save", "hot_update", "stop"}:
            others = row.operation in DLI_OPERATIONS and self._effects_of(row.id)
            return None if others else "it is another run"
        first = not self._effects_of(row.id) and not self.excuses[row.id]
        if first and method != "hot_update" and seen.revision != plan["revision"]:
            return "the job moved"
        if method == "hot_update":
            asked = {c["name"]: c["after"] for c in plan["changes"]}
            lacks = [n for n, v in asked.items() if not same_value(n, seen.saved.get(n), v)]
            return f"{lacks} were not saved" if lacks else None
        return None

    def surely_not(self, method):
        """A write that has no proof of its own was refused, so that it may be sent again."""
        self.proofs[AT_WORK.get()] += 1

    def done(self, method):
        """A write had its effect. Saves say the same twice without harm; the others do not."""
        update_id = AT_WORK.get()
        self.effects[update_id, method] += 1
        row = self.rows.get(update_id)
        dli = row is not None and row.operation in DLI_OPERATIONS
        most = 2 if dli and method in {"save", "start"} else 1  # there, and the way back
        if self.effects[update_id, method] > most:
            self.complain(
                f"{update_id}: {method} had its effect {self.effects[update_id, method]} times"
            )

    # Slack

    def posted(self, posts):
        """A message arrived; `posts` are all with its key."""
        if len(posts) > 1:
            self.complain(f"{posts[-1].key} stands {len(posts)} times in Slack")
        self.shown(posts[-1])

    def shown(self, post):
        """A message says something: a card tells no state that was not committed."""
        update_id, _, kind = post.key.partition(":")
        said = state_said(post.text)
        if said not in self.states[update_id]:
            self.complain(f"{post.key} says {said} before it is committed")
        if kind == "verdict" and not said.final:
            self.complain(f"{post.key} says {said}")

    def something_is_due(self, now):
        """Tell whether a tick would find an update to work on, leased or not."""
        query = "SELECT 1 FROM updates WHERE state IN ('queued', 'running') AND next_at <= ?"
        return self._record.execute(query, [_micros(now)]).fetchone() is not None

    def something_is_owed(self, now):
        """Tell whether a tick would find a message to deliver, if it is its turn."""
        query = f"SELECT 1 FROM outbox WHERE {_OWED} AND due_at <= ?"  # noqa: S608
        return self._record.execute(query, [_micros(now)]).fetchone() is not None

    def next_moment(self):
        """Tell when something may be due next; None when nothing ever will."""
        query = f"""
            SELECT min(at) FROM (
                SELECT max(next_at, coalesce(lease_until, 0)) AS at FROM updates
                WHERE state IN ('queued', 'running')
                UNION ALL
                SELECT max(due_at, coalesce(lease_until, 0)) FROM outbox WHERE {_OWED}
            )
        """  # noqa: S608
        [soonest] = self._record.execute(query).fetchone()
        return None if soonest is None else _EPOCH + timedelta(microseconds=soonest)

    def all_keys(self):
        """Give the key of every message that was ever owed."""
        return [key for (key,) in self._record.execute("SELECT key FROM outbox")]


def _micros(moment):
    return (moment - _EPOCH) // timedelta(microseconds=1)


def state_said(text):
    """Read the state that the renderer put in front of a message."""
    return State(text.partition(" ")[0])


def _ending(row):
    return row.state, json.dumps(row.verdict, sort_keys=True)


def _missing(row, plan, seen):
    """Say what a succeeded update's job does not have; empty when it has everything."""
    after = {c["name"]: c["after"] for c in plan["changes"]}
    if row.operation in DLI_OPERATIONS:
        return _missing_at_dli(row, plan, seen, after)
    live = {
        c["name"]: c["after"] for c in (*plan["changes"], *plan["edits"]) if c["effect"] == "live"
    }
    wanted, has = (live, seen.job.values) if live else (after, seen.saved)
    return _unlike(wanted, has)


def _unlike(wanted, has):
    lacks = {n: has.get(n) for n, v in wanted.items() if not same_value(n, has.get(n), v)}
    return f"the job has {lacks}" if lacks else ""


def _missing_at_dli(row, plan, seen, after):
    match row.operation:
        case DliOperation.STOP:
            return "" if seen.job.ended else f"it is {seen.job.status}"
        case DliOperation.IMPORT_SAVEPOINT:
            path = plan["options"]["savepoint_path"]
            return "" if seen.savepoint.strip("/") == path.strip("/") else f"has {seen.savepoint}"
        case DliOperation.TAKE_SAVEPOINT:
            return "" if seen.savepoint else "there is no savepoint"
        case DliOperation.START:
            return "" if seen.job.running else f"it is {seen.job.status}"
    down = plan["options"]["mode"] == "restart" and not seen.job.running
    return f"it is {seen.job.status}" if down else _unlike(after, seen.saved)
