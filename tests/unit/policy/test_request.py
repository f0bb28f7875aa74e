import pytest

from bot.flink.plan import Plan
from bot.policy.operations import Operation
from bot.policy.request import given_fields, request_for, restart_class
from tests.unit.policy.bench import MONDAY_NOON, change, subject

LIVE = change("parallelism", "4", "8")
SAVED = change("taskmanager.memory", "4 GiB", "8 GiB", live=False)
REMOVED = change("state.ttl", "1 h", None)


def asked(plan, operation=Operation.DLI_UPDATE, reason=""):
    return request_for(subject(operation=operation), plan, reason=reason, now=MONDAY_NOON)


def test_a_plan_is_asked_for_with_what_somebody_else_left_unapplied():
    found = asked(Plan(changes=(LIVE,), edits=(SAVED,)))

    assert found.changes == (LIVE, SAVED)
    assert found.restarts
    assert (found.subject, found.now) == (subject(operation=Operation.DLI_UPDATE), MONDAY_NOON)


@pytest.mark.parametrize(
    ("operation", "changes", "chosen", "restarts"),
    [
        (Operation.HOT_UPDATE, (LIVE,), False, False),
        (Operation.HOT_UPDATE, (LIVE, SAVED), False, True),
        (Operation.DLI_UPDATE, (LIVE,), True, True),
        (Operation.DLI_STOP, (), False, True),
        (Operation.DLI_START, (), False, False),
    ],
)
def test_what_interrupts_a_job_is_restart_class(operation, changes, chosen, restarts):
    assert restart_class(operation, changes, restart_chosen=chosen) is restarts


@pytest.mark.parametrize(("mode", "restarts"), [("restart", True), ("live", False), ("", False)])
def test_a_chosen_restart_is_seen_in_the_plan(mode, restarts):
    assert asked(Plan(changes=(LIVE,), options={"mode": mode})).restarts is restarts


def test_fields_that_were_filled_in_are_named():
    found = asked(
        Plan(changes=(LIVE, REMOVED), options={"savepoint_path": "obs://b/p"}), reason="lag"
    )

    assert found.given == {"parallelism", "reason", "savepoint_path"}
    assert given_fields((), reason=" \n", savepoint_path=" ") == frozenset()
